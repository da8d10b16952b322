"""SimpleImputer and MissingIndicator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.utils._missing import is_pandas_na, is_scalar_nan

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Column, Frame
from modelpack.importers.sklearn_array import FLOATS, KEEP, checked_array, refuse_nan_text
from modelpack.importers.sklearn_step import Cell, Refusal, cells_of, transformer
from modelpack.program import Builder, Value

Array = npt.NDArray[Any]


def imputer_refusals(step: SimpleImputer) -> Iterable[Refusal]:
    if callable(step.strategy):
        yield Refusal(
            "a callable strategy is not read", "fill with a constant, the mean, the median or the most frequent"
        )


@transformer(SimpleImputer, refusals=imputer_refusals)
def simple_imputer(step: SimpleImputer, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    dtype: Any = KEEP if step.strategy in ("most_frequent", "constant") else FLOATS
    if step._fit_dtype.kind == "O":
        dtype = step._fit_dtype
    checked = _checked(step.missing_values, dtype, builder, frame, origin)
    refuse_sparse(checked, origin)
    dropped = np.zeros(len(checked), dtype=bool) if step.keep_empty_features else _is_nan(step.statistics_)
    kept = np.flatnonzero(~dropped)
    fill = step.statistics_[kept]
    if hasattr(step, "_fill_dtype"):
        fill = fill.astype(step._fill_dtype, copy=False)
    cells = _imputed(step.missing_values, fill, builder, checked.take(kept), origin)
    if step.add_indicator:
        cells += _indicator(step.missing_values, builder, checked.take(step.indicator_.features_), origin)
    return cells


def indicator_refusals(step: MissingIndicator) -> Iterable[Refusal]:
    if step.features == "missing-only" and step.error_on_new and not is_scalar_nan(step.missing_values):
        yield Refusal("error_on_new with missing_values other than NaN", "set error_on_new=False")


@transformer(MissingIndicator, refusals=indicator_refusals)
def missing_indicator(step: MissingIndicator, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    checked = _checked(step.missing_values, KEEP, builder, frame, origin)
    refuse_sparse(checked, origin)
    if step.features == "missing-only" and step.error_on_new:
        _refuse_new(builder, checked, set(range(len(checked))) - set(step.features_.tolist()), origin)
    cells = _indicator(step.missing_values, builder, checked.take(step.features_), origin)
    if step.sparse is True and cells:
        values = list(dict.fromkeys(cell.value for cell in cells))
        block = values[0] if len(values) == 1 else builder.op("concat@1", *values, origin=origin)
        cells = cells_of(builder.op("to_sparse@1", block, origin=origin), finite=True, small=True)
    return cells


def _refuse_new(builder: Builder, checked: Frame, positions: Iterable[int], origin: str) -> None:
    """Columns that had no missing value in training may have none now."""
    for position in positions:
        column = checked.columns[position]
        value = Frame((column,), "array").block(builder, origin)
        if not column.is_text:
            builder.op("require@1", value, origin=origin, form="present")
            continue
        allowed = np.ones(builder.code_count(value) + 3, dtype=np.uint8)
        allowed[-2] = 0
        builder.op("require@1", value, origin=origin, form="allowed", tensors={"allowed": allowed})


def refuse_sparse(checked: Frame, origin: str) -> None:
    if checked.container == "sparse":
        raise UnsupportedModelError(
            origin, "imputation of a sparse matrix", "impute before encoding, or encode with sparse_output=False"
        )


def _finite(missing: Any) -> bool | str:
    return "allow-nan" if is_pandas_na(missing) or is_scalar_nan(missing) else True


def _checked(missing: Any, dtype: Any, builder: Builder, frame: Frame, origin: str) -> Frame:
    if missing is not None:
        return checked_array(builder, frame, origin, dtype=dtype, finite=_finite(missing))
    # A missing number in a column of objects is the None that the step looks for; among strings NaN is refused.
    checked = checked_array(builder, frame, origin, dtype=dtype, finite=False)
    refuse_nan_text(builder, checked, origin)
    return checked


def _is_nan(values: Array) -> npt.NDArray[np.bool_]:
    return np.array([is_scalar_nan(value) for value in values.tolist()], dtype=bool)


def _imputed(missing: Any, fill: Array, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    """Every column with what counts as missing replaced."""
    if not frame.columns:
        return []
    if frame.columns[0].dtype == "object":
        return [
            _imputed_object(missing, value, builder, column, origin)
            for value, column in zip(fill.tolist(), frame.columns, strict=True)
        ]
    to = "f32" if frame.columns[0].dtype == "float32" else "f64"
    block = frame.numbers(builder, to, origin)
    filled = _impute_numbers(missing, fill.astype(block.dtype), builder, block, origin)
    return cells_of(filled, finite=_finite(missing) == "allow-nan" and bool(np.isfinite(fill.astype(float)).all()))


def _imputed_object(missing: Any, fill: Any, builder: Builder, column: Column, origin: str) -> Cell:
    if column.is_text:
        return Cell(_impute_text(missing, fill, builder, column, origin), 0)
    value = Frame((column,), "array").numbers(builder, "f64", origin)
    if isinstance(fill, (bool, int, float)) and column.text_of_nan is None:
        return Cell(_impute_numbers(missing, np.array([fill], dtype="<f8"), builder, value, origin), 0)
    if isinstance(fill, str) and (missing is None or _finite(missing) == "allow-nan"):
        return Cell(value, 0, text_of_nan=column.text_of_nan or fill)
    raise UnsupportedModelError(
        origin,
        f"the numbers of column {column.name!r} are filled with {fill!r}",
        "impute numeric columns with a number, in a branch of their own",
    )


def _impute_numbers(missing: Any, fill: Array, builder: Builder, block: Value, origin: str) -> Value:
    """A missing number is a NaN cell, whether the framework holds NaN or None."""
    if isinstance(missing, str):
        return block
    tensors = {"fill": fill}
    if missing is None or _finite(missing) == "allow-nan":
        return builder.op("impute@1", block, origin=origin, missing="nan", tensors=tensors)
    tensors["value"] = np.array([missing], dtype=block.dtype)
    return builder.op("impute@1", block, origin=origin, missing="value", tensors=tensors)


def _impute_text(missing: Any, fill: Any, builder: Builder, column: Column, origin: str) -> Value:
    value = column.value
    feature = value.feature
    if fill is None and (missing is None or _finite(missing) == "allow-nan"):
        # None itself is what training saw most, so NaN becomes None.
        return value if missing is None else builder.op("missing_as@1", value, origin=origin, to="null")
    if feature is None or not isinstance(fill, str):
        raise UnsupportedModelError(
            origin, f"the strings of column {column.name!r} are filled with {fill!r}", "fill strings with a string"
        )
    tensors = {"fill": np.array([builder.code(feature, fill)], dtype=np.int32)}
    kind = _text_missing(missing, builder, feature, tensors)
    return value if kind is None else builder.op("impute@1", value, origin=origin, missing=kind, tensors=tensors)


def _text_missing(missing: Any, builder: Builder, feature: str, tensors: dict[str, Array]) -> str | None:
    """The form of `missing` for strings; a number is never equal to one."""
    if is_pandas_na(missing):
        return "nan_or_null"
    if is_scalar_nan(missing):
        builder.knows_null(feature, "nan")
        return "nan"
    if missing is None:
        builder.knows_null(feature, "none")
        return "null"
    if not isinstance(missing, str):
        return None
    tensors["value"] = np.array([builder.code(feature, missing)], dtype=np.int32)
    return "value"


def _indicator(missing: Any, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    """1.0 where missing, for every column."""
    if not frame.columns:
        return []
    if all(not column.is_text for column in frame.columns):
        to = "f32" if frame.columns[0].dtype == "float32" else "f64"
        block = frame.numbers(builder, to, origin)
        return cells_of(_number_indicator(missing, builder, block, origin), finite=True, small=True)
    return [Cell(_indicator_of(missing, builder, column, origin), 0, True, True) for column in frame.columns]


def _number_indicator(missing: Any, builder: Builder, block: Value, origin: str) -> Value:
    if isinstance(missing, str):
        return builder.op("constant@1", origin=origin, tensors={"value": np.zeros(block.width)})
    if missing is None or _finite(missing) == "allow-nan":
        return builder.op("is_missing@1", block, origin=origin, missing="nan")
    value = np.array([missing], dtype=block.dtype)
    return builder.op("is_missing@1", block, origin=origin, missing="value", tensors={"value": value})


def _indicator_of(missing: Any, builder: Builder, column: Column, origin: str) -> Value:
    if not column.is_text or column.value.feature is None:
        block = Frame((column,), "array").numbers(builder, "f64", origin)
        return _number_indicator(missing, builder, block, origin)
    tensors: dict[str, Array] = {}
    kind = _text_missing(missing, builder, column.value.feature, tensors)
    if kind is None:
        return builder.op("constant@1", origin=origin, tensors={"value": np.zeros(1)})
    return builder.op("is_missing@1", column.value, origin=origin, missing=kind, tensors=tensors)
