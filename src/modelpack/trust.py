"""Who is trusted: what `load`, `open` and `verify` take as `trust`."""

from __future__ import annotations

import os
from typing import Final, final

from modelpack._core import Handle, ffi, lib, new_error, raise_error
from modelpack.errors import UsageError
from modelpack.trust_policy import TrustPolicy

__all__ = ["NOT_CARRIED", "UNSIGNED", "UNSIGNED_ONNX", "Trust", "Unsigned", "pickled_trust", "resolved", "trust_handle"]


class Unsigned:
    """The type of `UNSIGNED`: no signature is asked for, so nothing says who made the bundle.

    Digests are still checked, `Bundle.verified` is False, and only the native engine may run. It can be given in code
    only, by this name: never through an environment variable, a file or a pickle.
    """

    _name = "modelpack.UNSIGNED"
    _only: Unsigned | None = None

    def __new__(cls) -> Unsigned:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return self._name

    def __reduce__(self) -> str:
        raise UsageError(f"{self._name} is not pickled", hint="name it in the code that opens the bundle")


@final
class UnsignedOnnx(Unsigned):
    """The type of `UNSIGNED_ONNX`: as `UNSIGNED`, and the ONNX engine, a large parser, may read the bundle too."""

    _name = "modelpack.UNSIGNED_ONNX"
    _only: Unsigned | None = None


UNSIGNED: Final = Unsigned()
UNSIGNED_ONNX: Final = UnsignedOnnx()

Trust = TrustPolicy | Unsigned | str | os.PathLike[str] | bytes | None


def resolved(trust: object) -> TrustPolicy | Unsigned:
    """What the caller gave as `trust`, read.

    Parameters
    ----------
    trust
        A policy; `UNSIGNED` or `UNSIGNED_ONNX`; the path of a policy file or of a public key; a public key or a policy
        as text; None for the policy of the user (`TrustPolicy.default`).

    Raises
    ------
    TrustError
        The policy or the key does not have its form.
    IoError
        It cannot be read (`NotFoundError` if it does not exist).
    UsageError
        It is none of these.
    """
    if trust is None:
        return TrustPolicy.default()
    if isinstance(trust, (TrustPolicy, Unsigned)):
        return trust
    if isinstance(trust, bytes) or (isinstance(trust, str) and _is_content(trust)):
        return TrustPolicy.from_text(trust)
    if isinstance(trust, (str, os.PathLike)) and trust != "UNSIGNED":
        return TrustPolicy.load(trust)
    raise UsageError(
        f"trust is {trust!r:.64}, which is no trust policy",
        hint="give a modelpack.TrustPolicy, the path of a trust.json or of a public key, or modelpack.UNSIGNED to open "
        "a bundle without asking who made it",
    )


def _is_content(text: str) -> bool:
    return "-----BEGIN " in text or text.lstrip().startswith("{")


def trust_handle(trust: TrustPolicy | Unsigned) -> Handle:
    """The core's form; the core judges by it."""
    if isinstance(trust, TrustPolicy):
        return trust.handle
    out, error = ffi.new("mp_trust **"), new_error()
    make = lib.mp_trust_unsigned_onnx if isinstance(trust, UnsignedOnnx) else lib.mp_trust_unsigned
    code = make(out, error)
    if code:
        raise_error(error, code)
    return ffi.gc(out[0], lib.mp_trust_free)


# ---- pickles ----

# What no pickle carries, and how it is given again.
NOT_CARRIED = {
    "unsigned": "modelpack.UNSIGNED",
    "unsigned-onnx": "modelpack.UNSIGNED_ONNX",
    "text": "a policy given as text",
    "identity": "an identity that another process verified",
}


def pickled_trust(trust: TrustPolicy | Unsigned) -> tuple[str, str | None]:
    """What a pickle keeps: the kind of trust, and the place of the policy's file where there is one."""
    if isinstance(trust, Unsigned):
        return "unsigned-onnx" if isinstance(trust, UnsignedOnnx) else "unsigned", None
    return trust.kind, trust.location
