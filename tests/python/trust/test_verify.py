"""Verification as an end in itself, and what it reports."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from echo import classifier_bundle
from repacked import members_of, with_members

import modelpack
from modelpack import TrustPolicy


@pytest.fixture
def signed(bundle: Path, keys: Any) -> Path:
    """Signed by alice and bob."""
    modelpack.sign(bundle, [keys["alice"].private, keys["bob"].private])
    return bundle


@pytest.fixture
def trust(policy: Any) -> Path:
    """Asks for one of alice and carol."""
    path: Path = policy({"bundle": "classes", "keys": ["alice", "carol"], "min_version": "1.0.0"})
    return path


def test_an_account_for_people(signed: Path, trust: Path, keys: Any) -> None:
    found = modelpack.verify(signed, trust, name="classes")
    alice, bob = keys["alice"].hint[:12], keys["bob"].hint[:12]
    of_alice = f"  signature  alice ({alice}): verified"
    of_bob = f"  signature  bob ({bob}): its key is not one of the rule's"
    expected = [
        "classes 1.2.0: verified",
        f"  identity   {found.identity}",
        f"  policy     {trust}",
        "  rule       1, bundle classes: 1 of alice, carol; at least 1.0.0",
        *[line for _, line in sorted([(alice, of_alice), (bob, of_bob)])],
        "  engines    native",
    ]
    assert str(found).splitlines() == expected


def test_an_account_of_a_refusal(signed: Path, policy: Any) -> None:
    found = TrustPolicy.load(policy({"bundle": "*", "keys": ["carol"]})).explain(signed)
    assert found.decision == "classes 1.2.0: not trusted"
    assert (found.trusted, found.verified, found.engines) == (False, False, ())
    assert [signature.counts for signature in found.signatures] == [False, False]
    title, text = found.lines()[-1]
    assert title == "refused" and text == str(found.error)


def test_an_account_without_signatures_and_rules(bundle: Path) -> None:
    found = TrustPolicy.default().explain(bundle)
    assert (found.rule, found.signatures) == (None, ())
    assert "  rule       none decides\n  signature  none\n" in str(found)


def test_an_open_bundle_says_why_it_was_opened(signed: Path, trust: Path) -> None:
    assert modelpack.open(signed, trust).explanation == modelpack.verify(signed, trust)
    unsigned = modelpack.open(signed, modelpack.UNSIGNED).explanation
    assert (unsigned.trusted, unsigned.verified, unsigned.rule) == (True, False, None)
    assert unsigned.decision == "classes 1.2.0: not verified"
    assert modelpack.inspect(signed).explanation is None


def test_full_reads_what_opening_does_not(signed: Path, trust: Path) -> None:
    data = bytearray(signed.read_bytes())
    data[data.index(b'{"author"') + 2] ^= 1
    signed.write_bytes(data)
    assert modelpack.verify(signed, trust).verified
    with pytest.raises(modelpack.FormatError, match=r"record\.json") as caught:
        modelpack.verify(signed, trust, full=True)
    assert caught.value.name == "DIGEST"


def test_every_flipped_bit_of_a_signed_file_is_noticed_or_without_effect(signed: Path, trust: Path) -> None:
    """What opens after a flip answers as before: the bit was one of a signature that does not count."""
    whole = signed.read_bytes()
    expected = modelpack.load(whole, trust).predict([[3.0, 0.0]]).tolist()
    opened = 0
    for place in range(0, len(whole), max(1, len(whole) // 400)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        try:
            with modelpack.load(damaged, trust) as predictor:
                [predictor.bundle.member(name) for name in predictor.bundle.members]
                assert predictor.predict([[3.0, 0.0]]).tolist() == expected
                opened += 1
        except (modelpack.FormatError, modelpack.TrustError):
            continue
    assert opened < 200


def test_a_signature_of_another_bundle_does_not_help(signed: Path, trust: Path, tmp_path: Path) -> None:
    """The bundle.json of one file, the signature of another: the statement names other digests."""
    other = tmp_path / "other.mpk"
    other.write_bytes(classifier_bundle(framework="xgboost"))
    assert modelpack.inspect(other).identity != modelpack.inspect(signed).identity
    moved = {name: data for name, data in members_of(signed.read_bytes()).items() if name.startswith("signatures/")}
    other.write_bytes(with_members(other.read_bytes(), moved))
    with pytest.raises(modelpack.TrustError, match=r"verifies, but it signs another 'bundle\.json' than"):
        modelpack.load(other, trust)


def test_explain_needs_a_readable_bundle(tmp_path: Path, trust: Path) -> None:
    (tmp_path / "text.mpk").write_text("hello")
    for call in (TrustPolicy.load(trust).explain, modelpack.verify):
        with pytest.raises(modelpack.FormatError):
            call(tmp_path / "text.mpk")
        with pytest.raises(FileNotFoundError):
            call(tmp_path / "none.mpk")


def test_findings_compare_copy_and_pickle(signed: Path, trust: Path) -> None:
    found = modelpack.verify(signed, trust)
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)


# ---- pickles of predictors and policies ----


def test_a_pickle_keeps_the_policys_place_not_the_policy(signed: Path, trust: Path, keys: Any) -> None:
    data = pickle.dumps(modelpack.load(signed, trust, name="classes"))
    assert str(trust).encode() in data
    assert b"PUBLIC KEY" not in data and b"native" not in data
    again = pickle.loads(data)
    assert again.bundle.verified and again.bundle.trust.location == str(trust)
    assert again.predict([[3.0, 0.0]]).tolist() == ["low"]


def test_a_pickle_is_judged_by_the_policy_that_is_there_now(signed: Path, trust: Path, policy: Any) -> None:
    data = pickle.dumps(modelpack.load(signed, trust))
    policy({"bundle": "*", "keys": ["alice"]}, alice={"revoked": True})
    with pytest.raises(modelpack.TrustError, match="revokes its key"):
        pickle.loads(data)
    trust.unlink()
    with pytest.raises(FileNotFoundError, match=r"trust\.json"):
        pickle.loads(data)


def test_a_pickle_accepts_no_other_bundle_in_the_files_place(signed: Path, trust: Path, keys: Any) -> None:
    data = pickle.dumps(modelpack.load(signed, trust))
    signed.write_bytes(classifier_bundle(framework="xgboost"))
    modelpack.sign(signed, keys["alice"].private)
    with pytest.raises(modelpack.TrustError) as caught:
        pickle.loads(data)
    assert caught.value.name == "WRONG_IDENTITY"


def test_a_pickle_under_the_users_policy_asks_the_user_who_reads_it(
    signed: Path, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    modelpack.keygen()
    modelpack.sign(signed)
    data = pickle.dumps(modelpack.load(signed))
    assert str(home).encode() not in data
    assert pickle.loads(data).bundle.verified
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "somebody else"))
    with pytest.raises(modelpack.TrustError):
        pickle.loads(data)


@pytest.mark.parametrize("kind", ["text", "identity"])
def test_what_has_no_place_is_not_carried(kind: str, signed: Path, keys: Any) -> None:
    identity = modelpack.inspect(signed).identity
    trust = TrustPolicy.from_key(keys["alice"].pem) if kind == "text" else TrustPolicy.of_identity(identity)
    data = pickle.dumps(modelpack.load(signed, trust))
    assert b"PUBLIC KEY" not in data
    with pytest.raises(modelpack.TrustError, match="no pickle carries") as caught:
        pickle.loads(data)
    assert f"modelpack.load({str(signed)!r}, trust=…, identity={identity!r})" in caught.value.hint
    with pytest.raises(modelpack.UsageError, match="load that"):
        pickle.dumps(trust)


def test_a_policy_is_pickled_by_its_place(trust: Path) -> None:
    again = pickle.loads(pickle.dumps(TrustPolicy.load(trust)))
    assert again.rules == TrustPolicy.load(trust).rules and again.location == str(trust)
    assert pickle.loads(pickle.dumps(TrustPolicy.default())).kind == "user"


def test_another_process_opens_a_pickle_under_the_same_policy(signed: Path, trust: Path, tmp_path: Path) -> None:
    stored = tmp_path / "predictor.pickle"
    stored.write_bytes(pickle.dumps(modelpack.load(signed, trust)))
    code = (
        "import pickle, sys; p = pickle.load(open(sys.argv[1], 'rb')); print(p.bundle.verified, *p.predict([[3, 0]]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(stored)], capture_output=True, text=True, check=True)
    assert done.stdout == "True low\n"
