"""The engines of a bundle, as `modelpack inspect` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import modelpack
from modelpack.cli.table import size, table
from modelpack.engines.compiled.triple import member_triple

__all__ = ["engine_table", "engines"]

_FOLDER = "models/main/"
_NATIVE = ("programs.json", f"{_FOLDER}tensors.safetensors")
_ONNX = (f"{_FOLDER}model.onnx", f"{_FOLDER}onnx.json")


def engines(bundle: modelpack.Bundle) -> list[dict[str, Any]]:
    """One entry an engine, of compiled one a library: name, triple, size, and what was measured when it was added."""
    return [entry for engine in bundle.manifest.get("engines", ()) for entry in _entries(bundle, engine)]


def _entries(bundle: modelpack.Bundle, engine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sizes = {name: int(entry["size"]) for name, entry in bundle.manifest.get("members", {}).items()}
    found = {"name": engine["name"], "triple": None, "measured": _measured(engine.get("measured", {}))}
    if engine["name"] == "compiled":
        for name in sorted(sizes):
            if triple := member_triple(name):
                yield {**found, "triple": triple, "size_bytes": sizes[name]}
        return
    members = _ONNX if engine["name"] == "onnx" else _NATIVE
    parts = bundle.partition_keys and sizes.get("partitions.pack", 0)
    yield {**found, "size_bytes": sum(sizes.get(name, 0) for name in members) + int(parts or 0)}


def _measured(outputs: dict[str, Any]) -> dict[str, Any] | None:
    """Over all outputs: the rows compared, those with the same bits in each, the greatest difference."""
    if not outputs:
        return None
    return {
        "rows": max(int(one["rows"]) for one in outputs.values()),
        "equal_rows": min(int(one["equal_rows"]) for one in outputs.values()),
        "max_abs_difference": max(float(one["max_abs_difference"]) for one in outputs.values()),
    }


def engine_table(bundle: modelpack.Bundle) -> str:
    rows = [
        [one["name"], one["triple"] or "", size(one["size_bytes"]), _text(one["measured"])] for one in engines(bundle)
    ]
    return table(rows, ("name", "triple", "size", "when it was added"), right=(2,))


def _text(measured: dict[str, Any] | None) -> str:
    if measured is None:
        return ""
    rows, equal = measured["rows"], measured["equal_rows"]
    if equal == rows:
        return f"{rows:,} rows compared, all with the same bits"
    return (
        f"{rows:,} rows compared, {equal:,} with the same bits, difference at most {measured['max_abs_difference']:.3g}"
    )
