"""Where the user's key and trust policy stand. The files may not be there yet."""

from __future__ import annotations

import json
from pathlib import Path

from modelpack._core import lib, made_text
from modelpack.errors import UsageError

__all__ = ["default_policy_path", "user_key_path", "user_policy_path"]


def user_key_path() -> Path:
    """The key that ``"default"`` names.

    Raises
    ------
    UsageError
        The system names no folder for configuration (HOME is not set).
    """
    return _location("key")


def user_policy_path() -> Path:
    """The policy in the user's configuration folder."""
    return _location("policy")


def default_policy_path() -> Path:
    """The file that decides where a caller names none: that of MODELPACK_TRUST, else the user's policy."""
    return _location("default")


def _location(what: str) -> Path:
    found = json.loads(made_text(lib.mp_trust_locations))[what]
    if found is None:
        raise UsageError("the system names no folder for the user's configuration", hint="set XDG_CONFIG_HOME or HOME")
    return Path(found)
