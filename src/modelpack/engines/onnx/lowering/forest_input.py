"""The columns that the nodes of an ensemble test.

`TreeEnsemble` knows one kind of missing, NaN, and compares. So a feature has a column for each kind of missing that its
nodes know, in which what is missing is NaN and what is not has a number; and a set of categories is tested by a column
of its own, which a table fills: 0 goes left, 1 goes right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.engines.onnx.graph import DTYPES, Graph
from modelpack.engines.onnx.lowering.call import Call
from modelpack.program.forest import (
    FLAG_CATEGORICAL,
    FLAG_IN_SET_LEFT,
    FLAG_MISSING_LEFT,
    FLAG_OUT_OF_RANGE_LEFT,
    MISSING_NAN,
    MISSING_NONE,
    MISSING_SHIFT,
    MISSING_ZERO,
)

__all__ = ["Block", "forest_input"]

Array = npt.NDArray[Any]

# |x| up to this is missing at a node of kind MISSING_ZERO.
ZERO_THRESHOLD = float(np.float32(1e-35))
WORD = 32
# Bytes of the table of one feature's sets.
MAX_TABLE = 2**28


@dataclass(frozen=True)
class Block:
    """The input of an ensemble.

    Attributes
    ----------
    name : str
        A tensor [N, columns].
    dtype : dtype
        float64 or float32.
    column : array [nodes]
        The column that a node tests.
    threshold : array [nodes]
    categorical : array [nodes] of bool
    """

    name: str
    dtype: np.dtype[Any]
    column: Array
    threshold: Array
    categorical: Array

    def widened(self, graph: Graph) -> Block:
        """The same in double precision, which changes no comparison."""
        return replace(self, name=graph.cast(self.name, np.float64), dtype=np.dtype(np.float64))


def forest_input(call: Call) -> Block:
    tensors = call.tensors
    x, dtype = _typed(call)
    flags, feature = tensors["flags"], tensors["feature"].astype(np.int64)
    kinds = (flags >> MISSING_SHIFT) & 3
    categorical = (flags & FLAG_CATEGORICAL) != 0
    numeric = set(kinds[~categorical].tolist())
    column, parts, width = feature.copy(), [], 0
    if numeric == {MISSING_NAN} or not numeric:
        parts, width = [x], call.first.width
    for kind in sorted(numeric) if not parts else ():
        nodes = ~categorical & (kinds == kind)
        used = np.unique(feature[nodes])
        parts.append(_without(call, call.graph.gather(x, used, 1), kind, dtype))
        column[nodes] = width + np.searchsorted(used, feature[nodes])
        width += len(used)
    threshold = np.where(categorical, 0.5, tensors["threshold"]).astype(dtype)
    if categorical.any():
        for part, nodes, places in _category_columns(call, x, dtype, np.flatnonzero(categorical)):
            parts.append(part)
            column[nodes] = width + places
            width += int(places.max()) + 1
    name = parts[0] if len(parts) == 1 else call.graph.op("Concat", *parts, axis=1)
    return Block(name, dtype, column, threshold, categorical)


def _typed(call: Call) -> tuple[str, np.dtype[Any]]:
    """The input cast as the forest says, in the precision in which it meets the thresholds."""
    graph, x = call.graph, call.first
    name, kind = x.name, x.kind
    if call.options["input"] == "f32" and kind == "f64":
        name, kind = graph.cast(name, np.float32), "f32"
    if kind == "f32" and call.tensors["threshold"].dtype != np.float32:
        name, kind = graph.cast(name, np.float64), "f64"
    return name, np.dtype(DTYPES[kind])


def _without(call: Call, x: str, kind: int, dtype: np.dtype[Any]) -> str:
    """Columns in which NaN is what is missing, for nodes of this kind."""
    graph = call.graph
    if kind == MISSING_NONE:
        return graph.op("Where", graph.op("IsNaN", x), graph.constant(0.0, dtype), x)
    if kind == MISSING_ZERO:
        return graph.op("Where", _is_zero(graph, x, dtype), graph.constant(np.nan, dtype), x)
    return x


def _is_zero(graph: Graph, x: str, dtype: np.dtype[Any]) -> str:
    return graph.op("LessOrEqual", graph.op("Abs", x), graph.constant(ZERO_THRESHOLD, dtype))


# ---- categories ----


def _category_columns(call: Call, x: str, dtype: np.dtype[Any], nodes: Array) -> list[tuple[str, Array, Array]]:
    """Per feature (and apart where zero is missing): its columns, the nodes that test them, and their places."""
    tensors = call.tensors
    flags, feature = tensors["flags"][nodes], tensors["feature"][nodes]
    zero = ((flags >> MISSING_SHIFT) & 3) == MISSING_ZERO
    found = []
    for key in sorted({(int(f), bool(z)) for f, z in zip(feature, zero, strict=True)}):
        group = nodes[(feature == key[0]) & (zero == key[1])]
        sets = [_set_of(call, int(node)) for node in group]
        distinct = {one: place for place, one in enumerate(dict.fromkeys(sets))}
        size = max(len(one.words) for one in distinct) * WORD
        if size * len(distinct) > MAX_TABLE:
            raise call.refused(f"{len(distinct)} sets over {size} categories in one feature")
        table = np.stack([one.goes_right(size) for one in distinct], axis=1).astype(np.uint8)
        index = _category_index(call, call.graph.gather(x, [key[0]], 1), key[1], size, dtype)
        part = call.graph.cast(call.graph.op("Gather", call.graph.constant(table), index, axis=0), dtype)
        found.append((part, group, np.array([distinct[one] for one in sets])))
    return found


@dataclass(frozen=True)
class _Set:
    """What decides at a categorical node."""

    words: tuple[int, ...]
    flags: int

    def goes_right(self, size: int) -> Array:
        """By index: categories below `size`, then out of range, then missing."""
        bits = np.zeros(size, dtype=bool)
        own = len(self.words) * WORD
        if own:
            bits[:own] = np.unpackbits(np.array(self.words, dtype="<u4").view(np.uint8), bitorder="little").astype(bool)
        left = bits == bool(self.flags & FLAG_IN_SET_LEFT)
        outside = bool(self.flags & FLAG_OUT_OF_RANGE_LEFT)
        left[own:] = outside
        if (self.flags >> MISSING_SHIFT) & 3 == MISSING_NONE:
            missing = bool(left[0]) if size else outside  # NaN counts as category 0
        else:
            missing = bool(self.flags & FLAG_MISSING_LEFT)
        return ~np.concatenate([left, [outside, missing]])


def _set_of(call: Call, node: int) -> _Set:
    tensors = call.tensors
    place = int(np.searchsorted(tensors["category_node"], node))
    start, stop = tensors["category_offset"][place : place + 2].tolist()
    return _Set(tuple(tensors["category_bits"][start:stop].tolist()), int(tensors["flags"][node]))


def _category_index(call: Call, x: str, zero_is_missing: bool, size: int, dtype: np.dtype[Any]) -> str:
    """[N]: the category, `size` where the number is no category of the table, `size` + 1 where it is missing."""
    graph = call.graph
    if call.options["category_cast"] == "trunc":
        negative = graph.op("Less", x, graph.constant(0.0, dtype))
    else:
        negative = graph.op("LessOrEqual", x, graph.constant(-1.0, dtype))
    outside = graph.op("Or", negative, graph.op("GreaterOrEqual", x, graph.constant(float(size), dtype)))
    missing = graph.op("IsNaN", x)
    if zero_is_missing:
        missing = graph.op("Or", missing, _is_zero(graph, x, dtype))
    number = graph.op("Where", outside, graph.constant(float(size), dtype), x)
    number = graph.op("Where", missing, graph.constant(float(size + 1), dtype), number)
    return graph.reshape(graph.cast(number, np.int64), [-1])
