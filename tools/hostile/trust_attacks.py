"""Attacks on trust: validly signed bundles that a policy or a caller must not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostile.base import Content
from hostile.encoding import sha256
from hostile.signed_base import BASE, IDENTITY, SIGNED
from hostile.signed_vector import OK, SignedVector
from hostile.signing import BETA, STRANGER, Change, Signature, policy, policy_text, rule, signed

OTHER_IDENTITY = "sha256:" + sha256(b"other")
#: Signed by the same key, and what it is taken for by whoever does not say what is expected.
OTHER = BASE.change(manifest={"name": "other"})
SIGNED_OTHER = signed(OTHER, Signature(OTHER))
#: Version 1.0.0 too, with other content.
AGAIN = BASE.change(manifest={"created_at": "2026-01-02T00:00:00Z"})
SIGNED_AGAIN = signed(AGAIN, Signature(AGAIN))
OLD = BASE.change(manifest={"version": "0.9.0"})
SIGNED_OLD = signed(OLD, Signature(OLD))
EARLY = BASE.change(manifest={"version": "1.0.0-rc.1"})
SIGNED_EARLY = signed(EARLY, Signature(EARLY))
BOTH_SIGNED = signed(BASE, Signature(BASE), Signature(BASE, BETA))


def opened(
    key: str,
    comment: str,
    error: str,
    rules: list[Any] | None = None,
    *,
    data: bytes = SIGNED,
    keys: Change | None = None,
    **expected: Any,
) -> SignedVector:
    content = policy(*(rules or []))
    if keys:
        keys(content["keys"])
    return SignedVector(f"trust-{key}", comment, error, data, policy_text(content), **expected)


def callers() -> Iterator[SignedVector]:
    """What the caller expects."""
    yield opened("good-expected", "name, version and identity as expected", OK, min_version="1.0.0", identity=IDENTITY)
    yield opened("good-nothing-expected", "another model, and nothing is expected", OK, data=SIGNED_OTHER, name=None)
    yield opened("name", "another model's bundle, validly signed", "WRONG_NAME", data=SIGNED_OTHER)
    yield opened("name-case", "the name in another case", "WRONG_NAME", name="Hostile")
    yield opened("name-longer", "a name that the expected one is the start of", "WRONG_NAME", name="hostil")
    yield opened("version", "an older version, validly signed", "WRONG_VERSION", data=SIGNED_OLD, min_version="1.0.0")
    yield opened(
        "version-pre",
        "the pre-release of the version that is expected",
        "WRONG_VERSION",
        data=SIGNED_EARLY,
        min_version="1.0.0",
    )
    yield opened("version-digits", "1.0.0 where 1.0.0-rc.10 and more is expected", OK, min_version="1.0.0-rc.10")
    yield opened(
        "identity",
        "the same version with another identity, validly signed",
        "WRONG_IDENTITY",
        data=SIGNED_AGAIN,
        identity=IDENTITY,
    )
    unsigned = SignedVector("trust-unsigned-good", "not signed, and no signature asked for", OK, BASE.data(), None)
    yield unsigned
    for key, comment, error, fields in (
        ("name", "another name than expected, though no signature is asked for", "WRONG_NAME", {"name": "other"}),
        ("version", "an older version, though no signature is asked for", "WRONG_VERSION", {"min_version": "1.0.1"}),
        (
            "identity",
            "another identity, though no signature is asked for",
            "WRONG_IDENTITY",
            {"identity": OTHER_IDENTITY},
        ),
    ):
        yield SignedVector(f"trust-unsigned-{key}", comment, error, BASE.data(), None, **fields)


def rules() -> Iterator[SignedVector]:
    few = "TOO_FEW_SIGNATURES"

    def alpha(**fields: Any) -> Change:
        return lambda keys: keys["alpha"].update(fields)

    yield opened(
        "good-rule",
        "the rule of exactly this name",
        OK,
        [rule("beta") | {"bundle": "other"}, rule("alpha") | {"bundle": "hostile"}],
    )
    yield opened("good-glob", "a pattern with stars", OK, [rule("alpha") | {"bundle": "h*s*ile*"}])
    yield opened(
        "good-bounds",
        "version, identity and time within the rule's bounds",
        OK,
        [
            rule(
                "alpha", min_version="1.0.0", identities=[OTHER_IDENTITY, IDENTITY], revoked_identities=[OTHER_IDENTITY]
            )
        ],
        keys=alpha(not_after="9999-12-31T23:59:59Z", revoked=False),
    )
    yield opened("good-one-of-two", "one key of two", OK, [rule("alpha", "beta", threshold=1)])
    yield opened("good-two-of-two", "two keys of two", OK, [rule("alpha", "beta", threshold=2)], data=BOTH_SIGNED)
    yield opened("no-rule", "no rule for this name", "UNTRUSTED", [rule("alpha") | {"bundle": "other"}])
    yield opened(
        "no-rules",
        "a policy whose rules are all for longer names",
        "UNTRUSTED",
        [rule("alpha") | {"bundle": "hostile-*"}],
    )
    yield opened("dot", "a dot in a pattern is a dot", "UNTRUSTED", [rule("alpha") | {"bundle": "h.stile"}])
    yield SignedVector(
        "trust-rules-none", "a policy without rules", "UNTRUSTED", SIGNED, policy_text(policy() | {"rules": []})
    )
    yield opened(
        "first",
        "the first rule refuses, a later one would accept",
        few,
        [rule("beta") | {"bundle": "hostile"}, rule("alpha")],
    )
    yield opened(
        "first-threshold",
        "the first rule wants two, a later one would take one",
        few,
        [rule("alpha", "beta", threshold=2), rule("alpha")],
    )
    yield opened(
        "first-version",
        "the first rule wants a newer one, a later one would not",
        "WRONG_VERSION",
        [rule("alpha", min_version="1.0.1"), rule("alpha")],
    )
    yield opened(
        "stranger", "signed by a key that the policy does not know", few, data=signed(BASE, Signature(BASE, STRANGER))
    )
    yield opened(
        "other-rule",
        "signed by a key that the policy knows for other bundles",
        few,
        [rule("alpha") | {"bundle": "hostile"}, rule("beta")],
        data=signed(BASE, Signature(BASE, BETA)),
    )
    yield opened("threshold", "one of two signatures that are due", few, [rule("alpha", "beta", threshold=2)])
    strangers = signed(BASE, Signature(BASE), Signature(BASE, STRANGER))
    yield opened(
        "threshold-stranger",
        "a stranger's signature as second of two",
        few,
        [rule("alpha", "beta", threshold=2)],
        data=strangers,
    )
    yield opened("revoked", "the key was revoked", few, keys=alpha(revoked=True))
    yield opened("expired", "the key has expired", few, keys=alpha(not_after="2020-01-01T00:00:00Z"))
    yield opened(
        "revoked-of-two",
        "one of two keys was revoked",
        few,
        [rule("alpha", "beta", threshold=2)],
        data=BOTH_SIGNED,
        keys=alpha(revoked=True),
    )
    yield opened("min-version", "lower than the rule's version", "WRONG_VERSION", [rule("alpha", min_version="1.0.1")])
    yield opened(
        "min-version-ten", "1.0.0 is lower than 1.0.10", "WRONG_VERSION", [rule("alpha", min_version="1.0.10")]
    )
    yield opened(
        "min-version-old",
        "an older version, validly signed, under a rule with a lowest version",
        "WRONG_VERSION",
        [rule("alpha", min_version="1.0.0")],
        data=SIGNED_OLD,
    )
    yield opened(
        "pinned", "not the identity that the rule pins", "WRONG_IDENTITY", [rule("alpha", identities=[OTHER_IDENTITY])]
    )
    yield opened(
        "pinned-again",
        "the same version with another identity than the rule pins",
        "WRONG_IDENTITY",
        [rule("alpha", identities=[IDENTITY])],
        data=SIGNED_AGAIN,
    )
    yield opened(
        "revoked-identity", "the rule revokes this identity", "REVOKED", [rule("alpha", revoked_identities=[IDENTITY])]
    )
    yield opened(
        "revoked-pinned",
        "pinned and revoked",
        "REVOKED",
        [rule("alpha", identities=[IDENTITY], revoked_identities=[IDENTITY])],
    )


def engines() -> Iterator[SignedVector]:
    """Bundles that hold more than the native engine."""
    for name, member in (
        ("compiled", "models/main/x86_64-unknown-linux-gnu/model.so"),
        ("onnx", "models/main/model.onnx"),
    ):
        manifest = {"engines": [{"name": "native", "requires": ["math@1"]}, {"name": name, "requires": []}]}
        content = Content().change(manifest=manifest, replaced={member: b"\x7fELF"})
        data = signed(content, Signature(content))
        yield opened(f"engine-{name}", f"the engine {name} without permission", "NOT_PERMITTED", data=data, engine=name)
        yield opened(f"engine-{name}-beside", f"the native engine of a bundle that has {name} too", OK, data=data)
        only = [rule("alpha", engines=[name])]
        yield opened(
            f"engine-{name}-only",
            f"the native engine where {name} alone is permitted",
            "NOT_PERMITTED",
            only,
            data=data,
            engine="native",
        )
        yield SignedVector(
            f"trust-engine-{name}-unsigned",
            f"the engine {name} where no signature is asked for",
            "NOT_PERMITTED",
            data,
            None,
            engine=name,
        )
    yield from compiled()
    yield opened("engine-other", "an engine that nobody knows", "ENGINE", engine="python")


def compiled() -> Iterator[SignedVector]:
    """Machine code that a rule permits, and that is none for the reader's machine."""
    machines = ("linux-gnu", "linux-musl", "macos", "windows-gnu")
    everywhere = [f"models/main/{cpu}-{system}/model.so" for cpu in ("aarch64", "x86_64") for system in machines]
    elsewhere = ["models/main/x86_64-unknown-linux-gnu/model.so"]
    for case, requires, members, text, answer in (
        ("elsewhere", "compiled@1", elsewhere, "machine code for a machine that nobody has", "ENGINE"),
        ("broken", "compiled@1", everywhere, "machine code that is none", "ENGINE"),
        ("requires", "compiled@2", everywhere, "machine code that asks for what is not known", "REQUIRES"),
    ):
        engine = {"name": "compiled", "requires": [requires]}
        manifest = {"engines": [{"name": "native", "requires": ["math@1"]}, engine]}
        content = Content().change(manifest=manifest, replaced=dict.fromkeys(members, b"\x7fELF"))
        permitted = [rule("alpha", engines=["native", "compiled"])]
        data = signed(content, Signature(content))
        yield opened(f"engine-compiled-{case}", text, answer, permitted, data=data, engine="compiled")


def attacks() -> Iterator[SignedVector]:
    for group in (callers, rules, engines):
        yield from group()
