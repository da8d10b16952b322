"""Signed files that must be accepted, and what may become of a signed file on its way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hostile.archive import Member, archive
from hostile.base import SCHEMA, TENSORS
from hostile.signed_base import BASE, BOTH, ORDER, POLICY, changes, vector
from hostile.signed_vector import OK, SignedVector
from hostile.signing import ALPHA, BETA, GAMMA, STRANGER, Signature, policy, policy_text, rule, signed


def accepted() -> Iterator[SignedVector]:
    """What a reader that is too strict refuses."""
    alpha, beta = Signature(BASE), Signature(BASE, BETA)
    junk = Member(f"signatures/{STRANGER.hint}.sigstore.json".encode(), b"\0junk")
    yield vector("good", "signed by the policy's key", OK, alpha)
    yield vector("good-bare-key", "a public key as policy", OK, alpha, policy=ALPHA.public().encode())
    gamma = policy_text(policy(rule("gamma")))
    yield vector("good-p384", "signed on P-384 with SHA-384", OK, Signature(BASE, GAMMA), policy=gamma)
    yield vector("good-two", "two keys of two", OK, alpha, beta, policy=BOTH)
    yield vector(
        "good-stranger", "a further signature, by a key that no policy names", OK, alpha, Signature(BASE, STRANGER)
    )
    yield vector("good-junk", "a further signature that is none, by a key that no policy names", OK, alpha, junk)
    broken = Member(f"signatures/{BETA.hint}.sigstore.json".encode(), b"{")
    yield vector(
        "good-not-asked", "a further signature that is none, by a key that the rule does not name", OK, alpha, broken
    )
    yield from changes("good-", dict(spellings()), OK)


def spellings() -> Iterator[tuple[str, tuple[str, Signature]]]:
    def tool(value: dict[str, Any]) -> None:
        value["subject"][0]["name"] = "a folder"
        ignored = [
            "signatures",
            ".gitignore",
            ".git",
            ".github",
            ".gitattributes",
            f"signatures/{ALPHA.hint}.sigstore.json",
        ]
        value["predicate"]["serialization"]["ignore_paths"] = ignored

    def keyid(value: dict[str, Any]) -> None:
        value["signatures"][0]["keyid"] = ALPHA.hint

    def indented(text: bytes) -> bytes:
        return json.dumps(dict(reversed(json.loads(text).items())), indent=4).encode()

    yield "tool", ("as the public tool writes it: any subject, further ignored paths", Signature(BASE, statement=tool))
    yield "keyid", ("the keyid is the hint", Signature(BASE, envelope=keyid))
    yield "no-keyid", ("no keyid", Signature(BASE, envelope=lambda value: value["signatures"][0].pop("keyid")))
    yield "spelling", ("indented JSON, keys in another order", Signature(BASE, payload=indented, text=indented))
    yield "high-s", ("the other of the two values of s", Signature(BASE, numbers=lambda r, s: (r, ORDER - s)))


def files() -> Iterator[SignedVector]:
    """Whole files: what became of a signed one on its way."""
    members = BASE.members()
    own = Signature(BASE).member()
    names = [member.name.decode() for member in members]

    def altered(name: str, data: bytes) -> bytes:
        index = names.index(name)
        return archive([*members[:index], members[index].change(data=data), *members[index + 1 :], own])

    def flip(name: str) -> bytes:
        data = bytearray(members[names.index(name)].data)
        data[len(data) // 2] ^= 1
        return altered(name, bytes(data))

    def of(key: str, comment: str, error: str, data: bytes) -> SignedVector:
        return SignedVector(f"signed-{key}", comment, error, data, POLICY)

    few = "TOO_FEW_SIGNATURES"
    yield of("stripped", "the signature was taken away", few, BASE.data())
    for name in (SCHEMA, "dictionaries.safetensors", "programs.json", TENSORS, "golden.safetensors"):
        stem = name.split("/")[-1].split(".")[0]
        yield of(f"flip-{stem}", f"one bit of {name} differs after signing", "DIGEST", flip(name))
    yield of("lowered", "bundle.json states a lower version than was signed", few, _resigned(own, version="0.9.0"))
    yield of("raised", "bundle.json states a higher version than was signed", few, _resigned(own, version="1.0.1"))
    yield of("renamed", "bundle.json states another name than was signed", few, _resigned(own, name="hostile2"))
    yield of(
        "time",
        "bundle.json states another time than was signed",
        few,
        _resigned(own, created_at="2026-01-01T00:00:01Z"),
    )
    further = BASE.change(replaced={"metrics.json": b'{"rmse":0}'})
    yield of("replaced", "a member was replaced, and bundle.json fits it", few, archive([*further.members(), own]))
    added = BASE.change(replaced={"notes.json": b"{}"})
    yield of("added", "a member was added, and bundle.json fits it", few, archive([*added.members(), own]))
    removed = BASE.change(replaced={"metrics.json": None})
    yield of("removed", "a member was taken away, and bundle.json fits", few, archive([*removed.members(), own]))
    unlisted = sorted([*members[:-1], Member(b"notes.json", b"{}")], key=lambda member: member.name)
    yield of("unlisted", "a member that nobody lists", "MEMBERS", archive([*unlisted, members[-1], own]))
    other = BASE.change(manifest={"name": "other"})
    yield of("transplanted", "the signature of another bundle", few, signed(BASE, Signature(other)))
    yield of("before", "a signature before bundle.json", "CONTAINER", archive([*members[:-1], own, members[-1]]))
    yield of("twice", "the signature stands twice", "MEMBER_NAME", archive([*members, own, own]))
    wide = Member(f"signatures/{'0' * 64}.sigstore.json".encode(), b" " * ((256 << 10) + 1))
    yield of(
        "huge",
        "a signature of 256 KiB and a byte, by a key that no policy names",
        "LIMIT",
        signed(BASE, Signature(BASE), wide),
    )
    brings = BASE.change(replaced={"trusted.pub": STRANGER.public().encode()})
    yield of("own-key", "the bundle brings the key that signed it", few, signed(brings, Signature(brings, STRANGER)))
    brings = BASE.change(replaced={"trust.json": policy_text(policy())})
    yield of("own-policy", "the bundle brings a policy", few, signed(brings, Signature(brings, STRANGER)))


def _resigned(own: Member, **manifest: Any) -> bytes:
    return archive([*BASE.change(manifest=manifest).members(), own])


def attacks() -> Iterator[SignedVector]:
    yield from accepted()
    yield from files()
