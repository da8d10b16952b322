"""What flows between steps: columns that lie in values of the program, and how the framework holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.program import Builder, Value
from modelpack.schema import Feature

NUMBERS = ("f64", "f32", "i64", "bool")


@dataclass(frozen=True)
class Column:
    """One column: cell `index` of `value`.

    `dtype` is what the framework's own container holds at this point, by name: a numpy dtype ("float64", "int32",
    "object"), or of pandas "str", "string", "category", "Int64", "boolean" and so on. `categories` are those of a
    pandas category, in order.
    """

    value: Value
    index: int
    dtype: str
    name: str
    categories: tuple[Any, ...] | None = None

    @property
    def is_text(self) -> bool:
        return self.value.type == "code"


@dataclass(frozen=True)
class Frame:
    """The input of a step.

    `container` is "array" (numpy; every column then has the same dtype), "pandas", "arrow" (polars and pyarrow), or
    "sparse" (CSR: cells may be absent).
    """

    columns: tuple[Column, ...]
    container: str

    def __len__(self) -> int:
        return len(self.columns)

    def take(self, positions: Iterable[int]) -> Frame:
        """The columns at these positions, in their order."""
        return replace(self, columns=tuple(self.columns[position] for position in positions))

    def numbers(self, builder: Builder, to: str, origin: str, absent: str = "zero") -> Value:
        """All columns as one dense block of `to` ("f64" or "f32").

        Each column is cast in one rounding. An absent cell of a sparse column becomes 0.0, or NaN with
        ``absent="nan"`` (XGBoost).
        """
        for column in self.columns:
            if column.value.type not in NUMBERS:
                raise UnsupportedModelError(
                    origin,
                    f"column {column.name!r} holds {_spoken(column)} where numbers are needed",
                    "encode it in the pipeline, with OneHotEncoder or OrdinalEncoder",
                )
        return self._block(builder, origin, lambda value: _dense_floats(builder, value, to, origin, absent))

    def block(self, builder: Builder, origin: str) -> Value:
        """All columns as one value as they are; they must be of one type and density."""
        return self._block(builder, origin, lambda value: value)

    def _block(self, builder: Builder, origin: str, convert: Callable[[Value], Value]) -> Value:
        values = list(dict.fromkeys(column.value for column in self.columns))
        # Values of one type are joined first, so that a conversion is one operation and not one per column.
        kinds = list(dict.fromkeys((value.type, value.sparse) for value in values))
        joined: list[Value] = []
        start: dict[int, int] = {}
        offset = 0
        for kind in kinds:
            members = [value for value in values if (value.type, value.sparse) == kind]
            for value in members:
                start[value.id] = offset
                offset += value.width
            whole = members[0] if len(members) == 1 else builder.op("concat@1", *members, origin=origin)
            joined.append(convert(whole))
        index = [start[column.value.id] + column.index for column in self.columns]
        return gather(builder, joined, index, origin)


def gather(builder: Builder, values: Sequence[Value], index: Sequence[int], origin: str) -> Value:
    """Columns `index` of the concatenation of `values`; no operation where that is a value already."""
    width = sum(value.width for value in values)
    if list(index) != list(range(width)):
        return builder.op("columns@1", *values, origin=origin, tensors={"index": np.array(index, dtype=np.uint32)})
    return values[0] if len(values) == 1 else builder.op("concat@1", *values, origin=origin)


def _dense_floats(builder: Builder, value: Value, to: str, origin: str, absent: str) -> Value:
    if value.type != to:
        value = builder.op("cast@1", value, origin=origin, to=to)
    if value.sparse:
        value = builder.op("to_dense@1" if absent == "zero" else "absent_to_nan@1", value, origin=origin)
    return value


def _spoken(column: Column) -> str:
    return {"code": "strings", "time": "timestamps"}.get(column.value.type, column.value.type)


def frame_of(value: Value, dtype: str, names: Sequence[str], container: str = "array") -> Frame:
    """The frame whose columns are those of one value."""
    return Frame(tuple(Column(value, index, dtype, name) for index, name in enumerate(names)), container)


def frame_of_sample(builder: Builder, features: Sequence[Feature], sample: Any) -> Frame:
    """The model's input: one column per feature, held as the sample holds it."""
    dtypes, categories, container = _sample_dtypes(features, sample)
    return Frame(
        tuple(
            Column(builder.input(feature.name), 0, dtype, feature.name, known)
            for feature, dtype, known in zip(features, dtypes, categories, strict=True)
        ),
        container,
    )


_DTYPE_OF_FEATURE = {"string": "object", "timestamp": "datetime64[us]"}


def _sample_dtypes(features: Sequence[Feature], sample: Any) -> tuple[list[str], list[tuple[Any, ...] | None], str]:
    unknown: list[tuple[Any, ...] | None] = [None] * len(features)
    if hasattr(sample, "iloc") and hasattr(sample, "columns"):
        series = [sample.iloc[:, position] for position in range(len(features))]
        dtypes = [str(one.dtype) for one in series]
        known = [tuple(one.cat.categories) if str(one.dtype) == "category" else None for one in series]
        return dtypes, known, "pandas"
    if isinstance(sample, np.ndarray):
        dtype = "object" if sample.dtype.kind in "OUS" else str(sample.dtype)
        return [dtype] * len(features), unknown, "array"
    dtypes = [_DTYPE_OF_FEATURE.get(feature.dtype, feature.dtype) for feature in features]
    typed = hasattr(sample, "get_columns") or hasattr(sample, "column_names")
    return dtypes, unknown, "arrow" if typed else "array"
