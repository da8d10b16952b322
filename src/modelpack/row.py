"""Predicting one row without allocating for the call: its memory is kept and used again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._core import NULL, Handle, ffi, lib, new_error, struct
from modelpack.binding import bind, refuse_extra, unnamed
from modelpack.encoder import FeatureEncoder, RowEncoder
from modelpack.errors import InputError
from modelpack.inputs import record_values
from modelpack.inputs.batch import address
from modelpack.native import NativePredictor
from modelpack.outputs import OutputType, describe
from modelpack.prediction import Prediction, RowLayout
from modelpack.schema import Schema

__all__ = ["MatrixRow", "RowPath", "RowPredictor"]

CELL_BYTES = 8
FLOAT64 = np.dtype(np.float64)

Encode = Callable[[Sequence[Any], bytearray], None]


class _RowCall:
    """Memory and arguments of a row call. One call uses it at a time."""

    __slots__ = ("answer", "cell_count", "cells", "cells_at", "error", "options", "output_count", "outputs")

    def __init__(self, layout: RowLayout, token: int) -> None:
        self.cell_count = len(layout.features)
        self.cells = bytearray(self.cell_count * CELL_BYTES)
        self.cells_at = ffi.from_buffer("uint64_t[]", self.cells)
        outputs = layout.outputs
        self.answer = bytearray(outputs.row_bytes)
        start = ffi.from_buffer("char[]", self.answer)
        self.output_count = len(outputs.all)
        self.outputs = ffi.new("mp_output[]", self.output_count)
        places = [(start + outputs.offsets[output.name], output.row_bytes) for output in outputs.all]
        describe(self.outputs, outputs.all, places)
        self.options = struct("mp_predict_options")
        self.options.schema_token = token
        self.error = new_error()


class RowPath:
    """Rows given as mappings or sequences of values, answered with a `Prediction`."""

    def __init__(
        self,
        native: NativePredictor,
        schema: Schema,
        features: list[FeatureEncoder],
        encoder: RowEncoder,
        bundle: Handle,
        layout: RowLayout,
    ) -> None:
        self._native = native
        self._features = features
        self._schema = schema
        self._bundle = bundle
        self._layout = layout
        self._encode = encoder.encode
        self._values = _getter(schema.feature_names)
        # Memory of calls that are over, to be used again. Taking from a list and putting back are atomic.
        self._calls: list[_RowCall] = []

    def predict(self, row: Any, strict: bool) -> Prediction:
        """The answer for one row."""
        if type(row) is not dict or strict:
            return self.predict_values(self._encode, self._values_of(row, strict))
        try:
            values = self._values(row)
        except KeyError:
            values = record_values(row, self._features)
        return self.predict_values(self._encode, values)

    def predict_values(self, encode: Encode, values: Sequence[Any]) -> Prediction:
        """The answer for values in the order that `encode` was made for."""
        try:
            call = self._calls.pop()
        except IndexError:
            call = _RowCall(self._layout, self._native.token)
        encode(values, call.cells)
        code = lib.mp_predictor_predict_row(
            self._native.handle,
            call.cells_at,
            call.cell_count,
            NULL,
            0,
            call.options,
            call.outputs,
            call.output_count,
            call.error,
        )
        if code:
            self._native.refuse_row(call.error, code)
        found = Prediction(self._layout, bytes(call.answer), bytes(call.cells))
        self._calls.append(call)
        return found

    def prepare(self, columns: Sequence[str] | None, strict: bool) -> RowPredictor:
        names = self._schema.feature_names if columns is None else tuple(columns)
        if strict:
            refuse_extra(names, self._schema.features, self._bundle)
        order: list[int | None] = [None] * len(names)
        for feature, place in enumerate(bind(names, self._schema.features)):
            if place is not None:
                order[place] = feature
        return RowPredictor(self, names, RowEncoder(self._features, order))

    def _values_of(self, row: Any, strict: bool) -> Sequence[Any]:
        """The values of a row in schema order."""
        if hasattr(row, "iloc") and hasattr(row, "to_dict"):  # a pandas Series
            row = row.to_dict()
        if isinstance(row, Mapping):
            if strict:
                refuse_extra(row, self._schema.features, self._bundle)
            return record_values(row, self._features)
        values = _listed(row)
        if values is None:
            raise InputError(
                f"a row is a mapping or a sequence of values, not {type(row).__name__}",
                hint="use predict for a batch" if hasattr(row, "shape") else "pass a dict of feature names to values",
            )
        unnamed(len(values), self._schema.features)
        return values


class RowPredictor:
    """Predicts rows whose values come in a fixed order. Made by `Predictor.prepare`.

    Calling it with a sequence of values (or a one-dimensional array) answers a `Prediction`. Threads may share it. It
    is closed with its predictor.

    Attributes
    ----------
    columns : tuple of str
        Names of the values, in order.
    """

    def __init__(self, path: RowPath, columns: tuple[str, ...], encoder: RowEncoder) -> None:
        self.columns = columns
        self._width = len(columns)
        self._encode: Encode = encoder.encode
        self._predict = path.predict_values

    def __call__(self, values: Sequence[Any] | npt.NDArray[Any]) -> Prediction:
        """The answer for one row.

        Raises
        ------
        InputError
            A value is refused, or there are too few or too many.
        """
        found = values if type(values) is list or type(values) is tuple else _listed(values)
        if found is None or len(found) != self._width:
            raise InputError(
                f"{len(self.columns)} values are due, one per prepared column, not {_count(found)}", name="WRONG_SHAPE"
            )
        return self._predict(self._encode, found)

    def __repr__(self) -> str:
        return f"<modelpack.RowPredictor of {self._width} columns>"


class _MatrixCall:
    """Memory and arguments for one row of float64 values and one output."""

    __slots__ = ("answer", "error", "matrix", "options", "output", "values")

    def __init__(self, features: int, output: OutputType) -> None:
        self.values = np.zeros((1, features))
        self.matrix = struct("mp_matrix")
        self.matrix.data = ffi.cast("void *", address(self.values))
        self.matrix.dtype = lib.MP_DTYPE_FLOAT64
        self.matrix.rows, self.matrix.columns = 1, features
        self.matrix.row_stride, self.matrix.column_stride = self.values.strides
        self.answer = output.empty(1)
        self.output = ffi.new("mp_output[]", 1)
        describe(self.output, [output], [(address(self.answer), self.answer.nbytes)])
        self.options = struct("mp_predict_options")
        self.error = new_error()


class MatrixRow:
    """One output for matrices of a single row of float64 values, the most common small batch."""

    def __init__(self, native: NativePredictor, features: int, output: OutputType) -> None:
        self._native = native
        self._output = output
        self._shape = (1, features)
        self._calls: list[_MatrixCall] = []

    def takes(self, X: Any) -> bool:
        return type(X) is np.ndarray and X.dtype is FLOAT64 and X.shape == self._shape

    def predict(self, X: npt.NDArray[np.float64]) -> Any:
        try:
            call = self._calls.pop()
        except IndexError:
            call = _MatrixCall(self._shape[1], self._output)
        call.values[:] = X
        code = lib.mp_predictor_predict_matrix(
            self._native.handle, call.matrix, call.options, call.output, 1, call.error
        )
        if code:
            self._native.refuse(call.error, code)
        found = call.answer.copy()
        self._calls.append(call)
        return self._output.shaped(found)


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """The values of a row in that order, at the speed of C; KeyError where one is absent."""
    if len(names) == 1:
        (name,) = names
        return lambda row: (row[name],)
    return itemgetter(*names) if names else lambda row: ()


def _listed(row: Any) -> Sequence[Any] | None:
    """The values of a sequence; None for what is none."""
    if isinstance(row, np.ndarray):
        if row.ndim != 1 or row.dtype.names is not None:
            return None
        values: list[Any] = row.tolist() if row.dtype in (FLOAT64, object) else list(row)
        return values
    return row if isinstance(row, (list, tuple)) else None


def _count(values: Sequence[Any] | None) -> str:
    return "something else" if values is None else str(len(values))
