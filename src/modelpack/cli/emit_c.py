"""`modelpack compile --emit c`."""

from __future__ import annotations

import argparse
from pathlib import Path

import modelpack
from modelpack.engines.c_source import emit_c as c_folder


def emit_c(bundle: modelpack.Bundle, path: Path, given: argparse.Namespace) -> list[Path]:
    """The model as a folder of C99 without dependencies."""
    return c_folder(bundle, path, prefix=given.prefix, overwrite=given.overwrite)
