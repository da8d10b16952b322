"""Texts that are no trust policy, and keys that are none; the bundle is a good one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from hostile.ecdsa import Curve, pem, spki
from hostile.encoding import encode
from hostile.signed_base import IDENTITY, POLICY, SIGNED
from hostile.signed_vector import OK, SignedVector
from hostile.signing import ALPHA, BETA, BITCOIN, STRANGER, Change, changed, policy, policy_text, rule


def policies() -> Iterator[SignedVector]:
    """Texts that are no policy; the bundle is a good one."""
    good = policy()

    def bad(key: str, comment: str, content: bytes, error: str = "TRUST_POLICY") -> SignedVector:
        return SignedVector(f"policy-{key}", f"policy: {comment}", error, SIGNED, content)

    def good_one(key: str, comment: str, content: bytes) -> SignedVector:
        return bad(f"good-{key}", comment, content, OK)

    def with_(change: Change) -> bytes:
        return policy_text(changed(good, change))

    def first(**fields: Any) -> bytes:
        return with_(lambda value: value["rules"][0].update(fields))

    def alpha(**fields: Any) -> bytes:
        return with_(lambda value: value["keys"]["alpha"].update(fields))

    def text(change: Callable[[str], str]) -> bytes:
        return change(POLICY.decode()).encode()

    yield good_one("compact", "canonical JSON", encode(good))
    yield good_one("compressed", "a key with a compressed point", alpha(pem=ALPHA.public(compressed=True)))
    yield good_one(
        "crlf", "a key in lines of 76 columns that end in CR LF", alpha(pem=ALPHA.public(columns=76, newline="\r\n"))
    )
    yield good_one("key-spelling", "a bare key with a compressed point", ALPHA.public(compressed=True).encode())

    yield bad("field", "a misspelt field", with_(lambda value: value.update(rule=value["rules"])))
    yield bad("field-rule", "a misspelt field of a rule", first(treshold=2))
    yield bad("field-key", "a misspelt field of a key", alpha(notafter="2020-01-01T00:00:00Z"))
    yield bad("field-case", "a field in another case", with_(lambda value: value["rules"][0].update(Threshold=1)))
    yield bad(
        "duplicate",
        "a field twice",
        text(lambda value: value.replace('"modelpack_trust": 1', '"modelpack_trust": 1, "modelpack_trust": 1')),
    )
    yield bad(
        "duplicate-rule",
        "a field of a rule twice",
        text(lambda value: value.replace('"bundle": "*"', '"bundle": "other", "bundle": "*"')),
    )
    yield bad(
        "duplicate-escaped",
        "a field of a rule twice, once escaped",
        text(lambda value: value.replace('"bundle": "*"', '"bundl\\u0065": "other", "bundle": "*"')),
    )
    yield bad("duplicate-key", "a key's name twice", text(lambda value: value.replace('"beta"', '"alpha"', 1)))
    yield bad(
        "one-key-twice",
        "one key under two names",
        with_(lambda value: value["keys"].update(also={"pem": ALPHA.public()})),
    )
    again = ALPHA.public(compressed=True, columns=76, newline="\r\n")
    yield bad(
        "one-key-two-spellings",
        "one key under two names, its PEM spelt in two ways",
        with_(lambda value: value["keys"].update(also={"pem": again})),
    )
    doubled = with_(lambda value: value["rules"][0].update(keys=["alpha", "alpha"], threshold=2))
    yield bad("rule-key-twice", "a rule that names a key twice", doubled)
    yield bad("rule-key-unknown", "a rule with a key that is not there", first(keys=["alpha", "delta"]))
    yield bad("rule-keys-none", "a rule without keys", first(keys=[]))
    yield bad("rule-keys-text", "a rule whose keys are a text", first(keys="alpha"))
    for key, value in {
        "zero": 0,
        "negative": -1,
        "more": 2,
        "text": "1",
        "null": None,
        "true": True,
        "huge": 2**53 - 1,
    }.items():
        yield bad(f"threshold-{key}", f"threshold {json.dumps(value)} of one key", first(threshold=value))
    yield bad(
        "threshold-fraction",
        "threshold 0.5",
        text(lambda value: value.replace('"bundle": "*"', '"threshold": 0.5, "bundle": "*"')),
    )
    yield bad(
        "threshold-long",
        "threshold 2^64",
        text(lambda value: value.replace('"bundle": "*"', f'"threshold": {2**64 + 1}, "bundle": "*"')),
    )
    for key, glob in {
        "empty": "",
        "question": "hostil?",
        "class": "[a-z]*",
        "case": "Hostile",
        "path": "../*",
        "braces": "{a,hostile}",
        "number": 1,
    }.items():
        yield bad(f"glob-{key}", f"the pattern {glob!r}", first(bundle=glob))
    yield bad("glob-none", "a rule without pattern", with_(lambda value: value["rules"][0].pop("bundle")))
    for key, version in {"short": "1.0", "build": "1.0.0+1", "v": "v1.0.0", "number": 1, "null": None}.items():
        yield bad(f"min-version-{key}", f"min_version {json.dumps(version)}", first(min_version=version))
    for field in ("identities", "revoked_identities"):
        stem = field.replace("_", "-")
        yield bad(f"{stem}-empty", f"{field} that are empty", first(**{field: []}))
        yield bad(f"{stem}-short", f"{field} with a digest of 63 digits", first(**{field: [IDENTITY[:-1]]}))
        yield bad(f"{stem}-bare", f"{field} with bare digits", first(**{field: [IDENTITY[7:]]}))
        yield bad(f"{stem}-case", f"{field} in capitals", first(**{field: ["sha256:" + IDENTITY[7:].upper()]}))
        yield bad(f"{stem}-twice", f"{field} with one twice", first(**{field: [IDENTITY, IDENTITY]}))
        yield bad(f"{stem}-text", f"{field} that are a text", first(**{field: IDENTITY}))
    for key, names in {
        "unknown": ["native", "python"],
        "empty": [],
        "twice": ["native", "native"],
        "star": ["*"],
        "text": "native",
        "case": ["Native"],
    }.items():
        yield bad(f"engines-{key}", f"engines {json.dumps(names)}", first(engines=names))
    for key, time in {
        "date": "2030-01-01",
        "zone": "2030-01-01T00:00:00+00:00",
        "month": "2030-13-01T00:00:00Z",
        "number": 1893456000,
        "null": None,
    }.items():
        yield bad(f"not-after-{key}", f"not_after {json.dumps(time)}", alpha(not_after=time))
    for key, value in {"text": "false", "number": 0, "null": None}.items():
        yield bad(f"revoked-{key}", f"revoked {json.dumps(value)}", alpha(revoked=value))
    yield from key_texts(bad, alpha)
    yield bad("version", "version 2", with_(lambda value: value.update(modelpack_trust=2)))
    yield bad("version-text", 'version "1"', with_(lambda value: value.update(modelpack_trust="1")))
    yield bad("version-none", "no version", with_(lambda value: value.pop("modelpack_trust")))
    yield bad("keys-none", "no keys", with_(lambda value: value.pop("keys")))
    yield bad("keys-list", "keys that are a list", with_(lambda value: value.update(keys=[])))
    yield bad("rules-missing", "no list of rules", with_(lambda value: value.pop("rules")))
    yield bad("rules-object", "rules that are an object", with_(lambda value: value.update(rules=value["rules"][0])))
    yield bad("rule-null", "a rule that is null", with_(lambda value: value["rules"].append(None)))
    yield bad(
        "rule-bad-later",
        "a later rule that is wrong",
        with_(lambda value: value["rules"].append(rule("alpha", threshold=0))),
    )
    yield bad("empty", "nothing", b"")
    yield bad("object-empty", "an empty object", b"{}")
    yield bad("list", "a list", b"[]")
    yield bad("word", "the word UNSIGNED", b"UNSIGNED\n")
    yield bad("unsigned", "a field that asks for no signature", with_(lambda value: value.update(unsigned=True)))
    yield bad("cut", "cut", POLICY[:-3])
    yield bad("trailing", "text behind the policy", POLICY + b"{}")
    yield bad(
        "comma",
        "a comma after the last entry",
        text(lambda value: value.replace('"modelpack_trust": 1,', '"modelpack_trust": 1,,')),
    )
    yield bad("comment", "a comment", POLICY + b"// alpha only\n")
    yield bad("bom", "a byte order mark", b"\xef\xbb\xbf" + POLICY)
    yield bad("utf16", "UTF-16", POLICY.decode().encode("utf-16"))
    yield bad("utf8", "text that is not UTF-8", POLICY.replace(b'"beta"', b'"be\xffta"'))
    yield bad(
        "depth",
        "lists 33 deep",
        POLICY.replace(b'"modelpack_trust": 1', b'"modelpack_trust": ' + b"[" * 33 + b"]" * 33),
    )
    yield bad("depth-open", "20,000 objects opened", b'{"keys":' * 20_000)
    yield bad(
        "number",
        "a number of 400 digits",
        POLICY.replace(b'"modelpack_trust": 1', b'"modelpack_trust": 1' + b"0" * 400),
    )
    yield bad(
        "key-name-empty",
        "a key without name",
        with_(lambda value: value["keys"].update({"": {"pem": STRANGER.public()}})),
    )
    yield bad(
        "key-name-control",
        "a key whose name moves the cursor",
        with_(lambda value: value["keys"].update({"a\x1b[2J": {"pem": STRANGER.public()}})),
    )


def key_texts(bad: Callable[..., SignedVector], alpha: Callable[..., bytes]) -> Iterator[SignedVector]:
    """Keys that are none, in a policy and as the policy itself."""
    curve, point = ALPHA.curve, ALPHA.point_bytes()
    x, y = ALPHA.point
    beyond = b"\4" + (x + 0).to_bytes(32, "big") + ((y + 1) % curve.p).to_bytes(32, "big")
    p521 = Curve(p=2**521 - 1, a=0, b=0, base=(0, 0), order=1, oid=bytes.fromhex("06052b81040023"), hash=curve.hash)
    texts = {
        "empty": ("an empty text", ""),
        "word": ("no PEM", "alpha"),
        "private": ("a private key", ALPHA.private()),
        "certificate": ("a certificate", pem(b"\x30\0", "CERTIFICATE")),
        "curve": ("a key on secp256k1", BITCOIN.public()),
        "curve-p521": ("a key on P-521", pem(spki(p521, b"\4" + bytes(132)))),
        "curve-lie": ("a point of secp256k1 said to be on P-256", pem(spki(curve, BITCOIN.point_bytes()))),
        "point-off": ("a point that is not on the curve", pem(spki(curve, beyond))),
        "point-infinity": ("the point at infinity", pem(spki(curve, b"\0"))),
        "point-field": ("a coordinate beyond the field", pem(spki(curve, b"\4" + b"\xff" * 64))),
        "point-short": ("a point that is cut", pem(spki(curve, point[:-1]))),
        "point-long": ("a point and a byte", pem(spki(curve, point + b"\0"))),
        "point-hybrid": ("a point in the hybrid form", pem(spki(curve, bytes([6 + y % 2]) + point[1:]))),
        "trailing": ("a byte behind the key", pem(spki(curve, point) + b"\0")),
        "rsa": ("an RSA key", pem(bytes.fromhex("301a300d06092a864886f70d0101010500030900300602010302010a"))),
        "two": ("two keys in one text", ALPHA.public() + BETA.public()),
        "no-end": ("PEM that does not end", ALPHA.public().split("-----END")[0]),
        "base64": ("PEM with junk in its base64", ALPHA.public().replace("MFkw", "MF*kw")),
        "label": ("PEM of another kind", pem(spki(curve, point), "EC PUBLIC KEY")),
    }
    for key, (comment, content) in texts.items():
        yield bad(f"key-{key}", f"its key is {comment}", alpha(pem=content))
        if "-----BEGIN" in content:
            yield bad(f"bare-{key}", f"it is {comment}", content.encode(), "KEY")
    yield bad("key-none", "a key without PEM", alpha(pem=None))
    yield bad("key-null", "a key that is null", policy_text(policy(keys={"alpha": None})))


def attacks() -> Iterator[SignedVector]:
    yield from policies()
