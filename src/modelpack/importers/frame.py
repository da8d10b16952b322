"""What flows between steps: columns that lie in values of the program, and how the framework holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.program import Builder, Value

NUMBERS = ("f64", "f32", "i64", "bool")
# Containers whose columns have names.
FRAMES = ("pandas", "arrow")


@dataclass(frozen=True)
class Column:
    """One column: cell `index` of `value`.

    `dtype` is what the framework's own container holds at this point, by name: a numpy dtype ("float64", "int32",
    "object"), or of pandas "str", "string", "category", "Int64", "boolean" and so on. The value may be of another type
    that holds the same numbers (0 and 1 of an indicator are f64, whatever the container). `categories` are those of a
    pandas category, in order. `finite`: the number can be neither NaN nor infinite, so no check is needed; `small`: nor
    can it be so as a float32. `text_of_nan`: the string that the framework holds where the value, a number, is NaN (an
    imputer may put one among numbers).
    """

    value: Value
    index: int
    dtype: str
    name: str
    categories: tuple[Any, ...] | None = None
    finite: bool = False
    small: bool = False
    text_of_nan: str | None = None

    @property
    def is_text(self) -> bool:
        return self.value.type == "code"


@dataclass(frozen=True)
class Frame:
    """The input of a step.

    `container` is "array" (numpy; every column then has the same dtype), "pandas", "arrow" (polars and pyarrow), or
    "sparse" (CSR: cells may be absent). `sample` is what the framework itself holds at this point for a few rows: its
    container and dtypes decide how the framework computes.
    """

    columns: tuple[Column, ...]
    container: str
    sample: Any = None

    def __len__(self) -> int:
        return len(self.columns)

    def take(self, positions: Iterable[int]) -> Frame:
        """The columns at these positions, in their order, without a sample."""
        return replace(self, columns=tuple(self.columns[position] for position in positions), sample=None)

    def numbers(self, builder: Builder, to: str, origin: str, absent: str = "zero") -> Value:
        """All columns as one block of `to` ("f64" or "f32").

        Each column is cast in one rounding. An absent cell of a sparse column becomes 0.0, or NaN with
        ``absent="nan"`` (XGBoost), or stays absent with ``absent="keep"``.
        """
        for column in self.columns:
            if column.value.type not in NUMBERS:
                raise UnsupportedModelError(
                    origin,
                    f"column {column.name!r} holds {_spoken(column)} where numbers are needed",
                    "encode it in the pipeline, with OneHotEncoder or OrdinalEncoder",
                )
        return self._block(builder, origin, lambda value: _floats(builder, value, to, origin, absent))

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


def _floats(builder: Builder, value: Value, to: str, origin: str, absent: str) -> Value:
    if value.type != to:
        value = builder.op("cast@1", value, origin=origin, to=to)
    if value.sparse and absent != "keep":
        value = builder.op("to_dense@1" if absent == "zero" else "absent_to_nan@1", value, origin=origin)
    return value


def _spoken(column: Column) -> str:
    return {"code": "strings", "time": "timestamps"}.get(column.value.type, column.value.type)


def frame_of(value: Value, dtype: str, names: Sequence[str], container: str = "array") -> Frame:
    """The frame whose columns are those of one value."""
    return Frame(tuple(Column(value, index, dtype, name) for index, name in enumerate(names)), container)
