"""The command line: `modelpack pack | check | inspect | predict | diff`, one module a command."""

from modelpack.cli.main import main

__all__ = ["main"]
