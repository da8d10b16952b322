"""The core's predictor: who holds it, and when it is freed."""

from __future__ import annotations

import os
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from modelpack._core import (
    NULL,
    Handle,
    encoded,
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

__all__ = ["NativePredictor", "installed_onnxruntime"]


class Freed:
    """Whether the model was freed.

    The collector may free it at any point of any thread, also within `wait`, where a `threading.Event` would wait for
    itself: a bare lock is released without waiting.
    """

    def __init__(self) -> None:
        self._alive = threading.Lock()
        self._alive.acquire()

    def set(self) -> None:
        """Called once."""
        self._alive.release()

    def wait(self, timeout: float | None) -> bool:
        """Whether it was freed before `timeout` seconds were over."""
        longest = -1 if timeout is None else min(max(timeout, 0.0), threading.TIMEOUT_MAX)
        freed = self._alive.acquire(timeout=longest)
        if freed:
            self._alive.release()
        return freed


class NativePredictor:
    """Owns the handle of a predictor.

    A call holds a reference to the handle until it returns, and the model is freed when the last reference goes. So
    `close` only lets go of those that no call is using, and calls need no counting.

    Attributes
    ----------
    closed : bool
    engine : str
    token : int
        Which schema cells must have been made for.
    """

    def __init__(
        self,
        bundle: Bundle,
        engine: str | None,
        threads: int | str,
        cache_bytes: int | None,
        onnxruntime: str | os.PathLike[str] | None = None,
    ) -> None:
        options = struct("mp_predictor_options")
        name, length = encoded(engine)
        options.engine, options.engine_length = name, length
        options.threads = _thread_count(threads)
        options.cache_bytes = _budget(cache_bytes)
        explicit = encoded(_absolute(onnxruntime))
        # Looked for only where it may run.
        found = encoded(installed_onnxruntime() if "onnx" in bundle.permitted_engines else None)
        options.onnxruntime, options.onnxruntime_length = explicit
        options.onnxruntime_found, options.onnxruntime_found_length = found
        out, error = ffi.new("mp_predictor **"), new_error()
        code = lib.mp_predictor_new(bundle.handle, options, out, error)
        if code:
            raise_error(error, code)
        freed = Freed()

        def free(pointer: Handle) -> None:
            lib.mp_predictor_free(pointer)
            freed.set()

        self.closed = False
        self._handle = ffi.gc(out[0], free)
        self._pools: list[list[Any]] = []
        self._freed = freed
        self._name = f"{bundle.name} {bundle.version}"
        self.engine = text_of(lib.mp_predictor_engine, self._handle)
        self.token = number_of("uint64_t", lib.mp_schema_token, bundle.handle)

    def open_handle(self) -> Handle:
        """The handle.

        Raises
        ------
        ClosedError
        """
        handle = self._handle
        if handle == NULL:
            raise self._closed_error()
        return handle

    def pool(self) -> list[Any]:
        """A list for arguments of calls that are over, to be used again. Taking from it and putting back are atomic."""
        made: list[Any] = []
        self._pools.append(made)
        return made

    def put_back(self, pool: list[Any], call: Any) -> None:
        """Keeps the arguments of a call that is over; after closing nothing is kept, as they hold the handle."""
        pool.append(call)
        if self.closed:  # asked after appending: either `close` clears the call away, or this does
            pool.clear()

    def close(self) -> None:
        self.closed = True
        self._handle = NULL
        for pool in self._pools:
            pool.clear()

    def wait(self, timeout: float | None) -> bool:
        """Whether the model was freed before `timeout` seconds were over."""
        return self._freed.wait(timeout)

    def _closed_error(self) -> ClosedError:
        return ClosedError(f"the predictor of {self._name} was closed")


def _thread_count(threads: int | str) -> int:
    if threads == "auto":
        return -1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise UsageError(f"threads is {threads!r:.64}", hint="pass a number from 1, or 'auto'")
    return threads


def _absolute(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.path.abspath(os.fspath(path))


@cache
def installed_onnxruntime() -> str | None:
    """The library in the package onnxruntime, which is not imported; None where it is not installed."""
    try:
        spec = find_spec("onnxruntime")
    except (ImportError, ValueError):
        return None
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        found = sorted(Path(place, "capi").glob("libonnxruntime.so.*")) + sorted(
            Path(place, "capi").glob("libonnxruntime.*dylib")
        )
        if found:
            return str(found[-1].resolve())
    return None


def _budget(cache_bytes: int | None) -> int:
    if cache_bytes is None:
        return 0
    if isinstance(cache_bytes, bool) or not isinstance(cache_bytes, int) or not 1 <= cache_bytes < 2**64:
        raise UsageError(f"cache_bytes is {cache_bytes!r:.64}", hint="pass a number of bytes from 1, or None for 1 GiB")
    return cache_bytes
