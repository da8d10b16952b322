"""A program that no framework stands behind, as an opened bundle."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import modelpack
from modelpack.canonical import canonical_json, safetensors_bytes
from modelpack.drafting import write_bundle
from modelpack.golden import golden_member
from modelpack.members import dictionary_member, empty_answers
from modelpack.program import Builder
from modelpack.program.builder import MATH
from modelpack.schema import Feature, Output, Schema


def written_program(builder: Builder, features: Sequence[Feature], outputs: Sequence[Output]) -> modelpack.Bundle:
    """The bundle of a program whose outputs are named."""
    program, schema = builder.finish(), Schema(tuple(features), tuple(outputs))
    empty = empty_answers(schema)
    cells = np.zeros((0, len(features)), np.uint64)
    members = {
        "schema.json": schema.to_json(),
        "programs.json": canonical_json({program.digest: program.json.decode()}),
        "models/main/tensors.safetensors": safetensors_bytes(program.tensors, {"program": program.digest}),
        "golden.safetensors": golden_member(cells, schema.outputs, empty, empty, None, "synthetic"),
        **dictionary_member(program.dictionaries),
    }
    head = {
        "created_at": "2026-01-31T12:00:00Z",
        "engines": [{"name": "native", "requires": sorted([*program.uses, f"math@{MATH}"])}],
        "format": {"major": 1, "minor": 0},
        "name": "program",
        "partition_keys": [],
        "requires": [],
        "task": "other",
        "version": "1.0.0",
    }
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "program.mpk"
        write_bundle(path, head, members, overwrite=False)
        return modelpack.open(path.read_bytes(), modelpack.UNSIGNED)
