"""Options that say which bundle is meant and who may vouch for it."""

from __future__ import annotations

import argparse
from typing import Any

import modelpack


def add_expected(command: argparse.ArgumentParser) -> None:
    """--trust, --name, --min-version, --identity."""
    command.add_argument(
        "--trust",
        metavar="FILE",
        help="trust policy (trust.json) or public key (PEM); by default what MODELPACK_TRUST names, else your policy",
    )
    command.add_argument("--name", help="name that the bundle must have")
    command.add_argument("--min-version", metavar="VERSION", help="lowest version that is accepted")
    command.add_argument("--identity", metavar="SHA256", help="identity that the bundle must have (sha256:…)")


def expected(given: argparse.Namespace) -> dict[str, Any]:
    """What the caller expects of the bundle, as arguments of `modelpack.open`."""
    return {"name": given.name, "min_version": given.min_version, "identity": given.identity}


def policy(given: argparse.Namespace) -> modelpack.TrustPolicy:
    return modelpack.TrustPolicy.default() if given.trust is None else modelpack.TrustPolicy.load(given.trust)


def for_the_shell(error: modelpack.TrustError, bundle: str, way_out: str) -> modelpack.TrustError:
    """The same error where its hint is a line of Python: with what mends it on the command line instead."""
    if "modelpack.UNSIGNED" not in (error.hint or ""):
        return error
    return modelpack.TrustError(f"{bundle}: no trust policy permits this bundle", name=error.name, hint=way_out)
