"""The configuration with which the Triton Inference Server runs a model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from modelpack.bundle import Bundle

__all__ = ["config_text"]

# Rows that the server may put together into one call.
MAX_BATCH = 4096

_TYPES = {
    "float64": "TYPE_FP64",
    "float32": "TYPE_FP32",
    "int64": "TYPE_INT64",
    "int32": "TYPE_INT32",
    "bool": "TYPE_BOOL",
    "string": "TYPE_STRING",
}


def config_text(bundle: Bundle, description: Mapping[str, Any], shapes: Mapping[str, Sequence[int]]) -> str:
    """`config.pbtxt` of a model.

    Parameters
    ----------
    bundle
    description : mapping
        `onnx.json`.
    shapes : mapping of str to sequence of int
        The shape of each input and output of the graph; -1 where it is open.
    """
    rows = MAX_BATCH if all(shape[0] == -1 for shape in shapes.values()) else 0
    tensors = {
        part: [_tensor(one["name"], one["dtype"], shapes[one["name"]], rows > 0) for one in description[part]]
        for part in ("inputs", "outputs")
    }
    return "\n".join(
        [
            f"# {bundle.name} {bundle.version}, {bundle.identity}",
            f"name: {_quoted(bundle.name)}",
            'backend: "onnxruntime"',
            f"max_batch_size: {rows}",
            f"input [\n{_joined(tensors['inputs'])}\n]",
            f"output [\n{_joined(tensors['outputs'])}\n]",
            # One row is done before a second thread has woken up.
            'parameters { key: "intra_op_thread_count" value { string_value: "1" } }',
            "instance_group [ { kind: KIND_CPU } ]",
            *(["dynamic_batching { }"] if rows else []),
            "",
        ]
    )


def _tensor(name: str, dtype: str, shape: Sequence[int], batched: bool) -> str:
    """A server that puts rows together adds their dimension itself; and it knows no tensor without another one."""
    sizes = list(shape[1:] if batched else shape)
    reshaped = "" if sizes else " reshape { shape: [ ] }"
    dims = ", ".join(str(size) for size in sizes or [1])
    return f"  {{ name: {_quoted(name)} data_type: {_TYPES[dtype]} dims: [ {dims} ]{reshaped} }}"


def _joined(tensors: list[str]) -> str:
    return ",\n".join(tensors)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
