"""Passphrases: from the environment, else asked for where somebody can answer."""

from __future__ import annotations

import os
import sys
from getpass import getpass

from modelpack.errors import NotFoundError, UsageError
from modelpack.keys import PASSPHRASE_VARIABLE, is_encrypted, read_pem


def passphrase_for(path: str) -> str | None:
    """What opens the key, asked for at a terminal; None where the environment says it or nothing has to be opened."""
    if PASSPHRASE_VARIABLE in os.environ or not sys.stdin.isatty():
        return None
    try:
        return getpass(f"Passphrase of {path}: ") if is_encrypted(read_pem(path)) else None
    except NotFoundError:
        # Whoever needs the key says that it is missing, and what to do.
        return None


def new_passphrase() -> str:
    """The passphrase of a new key."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked for a passphrase", hint=f"set {PASSPHRASE_VARIABLE}")
    first = getpass("Passphrase: ")
    if getpass("The same again: ") != first:
        raise UsageError("the passphrases differ", hint="try again")
    return first
