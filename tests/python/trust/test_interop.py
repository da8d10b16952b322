"""Tools that know nothing of modelpack: they read the file, and verify its signatures, and we verify theirs."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from echo import classifier_bundle
from repacked import with_members

import modelpack


class Key(NamedTuple):
    """Files of one key, and what names it."""

    private: Path
    public: Path
    hint: str


ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(params=["P-256", "P-384"])
def key(request: pytest.FixtureRequest, keys: Any) -> Key:
    """Bob's key, and one on the other curve."""
    if request.param == "P-256":
        return Key(*keys["bob"])
    folder = ROOT / "native" / "bundle" / "tests" / "keys"
    private = folder / "p384.pkcs8"
    return Key(private, folder / "p384.pub", modelpack.PrivateKey.load(private).hint)


@pytest.fixture
def signed(bundle: Path, keys: Any, key: Key) -> Path:
    """Signed by alice and by the key."""
    modelpack.sign(bundle, [keys["alice"].private, key.private])
    return bundle


@pytest.fixture
def folder(signed: Path, tmp_path: Path) -> Path:
    """The signed bundle, unzipped."""
    target = tmp_path / "unzipped"
    with ZipFile(signed) as file:
        file.extractall(target)
    return target


def require(program: Any) -> None:
    if shutil.which(str(program)) is None:
        pytest.skip(f"{program} is not installed")


def run(*command: Any) -> str:
    require(command[0])
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refused(*command: Any) -> str:
    require(command[0])
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stdout + done.stderr


def signature_of(folder: Path, key: Key) -> Path:
    return folder / "signatures" / f"{key.hint}.sigstore.json"


# ---- archives ----


def test_archivers_open_a_signed_file(signed: Path, tmp_path: Path) -> None:
    with ZipFile(signed) as file:
        assert file.testzip() is None
        names = file.namelist()
    assert names[-3] == "bundle.json" and names[-1].startswith("signatures/")
    assert "No errors detected" in run("unzip", "-t", signed)
    assert "OK" in run("zip", "-T", signed)
    assert run("unzip", "-Z1", signed).split() == names
    run("unzip", "-q", signed, "-d", tmp_path / "out")
    assert (tmp_path / "out" / "record.json").read_bytes() == modelpack.inspect(signed).member("record.json")


@pytest.mark.skipif(shutil.which("jar") is None, reason="no JDK is installed")
def test_jar_opens_a_signed_file(signed: Path) -> None:
    assert "bundle.json" in run("jar", "tf", signed).split()


# ---- openssl ----


def encoding(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs, by its specification."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)


def test_openssl_verifies_our_signature(folder: Path, key: Key, tmp_path: Path) -> None:
    envelope = json.loads(signature_of(folder, key).read_bytes())["dsseEnvelope"]
    (signature,) = envelope["signatures"]
    (tmp_path / "der").write_bytes(base64.b64decode(signature["sig"], validate=True))
    payload = base64.b64decode(envelope["payload"], validate=True)
    (tmp_path / "signed").write_bytes(encoding(envelope["payloadType"], payload))
    digest = "-sha384" if "p384" in key.public.name else "-sha256"
    command = ["openssl", "dgst", digest, "-verify", key.public, "-signature", tmp_path / "der"]
    assert "Verified OK" in run(*command, tmp_path / "signed")
    (tmp_path / "signed").write_bytes(encoding(envelope["payloadType"], payload + b" "))
    assert "failure" in refused(*command, tmp_path / "signed").lower()


# ---- the public tool of OpenSSF Model Signing ----


def model_signing(*arguments: Any) -> list[Any]:
    return [sys.executable, "-m", "model_signing", *arguments]


def test_the_public_tool_verifies_our_folder(folder: Path, key: Key) -> None:
    arguments = ("verify", "key", folder, "--public_key", key.public, "--signature", signature_of(folder, key))
    assert "succeeded" in run(*model_signing(*arguments)).lower()
    record = folder / "record.json"
    record.write_bytes(record.read_bytes().replace(b"tests", b"tesst"))
    assert "mismatch" in refused(*model_signing(*arguments)).lower()


def test_we_verify_a_signature_of_the_public_tool(folder: Path, bundle: Path, keys: Any, key: Key) -> None:
    """Made on our unzipped folder and put back, beside one of ours or in place of one."""
    name = f"signatures/{key.hint}.sigstore.json"
    theirs = folder / name
    ours = theirs.read_bytes()
    ignored = ("--ignore-paths", folder / "signatures")
    run(*model_signing("sign", "key", folder, "--private_key", key.private, "--signature", theirs, *ignored))
    assert theirs.read_bytes() != ours
    whole = bundle.read_bytes()
    bundle.write_bytes(with_members(whole, {name: theirs.read_bytes()}))
    for trusted in (key, keys["alice"]):
        found = modelpack.verify(bundle, trusted.public, name="classes", full=True)
        assert found.verified and [signature.counts for signature in found.signatures].count(True) == 1
    bundle.write_bytes(classifier_bundle(framework="xgboost"))
    bundle.write_bytes(with_members(bundle.read_bytes(), {name: theirs.read_bytes()}))
    with pytest.raises(modelpack.TrustError, match="signs another"):
        modelpack.verify(bundle, key.public)
