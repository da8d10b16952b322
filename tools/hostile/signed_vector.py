"""One signed file and the policy under which it is opened."""

from __future__ import annotations

from dataclasses import dataclass

#: A bundle that everything is in order with.
OK = "ok"


@dataclass(frozen=True)
class SignedVector:
    """`data` opened under `policy` (its file's content; None: UNSIGNED): refused with `error`, or accepted.

    The caller expects `name`, `min_version` and `identity`, and asks for `engine`.
    """

    id: str
    comment: str
    error: str
    data: bytes
    policy: bytes | None
    name: str | None = "hostile"
    min_version: str | None = None
    identity: str | None = None
    engine: str | None = None
