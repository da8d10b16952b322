"""A value of a program: one or more cells per row, all of one type."""

from __future__ import annotations

from dataclasses import dataclass

FLOATS = ("f64", "f32")

# What a schema's dtype is inside a program.
TYPE_OF_DTYPE = {
    "float64": "f64",
    "float32": "f32",
    "int64": "i64",
    "bool": "bool",
    "timestamp": "time",
    "string": "code",
}


@dataclass(frozen=True)
class Value:
    """The result of an operation, or an input.

    `type` is one of f64, f32, i64, bool, time, code; `width` the number of cells. `sparse` (floats only): a cell is
    absent or holds a value. A code is an index into the dictionary of `feature`, or into
    the `size` numbers of a `number_code@1`.
    """

    id: int
    type: str
    width: int
    sparse: bool = False
    feature: str | None = None
    size: int | None = None

    @property
    def is_float(self) -> bool:
        return self.type in FLOATS

    @property
    def dtype(self) -> str:
        """The numpy dtype of a float value."""
        return {"f64": "<f8", "f32": "<f4", "i64": "<i8"}[self.type]
