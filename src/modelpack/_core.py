"""The native core as seen from Python: strings, errors and the calls that are not tied to an object.

Everything that decides is in the core; this only translates.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Any, NoReturn

from modelpack.errors import InternalError, IoError, ModelpackError, NotFoundError, UsageError, from_core

try:
    from modelpack._native import ffi, lib
except ImportError as error:  # pragma: no cover - a broken installation, or an interpreter that cffi does not serve
    way_out = "reinstall modelpack, or run `make setup` in a checkout"
    if "subinterpreter" in str(error):
        way_out = "use it in the main interpreter, from threads or processes"
    raise ImportError(f"modelpack's native library cannot be loaded ({error}); {way_out}") from error

__all__ = [
    "Handle",
    "encoded",
    "error_of",
    "ffi",
    "lib",
    "made_text",
    "new_error",
    "raise_error",
    "struct",
    "take_text",
    "text_of",
    "version",
    "write_bundle",
]

# What cffi hands out has no static type.
Handle = Any

NULL = ffi.NULL


def version() -> str:
    """Version of the native library."""
    text: str = ffi.string(lib.mp_version()).decode()
    return text


# ---- errors ----


def new_error() -> Handle:
    """Room for the error of a call."""
    return ffi.new("mp_error **")


def error_of(holder: Handle, code: int) -> ModelpackError:
    """The exception for the error that a call left in `holder`; the core's object is freed."""
    pointer = holder[0]
    if pointer == NULL:
        return InternalError(f"the core answered code {code} without saying why")
    holder[0] = NULL
    length = ffi.new("uint64_t *")
    try:
        row = lib.mp_error_row(pointer)
        return from_core(
            lib.mp_error_code(pointer),
            _field(lib.mp_error_message, pointer, length) or "",
            feature=_field(lib.mp_error_feature, pointer, length),
            row=row if row >= 0 else None,
            node=_field(lib.mp_error_node, pointer, length),
            hint=_field(lib.mp_error_hint, pointer, length),
        )
    finally:
        lib.mp_error_free(pointer)


def raise_error(holder: Handle, code: int) -> NoReturn:
    raise error_of(holder, code)


def _field(read: Any, pointer: Handle, length: Handle) -> str | None:
    text = read(pointer, length)
    return None if text == NULL else ffi.buffer(text, length[0])[:].decode("utf-8", "replace")


# ---- strings and structs ----


def encoded(text: str | None) -> tuple[Handle, int]:
    """Pointer and length of a text in UTF-8; keep the pointer alive over the call."""
    if text is None:
        return NULL, 0
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{text!r:.64} is no Unicode text") from None
    return ffi.from_buffer("char[]", data), len(data)


def text_of(read: Any, *arguments: Any) -> str:
    """The text that a call of the form ``read(…, const char **text, uint64_t *length, mp_error **)`` hands out."""
    text, length, error = ffi.new("char **"), ffi.new("uint64_t *"), new_error()
    code = read(*arguments, text, length, error)
    if code:
        raise_error(error, code)
    found: str = ffi.buffer(text[0], length[0])[:].decode("utf-8")
    return found


def made_text(make: Any, *arguments: Any) -> str:
    """The text that a call of the form ``make(…, mp_text **text, mp_error **)`` makes."""
    text, error = ffi.new("mp_text **"), new_error()
    code = make(*arguments, text, error)
    if code:
        raise_error(error, code)
    return take_text(text)


def take_text(holder: Handle) -> str:
    """The text in `holder`, whose copy in the core is overwritten and freed."""
    length = ffi.new("uint64_t *")
    data = lib.mp_text_data(holder[0], length)
    try:
        found: str = ffi.buffer(data, length[0])[:].decode("utf-8")
        return found
    finally:
        lib.mp_text_free(holder[0])
        holder[0] = NULL


def number_of(kind: str, read: Any, *arguments: Any) -> int:
    """The number that a call of the form ``read(…, kind *out, mp_error **)`` hands out."""
    out, error = ffi.new(f"{kind} *"), new_error()
    code = read(*arguments, out, error)
    if code:
        raise_error(error, code)
    found: int = out[0]
    return found


def struct(kind: str) -> Handle:
    """A zeroed struct of that type with its size set."""
    made = ffi.new(f"{kind} *")
    made.struct_size = ffi.sizeof(kind)
    return made


# ---- writing ----


def write_bundle(
    path: str | os.PathLike[str],
    manifest: bytes,
    members: Mapping[str, bytes],
    overwrite: bool,
    signers: Handle = NULL,
    signer_count: int = 0,
) -> str:
    """Writes a bundle; members and model digest of the manifest are computed.

    Parameters
    ----------
    path
    manifest
        Canonical bytes of `bundle.json` without `members` and `model_digest`.
    members
        Bytes by name, in any order.
    overwrite
        Whether an existing file may be replaced.
    signers
        The core's array of those who sign: the file appears with their signatures or not at all.
    signer_count

    Returns
    -------
    str
        The identity, ``sha256:…``.
    """
    place, place_length = encoded(os.fspath(path))
    table, alive = member_table(members)
    identity, error = ffi.new("char[72]"), new_error()
    code = lib.mp_bundle_write_signed(
        place,
        place_length,
        ffi.from_buffer(manifest),
        len(manifest),
        table,
        len(members),
        signers,
        signer_count,
        int(overwrite),
        identity,
        error,
    )
    del alive
    if code:
        raise_error(error, code)
    return bytes(ffi.buffer(identity, 71)).decode("ascii")


def member_table(members: Mapping[str, bytes]) -> tuple[Handle, list[Any]]:
    """The core's array of members, and what must stay alive over the call."""
    alive: list[Any] = []
    table = ffi.new("mp_member[]", len(members))
    for entry, (name, data) in zip(table, members.items(), strict=True):
        text, bytes_ = encoded(name)[0], ffi.from_buffer(data)
        entry.name, entry.name_length = text, len(text)
        entry.data, entry.size = bytes_, len(data)
        alive += (text, bytes_)
    return table, alive


def found_or_missing(error: IoError, path: str) -> IoError:
    """The same error, as a FileNotFoundError where that is what it is."""
    if os.path.exists(path):
        return error
    missing = NotFoundError(error.args[0])
    missing.hint, missing.errno, missing.filename = error.hint, errno.ENOENT, path
    return missing
