"""Batches from pandas data frames, column by column as the dtypes say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from modelpack._core import Handle
from modelpack.binding import bind, refuse_extra, unnamed
from modelpack.encoder import FeatureEncoder
from modelpack.inputs.batch import Batch, Column, Columns, Matrix, Problems, dtype_code
from modelpack.inputs.column import array_column, coded_column, object_column
from modelpack.inputs.fixed import FixedKey
from modelpack.values import NULL

__all__ = ["is_pandas", "pandas_batch"]

# From here on it pays to look up each distinct text once.
MANY_ROWS = 64
MATRIX_DTYPES = ("float64", "float32", "int64", "bool")


def is_pandas(data: Any) -> bool:
    return hasattr(data, "iloc") and hasattr(data, "dtypes") and hasattr(data, "columns")


def pandas_batch(
    frame: Any,
    features: list[FeatureEncoder],
    bundle: Handle,
    strict: bool,
    problems: Problems,
    fixed: FixedKey | None = None,
) -> Batch:
    """The batch of a data frame; columns are bound by name, or by position where no column has a name.

    With a fixed key the frame may lack the key's columns; they are not read.
    """
    places = _places(frame, features, bundle, strict, fixed)
    # A column of text that is missing throughout is one of floats to pandas, and no matrix holds text.
    if fixed is None and all(item.feature.dtype in MATRIX_DTYPES for item in features):
        matrix = _matrix(frame, places)
        if matrix is not None:
            return matrix
    by_name = frame.columns.is_unique  # twice as fast as by position
    columns = []
    for place, item in zip(places, features, strict=True):
        if fixed is not None and item.index in fixed.cells:
            columns.append(fixed.column(item.index, len(frame)))
            continue
        if place is None:
            columns.append(Column.absent())
            continue
        series = frame[frame.columns[place]] if by_name else frame.iloc[:, place]
        columns.append(series_column(series, item, problems))
    return Columns(len(frame), columns, problems)


def _places(
    frame: Any, features: list[FeatureEncoder], bundle: Handle, strict: bool, fixed: FixedKey | None
) -> list[int | None]:
    names = frame.columns.tolist()
    schema = [item.feature for item in features]
    if names == [feature.name for feature in schema]:
        return list(range(len(names)))
    numbered = names and all(isinstance(name, (int, np.integer)) for name in names)  # pandas' own: no names
    if numbered and fixed is None:
        unnamed(len(names), schema)
        return list(range(len(names)))
    places = _free_places(names, features, numbered, fixed) if fixed is not None else bind(names, schema)
    if strict and not numbered:
        refuse_extra(names, schema, bundle)
    return places


def _free_places(names: list[Any], features: list[FeatureEncoder], numbered: bool, fixed: FixedKey) -> list[int | None]:
    """Of the features that have no fixed value; None for the others."""
    found: list[int | None] = [None] * len(features)
    places = fixed.places(len(names)) if numbered else bind(names, [item.feature for item in fixed.free])
    for item, place in zip(fixed.free, places, strict=True):
        found[item.index] = place
    return found


def _matrix(frame: Any, places: list[int | None]) -> Matrix | None:
    """The frame as one array where all of its columns have one numpy dtype that the core reads."""
    dtypes = set(frame.dtypes)
    if len(dtypes) != 1 or None in places:
        return None
    if not isinstance(next(iter(dtypes)), np.dtype):
        return None
    array = frame.to_numpy()
    if array.ndim != 2 or not array.dtype.isnative or dtype_code(array) is None:
        return None
    in_order = places == list(range(array.shape[1]))
    return Matrix(array if in_order else array[:, places])


def series_column(series: Any, encoder: FeatureEncoder, problems: Problems) -> Column:
    """The column of a Series of any dtype."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return array_column(series.to_numpy(), encoder, problems)
    kind = type(dtype).__name__
    if kind == "CategoricalDtype":
        return coded_column(series.cat.codes.to_numpy(), series.cat.categories, encoder, problems)
    if kind == "DatetimeTZDtype":
        return array_column(series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), encoder, problems)
    if kind == "SparseDtype":
        return series_column(series.sparse.to_dense(), encoder, problems)
    if kind == "StringDtype" or (kind == "ArrowDtype" and dtype.kind in "UO" and dtype.type is str):
        return text_column(series, encoder, problems)
    if dtype.kind in "biuf":  # nullable numbers and bools
        missing = series.isna().to_numpy(dtype=bool)
        filler = False if dtype.kind == "b" else 0
        return array_column(series.to_numpy(dtype=dtype.numpy_dtype, na_value=filler), encoder, problems, ~missing)
    if kind == "ArrowDtype" and dtype.type is Decimal and encoder.is_number:
        missing = series.isna().to_numpy(dtype=bool)
        nearest = [0.0 if null else float(value) for value, null in zip(series, missing, strict=True)]
        return array_column(np.array(nearest, dtype=np.float64), encoder, problems, ~missing)
    return object_column(series.tolist(), encoder, problems)


def text_column(series: Any, encoder: FeatureEncoder, problems: Problems) -> Column:
    """The column of a Series whose dtype holds text only; NA and NaN are its one null."""
    if len(series) >= MANY_ROWS:
        codes, texts = series.factorize()
        return coded_column(codes, texts.tolist(), encoder, problems)
    missing = series.array.isna()
    values = series.array.to_numpy(dtype=object)
    return object_column(
        [NULL if null else value for value, null in zip(values, missing, strict=True)], encoder, problems
    )
