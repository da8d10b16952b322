"""Opening bundles: from a path, from memory, for use or just to look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from modelpack._core import Handle, encoded, error_of, ffi, found_or_missing, lib, new_error
from modelpack.bundle import Bundle
from modelpack.errors import IoError, TrustError, UsageError
from modelpack.open_options import OpenOptions
from modelpack.trust import NOT_CARRIED, Trust, resolved

if TYPE_CHECKING:
    from typing import BinaryIO

    from modelpack.predictor import Predictor

__all__ = ["inspect", "load", "open", "reopen"]


def open(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
    trust: Trust = None,
    *,
    name: str | None = None,
    min_version: str | None = None,
    identity: str | None = None,
) -> Bundle:
    """Opens a bundle: checks its structure, its digests and whether it is trusted and the one expected.

    Parameters
    ----------
    source
        Path, bytes, or an open binary file. It is read into private memory: replacing the file later changes nothing.
    trust
        A `TrustPolicy`; the path of a policy file (trust.json) or of a public key (whatever it signed); a public key as
        text; `modelpack.UNSIGNED` (nothing says who made the bundle, digests are still checked). By default the policy
        that the environment variable MODELPACK_TRUST names, else that in the user's configuration folder.
    name, min_version, identity
        What the caller expects; anything else is refused.

    Raises
    ------
    TrustError
        No policy permits the bundle, or it is not the one expected.
    FormatError
        The bytes are no bundle, a damaged one, or one that this version cannot read.
    IoError
        The file cannot be read (`NotFoundError` if it does not exist).

    Examples
    --------
    >>> bundle = modelpack.open("eta-1.4.0.mpk", "trust.json", name="eta")  # doctest: +SKIP
    >>> bundle.metrics["test"]["rmse"]  # doctest: +SKIP
    """
    policy = resolved(trust)
    options = OpenOptions(policy, name, min_version, identity)
    out, error = ffi.new("mp_bundle **"), new_error()
    path = _path_of(source)
    if path is not None:
        text, length = encoded(path)
        code = lib.mp_bundle_open(text, length, options.struct, out, error)
    else:
        data = _bytes_of(source)
        code = lib.mp_bundle_open_memory(ffi.from_buffer(data), len(data), options.struct, out, error)
    if code:
        raise _opening_error(error, code, path)
    return Bundle(ffi.gc(out[0], lib.mp_bundle_free), path, policy)


def inspect(path: str | os.PathLike[str], trust: Trust = None, **expected: str | None) -> Bundle:
    """Opens a bundle to look at it: structure and digests are checked, no trust is asked, and nothing of it can run.

    With `trust` (and `name`, `min_version`, `identity`) it is the same as `open`.
    """
    if trust is not None:
        return open(path, trust, **expected)
    place = os.path.abspath(os.fsdecode(path))
    text, length = encoded(place)
    out, error = ffi.new("mp_bundle **"), new_error()
    code = lib.mp_bundle_inspect(text, length, out, error)
    if code:
        raise _opening_error(error, code, place)
    return Bundle(ffi.gc(out[0], lib.mp_bundle_free), place, None)


def load(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
    trust: Trust = None,
    *,
    name: str | None = None,
    min_version: str | None = None,
    identity: str | None = None,
    engine: str | None = None,
    threads: int | str = 1,
    cache_bytes: int | None = None,
    onnxruntime: str | os.PathLike[str] | None = None,
) -> Predictor:
    """Opens a bundle and makes its predictor; the golden rows are replayed first.

    Parameters
    ----------
    source
        Path, bytes, or an open binary file.
    trust
        A `TrustPolicy`; the path of a policy file (trust.json) or of a public key (whatever it signed); a public key as
        text; `modelpack.UNSIGNED` (nothing says who made the bundle, digests are still checked). By default the policy
        that the environment variable MODELPACK_TRUST names, else that in the user's configuration folder.
    name, min_version, identity
        What the caller expects; anything else is refused. Always give at least the name.
    engine : str, optional
        By default the first usable one, ``native`` where there is a program.
    threads : int or "auto"
        Threads that a batch may use.
    cache_bytes : int, optional
        Memory that models of partition nodes may take, the root's not counted: those used longest ago give way. 1 GiB.
    onnxruntime : path, optional
        ONNX Runtime's shared library, for the engine ``onnx``; otherwise that of the environment variable
        MODELPACK_ONNXRUNTIME, of the installed package onnxruntime, or of the system.

    Raises
    ------
    TrustError
        No policy permits the bundle, or it is not the one expected.
    FormatError
        The bytes are no bundle, a damaged one, or this engine does not reproduce its golden rows.
    UnsupportedModelError
        The bundle does not hold the engine.
    IoError
        The file cannot be read (`NotFoundError` if it does not exist).

    Examples
    --------
    >>> predictor = modelpack.load("eta-1.4.0.mpk", "trust.json", name="eta", min_version="1.4.0")  # doctest: +SKIP
    >>> predictor.predict(X)  # doctest: +SKIP
    """
    bundle = open(source, trust, name=name, min_version=min_version, identity=identity)
    return bundle.predictor(engine=engine, threads=threads, cache_bytes=cache_bytes, onnxruntime=onnxruntime)


def reopen(
    path: str,
    identity: str,
    engine: str | None,
    threads: int | str,
    kind: str,
    location: str | None,
    cache_bytes: int | None = None,
) -> Predictor:
    """Makes the predictor of a pickle, under the policy that is at `location` here and now, else under the user's.

    Parameters
    ----------
    kind, location
        What the predictor was opened under (`pickled_trust`).
    """
    try:
        return load(path, location, identity=identity, engine=engine, threads=threads, cache_bytes=cache_bytes)
    except TrustError as error:
        if kind not in NOT_CARRIED or error.name not in ("UNTRUSTED", "TOO_FEW_SIGNATURES"):
            raise
        given = NOT_CARRIED[kind] if kind.startswith("unsigned") else "trust=…"
        raise TrustError(
            f"the predictor was opened with {NOT_CARRIED[kind]}, a permission that no pickle carries",
            hint=f"open it in the receiving process: modelpack.load({path!r}, {given}, identity={identity!r})",
        ) from error


def _path_of(source: Any) -> str | None:
    if isinstance(source, (str, os.PathLike)):
        return os.path.abspath(os.fsdecode(source))
    return None


def _bytes_of(source: Any) -> bytes | memoryview:
    """The bytes of a buffer or of what an open binary file still holds."""
    if hasattr(source, "read"):
        source = source.read()
    try:
        return memoryview(source).cast("B")
    except TypeError:
        raise UsageError(
            f"a bundle cannot be opened from {type(source).__name__}",
            hint="give a path, bytes or a file opened in mode 'rb'",
        ) from None


def _opening_error(holder: Handle, code: int, path: str | None) -> Exception:
    error = error_of(holder, code)
    return found_or_missing(error, path) if isinstance(error, IoError) and path is not None else error
