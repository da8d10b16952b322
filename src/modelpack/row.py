"""Predicting one row without allocating for the call: its memory is kept and used again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._core import NULL, Handle, error_of, ffi, lib, new_error, struct
from modelpack.binding import bind, refuse_extra, unnamed
from modelpack.encoder import FeatureEncoder, RowEncoder
from modelpack.errors import InputError, ModelpackError
from modelpack.inputs import FixedKey, record_values
from modelpack.native import NativePredictor
from modelpack.outputs import OutputType, describe
from modelpack.prediction import Prediction, RowLayout
from modelpack.schema import Schema

__all__ = ["RowCall", "RowPath", "RowPredictor", "in_row"]

CELL_BYTES = 8
NODE_BYTES = 16
FLOAT64 = np.dtype(np.float64)

Encode = Callable[[Sequence[Any], bytearray], None]


class RowCall:
    """Memory and arguments of a row call, for all outputs or one of them. One call uses it at a time.

    Attributes
    ----------
    memory : bytearray
        The cells, then the answers, then the node that answered where a model with partitions answers all outputs.
    invoke
        The call of the core, with all its arguments; it holds a reference to the predictor's handle.
    error
        Where it leaves its error.
    pinned
        Keeps the memory where it is.
    """

    __slots__ = ("error", "invoke", "memory", "pinned")

    def __init__(self, native: NativePredictor, layout: RowLayout, only: OutputType | None = None) -> None:
        outputs = layout.outputs
        cells_size = len(layout.features) * CELL_BYTES
        answers = (
            [(only, 0)] if only is not None else [(output, outputs.offsets[output.name]) for output in outputs.all]
        )
        asks_node = layout.nodes is not None and only is None
        self.memory = bytearray(cells_size + outputs.row_bytes + (NODE_BYTES if asks_node else 0))
        self.error = new_error()
        start = self.pinned = ffi.from_buffer("char[]", self.memory)
        table = ffi.new("mp_output[]", len(answers))
        places = [(start + cells_size + offset, output.row_bytes) for output, offset in answers]
        describe(table, [output for output, _ in answers], places)
        options = struct("mp_predict_options")
        options.schema_token = native.token
        if asks_node:
            place = start + layout.answers_end
            options.nodes, options.node_count = ffi.cast("int64_t *", place), 1
            options.reasons, options.reason_count = ffi.cast("uint8_t *", place + CELL_BYTES), 1
        self.invoke: Callable[[], int] = partial(
            lib.mp_predictor_predict_row,
            native.open_handle(),
            ffi.cast("uint64_t *", start),
            len(layout.features),
            NULL,
            0,
            options,
            table,
            len(answers),
            self.error,
        )


def in_row(error: ModelpackError, row: int | None) -> ModelpackError:
    """The error of a row call, numbered as the caller sees the row."""
    error.row = row
    return error


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
        self._encoder = encoder
        self._values = encoder.values
        self._calls: list[RowCall] = native.pool()

    def predict(self, row: Any, strict: bool, fixed: FixedKey | None = None) -> Prediction:
        """The answer for one row."""
        if type(row) is not dict or strict or fixed is not None:
            return self.predict_values(self._encoder.encode, self._values_of(row, strict, fixed))
        try:
            values = self._values(row)
        except KeyError:
            values = record_values(row, self._features)
        return self.predict_values(self._encoder.encode, values)

    def predict_values(self, encode: Encode, values: Any) -> Prediction:
        """The answer for values in the order that `encode` was made for."""
        calls = self._calls
        try:
            call = calls.pop()
        except IndexError:
            call = RowCall(self._native, self._layout)
        try:
            encode(values, call.memory)
        except BaseException:
            self._native.put_back(calls, call)
            del call  # a traceback that someone keeps must not keep the model
            raise
        if code := call.invoke():
            error = call.error
            del call
            raise in_row(error_of(error, code), None)
        found = Prediction(self._layout, bytes(call.memory))
        self._native.put_back(calls, call)
        return found

    def prepare(self, columns: Sequence[str] | None, strict: bool, fixed: FixedKey | None = None) -> RowPredictor:
        free = self._features if fixed is None else fixed.free
        names = tuple(item.feature.name for item in free) if columns is None else tuple(columns)
        if strict:
            refuse_extra(names, self._schema.features, self._bundle)
        order: list[int | None] = [None] * len(names)
        for item, place in zip(free, bind(names, [item.feature for item in free]), strict=True):
            if place is not None:
                order[place] = item.index
        encoder = RowEncoder(self._features, order, None if fixed is None else fixed.cells)
        return RowPredictor(self, names, encoder, self._number_order(order))

    def _number_order(self, order: Sequence[int | None]) -> list[int] | None:
        """Where each feature stands among the values, if these are all the features and all of them are numbers."""
        if not all(item.is_number for item in self._features) or sorted(order, key=str) != sorted(
            range(len(self._features)), key=str
        ):
            return None
        return [order.index(feature) for feature in range(len(self._features))]

    def _values_of(self, row: Any, strict: bool, fixed: FixedKey | None) -> Sequence[Any]:
        """The values of a row in schema order."""
        if hasattr(row, "iloc") and not hasattr(row, "columns"):  # a pandas Series
            row = row.to_dict()
        elif hasattr(row, "_fields"):  # a named tuple, whose names say more than its order
            row = row._asdict()
        if isinstance(row, Mapping):
            if strict:
                refuse_extra(row, self._schema.features, self._bundle)
            return record_values(row if fixed is None else fixed.mapping(row), self._features)
        values = _listed(row)
        if values is None:
            raise InputError(
                f"a row is a mapping or a sequence of values, not {type(row).__name__}",
                hint="use predict for a batch" if hasattr(row, "shape") else "pass a dict of feature names to values",
            )
        if fixed is not None:
            return fixed.in_order(values)
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

    def __init__(
        self, path: RowPath, columns: tuple[str, ...], encoder: RowEncoder, number_order: list[int] | None
    ) -> None:
        self.columns = columns
        self._width = len(columns)
        self._encode: Encode = encoder.encode
        self._encode_array = None if number_order is None else _array_encoder(number_order)
        self._predict = path.predict_values

    def __call__(self, values: Sequence[Any] | npt.NDArray[Any]) -> Prediction:
        """The answer for one row.

        Raises
        ------
        InputError
            A value is refused, or there are too few or too many.
        """
        found: Sequence[Any] | None = values if type(values) is list or type(values) is tuple else None
        if found is None:
            if (
                self._encode_array is not None
                and type(values) is np.ndarray
                and values.dtype is FLOAT64
                and values.shape == (self._width,)
            ):
                return self._predict(self._encode_array, values)
            found = _listed(values)
        if found is None or len(found) != self._width:
            raise InputError(f"{self._width} values are due, one per prepared column", name="WRONG_SHAPE")
        return self._predict(self._encode, found)

    def __repr__(self) -> str:
        return f"<modelpack.RowPredictor of {self._width} columns>"


def _array_encoder(order: list[int]) -> Encode:
    """Copies an array of float64 values into cells; `order` says where each feature stands in it."""
    size = len(order) * CELL_BYTES
    if order == list(range(len(order))):

        def copy(values: Any, memory: bytearray) -> None:
            memory[:size] = values.tobytes()
    else:

        def copy(values: Any, memory: bytearray) -> None:
            memory[:size] = values.take(order).tobytes()

    return copy


def _listed(row: Any) -> Sequence[Any] | None:
    """The values of a sequence; None for what is none."""
    if isinstance(row, np.ndarray):
        if row.ndim != 1 or row.dtype.names is not None:
            return None
        values: list[Any] = row.tolist() if row.dtype in (FLOAT64, object) else list(row)
        return values
    return row if isinstance(row, (list, tuple)) else None
