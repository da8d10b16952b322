"""Scalers: each operation of the framework, in its order and precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from modelpack.importers.frame import Frame
from modelpack.importers.sklearn_array import FLOATS, checked_array
from modelpack.importers.sklearn_step import Cell, cells_of, transformer
from modelpack.program import Builder, Value

Array = npt.NDArray[Any]


@transformer(StandardScaler)
def standard(step: StandardScaler, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    checked = checked_array(builder, frame, origin, dtype=FLOATS, finite="allow-nan")
    x = checked.block(builder, origin)
    if checked.container == "sparse":
        return cells_of(x if step.scale_ is None else _by_reciprocal(builder, x, step.scale_, origin))
    # Both are cast to the precision of the data first.
    mean = None if not step.with_mean else step.mean_.astype(x.dtype)
    scale = None if not step.with_std else step.scale_.astype(x.dtype)
    return cells_of(_centre_and_divide(builder, x, mean, scale, origin))


@transformer(RobustScaler)
def robust(step: RobustScaler, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    checked = checked_array(builder, frame, origin, dtype=FLOATS, finite="allow-nan")
    x = checked.block(builder, origin)
    if checked.container == "sparse":
        return cells_of(x if not step.with_scaling else _by_reciprocal(builder, x, step.scale_, origin))
    centre = step.center_ if step.with_centering else None
    scale = step.scale_ if step.with_scaling else None
    return cells_of(_centre_and_divide(builder, x, centre, scale, origin))


@transformer(MinMaxScaler)
def min_max(step: MinMaxScaler, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    x = checked_array(builder, frame, origin, dtype=FLOATS, finite="allow-nan").block(builder, origin)
    if _in_precision(x, step.scale_) and _in_precision(x, step.min_):
        tensors = {"a": step.scale_.astype(x.dtype), "b": step.min_.astype(x.dtype)}
        x = builder.op("affine@1", x, origin=origin, form="mul_add", tensors=tensors)
    else:
        x = _in_place(builder, x, "mul", step.scale_, origin)
        x = _in_place(builder, x, "add", step.min_, origin)
    if step.clip:
        low, high = step.feature_range
        x = _clip(builder, x, low, high, origin)
    return cells_of(x)


@transformer(MaxAbsScaler)
def max_abs(step: MaxAbsScaler, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    checked = checked_array(builder, frame, origin, dtype=FLOATS, finite="allow-nan")
    x = checked.block(builder, origin)
    if checked.container == "sparse":
        return cells_of(_by_reciprocal(builder, x, step.scale_, origin))
    x = _in_place(builder, x, "div", step.scale_, origin)
    if getattr(step, "clip", False):
        x = _clip(builder, x, -1.0, 1.0, origin)
    return cells_of(x)


def _centre_and_divide(builder: Builder, x: Value, centre: Array | None, scale: Array | None, origin: str) -> Value:
    if centre is not None and scale is not None and _in_precision(x, centre) and _in_precision(x, scale):
        tensors = {"a": centre.astype(x.dtype), "b": scale.astype(x.dtype)}
        return builder.op("affine@1", x, origin=origin, form="sub_div", tensors=tensors)
    if centre is not None:
        x = _in_place(builder, x, "sub", centre, origin)
    return x if scale is None else _in_place(builder, x, "div", scale, origin)


def _in_precision(x: Value, operand: Array) -> bool:
    """Whether numpy computes `x op= operand` in the precision of x."""
    return bool(np.result_type(np.dtype(x.dtype), operand.dtype) == np.dtype(x.dtype))


def _in_place(builder: Builder, x: Value, operation: str, operand: Array, origin: str) -> Value:
    """numpy's `x op= operand`: computed in the wider precision, then stored in that of x."""
    if not _in_precision(x, operand):
        wide = builder.op("cast@1", x, origin=origin, to="f64")
        return builder.op("cast@1", _in_place(builder, wide, operation, operand, origin), origin=origin, to=x.type)
    fitted = operand.astype(x.dtype)
    if operation == "add":
        return builder.op("add@1", x, origin=origin, tensors={"operand": fitted})
    return builder.op("affine@1", x, origin=origin, form=operation, tensors={"a": fitted})


def _by_reciprocal(builder: Builder, x: Value, scale: Array, origin: str) -> Value:
    """Columns of a sparse matrix are multiplied by 1/scale, where those of an array are divided."""
    return _in_place(builder, x, "mul", 1 / scale, origin)


def _clip(builder: Builder, x: Value, low: float, high: float, origin: str) -> Value:
    bounds = {"low": np.full(x.width, low, dtype=x.dtype), "high": np.full(x.width, high, dtype=x.dtype)}
    return builder.op("clip@1", x, origin=origin, tensors=bounds)
