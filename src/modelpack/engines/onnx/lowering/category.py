"""Operations on category codes, and on what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelpack.engines.onnx.graph import DTYPES, Graph
from modelpack.engines.onnx.lowering.call import Array, Call, Lowering
from modelpack.engines.onnx.lowering.shape import MISSING_INTEGER
from modelpack.engines.onnx.value import Lowered

__all__ = ["OPS"]

NULL, NAN, UNSEEN = -1, -2, -3


def by_code(call: Call, table: Array) -> Array:
    """A table of n + 3 rows (null, NaN, unseen last) so that a code is its index: ONNX counts negative ones from the
    end. Codes from n up to the size of the dictionary are unseen."""
    known, (null, nan, unseen) = table[:-3], table[-3:]
    beyond = np.repeat(table[-1:], max(call.first.size - len(known), 0), axis=0)
    return np.concatenate([known, beyond, [unseen, nan, null]]).astype(table.dtype)


def flat(graph: Graph, code: Lowered) -> str:
    """A code as a tensor [N]."""
    return graph.reshape(code.name, [-1])


def lookup(call: Call) -> Lowered:
    table = call.tensors["table"]
    name = call.graph.op("Gather", call.graph.constant(by_code(call, table)), flat(call.graph, call.first), axis=0)
    return Lowered(name, "f64", table.shape[1])


def one_hot(call: Call) -> Lowered:
    graph, width = call.graph, int(call.tensors["width"][0])
    column = graph.constant(by_code(call, call.tensors["column"]).astype(np.int64))
    hot = graph.reshape(graph.op("Gather", column, flat(graph, call.first), axis=0), [-1, 1])
    mask = graph.op("Equal", hot, graph.constant(np.arange(width, dtype=np.int64).reshape(1, -1)))
    return Lowered(graph.cast(mask, np.float64), "f64", width, mask=mask, filled=True)


def number_code(call: Call) -> Lowered:
    graph, x, values = call.graph, call.first, call.tensors["values"]
    equal = graph.op("Equal", x.name, call.row(values))
    index = graph.op(
        "Where", equal, graph.constant(np.arange(len(values), dtype=np.int64).reshape(1, -1)), graph.constant(UNSEEN)
    )
    # An extra column keeps the greatest of no values defined.
    code = graph.op("ReduceMax", index, graph.constant(np.array([1], dtype=np.int64)), keepdims=1)
    if x.kind == "i64":
        missing, answer = graph.op("Equal", x.name, graph.constant(MISSING_INTEGER, np.int64)), NULL
    else:
        missing, answer = graph.op("IsNaN", x.name), NAN
    return Lowered(graph.op("Where", missing, graph.constant(answer), code), "code", 1, size=len(values))


def missing_as(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    source, target = (NAN, NULL) if call.options["to"] == "null" else (NULL, NAN)
    found = graph.op("Equal", x.name, graph.constant(source))
    return replace(x, name=graph.op("Where", found, graph.constant(target), x.name))


def impute(call: Call) -> Lowered:
    graph, x, fill = call.graph, call.first, call.tensors["fill"]
    missing = missing_cells(call)
    if missing is None:
        return x
    filling = graph.constant(int(fill[0])) if x.kind == "code" else call.row(fill)
    return replace(x, name=graph.op("Where", missing, filling, x.name))


def is_missing(call: Call) -> Lowered:
    graph, x = call.graph, call.first
    missing = missing_cells(call)
    if missing is None:
        return Lowered(graph.expand(graph.constant(np.zeros((1, x.width)))), "f64", x.width)
    return Lowered(graph.cast(missing, np.float64), "f64", x.width)


def missing_cells(call: Call) -> str | None:
    """Which cells are missing in the operation's sense; None where none can be."""
    graph, x, test = call.graph, call.first, call.options["missing"]
    if x.kind == "code":
        return _missing_codes(call, test)
    if x.kind in ("f64", "f32"):
        if test in ("nan", "nan_or_null"):
            return graph.op("IsNaN", x.name)
        return (
            graph.op("Equal", x.name, graph.constant(call.tensors["value"], DTYPES[x.kind]))
            if test == "value"
            else None
        )
    if test not in ("null", "nan_or_null"):
        return None
    return (
        graph.op("IsNaN", x.name)
        if x.kind == "bool"
        else graph.op("Equal", x.name, graph.constant(MISSING_INTEGER, np.int64))
    )


def _missing_codes(call: Call, test: str) -> str:
    graph, x = call.graph, call.first

    def equal(code: int) -> str:
        return graph.op("Equal", x.name, graph.constant(code))

    if test == "nan_or_null":
        return graph.op("Or", equal(NULL), equal(NAN))
    return equal({"nan": NAN, "null": NULL}[test] if test != "value" else int(call.tensors["value"][0]))


OPS: dict[str, Lowering] = {
    "lookup@1": lookup,
    "one_hot@1": one_hot,
    "number_code@1": number_code,
    "missing_as@1": missing_as,
    "impute@1": impute,
    "is_missing@1": is_missing,
}
