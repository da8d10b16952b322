"""Matrices of a single row of floats, the most common small batch, without the cost of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._core import error_of
from modelpack.native import NativePredictor
from modelpack.outputs import OutputType
from modelpack.prediction import RowLayout
from modelpack.row import RowCall, in_row

__all__ = ["SingleRow"]

CELL_BYTES = 8
FLOAT64 = np.dtype(np.float64)
FLOAT32 = np.dtype(np.float32)


class _Call:
    """A row call and the array of its answer."""

    __slots__ = ("answer", "row")

    def __init__(self, row: RowCall, output: OutputType, offset: int) -> None:
        self.row = row
        cells = np.frombuffer(row.memory, output.dtype, output.columns, offset)
        self.answer: npt.NDArray[Any] = cells if output.columns == 1 else cells.reshape(1, -1)


class SingleRow:
    """One output for single rows.

    A row of a matrix is answered as a row of cells where the two mean the same: a number that a float32 feature cannot
    hold is rounded in a row and refused in a matrix.
    """

    def __init__(self, native: NativePredictor, layout: RowLayout, output: OutputType) -> None:
        self._native = native
        self._layout = layout
        self.output = output
        self._cells_size = len(layout.features) * CELL_BYTES
        self._shape = (1, len(layout.features))
        dtypes = {feature.dtype for feature in layout.features}
        self._takes_float64 = dtypes <= {"float64"}
        self._takes_float32 = dtypes <= {"float64", "float32"}
        self._classes = output.class_arrays[0] if output.is_label and output.columns == 1 else None
        self._plain = not output.is_label and len(output.classes) <= 1
        self._calls: list[_Call] = native.pool()

    def answer(self, X: Any) -> Any:
        """The framework's answer for `X`; None where `X` is no such row."""
        if type(X) is not np.ndarray or X.shape != self._shape:
            return None
        if X.dtype is FLOAT64 and self._takes_float64:
            data = X.tobytes()
        elif X.dtype is FLOAT32 and self._takes_float32:
            data = X.astype(FLOAT64).tobytes()
        else:
            return None
        calls = self._calls
        try:
            call = calls.pop()
        except IndexError:
            call = _Call(RowCall(self._native, self._layout, self.output), self.output, self._cells_size)
        row = call.row
        row.memory[: self._cells_size] = data
        if code := row.invoke():
            error = row.error
            del call, row  # a traceback that someone keeps must not keep the model
            raise in_row(error_of(error, code), 0)
        found: Any
        if self._classes is not None:
            found = self._classes.take(call.answer)
        else:
            found = call.answer.copy() if self._plain else self.output.shaped(call.answer.copy())
        self._native.put_back(calls, call)
        return found
