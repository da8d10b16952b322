"""Attacks on the statement; each is signed as it stands, with the policy's key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hostile.base import BUNDLE, SCHEMA, TENSORS
from hostile.encoding import encode, sha256
from hostile.signed_base import BASE, changes
from hostile.signed_vector import SignedVector
from hostile.signing import ALPHA, Change, Signature, resubject


def statements() -> Iterator[SignedVector]:
    def with_(change: Change) -> Signature:
        return Signature(BASE, statement=change)

    def serialization(**fields: Any) -> Signature:
        return with_(lambda value: value["predicate"]["serialization"].update(fields))

    def ignoring(*paths: object) -> Signature:
        return serialization(ignore_paths=list(paths))

    def resource(index: int, **fields: Any) -> Signature:
        def change(value: dict[str, Any]) -> None:
            value["predicate"]["resources"][index].update(fields)

        return with_(change)

    def resources(change: Callable[[list[dict[str, Any]]], object]) -> Signature:
        def apply(value: dict[str, Any]) -> None:
            change(value["predicate"]["resources"])
            resubject(value)

        return with_(apply)

    def entry(name: str) -> dict[str, str]:
        return {"algorithm": "sha256", "digest": "0" * 64, "name": name}

    def named(name: str) -> Signature:
        """A further resource, in its place."""

        def change(items: list[dict[str, Any]]) -> None:
            items.append(entry(name))
            items.sort(key=lambda item: item["name"].split("/"))

        return resources(change)

    def payload(change: Callable[[bytes], bytes]) -> Signature:
        return Signature(BASE, payload=change)

    def old(value: dict[str, Any]) -> None:
        value["predicateType"] = "https://model_signing/Digests/v0.1"
        value["subject"] = [
            {"digest": {"sha256": item["digest"]}, "name": item["name"]} for item in value["predicate"]["resources"]
        ]
        value["predicate"] = {"unused": "Unused, just passed due to API requirements"}

    kind = b'"_type":"https://in-toto.io/Statement/v1"'
    yield from changes(
        "statement-",
        {
            "predicate-type": (
                "another predicateType",
                with_(lambda v: v.update(predicateType="https://slsa.dev/provenance/v1")),
            ),
            "predicate-version": (
                "a newer predicateType",
                with_(lambda v: v.update(predicateType="https://model_signing/signature/v1.1")),
            ),
            "v0.1": ("the statement of Model Signing v0.1", with_(old)),
            "v0.1-type": (
                "the predicateType of v0.1",
                with_(lambda v: v.update(predicateType="https://model_signing/Digests/v0.1")),
            ),
            "type": ("an in-toto Statement v0.1", with_(lambda v: v.update(_type="https://in-toto.io/Statement/v0.1"))),
            "no-type": ("no _type", with_(lambda v: v.pop("_type"))),
            "further": ("a further field", with_(lambda v: v.update(note=""))),
            "further-predicate": ("a further field in the predicate", with_(lambda v: v["predicate"].update(note=""))),
            "further-serialization": ("a further field in the serialization", serialization(shard_size=1)),
            "further-resource": ("a further field in a resource", resource(0, size=1)),
            "no-predicate": ("no predicate", with_(lambda v: v.pop("predicate"))),
            "subject-none": ("no subject", with_(lambda v: v.update(subject=[]))),
            "subject-two": ("two subjects", with_(lambda v: v.update(subject=v["subject"] * 2))),
            "subject-digest": (
                "a subject with another digest",
                with_(lambda v: v["subject"][0].update(digest={"sha256": "0" * 64})),
            ),
            "subject-sha512": (
                "a subject with a second digest",
                with_(lambda v: v["subject"][0]["digest"].update(sha512="0" * 128)),
            ),
            "subject-case": (
                "the subject's digest in capitals",
                with_(lambda v: v["subject"][0].update(digest={"sha256": v["subject"][0]["digest"]["sha256"].upper()})),
            ),
            "subject-name": ("a subject without name", with_(lambda v: v["subject"][0].pop("name"))),
            "resources-none": ("no resources", resources(lambda items: items.clear())),
            "resources-object": ("resources that are an object", with_(lambda v: v["predicate"].update(resources={}))),
            "resources-twice": ("a resource twice", resources(lambda items: items.insert(1, items[0]))),
            "resources-other": (
                "one name with two digests",
                resources(lambda items: items.insert(1, items[0] | {"digest": "0" * 64})),
            ),
            "resources-order": ("resources out of order", resources(lambda items: items.reverse())),
            "algorithm": ("a resource hashed with SHA-512", resource(0, algorithm="sha512", digest="0" * 128)),
            "algorithm-blake": ("a resource hashed with BLAKE2", resource(0, algorithm="blake2b")),
            "digest-case": (
                "a digest in capitals",
                with_(
                    lambda v: v["predicate"]["resources"][0].update(
                        digest=v["predicate"]["resources"][0]["digest"].upper()
                    )
                ),
            ),
            "digest-short": (
                "a digest of 63 digits",
                with_(
                    lambda v: v["predicate"]["resources"][0].update(
                        digest=v["predicate"]["resources"][0]["digest"][:63]
                    )
                ),
            ),
            "name-parent": ("a resource called ../secret", named("../secret")),
            "name-absolute": ("a resource called /etc/passwd", named("/etc/passwd")),
            "name-dot": ("a resource called ./schema.json", named("./schema.json")),
            "name-hidden": ("a resource called .hidden", named(".hidden")),
            "name-slashes": ("a resource called models//x", named("models//x")),
            "name-empty": ("a resource without name", named("")),
            "method": ("serialized in shards", serialization(method="shards")),
            "hash": ("hash_type sha512", serialization(hash_type="sha512")),
            "symlinks": ("symbolic links allowed", serialization(allow_symlinks=True)),
            "symlinks-number": ("allow_symlinks: 0", serialization(allow_symlinks=0)),
            "ignore-none": ("no ignore_paths", with_(lambda v: v["predicate"]["serialization"].pop("ignore_paths"))),
            "ignore-null": ("ignore_paths: null", serialization(ignore_paths=None)),
            "ignore-member": ("metrics.json ignored", ignoring("signatures", "metrics.json")),
            "ignore-folder": ("models ignored", ignoring("signatures", "models")),
            "ignore-all": ("everything ignored", ignoring(".")),
            "ignore-empty": ("an empty path ignored", ignoring("")),
            "ignore-parent": ("signatures/../metrics.json ignored", ignoring("signatures/../metrics.json")),
            "ignore-twice": ("signatures ignored twice", ignoring("signatures", "signatures")),
            "ignore-like": ("signatures2 ignored", ignoring("signatures2")),
            "ignore-number": ("a number ignored", ignoring(1)),
            "no-json": ("no JSON", payload(lambda data: b"modelpack")),
            "json-list": ("a list", payload(lambda data: b"[" + data + b"]")),
            "json-duplicate": ("a field twice", payload(lambda data: data.replace(kind, kind + b"," + kind))),
            "json-duplicate-resources": (
                "the resources twice",
                payload(lambda data: data.replace(b'"resources":', b'"resources":[],"resources":')),
            ),
            "json-bom": ("a byte order mark", payload(lambda data: b"\xef\xbb\xbf" + data)),
            "json-two": ("two statements", payload(lambda data: data + data)),
            "json-float": (
                "a number with a fraction",
                payload(lambda data: data.replace(b'"allow_symlinks":false', b'"allow_symlinks":0.5')),
            ),
        },
    )

    def without(name: str) -> Signature:
        return resources(lambda items: items.__setitem__(slice(None), [item for item in items if item["name"] != name]))

    def digest(name: str, value: str) -> Signature:
        return resources(lambda items: [item.update(digest=value) for item in items if item["name"] == name])

    case = "A" + SCHEMA[1:] if SCHEMA[0] == "a" else SCHEMA.upper()
    yield from changes(
        "differs-",
        {
            "less": ("the statement lacks a member", without("metrics.json")),
            "no-bundle": ("the statement lacks bundle.json", without(BUNDLE)),
            "bundle-only": (
                "the statement names bundle.json alone",
                resources(lambda items: items.__setitem__(slice(None), [i for i in items if i["name"] == BUNDLE])),
            ),
            "more": ("the statement names a member that is not there", named("notes.json")),
            "signature": ("the statement names a signature", named(f"signatures/{ALPHA.hint}.sigstore.json")),
            "digest": ("the statement has another digest of a member", digest(TENSORS, sha256(b"other"))),
            "bundle-digest": ("the statement has another digest of bundle.json", digest(BUNDLE, sha256(encode({})))),
            "case": (
                "a member's name in another case",
                resources(
                    lambda items: (
                        [item.update(name=case) for item in items if item["name"] == SCHEMA]
                        and items.sort(key=lambda i: i["name"].split("/"))
                    )
                ),
            ),
        },
        "TOO_FEW_SIGNATURES",
    )


def attacks() -> Iterator[SignedVector]:
    yield from statements()
