"""The bundle that attacks on signatures alter, and the policies under which it opens."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.archive import Member
from hostile.base import Content
from hostile.encoding import encode, sha256
from hostile.signed_vector import SignedVector
from hostile.signing import ALPHA, Signature, policy, policy_text, rule, signed

BASE = Content()
SIGNED = signed(BASE, Signature(BASE))
#: alpha vouches for everything.
POLICY = policy_text(policy())
BOTH = policy_text(policy(rule("alpha", "beta", threshold=2)))
ORDER = ALPHA.curve.order
IDENTITY = "sha256:" + sha256(encode(BASE.bundle_json(BASE.files())))


def vector(key: str, comment: str, error: str, *signatures: Signature | Member, policy: bytes = POLICY) -> SignedVector:
    return SignedVector(f"signature-{key}", comment, error, signed(BASE, *signatures), policy)


def changes(prefix: str, attacks: dict[str, tuple[str, Signature]], error: str = "SIGNATURE") -> Iterator[SignedVector]:
    for key, (comment, signature) in attacks.items():
        yield vector(f"{prefix}{key}", comment, error, signature)
