"""From a model's score to its answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelpack.engines.onnx.graph import DTYPES, Graph
from modelpack.engines.onnx.lowering import functions
from modelpack.engines.onnx.lowering.call import Call, Lowering
from modelpack.engines.onnx.value import EPSILON, UNSTATED, Error, Lowered

__all__ = ["OPS"]

# How many units of the last place an elementary function may be off.
FUNCTION_UNITS = 1
# How many units of the last place a quotient may be off, when e^x is off by one: e^x, 1 + e^x and the quotient.
SIGMOID_UNITS = 4
# The same for a cell of softmax, beside one unit for each column of the sum.
SOFTMAX_UNITS = 4


def sigmoid(call: Call) -> Lowered:
    graph, x, form = call.graph, call.first, call.options["form"]
    one = graph.constant(1.0, DTYPES[x.kind])
    if form == "lightgbm":
        argument = graph.op("Mul", x.name, graph.constant(-call.tensors["scale"], np.float64))
    else:
        argument = graph.op("Neg", x.name)
    if form == "xgboost_f32":
        limit = graph.constant(88.7, np.float32)
        argument = graph.op("Where", graph.op("Less", limit, argument), limit, argument)
    power = functions.exp(graph, argument, x.kind)
    # xgboost adds 1e-16 more, which is less than half a unit of what it is added to.
    divisor = graph.op("Add", power, one) if form == "xgboost_f32" else graph.op("Add", one, power)
    error = Error(SIGMOID_UNITS * EPSILON[x.kind]) if x.error.exact else UNSTATED
    return replace(x, name=graph.op("Div", one, divisor), error=error)


def softmax(call: Call) -> Lowered:
    graph, x, form = call.graph, call.first, call.options["form"]
    # The greatest cell: NaN makes every cell NaN, wherever ReduceMax leaves it.
    axes = graph.constant(np.array([1], dtype=np.int64))
    greatest = graph.op("ReduceMax", x.name, axes, keepdims=1)
    powers = functions.exp(graph, graph.op("Sub", x.name, greatest), x.kind)
    if form == "xgboost_f32":
        total = graph.cast(graph.running_sum(graph.cast(powers, np.float64), 1), np.float32)
    elif form == "lightgbm":
        total = graph.running_sum(powers, 1)
    else:
        total = numpy_sum(graph, powers, 0, x.width)
    error = Error((SOFTMAX_UNITS + x.width) * EPSILON[x.kind]) if x.error.exact else UNSTATED
    return replace(x, name=graph.op("Div", powers, total), error=error)


def numpy_sum(graph: Graph, x: str, start: int, stop: int) -> str:
    """numpy's sum of the columns from start to stop: in order below 8, in eight lanes up to 128, else two halves."""
    width = stop - start
    part = graph.gather(x, np.arange(start, stop), 1)
    if width < 8:
        return graph.running_sum(part, 1)
    if width > 128:
        half = width // 2 - width // 2 % 8
        return graph.op("Add", numpy_sum(graph, x, start, start + half), numpy_sum(graph, x, start + half, stop))
    whole = width - width % 8
    lanes = graph.reshape(graph.gather(x, np.arange(start, start + whole), 1), [-1, whole // 8, 8])
    sums = graph.reshape(graph.running_sum(lanes, 1), [-1, 8])
    for lanes_left in (8, 4, 2):
        even, odd = (graph.gather(sums, np.arange(first, lanes_left, 2), 1) for first in (0, 1))
        sums = graph.op("Add", even, odd)
    rest = [graph.gather(x, [column], 1) for column in range(start + whole, stop)]
    for column in rest:
        sums = graph.op("Add", sums, column)
    return sums


def math(call: Call) -> Lowered:
    graph, x, function = call.graph, call.first, call.options["function"]
    name = functions.function(graph, function, x.name, x.kind)
    if name is None:
        raise call.refused(f"{function} of {x.kind}")
    error = x.error if x.error.exact else UNSTATED
    if function not in functions.ROUNDED and x.error.exact:
        error = Error(FUNCTION_UNITS * EPSILON[x.kind])
    return replace(x, name=name, error=error)


OPS: dict[str, Lowering] = {"sigmoid@1": sigmoid, "softmax@1": softmax, "math@1": math}
