"""The model's input as the framework holds it, read off the sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelpack.errors import InputError
from modelpack.importers.frame import Column, Frame
from modelpack.importers.kept import once_per_input
from modelpack.program import Builder, Value
from modelpack.rows import row_count, spread, take_rows
from modelpack.schema import Feature

# Rows that stand for the data when an importer asks the framework for containers and dtypes.
SAMPLE_ROWS = 64

# What a missing text is in columns of these pandas dtypes, whatever it was before it came there.
_NULL_OF_DTYPE = {"str": "nan", "category": "nan", "string": "null", "string[pyarrow]": "null"}


def frame_of_sample(builder: Builder, features: Sequence[Feature], sample: Any) -> Frame:
    """The model's input: one column per feature, held as the sample holds it."""
    count = row_count(sample)
    rows = sample if 0 < count <= SAMPLE_ROWS else take_rows(sample, spread(count, SAMPLE_ROWS))
    names = [feature.name for feature in features]
    if hasattr(rows, "tocsr"):
        raise InputError(
            "the sample is a sparse matrix, whose absent cells no feature holds",
            hint="pass X.toarray(), as rows are given later",
        )
    if hasattr(rows, "iloc"):
        rows = _as_declared(rows, features)
        held = once_per_input(_held_by_pandas, rows)
        columns = [_column(builder, feature, *one) for feature, one in zip(features, held, strict=True)]
        return Frame(tuple(columns), "pandas", rows)
    if hasattr(rows, "get_columns") or hasattr(rows, "column_names"):
        return Frame(tuple(_arrow_column(builder, feature) for feature in features), "arrow", rows)
    array = np.asarray(rows)
    dtype = "object" if array.dtype.kind in "OUS" else str(array.dtype)
    return Frame(tuple(Column(builder.input(name), 0, dtype, name) for name in names), "array", array)


def _held_by_pandas(rows: Any) -> list[tuple[str, tuple[Any, ...] | None]]:
    """The name of each column's dtype, and its categories if it has some."""
    dtypes = [(str(dtype), dtype) for dtype in _dtypes(rows)]
    return [(name, tuple(dtype.categories) if name == "category" else None) for name, dtype in dtypes]


def _column(builder: Builder, feature: Feature, name: str, categories: tuple[Any, ...] | None) -> Column:
    value: Value = builder.input(feature.name)
    if feature.dtype == "string" and name in _NULL_OF_DTYPE:
        value = builder.op("missing_as@1", value, origin=feature.name, to=_NULL_OF_DTYPE[name])
    return Column(value, 0, name, feature.name, categories)


_DTYPE_OF_FEATURE = {"string": "object", "timestamp": "datetime64[us]"}


def _arrow_column(builder: Builder, feature: Feature) -> Column:
    dtype = _DTYPE_OF_FEATURE.get(feature.dtype, feature.dtype)
    return Column(builder.input(feature.name), 0, dtype, feature.name)


def _dtypes(rows: Any) -> list[Any]:
    found: list[Any] = rows.dtypes.tolist()
    return found


def _as_declared(rows: Any, features: Sequence[Feature]) -> Any:
    """Numeric columns in the dtype that the caller declared, where it is another than the sample's own."""
    wanted = {}
    for position, (feature, dtype) in enumerate(zip(features, once_per_input(_dtypes, rows), strict=True)):
        if not isinstance(dtype, np.dtype) or dtype.kind not in "iuf":
            continue
        if feature.dtype in ("float64", "float32") and not (dtype.kind == "f" and feature.dtype == str(dtype)):
            wanted[rows.columns[position]] = feature.dtype
    return rows.astype(wanted) if wanted else rows
