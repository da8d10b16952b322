"""`modelpack compile --emit onnx` and `--emit triton`."""

from __future__ import annotations

import argparse
from pathlib import Path

import modelpack
from modelpack.engines.onnx.emit import emit_onnx as onnx_file
from modelpack.engines.onnx.emit import emit_triton as triton_folder


def emit_onnx(bundle: modelpack.Bundle, path: Path, given: argparse.Namespace) -> list[Path]:
    """The model as one ONNX file."""
    return onnx_file(bundle, path, overwrite=given.overwrite)


def emit_triton(bundle: modelpack.Bundle, path: Path, given: argparse.Namespace) -> list[Path]:
    """A model repository for the Triton Inference Server."""
    return triton_folder(bundle, path, overwrite=given.overwrite)
