"""Reads the arguments and runs the command."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from modelpack.cli import status
from modelpack.errors import ModelpackError

COMMANDS = ("pack", "check", "inspect", "predict", "compile", "diff", "keygen", "sign", "verify", "trust", "demo")

_EPILOG = """\
exit codes: 0 done, 1 differs or a check failed, 2 wrong usage, 3 not trusted, 4 not supported.
`modelpack COMMAND --help` shows the options of a command."""


class _Parser(argparse.ArgumentParser):
    """One line for a wrong call, as for every other error."""

    def error(self, message: str) -> NoReturn:
        self.exit(status.USAGE, f"modelpack: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="modelpack",
        description="Trained tabular models as one verified file that answers with the same bits everywhere.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version and leave")
    commands = top.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    for name in COMMANDS:
        import_module(f"modelpack.cli.{name}").add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `modelpack` with these arguments (those of the process by default) and answers its exit code."""
    top = parser()
    given = top.parse_args(arguments)
    if given.version:
        import modelpack

        print(f"modelpack {modelpack.__version__}")
        return status.OK
    if not hasattr(given, "run"):
        top.print_help()
        return status.USAGE
    try:
        return int(given.run(given))
    except ModelpackError as error:
        return _failed(error, getattr(given, "json", False))
    except KeyboardInterrupt:
        print("modelpack: interrupted", file=sys.stderr)
        return status.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; the interpreter must not complain when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return status.OK


def _failed(error: ModelpackError, machine: bool) -> int:
    if machine:
        print(json.dumps(status.as_json(error), ensure_ascii=False))
    print(f"modelpack: {status.one_line(error)}", file=sys.stderr)
    return status.exit_code(error)
