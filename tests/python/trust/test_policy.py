"""Trust policies: where they come from, what they decide, and what their errors say."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import modelpack
from modelpack import TrustPolicy

ANY = {"bundle": "*", "keys": ["alice"]}


@pytest.fixture
def signed(bundle: Path, keys: Any) -> Path:
    """Signed by alice and bob."""
    modelpack.sign(bundle, [keys["alice"].private, keys["bob"].private])
    return bundle


# ---- where policies come from ----


def test_every_form_of_trust(signed: Path, keys: Any, policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file, key = policy(ANY), keys["alice"]
    forms: list[Any] = [file, str(file), TrustPolicy.load(file), TrustPolicy.from_text(file.read_text())]
    forms += [file.read_text(), file.read_bytes(), key.public, str(key.public), key.pem, key.pem.encode()]
    forms += [TrustPolicy.from_key(key.pem), TrustPolicy.of_identity(modelpack.inspect(signed).identity)]
    monkeypatch.setenv("MODELPACK_TRUST", str(file))
    for trust in [*forms, None, TrustPolicy.default()]:
        opened = modelpack.open(signed, trust, name="classes")
        assert (opened.verified, opened.permitted_engines) == (True, ("native",))
        assert modelpack.load(signed.read_bytes(), trust).bundle.verified
        assert modelpack.verify(signed, trust).trusted


def test_inspect_asks_for_trust_only_when_it_is_given(signed: Path, keys: Any) -> None:
    assert not modelpack.inspect(signed).verified
    assert modelpack.inspect(signed).permitted_engines == ()
    assert modelpack.inspect(signed, keys["alice"].public).verified
    with pytest.raises(modelpack.TrustError):
        modelpack.inspect(signed, keys["carol"].public)


def test_a_policy_says_what_it_holds(policy: Any, keys: Any) -> None:
    identity = "sha256:" + "a" * 64
    rule = {
        "bundle": "eta-*",
        "keys": ["alice", "bob"],
        "threshold": 2,
        "min_version": "1.4.0",
        "identities": [identity],
        "revoked_identities": ["sha256:" + "b" * 64],
        "engines": ["native", "onnx"],
    }
    file = policy(rule, ANY, alice={"not_after": "2030-01-31T12:00:00Z"}, bob={"revoked": True})
    found = TrustPolicy.load(file)
    assert (found.location, found.source) == (str(file), str(file))
    assert [(key.name, key.hint, key.not_after, key.revoked, key.curve) for key in found.keys] == [
        ("alice", keys["alice"].hint, "2030-01-31T12:00:00Z", False, "P-256"),
        ("bob", keys["bob"].hint, None, True, "P-256"),
        ("carol", keys["carol"].hint, None, False, "P-256"),
    ]
    first, second = found.rules
    assert (first.bundle, first.keys, first.threshold) == ("eta-*", ("alice", "bob"), 2)
    assert (first.min_version, first.identities, first.engines) == ("1.4.0", (identity,), ("native", "onnx"))
    assert (second.threshold, second.engines, second.identities) == (1, ("native",), None)
    assert repr(found) == f"<modelpack.TrustPolicy {file}: 3 keys, 2 rules>"


def test_a_policy_that_was_read_does_not_change_with_its_file(signed: Path, policy: Any) -> None:
    file = policy(ANY)
    found = TrustPolicy.load(file)
    file.write_text("{}")
    assert modelpack.verify(signed, found).trusted
    with pytest.raises(modelpack.TrustError):
        modelpack.verify(signed, file)


def test_the_environment_goes_before_the_users_policy(
    signed: Path, keys: Any, policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    modelpack.keygen()
    modelpack.sign(signed)
    assert modelpack.verify(signed).trusted
    monkeypatch.setenv("MODELPACK_TRUST", str(policy({"bundle": "*", "keys": ["carol"]})))
    with pytest.raises(modelpack.TrustError):
        modelpack.verify(signed)
    monkeypatch.setenv("MODELPACK_TRUST", str(keys["alice"].public))
    assert modelpack.verify(signed).trusted


def test_the_user_without_a_policy_is_told_what_to_do(signed: Path, home: Path) -> None:
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.load(signed, name="classes")
    assert caught.value.name == "UNTRUSTED"
    assert str(home / "trust.json") in str(caught.value)
    assert str(caught.value).endswith("modelpack trust add KEY.pub --bundle classes")
    assert TrustPolicy.default().keys == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"modelpack_trust": 1, "keys": {}, "rule": []}', "'rule' is not known; perhaps \"rules\""),
        ('{"modelpack_trust": 2, "keys": {}, "rules": []}', "only version known"),
        ('{"modelpack_trust": 1, "keys": {}, "rules": [{"bundle": "*", "keys": ["dave"]}]}', "dave"),
        ('{"modelpack_trust": 1, "keys": {}, "keys": {}, "rules": []}', "keys"),
        ('{"modelpack_trust": 1', "JSON"),
        ("", "a policy is a JSON object, or a public key as PEM"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "key"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_place(content: str, said: str, tmp_path: Path, bundle: Path) -> None:
    file = tmp_path / "trust.json"
    file.write_text(content)
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.load(bundle, file)
    assert caught.value.name in ("TRUST_POLICY", "KEY")
    assert said in str(caught.value) and str(file) in str(caught.value)


@pytest.mark.parametrize("threshold", [0, 3, -1, 1.5, "1", True])
def test_a_threshold_lies_within_the_keys(threshold: Any, policy: Any) -> None:
    with pytest.raises(modelpack.TrustError, match="threshold"):
        TrustPolicy.load(policy({"bundle": "*", "keys": ["alice", "bob"], "threshold": threshold}))


def test_one_key_under_two_names_is_refused(keys: Any) -> None:
    pem = keys["bob"].pem
    spelled = pem.replace("\n", "\r\n")
    content = {"modelpack_trust": 1, "keys": {"bob": {"pem": pem}, "rob": {"pem": spelled}}, "rules": []}
    with pytest.raises(modelpack.TrustError, match="one key under two names"):
        TrustPolicy.from_text(json.dumps(content))


def test_a_policy_that_is_not_there(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        modelpack.load(bundle, tmp_path / "none.json")


def test_from_key_takes_keys_only(policy: Any, keys: Any) -> None:
    with pytest.raises(modelpack.UsageError, match="from_text"):
        TrustPolicy.from_key(policy(ANY).read_text())
    with pytest.raises(modelpack.TrustError):
        TrustPolicy.from_key(keys["bob"].private.read_text())


def test_an_identity_that_was_verified_elsewhere(signed: Path, bundle: Path) -> None:
    identity = modelpack.inspect(signed).identity
    driver = TrustPolicy.of_identity(identity, ("native", "onnx"))
    assert modelpack.open(signed, driver).permitted_engines == ("native", "onnx")
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.load(signed, TrustPolicy.of_identity("sha256:" + "0" * 64))
    assert caught.value.name == "WRONG_IDENTITY"
    for wrong in ({"identity": "abc"}, {"identity": identity, "engines": ("turbo",)}):
        with pytest.raises(modelpack.UsageError):
            TrustPolicy.of_identity(**wrong)  # type: ignore[arg-type]


# ---- what they decide ----


def decision(path: Path, *arguments: Any, **expected: Any) -> str:
    """Name of the error or "trusted"; verify, open and explain say the same."""
    found = TrustPolicy.load(arguments[0]).explain(path, **expected)
    names = []
    for call in (modelpack.verify, modelpack.open):
        try:
            call(path, *arguments, **expected)
            names.append("trusted")
        except modelpack.TrustError as error:
            names.append(error.name)
            assert str(error) == str(found.error) and error.hint == found.error.hint
    explained = "trusted" if found.error is None else found.error.name
    assert names == [explained, explained]
    assert found.trusted is (explained == "trusted") and bool(found.engines) is found.trusted
    return explained


@pytest.mark.parametrize(
    ("rule", "about", "expected"),
    [
        ({}, {}, "trusted"),
        ({"threshold": 2, "keys": ["alice", "bob"]}, {}, "trusted"),
        ({"threshold": 2, "keys": ["alice", "bob", "carol"]}, {}, "trusted"),
        ({"threshold": 3, "keys": ["alice", "bob", "carol"]}, {}, "TOO_FEW_SIGNATURES"),
        ({"threshold": 2, "keys": ["alice", "carol"]}, {}, "TOO_FEW_SIGNATURES"),
        ({"keys": ["carol"]}, {}, "TOO_FEW_SIGNATURES"),
        ({}, {"alice": {"revoked": True}}, "TOO_FEW_SIGNATURES"),
        ({"keys": ["alice", "bob"]}, {"alice": {"revoked": True}}, "trusted"),
        ({}, {"alice": {"not_after": "2020-01-01T00:00:00Z"}}, "TOO_FEW_SIGNATURES"),
        ({}, {"alice": {"not_after": "2999-01-01T00:00:00Z"}}, "trusted"),
        ({"min_version": "1.2.0"}, {}, "trusted"),
        ({"min_version": "1.2.1-rc.1"}, {}, "WRONG_VERSION"),
        ({"identities": ["sha256:" + "0" * 64]}, {}, "WRONG_IDENTITY"),
        ({"bundle": "classes"}, {}, "trusted"),
        ({"bundle": "c*s"}, {}, "trusted"),
        ({"bundle": "class"}, {}, "UNTRUSTED"),
        ({"bundle": "*.classes"}, {}, "UNTRUSTED"),
    ],
)
def test_a_rule_decides(rule: dict[str, Any], about: dict[str, Any], expected: str, signed: Path, policy: Any) -> None:
    assert decision(signed, policy({**ANY, **rule}, **about)) == expected


def test_pinned_and_revoked_identities(signed: Path, policy: Any) -> None:
    identity = modelpack.inspect(signed).identity
    assert decision(signed, policy({**ANY, "identities": [identity]})) == "trusted"
    assert decision(signed, policy({**ANY, "revoked_identities": [identity]})) == "REVOKED"


def test_what_the_first_rule_refuses_no_later_one_accepts(signed: Path, policy: Any) -> None:
    narrow = {"bundle": "classes", "keys": ["carol"]}
    assert decision(signed, policy(narrow, ANY)) == "TOO_FEW_SIGNATURES"
    assert decision(signed, policy(ANY, narrow)) == "trusted"
    assert decision(signed, policy()) == "UNTRUSTED"


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ({"name": "classes", "min_version": "1.0.0"}, "trusted"),
        ({"name": "eta"}, "WRONG_NAME"),
        ({"min_version": "2.0.0"}, "WRONG_VERSION"),
        ({"identity": "sha256:" + "0" * 64}, "WRONG_IDENTITY"),
    ],
)
def test_what_the_caller_expects_is_asked_too(expected: dict[str, str], name: str, signed: Path, policy: Any) -> None:
    assert decision(signed, policy(ANY), **expected) == name


def test_trust_is_decided_before_what_the_caller_expects(signed: Path, policy: Any) -> None:
    """Nothing is said about a bundle that nobody trusted vouches for."""
    assert decision(signed, policy({"bundle": "*", "keys": ["carol"]}), name="eta") == "TOO_FEW_SIGNATURES"


def test_without_a_signature_onnx_has_a_name_of_its_own(bundle: Path) -> None:
    assert modelpack.open(bundle, modelpack.UNSIGNED).permitted_engines == ("native",)
    opened = modelpack.open(bundle, modelpack.UNSIGNED_ONNX)
    assert (opened.verified, opened.permitted_engines) == (False, ("native", "onnx"))
    data = pickle.dumps(opened.predictor())
    assert b"UNSIGNED" not in data
    with pytest.raises(modelpack.TrustError, match="UNSIGNED_ONNX, a permission that no pickle carries"):
        pickle.loads(data)
    with pytest.raises(modelpack.UsageError, match="not pickled"):
        pickle.dumps(modelpack.UNSIGNED_ONNX)


def test_a_policy_permits_engines(signed: Path, policy: Any) -> None:
    file = policy({**ANY, "engines": ["onnx"]})
    assert modelpack.open(signed, file).permitted_engines == ("onnx",)
    with pytest.raises(modelpack.TrustError, match="native") as caught:
        modelpack.load(signed, file, engine="native")
    assert caught.value.name == "NOT_PERMITTED"


@pytest.mark.parametrize(
    ("rule", "about", "step", "remedy"),
    [
        ({"keys": ["carol"]}, {}, "1 signature of 1 key; 0 count", "modelpack trust add KEY.pub --bundle classes"),
        ({}, {"alice": {"revoked": True}}, "the policy revokes its key", "modelpack trust add"),
        (
            {},
            {"alice": {"not_after": "2020-01-01T00:00:00Z"}},
            "its key counts until 2020-01-01T00:00:00Z only",
            "trust",
        ),
        ({"min_version": "3.0.0"}, {}, "version 1.2.0; rule 1", "ask for the newer bundle"),
        ({"identities": ["sha256:" + "0" * 64]}, {}, "does not name", "identities"),
        ({"bundle": "eta"}, {}, "no rule of the trust policy", "modelpack trust add KEY.pub --bundle classes"),
    ],
)
def test_a_refusal_says_which_step_failed_and_what_to_do(
    rule: dict[str, Any], about: dict[str, Any], step: str, remedy: str, signed: Path, policy: Any
) -> None:
    file = policy({**ANY, **rule}, **about)
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.load(signed, file, name="classes")
    assert step in str(caught.value)
    assert str(file) in str(caught.value)
    assert remedy in caught.value.hint and str(caught.value).endswith(caught.value.hint)
