"""A forest's splits in the terms of Treelite: one comparison, a default side for NaN, lists of categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.engines.treelite.shape import ForestShape
from modelpack.errors import UnsupportedModelError
from modelpack.program.forest import (
    FLAG_CATEGORICAL,
    FLAG_IN_SET_LEFT,
    FLAG_MISSING_LEFT,
    FLAG_OUT_OF_RANGE_LEFT,
    MISSING_NONE,
    MISSING_SHIFT,
    MISSING_ZERO,
)

__all__ = ["Splits", "splits_of"]

Array = npt.NDArray[Any]
# What counts as zero where zero is missing, as LightGBM has it.
_ZERO = float(np.float32(1e-35))


@dataclass(frozen=True)
class Splits:
    """Arrays over all nodes of the forest, tree after tree; `members` gives the categories of a categorical one."""

    operator: str
    threshold: Array
    default_left: Array
    categorical: Array
    members: dict[int, list[int]]
    list_right: Array


def splits_of(shape: ForestShape) -> Splits:
    """The splits.

    Raises
    ------
    UnsupportedModelError
        A split divides as no split of Treelite does.
    """
    tensors, origin = shape.tensors, shape.op["origin"]
    flags = tensors["flags"].astype(np.int64)
    categorical = (flags & FLAG_CATEGORICAL) != 0
    missing = flags >> MISSING_SHIFT & 3
    operator, threshold = _comparison(shape, tensors["threshold"])
    default_left = (flags & FLAG_MISSING_LEFT) != 0
    zero = (missing == MISSING_ZERO) & ~categorical
    if zero.any():
        threshold = np.where(zero, _without_zero(threshold, default_left, zero, operator, origin), threshold)
    members = _members(shape, categorical)
    # Where NaN counts as 0.0 it goes where 0.0 goes.
    at_zero = threshold >= 0 if operator == "<=" else threshold > 0
    for node, found in members.items():
        at_zero[node] = bool(flags[node] & FLAG_IN_SET_LEFT) == (0 in found)
    default_left = np.where(missing == MISSING_NONE, at_zero, default_left)
    if np.any(categorical & (missing == MISSING_ZERO)):
        raise UnsupportedModelError(origin, "a categorical split takes zero for missing", "train without that")
    return Splits(operator, threshold, default_left, categorical, members, (flags & FLAG_IN_SET_LEFT) == 0)


def _comparison(shape: ForestShape, threshold: Array) -> tuple[str, Array]:
    """The operator, and thresholds in the precision of the Treelite model."""
    operator = "<" if shape.op["compare"] == "lt" else "<="
    if shape.dtype == "float32" or shape.op["input"] == "f64":
        return operator, threshold.astype(shape.dtype)
    if operator == "<" and np.isneginf(threshold).any():
        raise UnsupportedModelError(
            shape.op["origin"], "a split that nothing passes (x < -inf)", "choose another form: --emit c, onnx"
        )
    return "<=", _before_rounding(threshold.astype(np.float64), operator)


def _before_rounding(threshold: Array, operator: str) -> Array:
    """For numbers that the forest rounds to float32 before it compares them: the greatest double that still goes left.

    It is the middle between the greatest float32 that goes left and the next one, or the double before the middle
    where that itself rounds up.
    """
    with np.errstate(over="ignore"):
        left = threshold.astype(np.float32)
        high = left > threshold if operator == "<=" else left >= threshold
        left = np.where(high, np.nextafter(left, np.float32(-np.inf)), left)
        after = np.nextafter(left, np.float32(np.inf))
        edge = 2.0**128
        middle = (np.clip(left.astype(np.float64), -edge, edge) + np.clip(after.astype(np.float64), -edge, edge)) / 2
        rounds_up = middle.astype(np.float32) > left
    found = np.where(rounds_up, np.nextafter(middle, -np.inf), middle)
    return np.where(np.isposinf(left), np.inf, found)


def _without_zero(threshold: Array, default_left: Array, zero: Array, operator: str, origin: str) -> Array:
    """Thresholds where [-1e-35f, 1e-35f] is missing and lies beside the numbers that go the same way.

    Elsewhere it takes two splits, and a copy of what is below them.
    """
    below = np.nextafter(-_ZERO, -np.inf)
    joined_left = default_left & (threshold >= below)
    joined_right = ~default_left & (threshold <= _ZERO)
    if operator != "<=" or not np.all(joined_left | joined_right | ~zero):
        raise UnsupportedModelError(
            origin,
            "zero is missing, and at a split it goes another way than the numbers beside it",
            "train with zero_as_missing=False, or choose another form: --emit c, onnx",
        )
    found = np.where(joined_left, np.maximum(threshold, _ZERO), threshold)
    return np.where(joined_right, np.minimum(threshold, below), found)


def _members(shape: ForestShape, categorical: Array) -> dict[int, list[int]]:
    """The categories of each categorical node."""
    tensors, found = shape.tensors, {int(node): list[int]() for node in np.flatnonzero(categorical)}
    if not found:
        return {}
    flags = tensors["flags"]
    in_left, out_left = (flags & FLAG_IN_SET_LEFT) != 0, (flags & FLAG_OUT_OF_RANGE_LEFT) != 0
    if np.any(categorical & (in_left == out_left)):
        raise UnsupportedModelError(
            shape.op["origin"],
            "a category beyond the list goes with those in it",
            "choose another form: --emit c, onnx",
        )
    offsets = tensors["category_offset"]
    for index, node in enumerate(tensors["category_node"].tolist()):
        words = tensors["category_bits"][offsets[index] : offsets[index + 1]]
        bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), bitorder="little")
        found[node] = np.flatnonzero(bits).tolist()
    return found
