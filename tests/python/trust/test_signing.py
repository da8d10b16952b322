"""Signing: with files, with keys elsewhere, before the bundle is written and after."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import modelpack


class KmsSigner:
    """A key behind a service: here openssl, which reads what to sign and answers DER."""

    def __init__(self, folder: Path, curve: str = "prime256v1") -> None:
        self._private = folder / "kms.pem"
        self._hash = {"prime256v1": "sha256", "secp384r1": "sha384"}[curve]
        subprocess.run(["openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", self._private], check=True)
        command = ["openssl", "ec", "-in", str(self._private), "-pubout"]
        self.public_key = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.asked: list[bytes] = []

    def sign(self, data: bytes) -> bytes:
        self.asked.append(data)
        command = ["openssl", "dgst", f"-{self._hash}", "-sign", str(self._private)]
        return subprocess.run(command, input=data, check=True, capture_output=True).stdout


class Answering:
    """A signer that answers what a test says."""

    def __init__(self, public_key: Any, answer: Any) -> None:
        self.public_key = public_key
        self._answer = answer

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._answer, BaseException):
            raise self._answer
        found: bytes = self._answer
        return found


def signatures(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as file:
        return [name for name in file.namelist() if name.startswith("signatures/")]


def hint_names(*hints: str) -> list[str]:
    return sorted(f"signatures/{hint}.sigstore.json" for hint in hints)


def test_the_whole_cycle(bundle: Path) -> None:
    """What the user signs, the user's programs accept without being told anything."""
    modelpack.keygen()
    with pytest.raises(modelpack.TrustError, match="the bundle has no signature"):
        modelpack.load(bundle, name="classes")
    before = modelpack.inspect(bundle).identity
    (hint,) = modelpack.sign(bundle)
    predictor = modelpack.load(bundle, name="classes")
    assert predictor.bundle.verified and predictor.bundle.identity == before
    assert predictor.bundle.permitted_engines == ("native",)
    assert predictor.bundle.explanation.signatures[0].hint == hint
    assert predictor.predict([[3.0, 0.0]]).tolist() == ["low"]
    assert not modelpack.load(bundle, modelpack.UNSIGNED).bundle.verified


def test_several_sign_at_once_and_one_after_the_other(bundle: Path, keys: Any) -> None:
    alice, bob, carol = (keys[name] for name in ("alice", "bob", "carol"))
    assert modelpack.sign(bundle, [alice.private, str(bob.private)]) == (alice.hint, bob.hint)
    assert signatures(bundle) == hint_names(alice.hint, bob.hint)
    modelpack.sign(bundle, modelpack.PrivateKey.load(carol.private))
    assert signatures(bundle) == hint_names(alice.hint, bob.hint, carol.hint)
    for key in (alice, bob, carol):
        assert modelpack.verify(bundle, key.public, full=True).verified


def test_signing_again_gives_the_same_bytes(bundle: Path, keys: Any) -> None:
    modelpack.sign(bundle, keys["bob"].private)
    first = bundle.read_bytes()
    modelpack.sign(bundle, keys["bob"].private)
    assert bundle.read_bytes() == first
    assert sorted(path.name for path in bundle.parent.iterdir()) == [bundle.name]


def test_the_order_of_signing_changes_no_byte(bundle: Path, keys: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.mpk"
    other.write_bytes(bundle.read_bytes())
    modelpack.sign(bundle, [keys["alice"].private, keys["bob"].private])
    modelpack.sign(other, keys["bob"].private)
    modelpack.sign(other, keys["alice"].private)
    assert other.read_bytes() == bundle.read_bytes()


def test_only_the_tail_of_the_file_changes(bundle: Path, keys: Any) -> None:
    before = bundle.read_bytes()
    modelpack.sign(bundle, keys["bob"].private)
    after = bundle.read_bytes()
    with zipfile.ZipFile(bundle) as file:
        start = file.getinfo(f"signatures/{keys['bob'].hint}.sigstore.json").header_offset
    assert after[:start] == before[:start]


def test_a_predictor_that_is_open_goes_on(bundle: Path, keys: Any) -> None:
    predictor = modelpack.load(bundle, modelpack.UNSIGNED)
    modelpack.sign(bundle, keys["bob"].private)
    assert predictor.predict([[3.0, 0.0]]).tolist() == ["low"]


# ---- while packing ----


@pytest.fixture(scope="module")
def model() -> Any:
    from sklearn.linear_model import LinearRegression

    X = np.arange(20.0).reshape(10, 2) ** 1.5
    return LinearRegression().fit(X, X[:, 0]), X


def test_pack_signs_when_told(model: Any, tmp_path: Path, keys: Any) -> None:
    modelpack.keygen()
    signers = ["default", keys["alice"].private, KmsSigner(tmp_path)]
    packed = modelpack.pack(*model, tmp_path / "m.mpk", name="m", version="1.0.0", signers=signers)
    assert len(signatures(packed.path)) == 3
    assert modelpack.load(packed, name="m").bundle.identity == packed.identity
    assert modelpack.verify(packed, keys["alice"].public).verified


def test_pack_signs_for_nobody_else(model: Any, tmp_path: Path) -> None:
    modelpack.keygen()
    packed = modelpack.pack(*model, tmp_path / "m.mpk", name="m", version="1.0.0")
    assert signatures(packed.path) == []


def test_pack_looks_for_the_keys_first(model: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="modelpack keygen"):
        modelpack.pack(object(), None, tmp_path / "m.mpk", name="m", version="1.0.0", signers="default")


def test_pack_writes_no_file_that_a_signer_did_not_sign(model: Any, tmp_path: Path, keys: Any) -> None:
    refusal = PermissionError("the key is locked")
    with pytest.raises(PermissionError) as caught:
        modelpack.pack(
            *model, tmp_path / "m.mpk", name="m", version="1.0.0", signers=Answering(keys["bob"].pem, refusal)
        )
    assert caught.value is refusal
    assert list(tmp_path.glob("*.mpk*")) == []


# ---- keys elsewhere ----


@pytest.mark.parametrize("curve", ["prime256v1", "secp384r1"])
def test_a_key_elsewhere_is_asked_for_one_signature(curve: str, bundle: Path, tmp_path: Path) -> None:
    signer = KmsSigner(tmp_path, curve)
    modelpack.sign(bundle, signer)
    assert modelpack.verify(bundle, signer.public_key).signatures[0].counts
    (asked,) = signer.asked
    assert asked.startswith(b"DSSEv1 28 application/vnd.in-toto+json ")


@pytest.mark.parametrize("raised", [RuntimeError("no network"), KeyboardInterrupt(), SystemExit(3)])
def test_what_a_signer_raises_arrives_whole(raised: BaseException, bundle: Path, keys: Any) -> None:
    before = bundle.read_bytes()
    with pytest.raises(type(raised)) as caught:
        modelpack.sign(bundle, [keys["alice"].private, Answering(keys["bob"].pem, raised)])
    assert caught.value is raised
    assert bundle.read_bytes() == before
    assert [path.name for path in bundle.parent.iterdir()] == [bundle.name]


@pytest.mark.parametrize("answer", [b"", b"junk", bytes(64), bytes(256)])
def test_an_answer_that_is_no_signature_is_not_written(answer: bytes, bundle: Path, keys: Any) -> None:
    before = bundle.read_bytes()
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.sign(bundle, Answering(keys["bob"].pem, answer))
    assert caught.value.name in ("SIGNATURE", "KEY")
    assert bundle.read_bytes() == before


def test_a_signature_by_another_key_is_not_written(bundle: Path, tmp_path: Path, keys: Any) -> None:
    signer = KmsSigner(tmp_path)
    signer.public_key = keys["bob"].pem
    with pytest.raises(modelpack.TrustError):
        modelpack.sign(bundle, signer)
    assert signatures(bundle) == []


def test_an_answer_that_does_not_fit(bundle: Path, keys: Any) -> None:
    with pytest.raises(modelpack.UsageError, match="257 bytes"):
        modelpack.sign(bundle, Answering(keys["bob"].pem, bytes(257)))
    with pytest.raises(TypeError):
        modelpack.sign(bundle, Answering(keys["bob"].pem, "text"))


@pytest.mark.parametrize("public_key", [b"bytes", None, 3])
def test_a_public_key_is_text(public_key: Any, bundle: Path) -> None:
    with pytest.raises(modelpack.UsageError, match="public_key"):
        modelpack.sign(bundle, Answering(public_key, b""))


def test_a_public_key_is_pem(bundle: Path) -> None:
    with pytest.raises(modelpack.TrustError) as caught:
        modelpack.sign(bundle, Answering("ssh-ed25519 AAAA", b""))
    assert caught.value.name == "KEY"


# ---- wrong calls ----


@pytest.mark.parametrize("signers", [3, None, object(), [3], [None]])
def test_what_does_not_sign(signers: Any, bundle: Path) -> None:
    with pytest.raises(modelpack.UsageError, match="does not sign"):
        modelpack.sign(bundle, signers)


def test_nobody_signs_nothing(bundle: Path) -> None:
    with pytest.raises(modelpack.UsageError, match="no signer"):
        modelpack.sign(bundle, [])


def test_one_key_signs_once(bundle: Path, keys: Any) -> None:
    bob = keys["bob"]
    with pytest.raises(modelpack.UsageError, match="given twice"):
        modelpack.sign(bundle, [bob.private, modelpack.PrivateKey.load(bob.private)])


def test_a_bundle_that_is_not_there(tmp_path: Path, keys: Any) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.mpk"):
        modelpack.sign(tmp_path / "none.mpk", keys["bob"].private)


def test_a_damaged_bundle_is_not_signed(bundle: Path, keys: Any) -> None:
    """Whoever signs vouches for every member, also for those that opening does not read."""
    data = bytearray(bundle.read_bytes())
    data[data.index(b'{"author"') + 2] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(modelpack.FormatError):
        modelpack.sign(bundle, keys["bob"].private)
    assert bundle.read_bytes() == bytes(data)


def test_what_is_no_bundle_is_not_signed(tmp_path: Path, keys: Any) -> None:
    (tmp_path / "text.mpk").write_text("hello")
    with pytest.raises(modelpack.FormatError):
        modelpack.sign(tmp_path / "text.mpk", keys["bob"].private)
