"""Changing a policy's file."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

import modelpack
from modelpack import TrustPolicy, policy_file

IDENTITY = "sha256:" + "a" * 64


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policies" / "trust.json"


def rules(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(rule.bundle, rule.keys) for rule in TrustPolicy.load(path).rules]


def test_a_policy_grows_key_by_key(file: Path, keys: Any) -> None:
    assert policy_file.add_key(file, "alice", keys["alice"].pem) == file
    policy_file.add_key(file, "bob", keys["bob"].pem, "eta-*")
    policy_file.add_key(file, "carol", keys["carol"].pem, "eta-*")
    assert rules(file) == [("eta-*", ("bob", "carol")), ("*", ("alice",))]
    assert [path.name for path in file.parent.iterdir()] == ["trust.json"]


def test_adding_a_key_again_changes_nothing(file: Path, keys: Any) -> None:
    policy_file.add_key(file, "bob", keys["bob"].pem)
    before = file.read_bytes()
    policy_file.add_key(file, "bob", keys["bob"].pem)
    assert file.read_bytes() == before


def test_a_revoked_key_does_not_come_back(file: Path, keys: Any, bundle: Path) -> None:
    modelpack.sign(bundle, keys["bob"].private)
    policy_file.add_key(file, "bob", keys["bob"].pem)
    assert modelpack.verify(bundle, file).trusted
    policy_file.revoke_key(file, "bob")
    with pytest.raises(modelpack.TrustError, match="revokes the key 'bob'; make a new key"):
        policy_file.add_key(file, "bob", keys["bob"].pem)
    with pytest.raises(modelpack.TrustError, match="revokes its key"):
        modelpack.verify(bundle, file)


def test_one_bundle_is_revoked(file: Path, keys: Any, bundle: Path) -> None:
    modelpack.sign(bundle, keys["bob"].private)
    policy_file.add_key(file, "bob", keys["bob"].pem)
    policy_file.add_key(file, "bob", keys["bob"].pem, "eta")
    policy_file.revoke_identity(file, modelpack.inspect(bundle).identity, "classes")
    assert [len(rule.revoked_identities) for rule in TrustPolicy.load(file).rules] == [0, 1]
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.verify(bundle, file)
    assert caught.value.name == "REVOKED"
    policy_file.revoke_identity(file, IDENTITY)
    assert [len(rule.revoked_identities) for rule in TrustPolicy.load(file).rules] == [1, 2]


def test_what_the_file_says_otherwise_stays(file: Path, keys: Any, policy: Any) -> None:
    rule = {"bundle": "eta", "keys": ["bob", "alice"], "threshold": 2, "min_version": "1.0.0", "engines": ["onnx"]}
    path = policy(rule, alice={"not_after": "2030-01-01T00:00:00Z"})
    before = json.loads(path.read_text())
    policy_file.revoke_key(path, "bob")
    after = json.loads(path.read_text())
    assert after["rules"] == before["rules"]
    assert after["keys"]["bob"].pop("revoked") is True
    assert after == before


def test_permissions_of_the_file_stay(file: Path, keys: Any) -> None:
    policy_file.add_key(file, "bob", keys["bob"].pem)
    file.chmod(0o640)
    policy_file.revoke_key(file, "bob")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_link_keeps_pointing_where_it_did(file: Path, keys: Any, tmp_path: Path) -> None:
    policy_file.add_key(file, "bob", keys["bob"].pem)
    link = tmp_path / "link.json"
    link.symlink_to(file)
    policy_file.add_key(link, "alice", keys["alice"].pem)
    assert link.is_symlink() and len(TrustPolicy.load(file).keys) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda file, pem: policy_file.add_key(file, "bob", pem),
        lambda file, pem: policy_file.add_key(file, "", pem),
        lambda file, pem: policy_file.add_key(file, "dave\n", pem),
        lambda file, pem: policy_file.add_key(file, "dave", pem, ""),
        lambda file, pem: policy_file.add_key(file, "dave", "no key"),
        lambda file, pem: policy_file.revoke_key(file, "dave"),
        lambda file, pem: policy_file.revoke_identity(file, "sha256:abc"),
        lambda file, pem: policy_file.revoke_identity(file, IDENTITY, "eta"),
    ],
)
def test_a_change_that_makes_no_sense_leaves_the_file_alone(change: Any, file: Path, keys: Any) -> None:
    policy_file.add_key(file, "bob", keys["bob"].pem, "classes")
    before = file.read_bytes()
    with pytest.raises(modelpack.ModelpackError):
        change(file, keys["alice"].pem)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["trust.json"]


def test_a_public_key_is_not_changed_as_a_policy(keys: Any) -> None:
    with pytest.raises(modelpack.TrustError, match="public key"):
        policy_file.add_key(keys["bob"].public, "alice", keys["alice"].pem)


def test_a_broken_policy_is_not_mended(file: Path, keys: Any) -> None:
    file.parent.mkdir()
    file.write_text('{"modelpack_trust": 1}')
    with pytest.raises(modelpack.TrustError, match="missing"):
        policy_file.add_key(file, "bob", keys["bob"].pem)
    assert file.read_text() == '{"modelpack_trust": 1}'
