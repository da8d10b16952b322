"""The command line as a whole: help, version, wrong calls, errors for people and machines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import modelpack


def test_help_names_every_command(run: Any) -> None:
    answer = run("--help")
    assert answer.code == 0
    for command in ("pack", "check", "inspect", "predict", "diff", "keygen", "sign", "verify", "trust"):
        assert f"\n    {command} " in answer.out
    assert "3 not trusted" in answer.out


def test_no_command_shows_the_help(run: Any) -> None:
    answer = run()
    assert answer.code == 2
    assert answer.out.startswith("usage: modelpack")


def test_version(run: Any) -> None:
    assert run("--version").out == f"modelpack {modelpack.__version__}\n"


@pytest.mark.parametrize(
    "arguments", [("guess",), ("inspect",), ("predict", "a.mpk"), ("diff", "a.mpk"), ("inspect", "--what", "a")]
)
def test_a_wrong_call_is_one_line(arguments: tuple[str, ...], run: Any) -> None:
    answer = run(*arguments)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "--help" in answer.err


def test_a_file_that_is_not_there(run: Any, tmp_path: Path) -> None:
    answer = run("inspect", tmp_path / "nowhere.mpk")
    assert answer.code == 2
    assert "nowhere.mpk" in answer.err


def test_a_file_that_is_no_bundle(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "text.mpk"
    path.write_text("hello")
    assert run("inspect", path).code == 1
    answer = run("inspect", path, "--json")
    assert json.loads(answer.out)["error"]["name"] == "NOT_A_BUNDLE"


def test_in_a_process_of_its_own(shelf: Any) -> None:
    """The exit code and the streams of a shell; a reader that leaves early is no error."""
    command = [sys.executable, "-m", "modelpack", "inspect", str(shelf.first)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("delay 1.0.0\n")
    assert "\033" not in done.stdout
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {' '.join(command)} --json | head -c 1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert piped.stderr == ""
