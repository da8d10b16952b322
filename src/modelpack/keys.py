"""Keys that sign: ECDSA on P-256 (P-384 as well), as PEM."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelpack import policy_file
from modelpack._core import (
    Handle,
    encoded,
    error_of,
    ffi,
    found_or_missing,
    lib,
    made_text,
    new_error,
    raise_error,
    take_text,
)
from modelpack.errors import IoError, TrustError, UsageError
from modelpack.locations import user_key_path, user_policy_path

__all__ = [
    "PASSPHRASE_VARIABLE",
    "KeyPair",
    "PrivateKey",
    "is_encrypted",
    "key_hint",
    "keygen",
    "public_key_of",
    "read_pem",
]

PASSPHRASE_VARIABLE = "MODELPACK_KEY_PASSPHRASE"
USER_KEY_NAME = "me"
_ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
_READABLE_BY_OWNER = 0o600
_FOLDER_OF_OWNER = 0o700


@dataclass(frozen=True)
class KeyPair:
    """A key that was made.

    Attributes
    ----------
    private : Path
        PKCS#8 PEM, readable by its owner only.
    public : Path
        The half to hand out: SPKI PEM.
    hint : str
        SHA-256 of the public PEM in 64 hex digits: how others check that they were given the right key.
    policy : Path or None
        The policy that it was added to.
    """

    private: Path
    public: Path
    hint: str
    policy: Path | None


class PrivateKey:
    """A private key in memory: something that signs.

    Attributes
    ----------
    public_key : str
        Its public half as PEM, which a policy takes.
    hint : str
        SHA-256 of that PEM in 64 hex digits.

    Examples
    --------
    >>> key = modelpack.PrivateKey.load("release.pem", passphrase=vault.read("release"))  # doctest: +SKIP
    >>> modelpack.sign("eta-1.4.0.mpk", key)  # doctest: +SKIP
    """

    def __init__(self, pem: str, passphrase: str | None = None, source: str = "the private key") -> None:
        """From PEM: PKCS#8, SEC1, or encrypted PKCS#8.

        Parameters
        ----------
        pem : str
            The text.
        passphrase : str, optional
            Of an encrypted key; by default that of the environment variable MODELPACK_KEY_PASSPHRASE.
        source : str
            How errors call it.

        Raises
        ------
        TrustError
            KEY: it is no key that can sign, or the passphrase does not open it.
        """
        opening = _passphrase(pem, passphrase, source)
        text, secret = encoded(pem), encoded(opening)
        out, error = ffi.new("mp_signer **"), new_error()
        code = lib.mp_signer_from_pem(*text, *secret, out, error)
        if code:
            failed = error_of(error, code)
            failed.args = (f"{source}: {failed}",)
            raise failed
        self.handle: Handle = ffi.gc(out[0], lib.mp_signer_free)
        self.public_key = made_text(lib.mp_key_public, *text, *secret)
        self.hint = key_hint(self.public_key)

    @classmethod
    def load(cls, path: str | os.PathLike[str], passphrase: str | None = None) -> PrivateKey:
        """From a file.

        Raises
        ------
        IoError
            It cannot be read (`NotFoundError` if it does not exist).
        TrustError
            As for the text.
        """
        place = os.fsdecode(path)
        return cls(read_pem(place), passphrase, place)

    def __repr__(self) -> str:
        return f"<modelpack.PrivateKey {self.hint[:12]}…>"

    def __reduce__(self) -> str:
        raise UsageError("a private key is not pickled", hint="load it in the process that signs")


def _passphrase(pem: str, given: str | None, source: str) -> str | None:
    """What opens the key; None for one that is not encrypted."""
    if not is_encrypted(pem):
        return None
    found = given if given is not None else os.environ.get(PASSPHRASE_VARIABLE)
    if found is None:
        raise TrustError(
            f"{source} is encrypted",
            name="KEY",
            hint=f"give its passphrase, or set {PASSPHRASE_VARIABLE} in the environment",
        )
    return found


def is_encrypted(pem: str) -> bool:
    """Whether a passphrase is needed to use the key."""
    return _ENCRYPTED in pem


def read_pem(path: str) -> str:
    """The text of a key's file."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        failed = IoError(f"cannot read the key {path}: {error.strerror}")
        raise found_or_missing(failed, path) from None
    except UnicodeDecodeError:
        raise TrustError(f"{path} is no key as PEM", name="KEY") from None


def public_key_of(path: str | os.PathLike[str]) -> str:
    """The canonical PEM of a public key's file.

    Raises
    ------
    TrustError
        KEY: it is no public key on P-256 or P-384. A private key is refused too: it has no business in a policy.
    IoError
    """
    place = os.fsdecode(path)
    pem = read_pem(place)
    if "PRIVATE KEY-----" in pem:
        raise TrustError(f"{place} is a private key", name="KEY", hint="give its public half, which ends in .pub")
    return made_text(lib.mp_key_public, *encoded(pem), *encoded(None))


def key_hint(public_key: str) -> str:
    """SHA-256 of the canonical PEM of a public key, in 64 hex digits: its name in signatures."""
    hint, error = ffi.new("char[64]"), new_error()
    code = lib.mp_key_hint(*encoded(public_key), hint, error)
    if code:
        raise_error(error, code)
    return bytes(ffi.buffer(hint, 64)).decode("ascii")


# ---- making keys ----


def keygen(
    path: str | os.PathLike[str] | None = None, *, name: str = USER_KEY_NAME, passphrase: str | None = None
) -> KeyPair:
    """Makes a key to sign with.

    Without a path it becomes the key of the user, which ``signers="default"`` names, and its public half joins the
    user's trust policy: what the user signs, the user's programs accept. An existing key is never replaced.

    Parameters
    ----------
    path : path, optional
        Where to write the private key; the public one stands beside it and ends in ``.pub``. No policy is changed.
    name : str
        How the user's policy calls the key.
    passphrase : str, optional
        Encrypts the private key.

    Raises
    ------
    UsageError
        There is a key already.
    TrustError
        TRUST_POLICY: the user's policy has another key of this name, or is none.

    Examples
    --------
    >>> modelpack.keygen()  # doctest: +SKIP
    >>> modelpack.keygen("keys/release.pem", passphrase="…").public  # doctest: +SKIP
    """
    private = user_key_path() if path is None else Path(path)
    public = private.with_suffix(".pub")
    for present in (private, public):
        if present.exists() or present.is_symlink():
            raise UsageError(f"{present} exists", hint="choose another place, or move it away if nobody needs it")
    private_pem, public_pem = _generate(passphrase)
    _write(private, private_pem, _READABLE_BY_OWNER)
    try:
        _write(public, public_pem, 0o644)
        policy = policy_file.add_key(user_policy_path(), name, public_pem) if path is None else None
    except BaseException:
        # A key that nothing is known of would only stand in the way of the next one.
        for written in (private, public):
            with suppress(OSError):
                written.unlink()
        raise
    return KeyPair(private, public, key_hint(public_pem), policy)


def _generate(passphrase: str | None) -> tuple[str, str]:
    private, public, error = ffi.new("mp_text **"), ffi.new("mp_text **"), new_error()
    code = lib.mp_key_generate(*encoded(passphrase), private, public, error)
    if code:
        raise_error(error, code)
    return take_text(private), take_text(public)


def _write(path: Path, text: str, mode: int) -> None:
    """A new file with these permissions from its first byte on."""
    try:
        path.parent.mkdir(mode=_FOLDER_OF_OWNER, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise IoError(f"cannot write {path}: {error.strerror}") from None
