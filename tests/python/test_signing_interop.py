"""Signatures and other people's tools: `model_signing` (OpenSSF) in both directions, and `openssl dgst`."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from echo import classifier_bundle
from signing_core import explain, hint_of, new_key, sign

from modelpack._core import write_bundle
from modelpack.canonical import canonical_json

KEYS = Path(__file__).resolve().parents[2] / "native/bundle/tests/keys"
BYTES = classifier_bundle()


@pytest.fixture(params=["new", "p384"])
def key(request, tmp_path):
    """A key's private and public file."""
    if request.param == "new":
        private, public = new_key()
    else:
        private, public = (KEYS / "p384.pkcs8").read_text(), (KEYS / "p384.pub").read_text()
    (tmp_path / "key.pem").write_text(private)
    (tmp_path / "key.pub").write_text(public)
    return tmp_path / "key.pem", tmp_path / "key.pub"


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "classes-1.2.0.mpk"
    place.write_bytes(BYTES)
    return place


def model_signing(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model_signing", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def unzipped(path: Path) -> Path:
    folder = path.with_suffix(".folder")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def zipped(folder: Path, path: Path) -> Path:
    """The bundle of a folder's files: the same bundle.json, and whatever signatures there are."""
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    manifest = json.loads(files.pop("bundle.json"))
    del manifest["members"], manifest["model_digest"]
    write_bundle(path, canonical_json(manifest), files, True)
    return path


def signature_in(folder: Path, public: Path) -> Path:
    return folder / "signatures" / f"{hint_of(public.read_text())}.sigstore.json"


def test_the_public_tool_verifies_what_we_signed(path, key):
    private, public = key
    other, _ = new_key()
    sign(path, private.read_text(), other)
    folder = unzipped(path)
    verify = ("verify", "key", folder, "--public_key", public, "--signature", signature_in(folder, public))
    done = model_signing(*verify)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "config.json").write_bytes(b"{}")
    assert model_signing(*verify).returncode != 0


def test_we_verify_what_the_public_tool_signed(path, key, tmp_path):
    private, public = key
    sign(path, new_key()[0])
    folder = unzipped(path)
    signature = signature_in(folder, public)
    done = model_signing(
        "sign",
        "key",
        folder,
        "--private_key",
        private,
        "--signature",
        signature,
        "--ignore-paths",
        folder / "signatures",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = explain(zipped(folder, tmp_path / "again.mpk"), public.read_text())
    assert report["trusted"] and report["verified"], report
    assert report["bundle"]["identity"] == explain(path, public.read_text())["bundle"]["identity"]
    # Signed before another file of the folder changed, it does not count.
    (folder / "config.json").write_bytes(b"{}")
    report = explain(zipped(folder, tmp_path / "changed.mpk"), public.read_text())
    assert report["error"]["name"] == "TOO_FEW_SIGNATURES", report


def test_archivers_open_a_signed_bundle(path):
    sign(path, new_key()[0], new_key()[0])
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    for command in (["unzip", "-tqq", path], ["zip", "-Tqq", path]):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert [name.startswith("signatures/") for name in names] == [False] * (len(names) - 2) + [True] * 2


def test_openssl_verifies_the_signed_bytes(path, key, tmp_path):
    private, public = key
    sign(path, private.read_text())
    signature = json.loads(signature_in(unzipped(path), public).read_bytes())
    envelope = signature["dsseEnvelope"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "der").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"], validate=True))
    digest = "-sha384" if public.read_bytes() == (KEYS / "p384.pub").read_bytes() else "-sha256"
    command = ["openssl", "dgst", digest, "-verify", public, "-signature", tmp_path / "der", tmp_path / "signed"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Verified OK\n"), done.stderr


@pytest.mark.parametrize("curve", ["prime256v1", "secp384r1"])
def test_keys_of_openssl_sign_and_ours_are_read_by_openssl(path, curve, tmp_path):
    def openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    private, public = tmp_path / "openssl.pem", tmp_path / "openssl.pub"
    passphrase = ["-aes-256-cbc", "-pass", "pass:geheim"]
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", *passphrase, "-out", private)
    openssl("pkey", "-in", private, "-passin", "pass:geheim", "-pubout", "-out", public)
    sign(path, private.read_text(), passphrase="geheim")
    assert explain(path, public.read_bytes())["verified"]
    ours, ours_public = new_key("Łódź")
    private.write_text(ours)
    openssl("pkey", "-in", private, "-passin", "pass:Łódź", "-pubout", "-out", public)
    assert public.read_text() == ours_public
