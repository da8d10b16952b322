"""Attacks on what stands around a signature: the Sigstore bundle, the DSSE envelope, JSON, base64."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hostile.ecdsa import der_signature
from hostile.signed_base import BASE, changes
from hostile.signed_vector import OK, SignedVector
from hostile.signing import ALPHA, BETA, PAYLOAD_TYPE, Change, Signature, base64_of, pae


def envelopes() -> Iterator[SignedVector]:
    def envelope(change: Change) -> Signature:
        return Signature(BASE, envelope=change)

    def bundle(change: Change) -> Signature:
        return Signature(BASE, bundle=change)

    def first(**fields: Any) -> Signature:
        return envelope(lambda value: value["signatures"][0].update(fields))

    def again(value: dict[str, Any]) -> None:
        value["signatures"].append({"keyid": "", "sig": base64_of(der_signature(1, 1))})

    def material(**fields: Any) -> Signature:
        return bundle(lambda value: value["verificationMaterial"].update(fields))

    def key(**fields: Any) -> Signature:
        return bundle(lambda value: value["verificationMaterial"]["publicKey"].update(fields))

    def wrong_type(kind: str, signed: Callable[[bytes], bytes] = pae) -> Signature:
        return Signature(BASE, signed=signed, envelope=lambda value: value.update(payloadType=kind))

    raw = base64_of(base64.b64decode("".join(ALPHA.public().splitlines()[1:-1])))
    yield from changes(
        "envelope-",
        {
            "none": ("no signature in the envelope", envelope(lambda value: value.update(signatures=[]))),
            "two": ("a second signature in the envelope", envelope(again)),
            "twice": (
                "the right signature twice in the envelope",
                envelope(lambda v: v.update(signatures=v["signatures"] * 2)),
            ),
            "object": ("the signatures are an object", envelope(lambda v: v.update(signatures=v["signatures"][0]))),
            "keyid": ("a keyid that is not the hint", first(keyid=BETA.hint)),
            "keyid-short": ("a keyid that is the start of the hint", first(keyid=ALPHA.hint[:63])),
            "keyid-null": ("a keyid that is null", first(keyid=None)),
            "cert": ("a certificate beside the signature", first(cert=raw)),
            "no-sig": ("no sig", envelope(lambda value: value["signatures"][0].pop("sig"))),
            "sig-null": ("a sig that is null", first(sig=None)),
            "sig-empty": ("an empty sig", first(sig="")),
            "payload-empty": ("an empty payload", envelope(lambda value: value.update(payload=""))),
            "no-payload": ("no payload", envelope(lambda value: value.pop("payload"))),
            "further": ("a further field in the envelope", envelope(lambda value: value.update(note=""))),
            "type": ("another payloadType", wrong_type("application/json")),
            "type-signed": (
                "another payloadType, signed as such",
                wrong_type("text/plain", lambda data: pae(data, "text/plain")),
            ),
            "type-case": ("the payloadType in capitals", wrong_type(PAYLOAD_TYPE.upper())),
            "no-type": ("no payloadType", envelope(lambda value: value.pop("payloadType"))),
        },
    )
    yield from changes(
        "bundle-",
        {
            "v0.1": (
                "a Sigstore bundle v0.1",
                bundle(lambda v: v.update(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.1")),
            ),
            "v0.2": (
                "a Sigstore bundle v0.2",
                bundle(lambda v: v.update(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.2")),
            ),
            "no-media": ("no mediaType", bundle(lambda value: value.pop("mediaType"))),
            "further": ("a further field", bundle(lambda value: value.update(note=1))),
            "message": (
                "a message signature beside the envelope",
                bundle(lambda v: v.update(messageSignature={"signature": raw})),
            ),
            "no-envelope": ("no envelope", bundle(lambda value: value.pop("dsseEnvelope"))),
            "null-envelope": ("an envelope that is null", bundle(lambda value: value.update(dsseEnvelope=None))),
            "no-material": ("no verificationMaterial", bundle(lambda value: value.pop("verificationMaterial"))),
            "log": ("an entry of a transparency log", material(tlogEntries=[{"logIndex": "1"}])),
            "no-log": ("no tlogEntries", bundle(lambda value: value["verificationMaterial"].pop("tlogEntries"))),
            "certificate": (
                "a certificate instead of a hint",
                bundle(lambda v: v.update(verificationMaterial={"certificate": {"rawBytes": raw}, "tlogEntries": []})),
            ),
            "certificate-too": ("a certificate beside the hint", material(certificate={"rawBytes": raw})),
            "hint": ("the hint of another key", key(hint=BETA.hint)),
            "hint-case": ("the hint in capitals", key(hint=ALPHA.hint.upper())),
            "hint-empty": ("an empty hint", key(hint="")),
            "no-hint": ("no hint", bundle(lambda value: value["verificationMaterial"]["publicKey"].pop("hint"))),
            "raw-key": ("the public key itself beside the hint", key(rawBytes=raw)),
            "raw-key-only": (
                "the public key itself instead of the hint",
                bundle(lambda v: v["verificationMaterial"].update(publicKey={"rawBytes": raw})),
            ),
        },
    )


def texts() -> Iterator[SignedVector]:
    def text(change: Callable[[bytes], bytes]) -> Signature:
        return Signature(BASE, text=change)

    media = b'"mediaType":'
    deep = b"[" * 33 + b"]" * 33
    yield from changes(
        "text-",
        {
            "empty": ("nothing", text(lambda data: b"")),
            "binary": ("no JSON", text(lambda data: b"\0\1\2\3")),
            "list": ("a list", text(lambda data: b"[" + data + b"]")),
            "cut": ("cut", text(lambda data: data[:-1])),
            "two": ("two values", text(lambda data: data + data)),
            "trailing": ("bytes behind the JSON", text(lambda data: data + b"\0")),
            "bom": ("a byte order mark", text(lambda data: b"\xef\xbb\xbf" + data)),
            "utf16": ("UTF-16", text(lambda data: data.decode().encode("utf-16"))),
            "utf8": ("text that is not UTF-8", text(lambda data: data.replace(b'"keyid":""', b'"keyid":"\xff"'))),
            "comment": ("a comment", text(lambda data: data + b"//x")),
            "duplicate": ("a field twice", text(lambda data: data.replace(media, b'"mediaType":"x",' + media))),
            "duplicate-escaped": (
                "a field twice, once escaped",
                text(lambda data: data.replace(media, b'"\\u006dediaType":"x",' + media)),
            ),
            "duplicate-inner": ("the sig twice", text(lambda data: data.replace(b'"sig":', b'"sig":"AA==","sig":'))),
            "depth": ("lists 33 deep", text(lambda data: data.replace(b'"tlogEntries":[]', b'"tlogEntries":' + deep))),
            "number": (
                "a number of 400 digits",
                text(lambda data: data.replace(b'"tlogEntries":[]', b'"tlogEntries":1' + b"0" * 400)),
            ),
            "nan": ("NaN", text(lambda data: data.replace(b'"tlogEntries":[]', b'"tlogEntries":NaN'))),
        },
    )


def encodings() -> Iterator[SignedVector]:
    def payload(change: Callable[[str], str]) -> Signature:
        return Signature(BASE, envelope=lambda value: value.update(payload=change(value["payload"])))

    def sig(change: Callable[[str], str]) -> Signature:
        return Signature(
            BASE, envelope=lambda value: value["signatures"][0].update(sig=change(value["signatures"][0]["sig"]))
        )

    def unpadded(data: bytes) -> bytes:
        """Of a length whose base64 ends in `==`."""
        return data + b" " * ((1 - len(data)) % 3)

    def loose(text: str) -> str:
        """Bits behind the last byte that are not zero."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        last = text.rstrip("=")[-1]
        return text.rstrip("=")[:-1] + alphabet[alphabet.index(last) + 1] + "=" * (len(text) - len(text.rstrip("=")))

    padded = Signature(BASE, payload=unpadded)

    def on_padded(change: Callable[[str], str]) -> Signature:
        return replace(padded, envelope=lambda value: value.update(payload=change(value["payload"])))

    yield from changes("good-", {"padding": ("base64 that ends in padding", padded)}, OK)
    yield from changes(
        "base64-",
        {
            "newline": ("a newline within the payload", payload(lambda text: text[:64] + "\n" + text[64:])),
            "space": ("a space behind the payload", payload(lambda text: text + " ")),
            "junk": (
                "characters within the payload that lax readers skip",
                payload(lambda text: text[:64] + "!*" + text[64:]),
            ),
            "nul": ("a NUL behind the payload", payload(lambda text: text + "\0")),
            "url": ("the alphabet for URLs", sig(lambda text: text.replace("+", "-").replace("/", "_"))),
            "no-padding": ("padding left out", on_padded(lambda text: text.rstrip("="))),
            "more-padding": ("more padding than is due", on_padded(lambda text: text + "====")),
            "loose-bits": ("bits behind the last byte", on_padded(loose)),
            "inner-padding": ("padding within the payload", payload(lambda text: "ew==" + text)),
            "number": ("a payload that is a number", Signature(BASE, envelope=lambda value: value.update(payload=1))),
            "sig-newline": ("a newline behind the sig", sig(lambda text: text + "\n")),
            "sig-junk": (
                "a character within the sig that lax readers skip",
                sig(lambda text: text[:8] + "." + text[8:]),
            ),
            "sig-hex": ("a sig in hex digits", sig(lambda text: base64.b64decode(text).hex())),
        },
    )


def attacks() -> Iterator[SignedVector]:
    for group in (envelopes, texts, encodings):
        yield from group()
