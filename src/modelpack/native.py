"""The core's predictor: who holds it, and when it is freed."""

from __future__ import annotations

import threading
from typing import NoReturn

from modelpack._core import (
    NULL,
    Handle,
    encoded,
    error_of,
    ffi,
    lib,
    new_error,
    number_of,
    raise_error,
    struct,
    text_of,
)
from modelpack.bundle import Bundle
from modelpack.errors import ClosedError, UsageError

__all__ = ["NativePredictor"]


class NativePredictor:
    """Owns the handle of a predictor.

    A call passes `handle` as an argument, which holds a reference to it until the call returns; the model is freed when
    the last reference goes. So `close` only forgets the handle, and calls need no counting.

    Attributes
    ----------
    handle
        NULL once closed: the core refuses it, and `refuse` says why.
    engine : str
    token : int
        Which schema cells must have been made for.
    """

    def __init__(self, bundle: Bundle, engine: str | None, threads: int | str) -> None:
        options = struct("mp_predictor_options")
        name, length = encoded(engine)
        options.engine, options.engine_length = name, length
        options.threads = _thread_count(threads)
        out, error = ffi.new("mp_predictor **"), new_error()
        code = lib.mp_predictor_new(bundle.handle, options, out, error)
        if code:
            raise_error(error, code)
        freed = threading.Event()

        def free(pointer: Handle) -> None:
            lib.mp_predictor_free(pointer)
            freed.set()

        self.handle = ffi.gc(out[0], free)
        self._freed = freed
        self._name = f"{bundle.name} {bundle.version}"
        self.engine = text_of(lib.mp_predictor_engine, self.handle)
        self.token = number_of("uint64_t", lib.mp_schema_token, bundle.handle)

    @property
    def closed(self) -> bool:
        return bool(self.handle == NULL)

    def open_handle(self) -> Handle:
        """The handle.

        Raises
        ------
        ClosedError
        """
        handle = self.handle
        if handle == NULL:
            raise self._closed_error()
        return handle

    def close(self) -> None:
        self.handle = NULL

    def wait(self, timeout: float | None) -> bool:
        """Whether the model was freed before `timeout` seconds were over."""
        return self._freed.wait(timeout)

    def refuse(self, holder: Handle, code: int) -> NoReturn:
        """Raises the error that a call on `handle` left."""
        error = error_of(holder, code)
        raise self._closed_error() if self.closed else error

    def refuse_row(self, holder: Handle, code: int) -> NoReturn:
        """As `refuse`, for a call on one row: its number says nothing."""
        error = error_of(holder, code)
        error.row = None
        raise self._closed_error() if self.closed else error

    def _closed_error(self) -> ClosedError:
        return ClosedError(f"the predictor of {self._name} was closed")


def _thread_count(threads: int | str) -> int:
    if threads == "auto":
        return -1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise UsageError(f"threads is {threads!r:.64}", hint="pass a number from 1, or 'auto'")
    return threads
