"""Signed bundles, right or wrong at any layer: statement, payload, signed bytes, signature, envelope, text, member."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hostile.archive import Member, archive
from hostile.base import BUNDLE, Content
from hostile.ecdsa import P384, SECP256K1, Key, der_signature
from hostile.encoding import encode, sha256

#: Two signers, one with the larger curve, one whom no policy names, and one on a curve that is not used.
ALPHA, BETA, STRANGER = (Key.for_tests(name) for name in ("alpha", "beta", "stranger"))
GAMMA, BITCOIN = Key.for_tests("gamma", P384), Key.for_tests("bitcoin", SECP256K1)

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PREDICATE_TYPE = "https://model_signing/signature/v1.0"

Change = Callable[[dict[str, Any]], object]


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def pae(payload: bytes, kind: str = PAYLOAD_TYPE) -> bytes:
    """DSSE's encoding before signing."""
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind.encode(), str(len(payload)).encode(), payload])


def statement_of(content: Content) -> dict[str, Any]:
    files = content.files()
    bundle = content.bundle_json(files)
    digests = {name: sha256(data) for name, data in files.items()} | {BUNDLE: sha256(encode(bundle))}
    return statement(digests, f"{bundle['name']}-{bundle['version']}")


def statement(digests: Mapping[str, str], subject: str) -> dict[str, Any]:
    names = sorted(digests, key=lambda name: name.split("/"))
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": {
            "resources": [{"algorithm": "sha256", "digest": digests[name], "name": name} for name in names],
            "serialization": {
                "allow_symlinks": False,
                "hash_type": "sha256",
                "ignore_paths": ["signatures"],
                "method": "files",
            },
        },
        "predicateType": PREDICATE_TYPE,
        "subject": [{"digest": {"sha256": subject_digest([digests[name] for name in names])}, "name": subject}],
    }


def subject_digest(digests: Sequence[str]) -> str:
    return sha256(b"".join(bytes.fromhex(digest) for digest in digests))


def resubject(value: dict[str, Any]) -> dict[str, Any]:
    """With the subject's digest that fits the resources, so that it is not what is wrong."""
    digests = [item["digest"] for item in value["predicate"]["resources"]]
    value["subject"][0]["digest"] = {"sha256": subject_digest(digests)}
    return value


@dataclass(frozen=True)
class Signature:
    """A signature over `content`; each field changes its layer, and what stands above is computed from the change."""

    content: Content
    key: Key = ALPHA
    statement: Change | None = None
    payload: Callable[[bytes], bytes] | None = None
    """The payload's bytes before they are signed."""
    signed: Callable[[bytes], bytes] = pae
    hash: Callable[[bytes], Any] | None = None
    numbers: Callable[[int, int], tuple[int, int]] | None = None
    der: Callable[[bytes], bytes] | None = None
    envelope: Change | None = None
    bundle: Change | None = None
    text: Callable[[bytes], bytes] | None = None
    hint: str | None = None

    def member(self) -> Member:
        hint = self.key.hint if self.hint is None else self.hint
        return Member(f"signatures/{hint}.sigstore.json".encode(), self.bytes(hint))

    def bytes(self, hint: str) -> bytes:
        wanted = statement_of(self.content)
        if self.statement:
            self.statement(wanted)
        payload = encode(wanted)
        payload = self.payload(payload) if self.payload else payload
        numbers = self.key.sign(self.signed(payload), self.hash)
        signature = der_signature(*(self.numbers(*numbers) if self.numbers else numbers))
        signature = self.der(signature) if self.der else signature
        envelope: dict[str, Any] = {
            "payload": base64_of(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": "", "sig": base64_of(signature)}],
        }
        if self.envelope:
            self.envelope(envelope)
        bundle: dict[str, Any] = {
            "dsseEnvelope": envelope,
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {"publicKey": {"hint": hint}, "tlogEntries": []},
        }
        if self.bundle:
            self.bundle(bundle)
        text = encode(bundle)
        return self.text(text) if self.text else text


def signed(content: Content, *signatures: Signature | Member) -> bytes:
    """The bundle with these signatures, in the order of their names."""
    members = [item.member() if isinstance(item, Signature) else item for item in signatures]
    return archive([*content.members(), *sorted(members, key=lambda member: member.name)])


# ---- policies ----


def rule(*keys: str, **fields: Any) -> dict[str, Any]:
    return {"bundle": "*", "keys": list(keys), **fields}


def policy(*rules: Any, **fields: Any) -> dict[str, Any]:
    """A policy that knows alpha, beta and gamma; without rules, alpha vouches for everything."""
    keys = {name: {"pem": key.public()} for name, key in (("alpha", ALPHA), ("beta", BETA), ("gamma", GAMMA))}
    return {"keys": keys, "modelpack_trust": 1, "rules": list(rules) or [rule("alpha")], **fields}


def policy_text(value: Any) -> bytes:
    """As people write it."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def changed(value: dict[str, Any], change: Change) -> dict[str, Any]:
    out = copy.deepcopy(value)
    change(out)
    return out
