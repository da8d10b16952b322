"""Keys, signatures and trust on the command line."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import lightgbm
import pytest

import modelpack


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.delenv("MODELPACK_TRUST", raising=False)
    monkeypatch.delenv("MODELPACK_KEY_PASSPHRASE", raising=False)
    return tmp_path / "configuration" / "modelpack"


@pytest.fixture
def bundle(shelf: Any, tmp_path: Path) -> Path:
    return Path(shutil.copy(shelf.first, tmp_path / "delay.mpk"))


@pytest.fixture
def rows(shelf: Any, tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    shelf.frame.head(3).to_csv(path, index=False)
    return path


def test_from_a_key_to_an_answer(run: Any, bundle: Path, rows: Path, home: Path) -> None:
    made = run("keygen")
    assert made.code == 0 and str(home / "key.pem") in made.out and "as me by" in made.out
    refused = run("predict", bundle, rows)
    assert refused.code == 3 and "the bundle has no signature" in refused.err
    signed = run("sign", bundle)
    assert signed.code == 0 and signed.out.startswith("delay 1.0.0: signed\n")
    verified = run("verify", bundle, "--name", "delay", "--full")
    assert verified.code == 0
    assert verified.out.splitlines()[0] == "delay 1.0.0: verified"
    assert "every member" in verified.out
    assert run("predict", bundle, rows, "--name", "delay", "--outputs", "label").out.count("\n") == 4


def test_pack_signs_when_told(run: Any, shelf: Any, tmp_path: Path) -> None:
    sample = shelf.frame[["hour", "wind"]]
    lightgbm.LGBMRegressor(n_estimators=2, verbose=-1, n_jobs=1).fit(sample, sample["hour"]).booster_.save_model(
        tmp_path / "m.txt"
    )
    sample.to_parquet(tmp_path / "s.parquet")
    run("keygen")
    run("keygen", "-o", tmp_path / "release.pem")
    arguments = (tmp_path / "m.txt", tmp_path / "s.parquet", "--name", "m", "--version", "1.0.0", "--quiet")
    packed = run("pack", *arguments, "-o", tmp_path / "m.mpk", "--sign", "default", "--sign", tmp_path / "release.pem")
    assert packed.code == 0, packed.err
    assert run("verify", tmp_path / "m.mpk").code == 0
    assert run("verify", tmp_path / "m.mpk", "--trust", tmp_path / "release.pub").code == 0
    missing = run("pack", *arguments, "-o", tmp_path / "n.mpk", "--sign", tmp_path / "none.pem")
    assert missing.code == 2 and "none.pem" in missing.err and not (tmp_path / "n.mpk").exists()


def test_a_key_of_ones_own_is_made_once(run: Any, home: Path) -> None:
    run("keygen")
    before = (home / "key.pem").read_bytes()
    again = run("keygen")
    assert again.code == 2 and "key.pem exists" in again.err and again.err.count("\n") == 1
    assert (home / "key.pem").read_bytes() == before


def test_without_a_key_the_error_names_the_command(run: Any, bundle: Path) -> None:
    answer = run("sign", bundle)
    assert answer.code == 2 and answer.err.endswith("make one: modelpack keygen\n")


def test_the_public_half_does_not_sign(run: Any, bundle: Path, tmp_path: Path) -> None:
    run("keygen", "-o", tmp_path / "k.pem")
    answer = run("sign", bundle, "--key", tmp_path / "k.pub")
    assert answer.code == 2 and "sign with the private one" in answer.err


# ---- trust ----


@pytest.fixture
def signed(run: Any, bundle: Path, tmp_path: Path) -> Path:
    run("keygen", "-o", tmp_path / "alice.pem")
    assert run("sign", bundle, "--key", tmp_path / "alice.pem").code == 0
    return bundle


def test_trust_is_given_shown_and_taken_back(run: Any, signed: Path, tmp_path: Path, home: Path) -> None:
    refused = run("verify", signed)
    assert refused.code == 3
    assert refused.err.endswith("say so: modelpack trust add KEY.pub --bundle delay\n")
    added = run("trust", "add", tmp_path / "alice.pub", "--bundle", "delay")
    assert added.code == 0 and added.out.startswith("alice may vouch for delay\n")
    assert run("verify", signed).code == 0
    shown = run("trust", "list")
    assert shown.out.startswith(f"policy: {home / 'trust.json'}\n")
    assert "1 of alice" in shown.out and "counts" in shown.out
    assert run("trust", "revoke", "alice").code == 0
    assert "revoked" in run("trust", "list").out
    after = run("verify", signed)
    assert after.code == 3 and "the policy revokes its key" in after.err


def test_one_bundle_is_revoked(run: Any, signed: Path, tmp_path: Path) -> None:
    run("trust", "add", tmp_path / "alice.pub")
    identity = json.loads(run("inspect", signed, "--json").out)["identity"]
    assert run("trust", "revoke", identity).code == 0
    answer = run("verify", signed, "--json")
    assert answer.code == 3 and json.loads(answer.out)["error"]["name"] == "REVOKED"
    assert run("trust", "revoke", "alice", "--bundle", "delay").code == 2


def test_explain_says_why_and_why_not(run: Any, signed: Path, tmp_path: Path) -> None:
    refused = run("trust", "explain", signed)
    assert refused.code == 3 and "none decides" in refused.out and "trust add" in refused.out
    run("trust", "add", tmp_path / "alice.pub", "--name", "Alice")
    explained = run("trust", "explain", signed)
    assert explained.code == 0
    assert "1, bundle *: 1 of Alice" in explained.out and ": verified" in explained.out
    found = json.loads(run("trust", "explain", signed, "--name", "eta", "--json").out)
    assert (found["trusted"], found["error"]["name"]) == (False, "WRONG_NAME")
    assert found["rule"]["keys"] == ["Alice"] and found["signatures"][0]["counts"] is True


def test_another_policy_is_named(run: Any, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "shared.json"
    assert run("trust", "add", tmp_path / "alice.pub", "--trust", policy).code == 0
    assert run("verify", signed).code == 3
    assert run("verify", signed, "--trust", policy).code == 0
    assert run("inspect", signed, "--trust", policy).out.splitlines()[1].startswith("trust     verified by rule 1")
    assert "not verified" in run("inspect", signed).out
    monkeypatch.setenv("MODELPACK_TRUST", str(policy))
    assert run("verify", signed).code == 0
    assert json.loads(run("trust", "list", "--json").out)["source"] == str(policy)
    assert json.loads(run("trust", "revoke", "alice", "--json").out)["policy"] == str(policy)


def test_a_private_key_has_no_business_in_a_policy(run: Any, tmp_path: Path, home: Path) -> None:
    run("keygen", "-o", tmp_path / "k.pem")
    answer = run("trust", "add", tmp_path / "k.pem")
    assert answer.code == 3 and "is a private key; give its public half" in answer.err
    assert not home.exists()


def test_predict_asks_for_one_kind_of_trust(run: Any, signed: Path, rows: Path, tmp_path: Path) -> None:
    assert run("predict", signed, rows, "--unsigned").code == 0
    assert run("predict", signed, rows, "--trust", tmp_path / "alice.pub").code == 0
    both = run("predict", signed, rows, "--unsigned", "--trust", tmp_path / "alice.pub")
    assert both.code == 2 and "one of them" in both.err


def test_the_way_out_is_one_of_the_shell(run: Any, bundle: Path, rows: Path) -> None:
    for arguments, way_out in ((("predict", bundle, rows), "--unsigned"), (("verify", bundle), "modelpack sign")):
        answer = run(*arguments)
        assert answer.code == 3 and way_out in answer.err and "modelpack.load" not in answer.err


@pytest.mark.parametrize("arguments", [("trust",), ("trust", "guess"), ("trust", "add"), ("sign",), ("verify",)])
def test_a_wrong_call_is_one_line(arguments: tuple[str, ...], run: Any) -> None:
    answer = run(*arguments)
    assert answer.code == 2 and answer.err.count("\n") == 1 and "--help" in answer.err


def test_machines_read_everything(run: Any, bundle: Path, tmp_path: Path) -> None:
    made = json.loads(run("keygen", "-o", tmp_path / "k.pem", "--json").out)
    assert (made["private"], made["policy"]) == (str(tmp_path / "k.pem"), None)
    signed = json.loads(run("sign", bundle, "--key", tmp_path / "k.pem", "--json").out)
    assert signed["signed_by"] == [made["hint"]]
    added = json.loads(run("trust", "add", tmp_path / "k.pub", "--json").out)
    assert (added["key"], added["hint"], added["bundle"]) == ("k", made["hint"], "*")
    verified = json.loads(run("verify", bundle, "--json").out)
    assert (verified["verified"], verified["identity"]) == (True, signed["identity"])
    policy = json.loads(run("trust", "list", "--json").out)
    assert policy["keys"][0]["hint"] == made["hint"] and policy["rules"][0]["bundle"] == "*"


# ---- passphrases ----


def test_a_passphrase_from_the_environment(
    run: Any, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELPACK_KEY_PASSPHRASE", "open sesame")
    assert run("keygen", "-o", tmp_path / "k.pem", "--encrypt").code == 0
    assert "ENCRYPTED" in (tmp_path / "k.pem").read_text()
    assert run("sign", bundle, "--key", tmp_path / "k.pem").code == 0
    monkeypatch.setenv("MODELPACK_KEY_PASSPHRASE", "guess")
    wrong = run("sign", bundle, "--key", tmp_path / "k.pem")
    assert wrong.code == 3 and "does not open" in wrong.err and "guess" not in wrong.err
    monkeypatch.delenv("MODELPACK_KEY_PASSPHRASE")
    nobody = run("sign", bundle, "--key", tmp_path / "k.pem")
    assert nobody.code == 3 and "MODELPACK_KEY_PASSPHRASE" in nobody.err


def typed(arguments: list[str], answers: list[str]) -> tuple[int, str]:
    """Runs the command at a terminal where somebody types; the exit code, and what the terminal showed."""
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "modelpack", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, pending = b"", [answer.encode() + b"\n" for answer in answers]
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # nobody is left on the other side
            break
        shown += part
        if pending and part.rstrip().endswith(b":"):
            os.write(terminal, pending.pop(0))
    os.close(terminal)
    return process.wait(timeout=60), shown.decode()


def test_a_passphrase_is_typed_unseen(bundle: Path, tmp_path: Path) -> None:
    key = str(tmp_path / "k.pem")
    code, shown = typed(["keygen", "-o", key, "--encrypt"], ["open sesame", "open sesame"])
    assert code == 0 and "sesame" not in shown
    code, shown = typed(["sign", str(bundle), "--key", key], ["open sesame"])
    assert code == 0 and f"Passphrase of {key}" in shown and "sesame" not in shown
    assert modelpack.verify(bundle, tmp_path / "k.pub").verified
    assert typed(["sign", str(bundle), "--key", key], ["guess"])[0] == 3


def test_two_passphrases_that_differ_make_no_key(tmp_path: Path) -> None:
    code, shown = typed(["keygen", "-o", str(tmp_path / "k.pem"), "--encrypt"], ["one", "two"])
    assert code == 2 and "differ" in shown
    assert not (tmp_path / "k.pem").exists()


def test_the_exit_code_of_a_process(bundle: Path) -> None:
    command = [sys.executable, "-m", "modelpack", "verify", str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and done.stdout == ""
