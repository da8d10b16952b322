"""The bundle that the attacks alter: one number, one category, a one-hot and two trees, with golden rows."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hostile.archive import Member, archive
from hostile.encoding import Tensor, encode, safetensors, sha256, tensor

BUNDLE, SCHEMA, PROGRAMS = "bundle.json", "schema.json", "programs.json"
DICTIONARIES, GOLDEN = "dictionaries.safetensors", "golden.safetensors"
TENSORS = "models/main/tensors.safetensors"
MODEL_MEMBERS = {DICTIONARIES, TENSORS, "partitions.idx", "partitions.pack", PROGRAMS, SCHEMA}

NULL = 0x7FF84D5000000001
UNSEEN, NONE = 2**64 - 3, 2**64 - 1


def bits(value: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


def schema() -> dict[str, Any]:
    policies = {"missing": "model", "null_is": "none", "optional": False, "unseen": "model"}
    return {
        "features": [
            {"dtype": "float64", "name": "distance", **policies},
            {"dtype": "string", "name": "carrier", **policies},
        ],
        "keys": [],
        "outputs": [{"columns": 1, "dtype": "float64", "name": "value"}],
    }


def dictionaries() -> dict[str, Tensor]:
    return {"1.bytes": tensor("U8", list(b"AAUA")), "1.offsets": tensor("U64", [0, 2, 4])}


FOREST_OPTIONS = {"acc": "f64", "category_cast": "trunc", "compare": "le", "emit": "sum", "input": "f64"}


def forest_tensors() -> dict[str, Tensor]:
    """Tree 0: distance <= 500, then whether the carrier is AA. Tree 1: whether distance is 1 or 3, as a category."""
    return {
        "category_bits": tensor("U32", [0b1010]),
        "category_node": tensor("U32", [2]),
        "category_offset": tensor("U32", [0, 1]),
        "feature": tensor("U32", [0, 1, 0]),
        "flags": tensor("U8", [0b01010, 0, 0b11001]),
        "init": tensor("F64", [0.5]),
        "leaf": tensor("F64", [1.0, 2.0, 4.0, 0.125, 0.25]),
        "left": tensor("I32", [1, ~1, ~0]),
        "right": tensor("I32", [~0, ~2, ~1]),
        "threshold": tensor("F64", [500.0, 0.5, 0.0]),
        "tree_leaf": tensor("U32", [0, 3, 5]),
        "tree_node": tensor("U32", [0, 2, 3]),
        "tree_output": tensor("I32", [0, 0]),
    }


def tensors() -> dict[str, Tensor]:
    return {"column": tensor("I32", [0, 1, -1, -1, -1]), "width": tensor("U32", [2]), **forest_tensors()}


def program() -> dict[str, Any]:
    def op(name: str, inputs: list[str], output: str, **further: Any) -> dict[str, Any]:
        return {"in": inputs, "op": name, "origin": output, "out": [output], **further}

    forest = {name: name for name in forest_tensors()}
    return {
        "inputs": [{"feature": "distance", "value": "x0"}, {"feature": "carrier", "value": "x1"}],
        "math": 1,
        "ops": [
            op("one_hot@1", ["x1"], "v0", tensors={"column": "column", "width": "width"}),
            op("to_dense@1", ["v0"], "v1"),
            op("concat@1", ["x0", "v1"], "v2"),
            op("forest@1", ["v2"], "v3", tensors=forest, **FOREST_OPTIONS),
        ],
        "outputs": {"value": "v3"},
        "program": 1,
        "uses": ["concat@1", "forest@1", "one_hot@1", "to_dense@1"],
    }


def answer(distance: float, code: int) -> float:
    """What the two trees answer, in plain Python."""
    near = math.isnan(distance) or distance <= 500.0
    first = (4.0 if code == 0 else 2.0) if near else 1.0
    return 0.5 + first + (0.125 if distance in (1.0, 3.0) else 0.25)


def golden() -> dict[str, Tensor]:
    rows = [(100.0, 0), (math.nan, NONE), (900.0, UNSEEN), (3.0, 1)]
    cells = [cell for x, code in rows for cell in (NULL if math.isnan(x) else bits(x), code)]
    answers = tensor("F64", [answer(x, code) for x, code in rows], [4, 1])
    bound = tensor("F64", [0.0] * 4, [4, 1])
    return {
        "bound.value": bound,
        "cells": tensor("U64", cells, [4, 2]),
        "framework.value": answers,
        "native.value": answers,
    }


@dataclass(frozen=True)
class Content:
    """What a bundle holds; `manifest` replaces fields of bundle.json after the rest of it was computed."""

    schema: Any = field(default_factory=schema)
    dictionaries: Mapping[str, Tensor] | None = field(default_factory=dictionaries)
    program: Any = field(default_factory=program)
    tensors: Mapping[str, Tensor] = field(default_factory=tensors)
    golden: Mapping[str, Tensor] | None = field(default_factory=golden)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    replaced: Mapping[str, bytes | None] = field(default_factory=dict)
    """Members by their bytes, whatever the fields above say; None leaves one out."""

    def change(self, **changes: Any) -> Content:
        return replace(self, **changes)

    def files(self) -> dict[str, bytes]:
        """Every member but bundle.json."""
        text = encode(self.program)
        digest = sha256(text)
        files: dict[str, bytes | None] = {
            SCHEMA: encode(self.schema),
            DICTIONARIES: None if self.dictionaries is None else safetensors(self.dictionaries),
            PROGRAMS: encode({digest: text.decode()}),
            TENSORS: safetensors(self.tensors, {"program": digest}),
            GOLDEN: None if self.golden is None else safetensors(self.golden, {"source": "synthetic"}),
            "metrics.json": b"{}",
        }
        files |= dict(self.replaced)
        return {name: data for name, data in files.items() if data is not None}

    def bundle_json(self, files: Mapping[str, bytes]) -> dict[str, Any]:
        members = {name: {"sha256": sha256(data), "size": len(data)} for name, data in files.items()}
        lines = "".join(f"{name} {members[name]['sha256']}\n" for name in sorted(MODEL_MEMBERS & set(members)))
        bundle = {
            "created_at": "2026-01-01T00:00:00Z",
            "engines": [{"name": "native", "requires": ["math@1"]}],
            "format": {"major": 1, "minor": 0},
            "members": members,
            "model_digest": "sha256:" + sha256(b"mpk-model-1\n" + lines.encode()),
            "name": "hostile",
            "partition_keys": [],
            "requires": [],
            "task": "regression",
            "version": "1.0.0",
        }
        return bundle | dict(self.manifest)

    def members(self, bundle_json: bytes | None = None) -> list[Member]:
        files = self.files()
        order = sorted(files, key=lambda name: ({"partitions.pack": 0, "partitions.idx": 1}.get(name, 2), name))
        stored = [Member(name.encode(), files[name]) for name in order]
        return [*stored, Member(BUNDLE.encode(), bundle_json or encode(self.bundle_json(files)))]

    def data(self) -> bytes:
        return archive(self.members())
