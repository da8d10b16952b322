"""Signing: with a key file, or with a key that is elsewhere (KMS, HSM)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from modelpack._core import Handle, encoded, error_of, ffi, found_or_missing, lib, new_error, raise_error
from modelpack.errors import IoError, ModelpackError, NotFoundError, UsageError
from modelpack.keys import PrivateKey, key_hint
from modelpack.locations import user_key_path

__all__ = ["DEFAULT", "Signer", "Signers", "Signing", "cause", "handles", "put_signatures", "sign", "signing_of"]

DEFAULT = "default"

_SIGNATURE_TYPE = "int32_t(void *, const void *, uint64_t, void *, uint64_t, uint64_t *)"
_DID_NOT_SIGN = 1


@runtime_checkable
class Signer(Protocol):
    """A key that is elsewhere and signs on request.

    Attributes
    ----------
    public_key : str
        Its public half as PEM, on the curve P-256 or P-384.
    """

    @property
    def public_key(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature over `data` as DER; hashed with SHA-256 on P-256, with SHA-384 on P-384.

        It is verified before it is written. What this raises ends the signing, and nothing is written.
        """
        ...


Signers = str | os.PathLike[str] | PrivateKey | Signer | Iterable[str | os.PathLike[str] | PrivateKey | Signer]


class Signing:
    """The core's handle of one who signs, and what a signer of the caller raised."""

    def __init__(self, signer: PrivateKey | Signer) -> None:
        self.raised: BaseException | None = None
        self.hint: str
        self.handle: Handle
        self._alive: Any = signer
        if isinstance(signer, PrivateKey):
            self.handle, self.hint = signer.handle, signer.hint
        else:
            self._delegate(signer)

    def _delegate(self, signer: Signer) -> None:
        public_key = signer.public_key
        if not isinstance(public_key, str):
            raise UsageError(f"the public_key of {signer!r:.64} is {type(public_key).__name__}", hint="give PEM as str")

        def answer(context: Handle, data: Handle, size: int, signature: Handle, capacity: int, length: Handle) -> int:
            try:
                found = bytes(signer.sign(bytes(ffi.buffer(data, size))))
                if len(found) > capacity:
                    raise UsageError(f"{signer!r:.64} answered {len(found)} bytes, which is no signature as DER")
                ffi.memmove(signature, found, len(found))
                length[0] = len(found)
            except BaseException as error:  # the core cannot carry it: it is raised again behind the call
                self.raised = error
                return _DID_NOT_SIGN
            return 0

        function = ffi.callback(_SIGNATURE_TYPE, answer, error=_DID_NOT_SIGN)
        out, error = ffi.new("mp_signer **"), new_error()
        code = lib.mp_signer_from_function(*encoded(public_key), function, ffi.NULL, out, error)
        if code:
            raise_error(error, code)
        self.hint = key_hint(public_key)
        self.handle = ffi.gc(out[0], lib.mp_signer_free)
        self._alive = (signer, function)


def signing_of(signers: Signers, passphrase: str | None = None) -> list[Signing]:
    """Those who sign, from what the caller gave.

    Parameters
    ----------
    signers
        ``"default"`` (the user's key), paths of private keys as PEM, `PrivateKey` or `Signer` objects: one or several.
    passphrase : str, optional
        Of encrypted key files; by default that of the environment variable MODELPACK_KEY_PASSPHRASE.

    Raises
    ------
    TrustError
        KEY: a file is no private key, or the passphrase does not open it.
    UsageError
        It is none of these, or the same key twice.
    IoError
    """
    single = isinstance(signers, (str, os.PathLike, PrivateKey, Signer))
    given: Iterable[Any] = [signers] if single else _listed(signers)
    found = [Signing(_signer_of(signer, passphrase)) for signer in given]
    hints = [signing.hint for signing in found]
    for hint in hints:
        if hints.count(hint) > 1:
            raise UsageError(f"the key {hint[:12]}… is given twice", hint="one key makes one signature")
    return found


def _listed(signers: Any) -> Iterable[Any]:
    try:
        return list(signers)
    except TypeError:
        raise _no_signer(signers) from None


def _signer_of(signer: Any, passphrase: str | None) -> PrivateKey | Signer:
    if isinstance(signer, PrivateKey):
        return signer
    if isinstance(signer, str) and signer == DEFAULT:
        return _user_key(passphrase)
    if isinstance(signer, (str, os.PathLike)):
        return PrivateKey.load(signer, passphrase)
    if isinstance(signer, Signer):
        return signer
    raise _no_signer(signer)


def _user_key(passphrase: str | None) -> PrivateKey:
    path = user_key_path()
    try:
        return PrivateKey.load(path, passphrase)
    except NotFoundError:
        missing = NotFoundError(f"there is no key of yours ({path} does not exist)", hint="make one: modelpack keygen")
        missing.filename = str(path)
        raise missing from None


def _no_signer(signer: Any) -> UsageError:
    return UsageError(
        f"{signer!r:.64} does not sign",
        hint='give "default" for your own key, the path of a private key as PEM, or an object with public_key and sign',
    )


def sign(path: str | os.PathLike[str], signers: Signers = DEFAULT, *, passphrase: str | None = None) -> tuple[str, ...]:
    """Signs a bundle. Its identity stays, signatures by other keys as well; one by the same key is replaced.

    The file is replaced at once or not at all; every member is hashed first.

    Parameters
    ----------
    path
    signers
        ``"default"``: the user's key, which `modelpack.keygen` made. Paths of private keys as PEM, `PrivateKey`
        objects, or any objects with ``public_key`` and ``sign`` (see `Signer`): one or several.
    passphrase : str, optional
        Of encrypted key files; by default that of the environment variable MODELPACK_KEY_PASSPHRASE.

    Returns
    -------
    tuple of str
        The hints (64 hex digits) of the keys that signed.

    Raises
    ------
    TrustError
        KEY: a key cannot sign; SIGNATURE: what a signer answered does not verify.
    FormatError
        The bundle is damaged.
    IoError
        The file cannot be read or written (`NotFoundError` if it does not exist).

    Examples
    --------
    >>> modelpack.sign("eta-1.4.0.mpk")  # doctest: +SKIP
    >>> modelpack.sign("eta-1.4.0.mpk", ["keys/release.pem", KmsSigner("projects/…")])  # doctest: +SKIP
    """
    found = signing_of(signers, passphrase)
    put_signatures(path, found)
    return tuple(one.hint for one in found)


def put_signatures(path: str | os.PathLike[str], found: Sequence[Signing]) -> None:
    """Signs a bundle; see `sign`."""
    place = os.path.abspath(os.fsdecode(path))
    error = new_error()
    code = lib.mp_bundle_sign(*encoded(place), handles(found), len(found), error)
    if code:
        failed = error_of(error, code)
        failed = found_or_missing(failed, place) if isinstance(failed, IoError) else failed
        raise cause(failed, found) from None


def handles(signing: Sequence[Signing]) -> Handle:
    """The core's array of handles; keep `signing` alive over the call."""
    return ffi.new("mp_signer *[]", [one.handle for one in signing])


def cause(failed: ModelpackError, signing: Sequence[Signing]) -> BaseException:
    """What a signer raised, if that is why the call failed."""
    return next((one.raised for one in signing if one.raised is not None), failed)
