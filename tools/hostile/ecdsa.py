"""ECDSA (FIPS 186-5) with the nonces of RFC 6979, and keys as SPKI and PEM, in plain Python.

Slow and not constant in time: for vectors only. Nothing of the core is in it, so that the core cannot agree with itself
about what a signature is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Point = tuple[int, int] | None


@dataclass(frozen=True)
class Curve:
    """y² = x³ + ax + b over the integers modulo p; `oid` is the DER of its object identifier."""

    p: int
    a: int
    b: int
    base: tuple[int, int]
    order: int
    oid: bytes
    hash: Callable[[bytes], Any]

    @property
    def size(self) -> int:
        return (self.p.bit_length() + 7) // 8

    def add(self, left: Point, right: Point) -> Point:
        if left is None or right is None:
            return left or right
        (x1, y1), (x2, y2) = left, right
        if x1 == x2 and (y1 + y2) % self.p == 0:
            return None
        if left == right:
            slope = (3 * x1 * x1 + self.a) * pow(2 * y1, -1, self.p)
        else:
            slope = (y2 - y1) * pow(x2 - x1, -1, self.p)
        x = (slope * slope - x1 - x2) % self.p
        return x, (slope * (x1 - x) - y1) % self.p

    def times(self, factor: int, point: Point) -> Point:
        out: Point = None
        while factor:
            if factor & 1:
                out = self.add(out, point)
            point = self.add(point, point)
            factor >>= 1
        return out


def _number(digits: str) -> int:
    return int(digits.replace(" ", ""), 16)


_P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256 = Curve(
    p=_P256,
    a=_P256 - 3,
    b=_number("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
    base=(
        _number("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        _number("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
    ),
    order=_number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    oid=bytes.fromhex("06082a8648ce3d030107"),
    hash=hashlib.sha256,
)
_P384 = 2**384 - 2**128 - 2**96 + 2**32 - 1
P384 = Curve(
    p=_P384,
    a=_P384 - 3,
    b=_number(
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    ),
    base=(
        _number("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"),
        _number("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"),
    ),
    order=_number("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
    oid=bytes.fromhex("06052b81040022"),
    hash=hashlib.sha384,
)
SECP256K1 = Curve(
    p=2**256 - 2**32 - 977,
    a=0,
    b=7,
    base=(
        _number("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        _number("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
    ),
    order=_number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
    oid=bytes.fromhex("06052b8104000a"),
    hash=hashlib.sha256,
)


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x81, size])) + content


def der_integer(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def der_signature(r: int, s: int) -> bytes:
    return der(0x30, der_integer(r) + der_integer(s))


def spki(curve: Curve, point: bytes) -> bytes:
    algorithm = der(0x30, bytes.fromhex("06072a8648ce3d0201") + curve.oid)
    return der(0x30, algorithm + der(3, b"\0" + point))


def pem(content: bytes, label: str = "PUBLIC KEY", columns: int = 64, newline: str = "\n") -> str:
    text = base64.b64encode(content).decode()
    lines = [text[at : at + columns] for at in range(0, len(text), columns)]
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


@dataclass(frozen=True)
class Key:
    """A private key; its scalar is the hash of a text that stands in this repository, so nobody may trust it."""

    curve: Curve
    scalar: int

    @staticmethod
    def for_tests(name: str, curve: Curve = P256) -> Key:
        digest = hashlib.sha512(f"modelpack test key, not secret: {name}".encode()).digest()
        return Key(curve, int.from_bytes(digest, "big") % (curve.order - 1) + 1)

    @property
    def point(self) -> tuple[int, int]:
        found = self.curve.times(self.scalar, self.curve.base)
        assert found is not None
        return found

    def point_bytes(self, *, compressed: bool = False) -> bytes:
        x, y = (value.to_bytes(self.curve.size, "big") for value in self.point)
        return bytes([2 + y[-1] % 2]) + x if compressed else b"\4" + x + y

    def public(self, *, compressed: bool = False, columns: int = 64, newline: str = "\n") -> str:
        content = spki(self.curve, self.point_bytes(compressed=compressed))
        return pem(content, columns=columns, newline=newline)

    def private(self) -> str:
        """SEC1."""
        scalar = der(4, self.scalar.to_bytes(self.curve.size, "big"))
        return pem(der(0x30, b"\2\1\1" + scalar + der(0xA0, self.curve.oid)), "EC PRIVATE KEY")

    @property
    def hint(self) -> str:
        return hashlib.sha256(self.public().encode()).hexdigest()

    def sign(self, message: bytes, hash: Callable[[bytes], Any] | None = None) -> tuple[int, int]:
        digest = (hash or self.curve.hash)(message).digest()
        number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - self.curve.order.bit_length())
        order = self.curve.order
        for nonce in self._nonces(number % order):
            point = self.curve.times(nonce, self.curve.base)
            assert point is not None
            r = point[0] % order
            s = pow(nonce, -1, order) * (number + r * self.scalar) % order
            if r and s:
                return r, s
        raise AssertionError("the nonces do not end")

    def _nonces(self, number: int) -> Any:
        """RFC 6979, 3.2; the order of each curve here fills its bytes."""
        curve, size = self.curve, self.curve.size
        seed = self.scalar.to_bytes(size, "big") + number.to_bytes(size, "big")
        width = curve.hash(b"").digest_size

        def mac(key: bytes, content: bytes) -> bytes:
            return hmac.new(key, content, curve.hash).digest()

        key, value = bytes(width), b"\1" * width
        for mark in (b"\0", b"\1"):
            key = mac(key, value + mark + seed)
            value = mac(key, value)
        while True:
            stream = b""
            while len(stream) < size:
                value = mac(key, value)
                stream += value
            nonce = int.from_bytes(stream[:size], "big")
            if 0 < nonce < curve.order:
                yield nonce
            key = mac(key, value + b"\0")
            value = mac(key, value)
