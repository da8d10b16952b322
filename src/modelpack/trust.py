"""Who is trusted: what `load` and `open` take as `trust`."""

from __future__ import annotations

from typing import Final, final

from modelpack._core import NULL, Handle, ffi, lib, new_error, raise_error
from modelpack.errors import UsageError

__all__ = ["UNSIGNED", "Trust", "Unsigned"]


@final
class Unsigned:
    """The type of `UNSIGNED`: no signature is asked for, so nothing says who made the bundle.

    Digests are still checked, `Bundle.verified` is False, and only the native engine may run. It can be given in code
    only, by this name: never through an environment variable, a file or a pickle.
    """

    _only: Unsigned | None = None

    def __new__(cls) -> Unsigned:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "modelpack.UNSIGNED"

    def __reduce__(self) -> str:
        raise UsageError("modelpack.UNSIGNED is not pickled", hint="name it in the code that opens the bundle")


UNSIGNED: Final = Unsigned()

Trust = Unsigned | None


def trust_handle(trust: object) -> Handle:
    """The core's form of what the caller gave; NULL for None, which the core refuses with the line that mends it."""
    if trust is None:
        return NULL
    if trust is not UNSIGNED:
        raise UsageError(
            f"trust is {trust!r:.64}, which is no trust policy of this version",
            hint="pass trust=modelpack.UNSIGNED to open a bundle without asking who made it",
        )
    out, error = ffi.new("mp_trust **"), new_error()
    code = lib.mp_trust_unsigned(out, error)
    if code:
        raise_error(error, code)
    return ffi.gc(out[0], lib.mp_trust_free)
