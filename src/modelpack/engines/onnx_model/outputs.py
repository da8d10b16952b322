"""Which outputs of an ONNX model are a bundle's `label`, `probability` and `value`, and the nodes that make them so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelpack.errors import InputError, UnsupportedModelError
from modelpack.importers.labels import given_classes
from modelpack.schema import Classes, Output

__all__ = ["Roles", "label_values", "roles_of", "with_outputs"]

_FLOATS = {1: "float32", 11: "float64"}
_INT64, _STRING = 7, 8
NAMES = ("label", "probability", "value", "margin")


@dataclass(frozen=True)
class Roles:
    """What the graph answers, by name.

    Attributes
    ----------
    outputs : mapping
        `probability`, `value`, `margin`, `label` to the tensor of the graph that has it.
    label_type : int
        ONNX's number of the label's element type; 0 where the label is the first greatest probability.
    classes : tuple or None
    """

    outputs: Mapping[str, str]
    label_type: int
    classes: tuple[Any, ...] | None


def roles_of(model: Any, given: Mapping[str, str] | None, classes: Sequence[Any] | None, origin: str) -> Roles:
    """By what the caller says, else by type and order, as converters write them.

    Raises
    ------
    UnsupportedModelError
        It cannot be told what an output is.
    """
    zipmaps = {node.output[0]: node for node in model.graph.node if node.op_type == "ZipMap"}
    kinds: dict[str, int] = {}
    known = tuple(classes) if classes is not None else None
    for one in model.graph.output:
        if one.name in zipmaps:
            node = zipmaps[one.name]
            kinds[node.input[0]] = 1
            known = known if known is not None else _zipped(node)
        else:
            kinds[one.name] = one.type.tensor_type.elem_type
    found = dict(given) if given is not None else _guessed(kinds, known, origin)
    strange = sorted(set(found) - set(NAMES)) + sorted(set(found.values()) - set(kinds))
    if strange or not found:
        raise InputError(
            f"outputs names {', '.join(map(repr, strange)) or 'nothing'}",
            hint=f"map some of {', '.join(NAMES)} to outputs of the model: {', '.join(map(repr, kinds))}",
        )
    label_type = kinds[found["label"]] if "label" in found else 0
    return Roles(found, label_type, known)


def _zipped(node: Any) -> tuple[Any, ...]:
    for attribute in node.attribute:
        if attribute.name == "classlabels_int64s" and attribute.ints:
            return tuple(attribute.ints)
        if attribute.name == "classlabels_strings" and attribute.strings:
            return tuple(text.decode("utf-8") for text in attribute.strings)
    return ()


def _guessed(kinds: Mapping[str, int], classes: tuple[Any, ...] | None, origin: str) -> dict[str, str]:
    floats = [name for name, kind in kinds.items() if kind in _FLOATS]
    labels = [name for name, kind in kinds.items() if kind in (_INT64, _STRING)]
    if classes is None and len(floats) == 1 and not labels:
        return {"value": floats[0]}
    if classes is not None and len(floats) <= 1 and len(labels) <= 1 and kinds:
        found = {"label": labels[0]} if labels else {}
        return {**found, "probability": floats[0]} if floats else found
    raise UnsupportedModelError(
        origin,
        f"its outputs are {', '.join(map(repr, kinds))}, and nothing says what each is",
        "say so: outputs={'value': NAME}, or outputs={'label': NAME, 'probability': NAME} with classes=[…]",
    )


def with_outputs(
    model: Any, roles: Roles, widths: Mapping[str, int], origin: str, as_double: bool = False
) -> tuple[Any, tuple[Output, ...]]:
    """A model that answers these outputs and no others, in the order of the schema, and the schema's outputs."""
    import onnx
    from onnx import helper

    made = onnx.ModelProto()
    made.CopyFrom(model)
    graph = made.graph
    kept = [node for node in graph.node if node.op_type != "ZipMap"]
    classes = _classes(roles, widths, origin)
    types = {one.name: one.type.tensor_type.elem_type for one in model.graph.output}
    outputs: list[Output] = []
    infos: list[Any] = []
    names: dict[str, str] = {}

    def add(name: str, dtype: str, columns: int, known: Classes | None) -> None:
        if as_double and dtype == "float32":
            # The nodes before made it under another name.
            kept.append(helper.make_node("Cast", [_own(name)], [_own(f"{name}_double")], to=11))
            dtype = "float64"
            names[name] = _own(f"{name}_double")
        outputs.append(Output(name, dtype, columns, known))
        kind = {"float32": 1, "float64": 11, "int64": 7}[dtype]
        infos.append(helper.make_tensor_value_info(names.get(name, _own(name)), kind, [None, columns]))

    probability = roles.outputs.get("probability")
    dtype_of = {name: _FLOATS.get(types.get(tensor, 1), "float64") for name, tensor in roles.outputs.items()}
    if classes is not None:
        if probability is not None:
            kept += _probability(probability, dtype_of["probability"], widths["probability"])
        if "label" in roles.outputs:
            kept += _label(roles, classes, _ml_version(made))
        else:
            kept.append(helper.make_node("ArgMax", [_own("probability")], [_own("label")], axis=1, keepdims=1))
        add("label", "int64", 1, classes)
        if probability is not None:
            add("probability", dtype_of["probability"], len(classes.values), classes)
    for name in ("value", "margin"):
        if name in roles.outputs:
            kept += _reshaped(roles.outputs[name], _own(name), widths[name], dtype_of[name], types)
            add(name, dtype_of[name], widths[name], None)
    del graph.node[:], graph.output[:]
    graph.node.extend(kept)
    graph.output.extend(infos)
    del graph.value_info[:]
    return made, tuple(outputs)


def _ml_version(model: Any) -> int:
    """Version of ONNX's operators for classic models, which is stated where there is none yet."""
    from onnx import helper

    for one in model.opset_import:
        if one.domain == "ai.onnx.ml":
            return int(one.version)
    model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    return 3


def _own(name: str) -> str:
    return f"modelpack_{name}"


def _classes(roles: Roles, widths: Mapping[str, int], origin: str) -> Classes | None:
    if roles.classes is None:
        if {"label", "probability"} & set(roles.outputs):
            raise InputError("the model answers labels or probabilities, and nothing names their classes: classes=[…]")
        return None
    columns = widths.get("probability", len(roles.classes))
    return given_classes(roles.classes, 2 if columns == 1 else columns, origin)


def _probability(tensor: str, dtype: str, width: int) -> list[Any]:
    """One column of p becomes [1 - p, p]."""
    from onnx import helper, numpy_helper

    if width > 1:
        return [helper.make_node("Identity", [tensor], [_own("probability")])]
    shape = numpy_helper.from_array(np.array([-1, 1], dtype=np.int64))
    one = numpy_helper.from_array(np.array(1, dtype=dtype))
    return [
        helper.make_node("Constant", [], ["modelpack_column"], value=shape),
        helper.make_node("Constant", [], ["modelpack_one"], value=one),
        helper.make_node("Reshape", [tensor, "modelpack_column"], ["modelpack_p"]),
        helper.make_node("Sub", ["modelpack_one", "modelpack_p"], ["modelpack_q"]),
        helper.make_node("Concat", ["modelpack_q", "modelpack_p"], [_own("probability")], axis=1),
    ]


def label_values(roles: Roles, classes: Any) -> list[Any]:
    """What the model itself calls each class: its text or number; its index where classes are no numbers."""
    values = list(classes.values)
    if roles.label_type == _STRING:
        return [str(value) for value in values]
    numbers = all(isinstance(value, (int, float)) and value == int(value) for value in values)
    return [int(value) for value in values] if numbers else list(range(len(values)))


def _label(roles: Roles, classes: Classes, ml_version: int) -> list[Any]:
    """The index of the class that the model names."""
    from onnx import helper, numpy_helper

    tensor, values = roles.outputs["label"], label_values(roles, classes)
    column = numpy_helper.from_array(np.array([-1, 1], dtype=np.int64))
    rows = helper.make_node("Constant", [], ["modelpack_rows"], value=column)
    if roles.label_type == _STRING:
        texts = list(values)
        places: dict[str, Any] = {"keys_strings": texts, "values_int64s": list(range(len(texts)))}
        table: dict[str, Any] = places if ml_version > 1 else {"classes_strings": texts}
        return [
            rows,
            helper.make_node(
                "LabelEncoder", [tensor], ["modelpack_index"], domain="ai.onnx.ml", default_int64=-1, **table
            ),
            helper.make_node("Reshape", ["modelpack_index", "modelpack_rows"], [_own("label")]),
        ]
    known = numpy_helper.from_array(np.array([list(values)], dtype=np.int64))
    return [
        rows,
        helper.make_node("Constant", [], ["modelpack_classes"], value=known),
        helper.make_node("Reshape", [tensor, "modelpack_rows"], ["modelpack_named"]),
        helper.make_node("Equal", ["modelpack_named", "modelpack_classes"], ["modelpack_equal"]),
        helper.make_node("Cast", ["modelpack_equal"], ["modelpack_ones"], to=1),
        helper.make_node("ArgMax", ["modelpack_ones"], [_own("label")], axis=1, keepdims=1),
    ]


def _reshaped(tensor: str, name: str, width: int, dtype: str, types: Mapping[str, int]) -> list[Any]:
    from onnx import helper, numpy_helper

    shape = numpy_helper.from_array(np.array([-1, width], dtype=np.int64))
    nodes = [helper.make_node("Constant", [], [f"{name}_shape"], value=shape)]
    if types.get(tensor, 1) not in _FLOATS:
        nodes.append(helper.make_node("Cast", [tensor], [f"{name}_cast"], to={"float64": 11, "float32": 1}[dtype]))
        tensor = f"{name}_cast"
    return [*nodes, helper.make_node("Reshape", [tensor, f"{name}_shape"], [name])]
