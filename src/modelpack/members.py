"""The members of a bundle that come from the model alone, and its manifest."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelpack import canonical
from modelpack.program.builder import MATH
from modelpack.schema import Schema


def manifest(imported: Any, name: str, version: str, created_at: str | int | None) -> dict[str, Any]:
    """bundle.json without what the writer computes (members and model digest)."""
    return {
        "created_at": created_text(created_at),
        "engines": [{"name": "native", "requires": sorted([*imported.program.uses, f"math@{MATH}"])}],
        "format": {"major": 1, "minor": 0},
        "name": name,
        "partition_keys": [],
        "requires": [],
        "task": imported.task,
        "version": version,
    }


def created_text(created_at: str | int | None) -> str:
    if isinstance(created_at, str):
        return created_at
    seconds = created_at if created_at is not None else int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def model_members(imported: Any, schema: Schema, explain: bool) -> dict[str, bytes]:
    """Members that decide the answers, and the configuration."""
    program = imported.program if explain else imported.program.without_explanation()
    text = program.json.decode("utf-8")
    members = {
        "schema.json": schema.to_json(),
        "programs.json": canonical.canonical_json({program.digest: text}),
        "models/main/tensors.safetensors": canonical.safetensors_bytes(program.tensors, {"program": program.digest}),
        "config.json": canonical.canonical_json(canonical.typed(imported.config)),
    }
    return {**members, **dictionary_member(program.dictionaries)}


def dictionary_member(dictionaries: Mapping[int, Sequence[str]]) -> dict[str, bytes]:
    """The member of all dictionaries; none where no feature is a string."""
    tensors = dictionary_tensors(dictionaries)
    return {"dictionaries.safetensors": canonical.safetensors_bytes(tensors)} if tensors else {}


def dictionary_tensors(dictionaries: Mapping[int, Sequence[str]]) -> dict[str, np.ndarray]:
    tensors = {}
    for index, texts in dictionaries.items():
        encoded = [text.encode("utf-8") for text in texts]
        tensors[f"{index}.bytes"] = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        tensors[f"{index}.offsets"] = np.cumsum([0, *map(len, encoded)]).astype(np.uint64)
    return tensors


def empty_answers(schema: Schema) -> dict[str, np.ndarray]:
    return {output.name: np.zeros((0, output.columns)) for output in schema.outputs}
