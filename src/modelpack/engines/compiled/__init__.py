"""The engine `compiled`: a program as machine code, one library a kind of machine."""

from modelpack.engines.compiled.making import make_compiled
from modelpack.engines.compiled.triple import Triple

__all__ = ["Triple", "make_compiled"]
