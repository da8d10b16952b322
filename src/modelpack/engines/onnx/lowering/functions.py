"""The elementary functions of math 1, whose results are the exact values rounded once.

ONNX Runtime's own are a unit or two of the last place off, and differ between machines. In single precision they are
taken in double precision and rounded. In double precision they are built from additions, multiplications and tables.
Both give another number than the exact one rounded for about one argument in ten thousand, and then the next one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from modelpack.engines.onnx.graph import Graph
from modelpack.engines.onnx.lowering import exponentials, logs
from modelpack.engines.onnx.lowering.doubles import Doubles

__all__ = ["ROUNDED", "exp", "function"]

# What IEEE 754 rounds once itself.
ROUNDED: dict[str, Callable[[Graph, str], str]] = {
    "sqrt": lambda graph, x: graph.op("Sqrt", x),
    "abs": lambda graph, x: graph.op("Abs", x),
    "neg": lambda graph, x: graph.op("Neg", x),
    "square": lambda graph, x: graph.op("Mul", x, x),
}

_DOUBLE: dict[str, Callable[[Doubles, str], str]] = {
    "exp": exponentials.exp,
    "exp2": exponentials.exp2,
    "expm1": exponentials.expm1,
    "tanh": exponentials.tanh,
    "log": logs.log,
    "log1p": logs.log1p,
    "log2": logs.log2,
}

_SINGLE = {"exp": "Exp", "log": "Log"}


def function(graph: Graph, name: str, x: str, kind: str) -> str | None:
    """A function of a value; None where it has no form in this precision."""
    if name in ROUNDED:
        return ROUNDED[name](graph, x)
    if kind == "f32":
        if name not in _SINGLE:
            return None
        return graph.cast(graph.op(_SINGLE[name], graph.cast(x, np.float64)), np.float32)
    return _DOUBLE[name](Doubles(graph), x) if name in _DOUBLE else None


def exp(graph: Graph, x: str, kind: str) -> str:
    """e^x in either precision."""
    found = function(graph, "exp", x, kind)
    assert found is not None, "it has a form in both"
    return found
