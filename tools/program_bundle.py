"""A bundle from a program that no framework stands behind, for vectors."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from modelpack._core import write_bundle
from modelpack.canonical import canonical_json, safetensors_bytes
from modelpack.golden import golden_member
from modelpack.members import dictionary_member, empty_answers
from modelpack.program import Builder
from modelpack.program.builder import MATH
from modelpack.schema import Feature, Output, Schema


def program_bundle(
    name: str, created_at: str, builder: Builder, features: Sequence[Feature], outputs: Sequence[Output]
) -> bytes:
    """The bytes of the bundle, without golden rows: the answers stand beside it."""
    program = builder.finish()
    schema = Schema(tuple(features), tuple(outputs))
    empty = empty_answers(schema)
    members = {
        "schema.json": schema.to_json(),
        "programs.json": canonical_json({program.digest: program.json.decode()}),
        "models/main/tensors.safetensors": safetensors_bytes(program.tensors, {"program": program.digest}),
        "golden.safetensors": golden_member(
            np.zeros((0, len(features)), np.uint64), schema.outputs, empty, empty, None, "synthetic"
        ),
        **dictionary_member(program.dictionaries),
    }
    manifest = {
        "created_at": created_at,
        "engines": [{"name": "native", "requires": sorted([*program.uses, f"math@{MATH}"])}],
        "format": {"major": 1, "minor": 0},
        "name": name,
        "partition_keys": [],
        "requires": [],
        "task": "other",
        "version": "1.0.0",
    }
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "bundle.mpk"
        write_bundle(path, canonical_json(manifest), members, False)
        return path.read_bytes()
