"""Changes to a trust policy's file. The core makes them: checked, and by way of a temporary file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from modelpack._core import encoded, lib, new_error, raise_error

__all__ = ["add_key", "revoke_identity", "revoke_key"]


def add_key(path: str | os.PathLike[str], name: str, public_key: str, bundle: str | None = None) -> Path:
    """Adds a key under a name and lets it vouch for the bundles whose name matches `bundle` (all, if None).

    Parameters
    ----------
    path
        The policy's file; it is made if it is not there.
    name : str
    public_key : str
        As PEM.
    bundle : str, optional
        Name of a bundle; ``*`` stands for any characters. The key joins the rule for exactly this; a new rule stands
        before the first one that would take its bundles.

    Raises
    ------
    TrustError
        TRUST_POLICY: the file is no policy, or has another key of that name; KEY: the key is none.
    IoError
    """
    return _change(lib.mp_policy_add_key, path, name, public_key, bundle)


def revoke_key(path: str | os.PathLike[str], name: str) -> Path:
    """Signatures of the key do not count any more."""
    return _change(lib.mp_policy_revoke_key, path, name)


def revoke_identity(path: str | os.PathLike[str], identity: str, bundle: str | None = None) -> Path:
    """Refuses one bundle in every rule that is for the name `bundle` (in every rule, if None)."""
    return _change(lib.mp_policy_revoke_identity, path, identity, bundle)


def _change(call: Any, path: str | os.PathLike[str], *texts: str | None) -> Path:
    place = os.path.abspath(os.fsdecode(path))
    arguments = [item for text in (place, *texts) for item in encoded(text)]
    error = new_error()
    code = call(*arguments, error)
    if code:
        raise_error(error, code)
    return Path(place)
