"""Signing and opening by the calls of the C ABI alone, for tests that stand beside Python's own interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from modelpack._core import ffi, lib, new_error, raise_error, struct


def _call(function: Any, *arguments: Any) -> None:
    error = new_error()
    code = function(*arguments, error)
    if code:
        raise_error(error, code)


def _text(text: str | bytes | None) -> tuple[Any, int]:
    data = text.encode() if isinstance(text, str) else text
    return (ffi.NULL, 0) if data is None else (ffi.from_buffer(data), len(data))


def _taken(out: Any) -> str:
    length = ffi.new("uint64_t *")
    data = lib.mp_text_data(out[0], length)
    found: str = ffi.buffer(data, length[0])[:].decode()
    lib.mp_text_free(out[0])
    return found


def new_key(passphrase: str | None = None) -> tuple[str, str]:
    """Private and public PEM."""
    private, public = ffi.new("mp_text **"), ffi.new("mp_text **")
    _call(lib.mp_key_generate, *_text(passphrase), private, public)
    return _taken(private), _taken(public)


def hint_of(public_pem: str) -> str:
    hint = ffi.new("char[64]")
    _call(lib.mp_key_hint, *_text(public_pem), hint)
    found: str = ffi.buffer(hint, 64)[:].decode()
    return found


def sign(path: Path, *private_pems: str, passphrase: str | None = None) -> None:
    signers = []
    for pem in private_pems:
        out = ffi.new("mp_signer **")
        _call(lib.mp_signer_from_pem, *_text(pem), *_text(passphrase), out)
        signers.append(ffi.gc(out[0], lib.mp_signer_free))
    _call(lib.mp_bundle_sign, *_text(str(path)), ffi.new("mp_signer *[]", signers), len(signers))


def explain(path: Path, trust: str | bytes) -> dict[str, Any]:
    """What the core finds under a policy or a public key, as the report of `mp_bundle_explain`."""
    out = ffi.new("mp_trust **")
    _call(lib.mp_trust_from_bytes, *_text(trust), ffi.NULL, 0, out)
    options, report = struct("mp_open_options"), ffi.new("mp_text **")
    policy = ffi.gc(out[0], lib.mp_trust_free)
    options.trust = policy
    _call(lib.mp_bundle_explain, *_text(str(path)), options, report)
    found: dict[str, Any] = json.loads(_taken(report))
    return found
