"""scikit-learn's `check_array` on frames: the homogeneous array that an estimator computes with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import FLOAT_DTYPES, check_array

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Column, Frame
from modelpack.importers.kept import once_per_input
from modelpack.importers.sklearn_step import quiet
from modelpack.program import Builder

# The dtype argument of check_array.
KEEP, NUMERIC, FLOATS = None, "numeric", FLOAT_DTYPES

_TYPES = {"float64": "f64", "float32": "f32"}


def checked_array(builder: Builder, frame: Frame, origin: str, *, dtype: Any, finite: bool | str) -> Frame:
    """The array that `check_array(frame, dtype=dtype, ensure_all_finite=finite)` gives, with its refusals.

    Floats come as one block; integers, bools and objects stay as they are.
    """
    with quiet():
        array = once_per_input(check_array, frame.sample, dtype=dtype, accept_sparse=True, ensure_all_finite=False)
    container = "sparse" if sparse.issparse(array) else "array"
    name = str(array.dtype)
    if array.dtype.kind == "f":
        if name not in _TYPES:
            raise UnsupportedModelError(origin, f"computes in {name}", "convert the data to float64 or float32")
        columns = _float_columns(builder, frame, _TYPES[name], name, origin)
    elif array.dtype.kind in "iub":
        columns = tuple(_held_as(column, name) for column in frame.columns)
    elif array.dtype.kind in "OU":
        columns = tuple(_held_as(column, "object") for column in frame.columns)
    else:
        raise UnsupportedModelError(origin, f"data of dtype {name}", "convert the column to numbers or strings")
    checked = Frame(columns, container, array)
    require_finite(builder, checked, origin, finite)
    return checked


def _held_as(column: Column, dtype: str) -> Column:
    return replace(column, dtype=dtype, categories=None)


def _float_columns(builder: Builder, frame: Frame, to: str, dtype: str, origin: str) -> tuple[Column, ...]:
    for column in frame.columns:
        if column.text_of_nan is not None:
            # The string that stands for NaN here is no number: the framework fails to convert it.
            _require(builder, [column], "present", origin)
    if frame.container == "sparse":
        block = frame.numbers(builder, to, origin, absent="keep")
    elif to == "f32" and _passes_float64(frame):
        block = builder.op("cast@1", frame.numbers(builder, "f64", origin), origin=origin, to="f32")
    else:
        block = frame.numbers(builder, to, origin)
    return tuple(
        Column(block, index, dtype, column.name, None, column.finite, column.small)
        for index, column in enumerate(frame.columns)
    )


def _passes_float64(frame: Frame) -> bool:
    """Whether numpy holds the frame as float64 (or Python objects) on its way to float32: then integers round twice."""
    dtype = np.asarray(frame.sample).dtype
    return dtype.kind == "O" or dtype == np.float64


def require_finite(builder: Builder, frame: Frame, origin: str, finite: bool | str) -> None:
    """The refusals of check_array: infinite numbers, and (finite is True) NaN."""
    if finite is False:
        return
    dtype = frame.columns[0].dtype if frame.columns else "float64"
    if dtype == "object":
        if finite is True:
            # Of objects only NaN is refused, neither None nor infinities.
            refuse_nan_text(builder, frame, origin)
            numbers = [column for column in frame.columns if not column.is_text and not column.finite]
            for column in numbers:
                _require(builder, [column], "present", origin)
        return
    doubtful = [column for column in frame.columns if not column.finite]
    _require(builder, _of(doubtful, "f64"), "finite" if finite is True else "finite_or_nan", origin)
    _require(builder, _of(doubtful, "f32"), "finite" if finite is True else "finite_or_nan", origin)
    if finite is True:
        _require_present(builder, doubtful, origin)


def _of(columns: list[Column], kind: str) -> list[Column]:
    return [column for column in columns if column.value.type == kind]


def _require_present(builder: Builder, columns: list[Column], origin: str) -> None:
    """A missing integer or bool is a NaN to the framework, whose column is then one of floats."""
    for kind in ("i64", "bool"):
        _require(builder, _of(columns, kind), "present", origin)


def refuse_nan_text(builder: Builder, frame: Frame, origin: str) -> None:
    """Strings must not be NaN; they may be None."""
    for column in frame.columns:
        if column.is_text:
            allowed = np.ones(builder.code_count(column.value) + 3, dtype=np.uint8)
            allowed[-2] = 0
            builder.op("require@1", column.value, origin=origin, form="allowed", tensors={"allowed": allowed})


def _require(builder: Builder, columns: list[Column], form: str, origin: str) -> None:
    if not columns:
        return
    block = Frame(tuple(columns), "array").block(builder, origin)
    builder.op("require@1", block, origin=origin, form=form)


def require_fits_float32(builder: Builder, frame: Frame, origin: str, *, nan: bool) -> None:
    """The refusals of an estimator that casts to float32: infinite numbers, too large ones, and NaN unless allowed."""
    doubtful = [column for column in frame.columns if not column.small]
    for kind in ("f64", "f32"):
        _require(builder, _of(doubtful, kind), "fits_f32_or_nan" if nan else "fits_f32", origin)
    if not nan:
        _require_present(builder, doubtful, origin)
