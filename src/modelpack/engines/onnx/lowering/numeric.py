"""Arithmetic, cell by cell and along rows; each operation is rounded once, as in the program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelpack.engines.onnx.graph import DTYPES
from modelpack.engines.onnx.lowering.call import Call, Lowering
from modelpack.engines.onnx.value import EPSILON, EXACT, UNSTATED, Error, Lowered

__all__ = ["OPS"]


def affine(call: Call) -> Lowered:
    graph, x, form = call.graph, call.first, call.options["form"]
    steps = {"sub_div": ("Sub", "Div"), "mul_add": ("Mul", "Add"), "sub": ("Sub",), "div": ("Div",), "mul": ("Mul",)}
    name = x.name
    for step, tensor in zip(steps[form], ("a", "b"), strict=False):
        name = graph.op(step, name, call.row(call.tensors[tensor]))
    # An absent cell may be divided by what would not keep it +0.0.
    return replace(x, name=name, filled=False, error=scaled(x) if form in ("div", "mul") else lost(x.error))


def lost(*errors: Error) -> Error:
    """Of an operation through which no bound is followed."""
    return EXACT if all(error.exact for error in errors) else UNSTATED


def scaled(x: Lowered) -> Error:
    """Of a product or quotient with a fitted number: the relative part stays, but for a rounding."""
    if x.error.exact:
        return EXACT
    if not x.error.stated or x.error.absolute:
        return UNSTATED
    return Error(x.error.relative + EPSILON[x.kind])


def clip(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    low, high = call.row(call.tensors["low"]), call.row(call.tensors["high"])
    name = graph.op("Where", graph.op("Less", x.name, low), low, x.name)
    return replace(x, name=graph.op("Where", graph.op("Greater", name, high), high, name))


def arithmetic(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    kind = {"add@1": "Add", "mul@1": "Mul", "div@1": "Div"}[call.op]
    if "operand" in call.tensors:
        error = scaled(x) if kind != "Add" else lost(x.error)
        return replace(x, name=graph.op(kind, x.name, call.row(call.tensors["operand"])), error=error)
    other = call.inputs[1]
    return replace(x, name=graph.op(kind, x.name, other.name), error=lost(x.error, other.error))


def linear(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    weight, bias = call.tensors["weight"], call.options["bias"]
    dtype = DTYPES[x.kind]
    first = call.tensors["bias"] if bias == "first" else np.zeros(weight.shape[1], dtype)
    weights = np.concatenate([first[None, :], weight]).astype(dtype)
    skipped = _skipped(call)
    # Before the inputs stands a column of ones, whose product is what the sum starts from.
    padding = graph.constant(np.array([0, 1, 0, 0], dtype=np.int64))
    inputs = graph.op("Pad", x.name, padding, graph.constant(np.array(1.0, dtype=dtype)))
    if skipped is not None:
        skipped = graph.op("Concat", graph.expand(graph.constant(np.zeros((1, 1), bool))), skipped, axis=1)
    sums = [_sum(call, inputs, skipped, weights[:, k]) for k in range(weights.shape[1])]
    name = sums[0] if len(sums) == 1 else graph.op("Concat", *sums, axis=1)
    if bias == "last":
        name = graph.op("Add", name, call.row(call.tensors["bias"]))
    return Lowered(name, x.kind, weight.shape[1], error=lost(x.error))


def _sum(call: Call, inputs: str, skipped: str | None, weights: np.ndarray) -> str:
    graph = call.graph
    products = graph.op("Mul", inputs, call.row(weights))
    if skipped is not None:
        # x + -0.0 is x, whatever x is.
        products = graph.op("Where", skipped, graph.constant(-0.0, DTYPES[call.first.kind]), products)
    return graph.running_sum(products, 1)


def _skipped(call: Call) -> str | None:
    """The cells that a sum passes over."""
    graph, x = call.graph, call.first
    absent = None if x.mask is None else graph.op("Not", x.mask)
    if call.options["nan"] == "keep":
        return absent
    nan = graph.op("IsNaN", x.name)
    return nan if absent is None else graph.op("Or", absent, nan)


def row_sum(call: Call) -> Lowered:
    x = call.first
    return replace(x, name=call.graph.running_sum(x.name, 1), width=1, error=lost(x.error))


def normalise_rows(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    return replace(x, name=graph.op("Div", x.name, graph.running_sum(x.name, 1)), error=lost(x.error))


def complement(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    rest = graph.op("Sub", graph.constant(1.0, DTYPES[x.kind]), x.name)
    error = EXACT
    if not x.error.exact:
        # x is a probability: its relative error is an absolute one of 1 - x, which is rounded once more.
        error = Error(x.error.relative, x.error.relative + x.error.absolute + EPSILON[x.kind], x.error.stated)
    return replace(x, name=graph.op("Concat", rest, x.name, axis=1), width=2, error=error)


def sort_row(call: Call) -> Lowered:
    """Each cell goes to the place that is the number of cells before it: lesser, and equal to its left; NaN last."""
    graph, x = call.graph, call.first
    width = x.width
    mine, other = graph.reshape(x.name, [-1, width, 1]), graph.reshape(x.name, [-1, 1, width])
    nan_mine, nan_other = graph.op("IsNaN", mine), graph.op("IsNaN", other)
    lesser = graph.op("Or", graph.op("Less", other, mine), graph.op("And", nan_mine, graph.op("Not", nan_other)))
    equal = graph.op("Or", graph.op("Equal", other, mine), graph.op("And", nan_mine, nan_other))
    to_the_left = graph.constant(np.tri(width, k=-1, dtype=bool).reshape(1, width, width))
    before = graph.op("Or", lesser, graph.op("And", equal, to_the_left))
    axes = graph.constant(np.array([2], dtype=np.int64))
    place = graph.op("ReduceSum", graph.cast(before, np.int64), axes, keepdims=0)
    return replace(x, name=graph.op("ScatterElements", x.name, place, x.name, axis=1), error=lost(x.error))


def argmax(call: Call) -> Lowered:
    """The first NaN, else the first greatest."""
    graph, x = call.graph, call.first
    nan = graph.op("IsNaN", x.name)
    finite = graph.op("Where", nan, graph.constant(-np.inf, DTYPES[x.kind]), x.name)
    greatest = graph.op("ReduceMax", finite, graph.constant(np.array([1], dtype=np.int64)), keepdims=1)
    index = _first(call, graph.op("Equal", finite, greatest), x.width)
    first_nan = _first(call, nan, x.width)
    none = graph.op("Equal", first_nan, graph.constant(x.width))
    return Lowered(graph.op("Where", none, index, first_nan), "i64", 1, error=lost(x.error))


def _first(call: Call, holds: str, width: int) -> str:
    """The first column that holds; `width` where none does."""
    graph = call.graph
    index = graph.constant(np.arange(width, dtype=np.int64).reshape(1, -1))
    places = graph.op("Where", holds, index, graph.constant(width))
    return graph.op("ReduceMin", places, graph.constant(np.array([1], dtype=np.int64)), keepdims=1)


def compare(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    kind = {"gt": "Greater", "ge": "GreaterOrEqual", "lt": "Less", "le": "LessOrEqual"}[call.options["comparison"]]
    holds = graph.op(kind, x.name, graph.constant(call.tensors["constant"], DTYPES[x.kind]))
    return Lowered(graph.cast(holds, np.int64), "i64", x.width, error=lost(x.error))


OPS: dict[str, Lowering] = {
    "affine@1": affine,
    "clip@1": clip,
    "add@1": arithmetic,
    "mul@1": arithmetic,
    "div@1": arithmetic,
    "linear@1": linear,
    "row_sum@1": row_sum,
    "normalise_rows@1": normalise_rows,
    "complement@1": complement,
    "sort_row@1": sort_row,
    "argmax@1": argmax,
    "compare@1": compare,
}
