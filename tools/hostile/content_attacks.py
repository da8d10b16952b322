"""Attacks on JSON, bundle.json, schema.json and the dictionaries; every digest fits, so that each reaches its judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hostile.archive import Member, archive
from hostile.base import BUNDLE, DICTIONARIES, MODEL_MEMBERS, SCHEMA, Content, dictionaries, schema
from hostile.encoding import Tensor, encode, safetensors, sha256, tensor
from hostile.vector import Vector

BASE = Content()
BUNDLE_JSON = BASE.bundle_json(BASE.files())


def spelled(bundle_json: bytes) -> bytes:
    return archive(BASE.members(bundle_json))


def with_schema(data: bytes) -> bytes:
    return BASE.change(replaced={SCHEMA: data}).data()


def json_attacks() -> Iterator[Vector]:
    text = encode(BUNDLE_JSON)
    version = b'"version":"1.0.0"'
    spellings = {
        "duplicate": ("a key stands twice", text.replace(version, version + b"," + version)),
        "duplicate-escaped": (
            "a key stands twice, once escaped",
            text.replace(version, version + b',"\\u0076ersion":"2.0.0"'),
        ),
        "order": ("keys are not sorted", b'{"version":"1.0.0",' + text[1:].replace(b"," + version, b"")),
        "spaces": ("white space after commas and colons", json.dumps(BUNDLE_JSON, sort_keys=True).encode()),
        "indented": ("an indented text", json.dumps(BUNDLE_JSON, sort_keys=True, indent=1).encode()),
        "newline": ("a newline at the end", text + b"\n"),
        "bom": ("a byte order mark", b"\xef\xbb\xbf" + text),
        "nul": ("a NUL at the end", text + b"\0"),
        "two-values": ("two values", text + text),
        "comma": ("a comma after the last entry", text[:-1] + b",}"),
        "comment": ("a comment", text + b"//x"),
        "cut": ("a text that ends in the middle", text[:-9]),
        "empty": ("no text", b" "),
        "quotes": ("single quotes", text.replace(b'"', b"'")),
        "utf8": ("text that is not UTF-8", text.replace(b'"hostile"', b'"host\xffile"')),
        "utf8-overlong": ("an overlong encoding", text.replace(b'"hostile"', b'"host\xc0\xaeile"')),
        "utf8-surrogate": ("an encoded surrogate", text.replace(b'"hostile"', b'"host\xed\xa0\x80ile"')),
        "utf16": ("UTF-16", text.decode().encode("utf-16")),
        "surrogate": ("a lone surrogate as escape", text.replace(b'"hostile"', b'"host\\ud800ile"')),
        "escape": ("an escape of a plain letter", text.replace(b'"hostile"', b'"host\\u0069le"')),
        "escape-solidus": ("an escaped solidus", text.replace(b"schema.json", b"schema\\/json")),
        "escape-upper": ("upper-case digits in an escape", text.replace(b'"hostile"', b'"host\\u001Fle"')),
        "control": ("a raw control character", text.replace(b'"hostile"', b'"host\x01ile"')),
    }
    numbers = {
        "huge": b"1" + b"0" * 400,
        "beyond": b"9007199254740992",
        "i64": b"9223372036854775808",
        "float": b"1.0",
        "exponent": b"1e0",
        "zeros": b"01",
        "plus": b"+1",
        "minus-zero": b"-0",
        "nan": b"NaN",
        "infinity": b"Infinity",
        "hex": b"0x1",
    }
    for key, number in numbers.items():
        comment = f"a number is written {number[:20].decode()}"
        spellings[f"number-{key}"] = (comment, text.replace(b'"major":1', b'"major":' + number))
    for key, (comment, data) in spellings.items():
        yield Vector(f"json-{key}", f"bundle.json: {comment}", "JSON", spelled(data))
    deep = b"[" * 33 + b"]" * 33
    yield Vector(
        "json-depth",
        "bundle.json: lists 33 deep",
        "LIMIT",
        spelled(text.replace(b'"requires":[],', b'"requires":' + deep + b",")),
    )
    yield Vector("json-depth-open", "bundle.json: 20,000 lists opened", "LIMIT", spelled(b"[" * 20_000))
    plain = encode(schema())
    yield Vector("json-schema-spaces", "schema.json: white space", "JSON", with_schema(plain.replace(b",", b", ")))
    yield Vector("json-schema-bom", "schema.json: a byte order mark", "JSON", with_schema(b"\xef\xbb\xbf" + plain))


def manifest() -> Iterator[Vector]:
    members = BUNDLE_JSON["members"]

    def fields(**changes: Any) -> bytes:
        return BASE.change(manifest=changes).data()

    for key in BUNDLE_JSON:
        without = {name: value for name, value in BUNDLE_JSON.items() if name != key}
        yield Vector(f"manifest-without-{key}", f"bundle.json has no {key}", "MANIFEST", spelled(encode(without)))
    wrong: dict[str, tuple[str, dict[str, Any]]] = {
        "name-case": ("a name in capitals", {"name": "Hostile"}),
        "name-path": ("a name that is a path", {"name": "../hostile"}),
        "name-empty": ("an empty name", {"name": ""}),
        "name-long": ("a name of 65 characters", {"name": "h" * 65}),
        "name-number": ("a name that is a number", {"name": 1}),
        "version-short": ("a version of two numbers", {"version": "1.0"}),
        "version-build": ("a version with build metadata", {"version": "1.0.0+1"}),
        "version-zero": ("a version with a leading zero", {"version": "01.0.0"}),
        "time": ("a time that does not exist", {"created_at": "2026-02-30T00:00:00Z"}),
        "time-zone": ("a time with an offset", {"created_at": "2026-01-01T00:00:00+00:00"}),
        "task": ("an unknown task", {"task": "world-domination"}),
        "format-zero": ("format 0", {"format": {"major": 0, "minor": 9}}),
        "format-text": ("a format that is a text", {"format": "1.0"}),
        "engines-none": ("no engine", {"engines": []}),
        "engines-twice": ("an engine twice", {"engines": [{"name": "native", "requires": []}] * 2}),
        "members-list": ("members as a list", {"members": sorted(members)}),
        "digest-case": ("a digest in capitals", {"members": members | {SCHEMA: {"sha256": "A" * 64, "size": 1}}}),
        "digest-short": ("a digest of 63 digits", {"members": members | {SCHEMA: {"sha256": "a" * 63, "size": 1}}}),
        "size-negative": ("a negative size", {"members": members | {SCHEMA: {"sha256": "a" * 64, "size": -1}}}),
        "model-digest": ("the model digest of another model", {"model_digest": "sha256:" + "0" * 64}),
        "model-digest-form": ("a model digest without its prefix", {"model_digest": BUNDLE_JSON["model_digest"][7:]}),
    }
    for key, (comment, changes) in wrong.items():
        yield Vector(f"manifest-{key}", f"bundle.json states {comment}", "MANIFEST", fields(**changes))
    yield Vector("manifest-list", "bundle.json is a list", "MANIFEST", spelled(b"[]"))
    yield Vector("newer-format", "format 2.0", "NEWER_FORMAT", fields(format={"major": 2, "minor": 0}))
    yield Vector(
        "newer-format-alone",
        "format 2.0 with nothing else",
        "NEWER_FORMAT",
        spelled(b'{"format":{"major":2,"minor":0}}'),
    )
    yield Vector(
        "requires-unknown", "the bundle requires something unknown", "REQUIRES", fields(requires=["encryption@1"])
    )
    yield Vector(
        "requires-partitions",
        "partition keys, and partitions are not required",
        "MANIFEST",
        fields(partition_keys=["carrier"]),
    )
    yield Vector(
        "engine-unknown",
        "no engine that is known",
        "ENGINE",
        fields(engines=[{"name": "quantum", "requires": []}]),
        "predictor",
    )


def membership() -> Iterator[Vector]:
    members = BUNDLE_JSON["members"]
    listed = {"sha256": sha256(b""), "size": 0}
    extra = [*BASE.members()[:-1], Member(b"zebra.json", b"{}"), BASE.members()[-1]]
    yield Vector("members-unlisted", "a member that bundle.json does not list", "MEMBERS", archive(extra))
    bundle = {key: value for key, value in BUNDLE_JSON.items() if key != "members"}
    for key, comment, changed in (
        ("absent", "bundle.json lists a member that is not there", members | {"zebra.json": listed}),
        ("itself", "bundle.json lists itself", members | {BUNDLE: listed}),
        ("signature", "bundle.json lists a signature", members | {f"signatures/{'0a' * 32}.sigstore.json": listed}),
        ("traversal", "bundle.json lists ../evil.json", members | {"../evil.json": listed}),
        ("case", "bundle.json lists a member in capitals", members | {"METRICS.JSON": members["metrics.json"]}),
        ("size", "bundle.json states another size", members | {"metrics.json": members["metrics.json"] | {"size": 3}}),
    ):
        yield Vector(f"members-{key}", comment, "MEMBERS", spelled(encode(bundle | {"members": changed})))
    swapped = members | {
        "metrics.json": {"sha256": sha256(b"[]"), "size": 2},
        SCHEMA: members[SCHEMA] | {"sha256": "0" * 64},
    }
    content = BASE.change(manifest={"members": swapped})
    data = archive(content.members(encode(_with_model_digest(content.bundle_json(content.files())))))
    yield Vector("members-digest", "bundle.json states another digest for schema.json", "DIGEST", data)
    yield Vector("members-no-schema", "no schema.json", "MEMBERS", BASE.change(replaced={SCHEMA: None}).data())


def _with_model_digest(bundle: dict[str, Any]) -> dict[str, Any]:
    names = sorted(MODEL_MEMBERS & set(bundle["members"]))
    lines = "".join(f"{name} {bundle['members'][name]['sha256']}\n" for name in names)
    return bundle | {"model_digest": "sha256:" + sha256(b"mpk-model-1\n" + lines.encode())}


def schemas() -> Iterator[Vector]:
    def feature(index: int = 0, **changes: Any) -> Any:
        content = schema()
        content["features"][index] |= changes
        return content

    def outputs(*items: Any) -> Any:
        return schema() | {"outputs": list(items)}

    value = schema()["outputs"][0]
    label: dict[str, Any] = {
        "classes": {"dtype": "int64", "numpy": "<i8", "values": [0, 1]},
        "columns": 1,
        "dtype": "int64",
        "name": "label",
    }
    wrong: dict[str, tuple[str, Any]] = {
        "dtype": ("an unknown dtype", feature(dtype="float16")),
        "name-empty": ("an empty feature name", feature(name="")),
        "name-long": ("a feature name of 1,025 bytes", feature(name="x" * 1025)),
        "name-twice": ("a feature twice", feature(1, name="distance")),
        "policy": ("an unknown policy", feature(missing="guess")),
        "default-type": ("a default of another type", feature(missing={"default": "1"})),
        "default-nan": ("a default that is NaN", feature(missing={"default": {"f64": "7ff8000000000000"}})),
        "default-unseen": ("a default that is no category", feature(1, missing={"default": "ZZ"})),
        "null-is": ("an unknown null_is", feature(null_is="null")),
        "optional": ("an optional that is a number", feature(optional=0)),
        "unseen-number": ("an unseen policy for a number", feature(unseen="reject")),
        "no-outputs": ("no outputs", outputs()),
        "output-twice": ("an output twice", outputs(value, value)),
        "output-dtype": ("an output of text", outputs(value | {"dtype": "string"})),
        "output-name": ("an output with a name in capitals", outputs(value | {"name": "Value"})),
        "output-columns": ("an output without columns", outputs(value | {"columns": 0})),
        "output-wide": ("an output of 2^53 - 1 columns", outputs(value | {"columns": 2**53 - 1})),
        "label-float": ("a label of floats", outputs(label | {"dtype": "float64"})),
        "label-columns": ("a label of two columns with classes for one", outputs(label | {"columns": 2})),
        "class-twice": ("a class twice", outputs(label | {"classes": label["classes"] | {"values": [1, 1]}})),
        "class-type": (
            "a class of another type",
            outputs(label | {"classes": label["classes"] | {"values": [0, "1"]}}),
        ),
        "list": ("a list", []),
        "features-object": ("features as an object", schema() | {"features": {}}),
    }
    for key, (comment, content) in wrong.items():
        yield Vector(f"schema-{key}", f"schema.json holds {comment}", "SCHEMA", BASE.change(schema=content).data())
    keys = schema() | {"keys": ["country"]}
    yield Vector("schema-keys", "a partition key that is no feature", "SCHEMA", BASE.change(schema=keys).data())


def dictionary_attacks() -> Iterator[Vector]:
    def with_(**changes: Tensor | None) -> bytes:
        names = {"text": "1.bytes", "offsets": "1.offsets", "further": "0.bytes"}
        content = dictionaries() | {names[key]: value for key, value in changes.items() if value is not None}
        dropped = {names[key] for key, value in changes.items() if value is None}
        return BASE.change(dictionaries={name: value for name, value in content.items() if name not in dropped}).data()

    def offsets(*values: int) -> bytes:
        return with_(offsets=tensor("U64", values))

    wrong = {
        "none": ("a string feature without dictionaries", BASE.change(dictionaries=None).data()),
        "no-offsets": ("no offsets", with_(offsets=None)),
        "no-bytes": ("no bytes", with_(text=None)),
        "further": ("a dictionary for a number", with_(further=tensor("U8", [1]))),
        "offsets-empty": ("no offset at all", offsets()),
        "offsets-start": ("offsets that do not start at 0", offsets(1, 2, 4)),
        "offsets-short": ("offsets that end early", offsets(0, 2, 3)),
        "offsets-beyond": ("offsets that end beyond the bytes", offsets(0, 2, 5)),
        "offsets-descend": ("offsets that descend", offsets(0, 3, 2, 4)),
        "offsets-overflow": ("an offset of 2^64 - 1", offsets(0, 2**64 - 1, 4)),
        "offsets-dtype": ("offsets of another dtype", with_(offsets=tensor("U32", [0, 2, 4]))),
        "offsets-shape": ("offsets of two dimensions", with_(offsets=tensor("U64", [0, 2, 4], [1, 3]))),
        "bytes-dtype": ("bytes of another dtype", with_(text=tensor("U32", [65]))),
        "utf8": ("a category that is not UTF-8", with_(text=tensor("U8", list(b"AA\xff\xfe")))),
        "utf8-cut": ("a character cut in two", with_(text=tensor("U8", list("AéA".encode())))),
        "twice": ("a category twice", with_(text=tensor("U8", list(b"AAAA")))),
        "numbers-only": ("a dictionary where no feature is a string", _without_strings()),
    }
    for key, (comment, data) in wrong.items():
        yield Vector(f"dictionary-{key}", f"dictionaries.safetensors: {comment}", "SCHEMA", data)
    broken = safetensors(dictionaries())[:-1]
    yield Vector(
        "dictionary-cut",
        "dictionaries.safetensors is cut",
        "TENSORS",
        BASE.change(replaced={DICTIONARIES: broken}).data(),
    )


def _without_strings() -> bytes:
    content = schema()
    content["features"][1]["dtype"] = "int64"
    return BASE.change(schema=content).data()


def attacks() -> Iterator[Vector]:
    for group in (json_attacks, manifest, membership, schemas, dictionary_attacks):
        yield from group()
