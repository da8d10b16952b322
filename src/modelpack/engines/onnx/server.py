"""The configuration with which the Triton Inference Server runs a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
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


def config_text(bundle: Bundle, description: Mapping[str, Any]) -> str:
    """`config.pbtxt` of a model whose inputs and outputs `onnx.json` describes."""
    columns = {output.name: output.columns for output in bundle.schema.outputs}
    inputs = [_tensor(one["name"], one["dtype"], len(one["features"])) for one in description["inputs"]]
    outputs = [_tensor(one["name"], one["dtype"], columns[one["output"]]) for one in description["outputs"]]
    return "\n".join(
        [
            f"# {bundle.name} {bundle.version}, {bundle.identity}",
            f"name: {_quoted(bundle.name)}",
            'backend: "onnxruntime"',
            f"max_batch_size: {MAX_BATCH}",
            f"input [\n{_joined(inputs)}\n]",
            f"output [\n{_joined(outputs)}\n]",
            # One row is done before a second thread has woken up.
            'parameters { key: "intra_op_thread_count" value { string_value: "1" } }',
            "instance_group [ { kind: KIND_CPU } ]",
            "dynamic_batching { }",
            "",
        ]
    )


def _tensor(name: str, dtype: str, columns: int) -> str:
    return f"  {{ name: {_quoted(name)} data_type: {_TYPES[dtype]} dims: [ {columns} ] }}"


def _joined(tensors: list[str]) -> str:
    return ",\n".join(tensors)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
