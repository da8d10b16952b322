"""Batches from whatever exports the Arrow C Data Interface: pyarrow, polars, DuckDB and others."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from modelpack._core import ffi, lib
from modelpack.errors import InputError
from modelpack.inputs.batch import Call, Problems

__all__ = ["ArrowBatch", "arrow_batches", "is_arrow"]


class _Schema(ctypes.Structure):
    """struct ArrowSchema, 72 bytes; the core reads it, Python only makes room and releases."""

    _fields_ = (
        ("format", ctypes.c_void_p),
        ("name", ctypes.c_void_p),
        ("metadata", ctypes.c_void_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


class _Array(ctypes.Structure):
    """struct ArrowArray."""

    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream."""


_Stream._fields_ = (
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
)

_capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_capsule_pointer.restype = ctypes.c_void_p
_capsule_pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)


class ArrowBatch:
    """One struct array and its schema. A call that succeeds consumes both."""

    def __init__(self, schema: _Schema, array: _Array, owner: object, strict: bool) -> None:
        self._schema = schema
        self._array = array
        self._owner = owner  # what the structs were moved out of, or live in
        self._strict = strict
        self.rows = int(array.length)
        self.problems = Problems()  # none: the core reads the values itself

    def predict(self, call: Call) -> int:
        code: int = lib.mp_predictor_predict_arrow(
            call.predictor,
            ffi.cast("struct ArrowSchema *", ctypes.addressof(self._schema)),
            ffi.cast("struct ArrowArray *", ctypes.addressof(self._array)),
            lib.MP_ARROW_STRICT if self._strict else 0,
            call.options,
            call.outputs,
            call.output_count,
            call.error,
        )
        return code

    def close(self) -> None:
        """Releases what the call did not consume."""
        _release(self._schema)
        _release(self._array)


def is_arrow(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def arrow_batches(data: Any, strict: bool) -> Iterator[ArrowBatch]:
    """The struct arrays of `data`, one after the other.

    Raises
    ------
    InputError
        ARROW: the producer failed.
    """
    if hasattr(data, "__arrow_c_stream__"):
        yield from _stream_batches(data.__arrow_c_stream__(), strict)
        return
    schema, array = data.__arrow_c_array__()
    yield ArrowBatch(
        _Schema.from_address(_capsule_pointer(schema, b"arrow_schema")),
        _Array.from_address(_capsule_pointer(array, b"arrow_array")),
        (schema, array),
        strict,
    )


def _stream_batches(capsule: object, strict: bool) -> Iterator[ArrowBatch]:
    stream = _Stream.from_address(_capsule_pointer(capsule, b"arrow_array_stream"))
    while True:
        array = _Array()
        _checked(stream, stream.get_next(ctypes.byref(stream), ctypes.byref(array)))
        if not array.release:
            return
        schema = _Schema()
        _checked(stream, stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
        yield ArrowBatch(schema, array, capsule, strict)


def _checked(stream: _Stream, code: int) -> None:
    if code:
        text = stream.get_last_error(ctypes.byref(stream))
        raise InputError(f"the Arrow stream failed: {(text or b'').decode('utf-8', 'replace')}", name="ARROW")


def _release(part: _Schema | _Array) -> None:
    if part.release:
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(part.release)(ctypes.addressof(part))
