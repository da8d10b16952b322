"""Building programs: the typed operations that a model is made of (docs/SEMANTICS.md)."""

from modelpack.program.builder import Builder, BuiltProgram
from modelpack.program.forest import Forest, Tree
from modelpack.program.value import Value

__all__ = ["Builder", "BuiltProgram", "Forest", "Tree", "Value"]
