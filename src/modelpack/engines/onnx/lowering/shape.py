"""Operations that move cells, change their type, or tell absent from present."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelpack.engines.onnx.graph import DTYPES, Graph
from modelpack.engines.onnx.lowering.call import Call, Lowering
from modelpack.engines.onnx.value import EPSILON, Error, Lowered, worst

__all__ = ["MISSING_INTEGER", "OPS", "dense"]

MISSING_INTEGER = np.iinfo(np.int64).min


def concat(call: Call) -> Lowered:
    values = call.inputs
    if len(values) == 1:
        return values[0]
    graph = call.graph
    joined = graph.op("Concat", *(value.name for value in values), axis=1)
    masks = [value.mask for value in values if value.mask is not None]
    return replace(
        values[0],
        name=joined,
        width=sum(value.width for value in values),
        mask=graph.op("Concat", *masks, axis=1) if masks else None,
        filled=all(value.filled for value in values),
        error=worst([value.error for value in values]),
    )


def columns(call: Call) -> Lowered:
    whole, index = concat(call), call.tensors["index"]
    if np.array_equal(index, np.arange(whole.width)):
        return whole
    return replace(
        whole,
        name=call.graph.gather(whole.name, index, 1),
        width=len(index),
        mask=None if whole.mask is None else call.graph.gather(whole.mask, index, 1),
    )


def constant(call: Call) -> Lowered:
    value = call.tensors["value"]
    kind = "f32" if value.dtype == np.float32 else "f64"
    return Lowered(call.graph.expand(call.row(value)), kind, len(value))


def cast(call: Call) -> Lowered:
    graph, x, to = call.graph, call.first, call.options["to"]
    if x.kind == to:
        return x
    name = x.name
    if x.kind in ("i64", "time"):
        missing = graph.op("Equal", name, graph.constant(MISSING_INTEGER, np.int64))
        name = graph.op("Where", missing, graph.constant(np.nan, DTYPES[to]), graph.cast(name, DTYPES[to]))
    elif x.kind != "bool" or to != "f64":
        name = graph.cast(name, DTYPES[to])
    error = x.error
    if not error.exact and to == "f32":
        error = Error(error.relative + EPSILON["f32"], error.absolute, error.stated)
    return replace(x, name=name, kind=to, error=error)


def to_sparse(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    zero = graph.op("Equal", x.name, graph.constant(0.0, DTYPES[x.kind]))
    return replace(x, mask=graph.op("Not", zero))


def to_dense(call: Call) -> Lowered:
    return dense(call.graph, call.first, 0.0)


def absent_to_nan(call: Call) -> Lowered:
    return dense(call.graph, call.first, np.nan)


def dense(graph: Graph, x: Lowered, absent: float) -> Lowered:
    """The value with a number in place of absent cells."""
    assert x.mask is not None, "only sparse values have absent cells"
    if absent == 0.0 and x.filled:
        return replace(x, mask=None, filled=False)
    name = graph.op("Where", x.mask, x.name, graph.constant(absent, DTYPES[x.kind]))
    return replace(x, name=name, mask=None, filled=False)


def require(call: Call) -> Lowered:
    """The value itself: the core asks for what is required before the graph runs."""
    return call.first


OPS: dict[str, Lowering] = {
    "columns@1": columns,
    "concat@1": concat,
    "constant@1": constant,
    "cast@1": cast,
    "to_sparse@1": to_sparse,
    "to_dense@1": to_dense,
    "absent_to_nan@1": absent_to_nan,
    "require@1": require,
}
