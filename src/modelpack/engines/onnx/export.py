"""A program as an ONNX model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelpack.canonical import canonical_json
from modelpack.engines.onnx.graph import ML_DOMAIN, Graph, onnx_module
from modelpack.engines.onnx.inputs import Input, feature_inputs, lowered_inputs
from modelpack.engines.onnx.lowering import category, forest, link, numeric, shape
from modelpack.engines.onnx.lowering.call import Call, Lowering
from modelpack.engines.onnx.value import Error, Lowered
from modelpack.engines.source import Source
from modelpack.errors import UnsupportedModelError
from modelpack.schema import Schema

__all__ = ["Exported", "export"]

LOWERINGS: dict[str, Lowering] = {**category.OPS, **forest.OPS, **link.OPS, **numeric.OPS, **shape.OPS}

OPSET, ML_OPSET, IR_VERSION = 21, 5, 10
# What protobuf serialises at most.
MAX_BYTES = 2**31 - 1

_ONNX_TYPES = {"float64": "DOUBLE", "float32": "FLOAT", "int64": "INT64", "string": "STRING"}


@dataclass(frozen=True)
class Exported:
    """An ONNX model and what is known of it.

    Attributes
    ----------
    model : ModelProto
    inputs : list of Input
    outputs : mapping of str to str
        The graph's output by the schema's.
    errors : mapping of str to Error
        How far an output may be from the program's.
    """

    model: Any
    inputs: list[Input]
    outputs: Mapping[str, str]
    errors: Mapping[str, Error]
    source: Source

    @property
    def file(self) -> bytes:
        """The file: equal models give equal bytes."""
        data: bytes = self.model.SerializeToString(deterministic=True)
        return data

    @property
    def description(self) -> bytes:
        """`models/main/onnx.json`: how features become inputs, and outputs answers."""
        return description_json(self.source, self.inputs, self.outputs)


def description_json(source: Source, inputs: list[Input], outputs: Mapping[str, str]) -> bytes:
    answers = [
        {"dtype": output.dtype, "name": outputs[output.name], "output": output.name} for output in source.schema.outputs
    ]
    return canonical_json({"inputs": [one.to_json() for one in inputs], "onnx": 1, "outputs": answers})


def export(source: Source, further: Mapping[str, str] | None = None) -> Exported:
    """Lowers every operation of the program.

    Parameters
    ----------
    source
    further : mapping of str to str, optional
        Further entries of the model's metadata_props.

    Raises
    ------
    UnsupportedModelError
        An operation has no exact form in ONNX; it is named.
    """
    inputs = feature_inputs(source)
    outputs = {output.name: output.name for output in source.schema.outputs}
    graph = Graph([*(one.name for one in inputs), *outputs])
    for name in outputs:
        if any(one.name == name for one in inputs):
            outputs[name] = graph.name(f"{name}_output")
    values = lowered_inputs(graph, source, inputs)
    for op in source.program["ops"]:
        (result,) = op["out"]
        values[result] = _lowered(graph, source, op, values)
    errors = {}
    helper = onnx_module().helper
    for name, value in source.program["outputs"].items():
        graph.nodes.append(helper.make_node("Identity", [values[value].name], [outputs[name]]))
        errors[name] = values[value].error
    model = _model(graph, source, inputs, outputs, further or {})
    return Exported(model, inputs, outputs, errors, source)


def _lowered(graph: Graph, source: Source, op: Mapping[str, Any], values: Mapping[str, Lowered]) -> Lowered:
    name, origin = op["op"], op.get("origin", source.name)
    if name not in LOWERINGS:
        raise UnsupportedModelError(origin, f"{name} has no form in ONNX", "pack it with the native engine alone")
    tensors = {key: source.tensors[tensor] for key, tensor in op.get("tensors", {}).items()}
    options = {key: value for key, value in op.items() if key not in ("op", "in", "out", "origin", "tensors")}
    call = Call(graph, name, [values[value] for value in op["in"]], tensors, options, origin)
    return LOWERINGS[name](call)


def _model(
    graph: Graph, source: Source, inputs: list[Input], outputs: Mapping[str, str], further: Mapping[str, str]
) -> Any:
    onnx = onnx_module()
    helper = onnx.helper
    nodes = live_nodes(graph.nodes, set(outputs.values()))
    used = {name for node in nodes for name in node.input}
    proto = helper.make_graph(
        nodes,
        source.name,
        [_info(one.name, one.dtype, len(one.features)) for one in inputs],
        [_info(outputs[output.name], output.dtype, output.columns) for output in source.schema.outputs],
        [constant for constant in graph.initializers if constant.name in used],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(ML_DOMAIN, ML_OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, producer_name="modelpack", ir_version=IR_VERSION)
    description = description_json(source, inputs, outputs)
    own = metadata(source.name, source.version, source.schema, source.model_digest, description)
    helper.set_model_props(model, {**own, "modelpack.program": source.digest, **further})
    if model.ByteSize() > MAX_BYTES:
        raise UnsupportedModelError(source.name, "an ONNX file holds at most 2 GiB", "use the native engine")
    onnx.checker.check_model(model, full_check=True)
    return model


def live_nodes(nodes: list[Any], wanted: set[str]) -> list[Any]:
    """The nodes that a wanted tensor needs."""
    kept, needed = [], set(wanted)
    for node in reversed(nodes):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    return kept[::-1]


def _info(name: str, dtype: str, columns: int) -> Any:
    onnx = onnx_module()
    return onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, _ONNX_TYPES[dtype]), ["N", columns])


def metadata(name: str, version: str, schema: Schema, model_digest: str | None, description: bytes) -> dict[str, str]:
    """What a file says about itself."""
    found = {
        "modelpack.name": name,
        "modelpack.version": version,
        "modelpack.schema": json.dumps(json.loads(schema.to_json()), ensure_ascii=False, sort_keys=True),
        "modelpack.onnx": description.decode("utf-8"),
    }
    return {**found, "modelpack.model_digest": model_digest} if model_digest else found
