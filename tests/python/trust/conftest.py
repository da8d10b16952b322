"""A user with an empty home, a bundle, and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from echo import classifier_bundle

import modelpack

BUNDLE = classifier_bundle()
MORE_KEYS = ("alice", "bob", "carol")


class Key(NamedTuple):
    """Files of one key, and what names it."""

    private: Path
    public: Path
    hint: str

    @property
    def pem(self) -> str:
        return self.public.read_text(encoding="ascii")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's key and policy, which is not there yet."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.delenv("MODELPACK_TRUST", raising=False)
    monkeypatch.delenv("MODELPACK_KEY_PASSPHRASE", raising=False)
    return tmp_path / "configuration" / "modelpack"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle called classes, version 1.2.0, that nobody has signed."""
    path = tmp_path / "classes-1.2.0.mpk"
    path.write_bytes(BUNDLE)
    return path


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    """Keys of several people, outside of anybody's configuration."""
    folder = tmp_path_factory.mktemp("keys")
    made = {name: modelpack.keygen(folder / f"{name}.pem") for name in MORE_KEYS}
    return {name: Key(pair.private, pair.public, pair.hint) for name, pair in made.items()}


@pytest.fixture
def policy(tmp_path: Path, keys: dict[str, Key]) -> Callable[..., Path]:
    """Writes a policy that knows all keys: `policy(rule, …, alice={"revoked": True})`."""
    import json

    def write(*rules: dict[str, Any], **about_keys: dict[str, Any]) -> Path:
        known = {name: {"pem": key.pem, **about_keys.get(name, {})} for name, key in keys.items()}
        path = tmp_path / "trust.json"
        path.write_text(json.dumps({"modelpack_trust": 1, "keys": known, "rules": list(rules)}), encoding="utf-8")
        return path

    return write
