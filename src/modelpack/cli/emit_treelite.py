"""`modelpack compile --emit treelite`: a checkpoint, and how near Treelite's answers are."""

from __future__ import annotations

import argparse
from pathlib import Path

import modelpack
from modelpack.cli.compile import Emitted, new_file
from modelpack.replay import Comparison


def emit_treelite(bundle: modelpack.Bundle, path: Path, given: argparse.Namespace) -> Emitted:
    report = modelpack.emit_treelite(bundle, new_file(path, given.overwrite), overwrite=given.overwrite)
    compared = {
        name: {"rows": found.rows, "equal": found.equal, "max_difference": found.max_difference}
        for name, found in report.outputs.items()
    }
    takes = (
        f"{report.width} columns, which the pipeline makes before the forest"
        if report.features is None
        else f"{report.width} columns: {', '.join(report.features)}"
    )
    lines = [["takes", takes], *([f"{name}", _said(found)] for name, found in report.outputs.items())]
    if report.left_out:
        lines.append(["left out", ", ".join(report.left_out)])
    facts = {
        "features": None if report.features is None else list(report.features),
        "columns": report.width,
        "outputs": compared,
        "left_out": list(report.left_out),
    }
    return Emitted([report.path], facts, lines)


def _said(found: Comparison) -> str:
    if found.equal == found.rows:
        return f"{found.rows} golden rows, all with the bundle's bits"
    return (
        f"{found.rows} golden rows, {found.equal} with the bundle's bits, difference at most {found.max_difference:.3g}"
    )
