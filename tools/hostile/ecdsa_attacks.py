"""Attacks on the signature itself: its numbers, their DER, and the bytes that are signed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

from hostile.archive import Member
from hostile.ecdsa import der_integer
from hostile.signed_base import BASE, BOTH, ORDER, changes, vector
from hostile.signed_vector import SignedVector
from hostile.signing import ALPHA, BETA, GAMMA, PAYLOAD_TYPE, Signature, pae, policy, policy_text, rule


def numbers() -> Iterator[SignedVector]:
    def fixed(r: int, s: int) -> Signature:
        return Signature(BASE, numbers=lambda _r, _s: (r, s))

    def bytes_of(change: Callable[[bytes], bytes]) -> Signature:
        return Signature(BASE, der=change)

    def split(data: bytes) -> tuple[bytes, bytes]:
        r = data[4 : 4 + data[3]]
        return r, data[6 + data[3] :]

    def sequence(*parts: bytes) -> bytes:
        content = b"".join(parts)
        return bytes([0x30, len(content)]) + content

    def padded(data: bytes) -> bytes:
        r, s = split(data)
        return sequence(bytes([2, len(r) + 1, 0]), r, bytes([2, len(s)]), s)

    def negative(data: bytes) -> bytes:
        r, s = (part.lstrip(b"\0") for part in split(data))
        return sequence(bytes([2, len(r)]), r, bytes([2, len(s)]), s)

    def raw(data: bytes) -> bytes:
        return b"".join(part.lstrip(b"\0").rjust(32, b"\0") for part in split(data))

    yield from changes(
        "ecdsa-",
        {
            "zero": ("r = s = 0", fixed(0, 0)),
            "r-zero": ("r = 0", fixed(0, 1)),
            "s-zero": ("s = 0", Signature(BASE, numbers=lambda r, s: (r, 0))),
            "one": ("r = s = 1", fixed(1, 1)),
            "order": ("r = s = the order", fixed(ORDER, ORDER)),
            "r-beyond": ("r + the order", Signature(BASE, numbers=lambda r, s: (r + ORDER, s))),
            "s-beyond": ("s + the order", Signature(BASE, numbers=lambda r, s: (r, s + ORDER))),
            "r-prime": ("r = the prime of the field", fixed(ALPHA.curve.p, 1)),
            "swapped": ("r and s swapped", Signature(BASE, numbers=lambda r, s: (s, r))),
            "negated": ("the order - r", Signature(BASE, numbers=lambda r, s: (ORDER - r, s))),
            "other-key": ("the signature of another key", Signature(BASE, BETA, hint=ALPHA.hint)),
            "other-payload": (
                "the signature of another payload",
                Signature(BASE, signed=lambda data: pae(data + b" ")),
            ),
            "sha384": ("P-256 with SHA-384", Signature(BASE, hash=hashlib.sha384)),
            "sha512": ("P-256 with SHA-512", Signature(BASE, hash=hashlib.sha512)),
            "sha1": ("P-256 with SHA-1", Signature(BASE, hash=hashlib.sha1)),
        },
    )
    gamma = policy_text(policy(rule("gamma")))
    yield vector(
        "ecdsa-p384-sha256",
        "P-384 with SHA-256",
        "SIGNATURE",
        Signature(BASE, GAMMA, hash=hashlib.sha256),
        policy=gamma,
    )
    other = Signature(BASE, ALPHA, hint=GAMMA.hint)
    yield vector(
        "ecdsa-other-curve",
        "the signature of a P-256 key under the hint of a P-384 key",
        "SIGNATURE",
        other,
        policy=gamma,
    )
    copied = Member(f"signatures/{BETA.hint}.sigstore.json".encode(), Signature(BASE).bytes(ALPHA.hint))
    yield vector(
        "ecdsa-copied", "one signature twice, under two keys' names", "SIGNATURE", Signature(BASE), copied, policy=BOTH
    )
    claimed = Signature(BASE, hint=BETA.hint)
    yield vector(
        "ecdsa-claimed",
        "one key signs twice, once as if it were another",
        "SIGNATURE",
        Signature(BASE),
        claimed,
        policy=BOTH,
    )
    yield from changes(
        "der-",
        {
            "raw": ("r and s without DER", bytes_of(raw)),
            "empty": ("an empty sequence", bytes_of(lambda data: b"\x30\0")),
            "trailing": ("a byte behind the sequence", bytes_of(lambda data: data + b"\0")),
            "inner-trailing": (
                "a byte within the sequence, behind s",
                bytes_of(lambda data: sequence(data[2:], b"\0")),
            ),
            "cut": ("a byte less", bytes_of(lambda data: data[:-1])),
            "long-length": ("a length in two bytes", bytes_of(lambda data: b"\x30\x81" + data[1:])),
            "indefinite": ("a length that is not stated", bytes_of(lambda data: b"\x30\x80" + data[2:] + b"\0\0")),
            "zero-padded": ("a zero before r", bytes_of(padded)),
            "negative": ("negative numbers", Signature(BASE, numbers=_high, der=negative)),
            "three": ("three numbers", bytes_of(lambda data: sequence(data[2:], der_integer(1)))),
            "one": ("one number", bytes_of(lambda data: sequence(data[2 : 4 + data[3]]))),
            "set": ("a set", bytes_of(lambda data: b"\x31" + data[1:])),
            "octets": ("octet strings", bytes_of(lambda data: data.replace(b"\2" + data[3:4], b"\4" + data[3:4], 1))),
        },
    )


def _high(r: int, s: int) -> tuple[int, int]:
    """With an s whose first bit is set: both are right."""
    return r, max(s, ORDER - s)


def encoding_before_signing() -> Iterator[SignedVector]:
    def as_(signed: Callable[[bytes], bytes]) -> Signature:
        return Signature(BASE, signed=signed)

    yield from changes(
        "pae-",
        {
            "none": ("the payload itself is signed", as_(lambda data: data)),
            "base64": ("the payload's base64 is signed", as_(lambda data: base64.b64encode(data))),
            "compat": (
                "the public tool's old encoding, with another type",
                as_(lambda data: pae(data, "application/vnd.in_toto+json")),
            ),
            "v2": ("DSSEv2", as_(lambda data: pae(data).replace(b"DSSEv1", b"DSSEv2", 1))),
            "no-length": (
                "the payload's length left out",
                as_(lambda data: b" ".join([b"DSSEv1", PAYLOAD_TYPE.encode(), data])),
            ),
            "old": ("DSSE's encoding before version 1", as_(lambda data: len(data).to_bytes(8, "little") + data)),
        },
    )


def attacks() -> Iterator[SignedVector]:
    yield from numbers()
    yield from encoding_before_signing()
