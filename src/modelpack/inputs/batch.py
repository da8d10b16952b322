"""A batch: rows in a form that one call of the core reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from modelpack._core import NULL as NULL_POINTER
from modelpack._core import Handle, ffi, lib, struct
from modelpack.encoder import FeatureEncoder
from modelpack.errors import InputError
from modelpack.values import NULL

__all__ = ["Batch", "Call", "Column", "Columns", "Matrix", "Problems", "address"]


@dataclass
class Call:
    """The arguments of a predict call that do not depend on the data."""

    predictor: Handle
    options: Handle
    outputs: Handle
    output_count: int
    error: Handle


class Problems:
    """Values that were refused while a batch was converted: per row the first error, in the order of features.

    Parameters
    ----------
    every
        Keep the error of every row; otherwise that of the lowest row, and rows after it need not be looked at.
    """

    def __init__(self, every: bool = True) -> None:
        self.every = every
        self.errors: dict[int, InputError] = {}

    def moot(self, row: int) -> bool:
        """Whether an error in this row would change nothing."""
        return row in self.errors or (not self.every and bool(self.errors) and row > next(iter(self.errors)))

    def add(self, row: int, error: InputError) -> None:
        if self.moot(row):
            return
        if not self.every:
            self.errors.clear()
        error.row = row
        self.errors[row] = error

    @property
    def first(self) -> InputError | None:
        """The error of the lowest row."""
        return self.errors[min(self.errors)] if self.errors else None


class Batch(Protocol):
    """Rows that the core can predict.

    Attributes
    ----------
    rows : int
    problems : Problems
        Rows whose values were refused before the core saw them; they stand as missing.
    """

    problems: Problems

    @property
    def rows(self) -> int: ...

    def predict(self, call: Call) -> int:
        """Answers every row; the core's error code."""
        ...

    def part(self, start: int, stop: int) -> Batch:
        """The rows from `start` to before `stop`."""
        ...

    def cell(self, row: int, encoder: FeatureEncoder) -> int:
        """The cell of one value, by the core's own coercion."""
        ...


# mp_column.flags
ABSENT = 1

_DTYPES: dict[np.dtype[Any], int] = {
    np.dtype(np.float64): lib.MP_DTYPE_FLOAT64,
    np.dtype(np.float32): lib.MP_DTYPE_FLOAT32,
    np.dtype(np.float16): lib.MP_DTYPE_FLOAT16,
    np.dtype(np.int64): lib.MP_DTYPE_INT64,
    np.dtype(np.int32): lib.MP_DTYPE_INT32,
    np.dtype(np.int16): lib.MP_DTYPE_INT16,
    np.dtype(np.int8): lib.MP_DTYPE_INT8,
    np.dtype(np.uint64): lib.MP_DTYPE_UINT64,
    np.dtype(np.uint32): lib.MP_DTYPE_UINT32,
    np.dtype(np.uint16): lib.MP_DTYPE_UINT16,
    np.dtype(np.uint8): lib.MP_DTYPE_UINT8,
    np.dtype(np.bool_): lib.MP_DTYPE_BOOL,
}


def dtype_code(array: npt.NDArray[Any]) -> int | None:
    """The core's number for the array's dtype; None where it has none, or where the bytes are swapped."""
    return _DTYPES.get(array.dtype)


def address(array: npt.NDArray[Any]) -> int:
    place: int = array.__array_interface__["data"][0]
    return place


@dataclass
class Matrix:
    """A two-dimensional array of one dtype, read where it stands; `cells`: uint64 cells of the features' kinds."""

    array: npt.NDArray[Any]
    cells: bool = False
    problems: Problems = field(default_factory=Problems)

    @property
    def rows(self) -> int:
        return int(self.array.shape[0])

    def predict(self, call: Call) -> int:
        matrix = struct("mp_matrix")
        matrix.data = ffi.cast("void *", address(self.array))
        matrix.dtype = lib.MP_DTYPE_CELL if self.cells else _DTYPES[self.array.dtype]
        matrix.rows, matrix.columns = self.array.shape
        matrix.row_stride, matrix.column_stride = self.array.strides
        code: int = lib.mp_predictor_predict_matrix(
            call.predictor, matrix, call.options, call.outputs, call.output_count, call.error
        )
        return code

    def part(self, start: int, stop: int) -> Matrix:
        return Matrix(self.array[start:stop], self.cells)

    def cell(self, row: int, encoder: FeatureEncoder) -> int:
        value = self.array[row, encoder.index]
        return int(value) if self.cells else encoder.cell(value)


@dataclass
class Column:
    """One column of a batch: values of a dtype that the core reads, or cells.

    Attributes
    ----------
    values : array or None
        None where an optional feature is absent.
    dtype : int
        MP_DTYPE_*.
    valid : bool array or None
        False for null.
    """

    values: npt.NDArray[Any] | None
    dtype: int
    valid: npt.NDArray[np.bool_] | None = None

    @staticmethod
    def absent() -> Column:
        return Column(None, lib.MP_DTYPE_CELL)

    @staticmethod
    def cells(values: npt.NDArray[np.uint64]) -> Column:
        return Column(values, lib.MP_DTYPE_CELL)

    def fill(self, out: Handle) -> None:
        """Describes the column to the core."""
        out.struct_size = ffi.sizeof("mp_column")
        if self.values is None:
            out.flags = ABSENT
            return
        out.dtype = self.dtype
        out.data = ffi.cast("void *", address(self.values))
        out.stride = self.values.strides[0]
        out.valid = NULL_POINTER if self.valid is None else ffi.cast("uint8_t *", address(self.valid))

    def part(self, start: int, stop: int) -> Column:
        return Column(
            None if self.values is None else self.values[start:stop],
            self.dtype,
            None if self.valid is None else self.valid[start:stop],
        )

    def cell(self, row: int, encoder: FeatureEncoder) -> int:
        if self.values is None or (self.valid is not None and not self.valid[row]):
            return encoder.cell(NULL)
        value = self.values[row]
        if self.dtype == lib.MP_DTYPE_CELL:
            return int(value)
        return encoder.cell(np.datetime64(int(value), "us") if self.dtype == lib.MP_DTYPE_TIMESTAMP else value)


@dataclass
class Columns:
    """A column per feature, in schema order."""

    rows: int
    columns: list[Column]
    problems: Problems = field(default_factory=Problems)

    def predict(self, call: Call) -> int:
        table = ffi.new("mp_column[]", len(self.columns))
        for entry, column in zip(table, self.columns, strict=True):
            column.fill(entry)
        code: int = lib.mp_predictor_predict_columns(
            call.predictor,
            table,
            len(self.columns),
            self.rows,
            call.options,
            call.outputs,
            call.output_count,
            call.error,
        )
        return code

    def part(self, start: int, stop: int) -> Columns:
        return Columns(stop - start, [column.part(start, stop) for column in self.columns])

    def cell(self, row: int, encoder: FeatureEncoder) -> int:
        return self.columns[encoder.index].cell(row, encoder)
