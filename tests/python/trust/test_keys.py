"""Keys: making them, where they stand, and which ones sign."""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

import modelpack
from modelpack import policy_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def openssl(*arguments: Any) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def test_the_users_key_is_for_its_owner_only(home: Path) -> None:
    before = os.umask(0)
    try:
        made = modelpack.keygen()
    finally:
        os.umask(before)
    assert (made.private, made.public) == (home / "key.pem", home / "key.pub")
    assert (mode(made.private), mode(home)) == (0o600, 0o700)
    assert made.private.read_text().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert made.hint == hashlib.sha256(made.public.read_bytes()).hexdigest()


def test_the_users_policy_trusts_the_users_key(home: Path) -> None:
    made = modelpack.keygen(name="ada")
    policy = modelpack.TrustPolicy.default()
    assert made.policy == home / "trust.json"
    assert [(key.name, key.hint, key.pem) for key in policy.keys] == [("ada", made.hint, made.public.read_text())]
    assert [(rule.bundle, rule.keys, rule.threshold, rule.engines) for rule in policy.rules] == [
        ("*", ("ada",), 1, ("native",))
    ]


def test_a_key_of_ones_own_is_never_replaced(home: Path) -> None:
    made = modelpack.keygen()
    before = made.private.read_bytes()
    with pytest.raises(modelpack.UsageError, match=r"key\.pem exists; choose another place"):
        modelpack.keygen()
    assert made.private.read_bytes() == before


@pytest.mark.parametrize("present", ["release.pem", "release.pub"])
def test_no_file_is_replaced(present: str, tmp_path: Path) -> None:
    (tmp_path / present).write_text("mine")
    with pytest.raises(modelpack.UsageError, match=f"{present} exists"):
        modelpack.keygen(tmp_path / "release.pem")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(present, "mine")]


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "key.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(modelpack.UsageError, match="exists"):
        modelpack.keygen(tmp_path / "key.pem")
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_elsewhere_touches_no_policy(home: Path, tmp_path: Path) -> None:
    made = modelpack.keygen(tmp_path / "deep" / "release.pem")
    assert (made.policy, made.public) == (None, tmp_path / "deep" / "release.pub")
    assert mode(made.private) == 0o600
    assert not home.exists()


def test_a_key_that_the_policy_cannot_take_is_not_left_behind(home: Path, keys: Any) -> None:
    home.mkdir(parents=True)
    policy_file.add_key(home / "trust.json", "me", keys["bob"].pem)
    before = (home / "trust.json").read_bytes()
    with pytest.raises(modelpack.TrustError, match="another key called 'me'") as caught:
        modelpack.keygen()
    assert caught.value.name == "TRUST_POLICY"
    assert [path.name for path in home.iterdir()] == ["trust.json"]
    assert (home / "trust.json").read_bytes() == before
    assert modelpack.keygen(name="myself").policy == home / "trust.json"


def test_without_a_home_there_is_no_place_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.delenv("HOME")
    with pytest.raises(modelpack.UsageError, match="set XDG_CONFIG_HOME or HOME"):
        modelpack.keygen()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(modelpack.IoError, match="cannot write"):
        modelpack.keygen(tmp_path / "file" / "key.pem")


# ---- encrypted keys ----


@pytest.fixture
def encrypted(tmp_path: Path) -> modelpack.KeyPair:
    return modelpack.keygen(tmp_path / "secret.pem", passphrase="open sesame")


def test_a_passphrase_encrypts_the_key(encrypted: modelpack.KeyPair) -> None:
    assert encrypted.private.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert modelpack.PrivateKey.load(encrypted.private, "open sesame").hint == encrypted.hint


def test_the_passphrase_comes_from_the_environment(
    encrypted: modelpack.KeyPair, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELPACK_KEY_PASSPHRASE", "open sesame")
    modelpack.sign(bundle, encrypted.private)
    assert modelpack.verify(bundle, encrypted.public).verified


def test_a_passphrase_that_is_given_goes_before_the_environment(
    encrypted: modelpack.KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELPACK_KEY_PASSPHRASE", "wrong")
    assert modelpack.PrivateKey.load(encrypted.private, "open sesame").hint == encrypted.hint


def test_without_a_passphrase_the_error_says_how_to_give_it(encrypted: modelpack.KeyPair, bundle: Path) -> None:
    with pytest.raises(modelpack.TrustError, match=r"secret\.pem is encrypted; .* MODELPACK_KEY_PASSPHRASE") as caught:
        modelpack.sign(bundle, encrypted.private)
    assert caught.value.name == "KEY"


def test_a_wrong_passphrase_is_not_repeated(encrypted: modelpack.KeyPair, bundle: Path) -> None:
    with pytest.raises(modelpack.TrustError, match=r"secret\.pem: the passphrase does not open") as caught:
        modelpack.sign(bundle, encrypted.private, passphrase="guess")
    assert caught.value.name == "KEY" and "guess" not in str(caught.value)


def test_an_empty_passphrase_encrypts_nothing(tmp_path: Path) -> None:
    with pytest.raises(modelpack.UsageError, match="empty"):
        modelpack.keygen(tmp_path / "key.pem", passphrase="")
    assert not (tmp_path / "key.pem").exists()


def test_a_passphrase_beside_a_key_that_needs_none(keys: Any, bundle: Path) -> None:
    """One environment serves encrypted keys and others."""
    assert modelpack.sign(bundle, keys["bob"].private, passphrase="whatever") == (keys["bob"].hint,)


# ---- keys that others made ----


@pytest.mark.parametrize("curve", ["prime256v1", "secp384r1"])
@pytest.mark.parametrize("form", ["sec1", "pkcs8", "encrypted"])
def test_keys_of_openssl_sign(curve: str, form: str, tmp_path: Path, bundle: Path) -> None:
    private, public = tmp_path / "k.pem", tmp_path / "k.pub"
    openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", tmp_path / "sec1")
    openssl("ec", "-in", tmp_path / "sec1", "-pubout", "-out", public)
    if form == "sec1":
        (tmp_path / "sec1").rename(private)
    elif form == "pkcs8":
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", tmp_path / "sec1", "-out", private)
    else:
        openssl(
            "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:word", "-in", tmp_path / "sec1", "-out", private
        )
    modelpack.sign(bundle, private, passphrase="word")
    assert modelpack.verify(bundle, public).signatures[0].counts


@pytest.mark.parametrize("passphrase", [None, "open sesame", "Łódź"])
def test_openssl_reads_our_keys(passphrase: str | None, tmp_path: Path) -> None:
    made = modelpack.keygen(tmp_path / "k.pem", passphrase=passphrase)
    openssl("pkey", "-in", made.private, "-passin", f"pass:{passphrase}", "-pubout", "-out", tmp_path / "theirs.pub")
    assert (tmp_path / "theirs.pub").read_bytes() == made.public.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("genrsa", "-out", "{}", "2048"),
        ("ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "{}"),
        ("genpkey", "-algorithm", "ed25519", "-out", "{}"),
    ],
)
def test_other_kinds_of_keys_are_refused_by_name(arguments: tuple[str, ...], tmp_path: Path, bundle: Path) -> None:
    openssl(*(argument.replace("{}", str(tmp_path / "other.pem")) for argument in arguments))
    with pytest.raises(modelpack.TrustError, match=r"other\.pem") as caught:
        modelpack.sign(bundle, tmp_path / "other.pem")
    assert caught.value.name == "KEY"


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key(content: bytes, tmp_path: Path, bundle: Path) -> None:
    (tmp_path / "none.pem").write_bytes(content)
    with pytest.raises(modelpack.TrustError, match=r"none\.pem") as caught:
        modelpack.sign(bundle, tmp_path / "none.pem")
    assert caught.value.name == "KEY"


def test_a_public_key_does_not_sign(keys: Any, bundle: Path) -> None:
    with pytest.raises(modelpack.TrustError, match="no private key"):
        modelpack.sign(bundle, keys["bob"].public)


def test_a_key_that_is_not_there(bundle: Path, home: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.pem"):
        modelpack.sign(bundle, "none.pem")
    with pytest.raises(FileNotFoundError, match="modelpack keygen") as caught:
        modelpack.sign(bundle)
    assert caught.value.filename == str(home / "key.pem")


def test_a_private_key_shows_and_hands_out_nothing(keys: Any) -> None:
    key = modelpack.PrivateKey.load(keys["bob"].private)
    assert key.public_key == keys["bob"].pem
    assert repr(key) == f"<modelpack.PrivateKey {key.hint[:12]}…>"
    with pytest.raises(modelpack.UsageError, match="not pickled"):
        pickle.dumps(key)
