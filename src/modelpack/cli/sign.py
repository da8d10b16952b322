"""`modelpack sign`: adds signatures to a bundle."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.output import print_json
from modelpack.cli.passphrase import passphrase_for
from modelpack.cli.table import heading, table
from modelpack.errors import UsageError
from modelpack.locations import user_key_path
from modelpack.signing import DEFAULT


def add(commands: Any) -> None:
    command = commands.add_parser(
        "sign",
        help="sign a bundle",
        description="Signs a bundle with your own key, or with those given. The identity of the bundle stays, "
        "signatures by other keys as well. The file is replaced at once or not at all.",
    )
    command.add_argument("bundle", metavar="BUNDLE")
    add_key_option(command, "--key", "private key as PEM, or `default` for your own; may be given several times")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)


def add_key_option(command: argparse.ArgumentParser, option: str, text: str) -> None:
    command.add_argument(option, dest="keys", metavar="FILE", action="append", default=[], help=text)


def run(given: argparse.Namespace) -> int:
    signers = signers_of(given.keys or [DEFAULT])
    hints = modelpack.sign(given.bundle, signers)
    with modelpack.inspect(given.bundle) as bundle:
        if given.json:
            print_json({"path": given.bundle, "identity": bundle.identity, "signed_by": hints})
        else:
            print(heading(f"{bundle.name} {bundle.version}: signed"))
            print(table([["identity", bundle.identity], *(["signed by", hint] for hint in hints)]))
    return status.OK


def signers_of(keys: list[str]) -> list[str | modelpack.PrivateKey]:
    """The keys of the command line; whoever sits at a terminal is asked for the passphrases of encrypted ones."""
    return [_signer_of(key) for key in keys]


def _signer_of(key: str) -> str | modelpack.PrivateKey:
    if key != DEFAULT and Path(key).suffix == ".pub":
        raise UsageError(f"{key} is the public half of a key", hint=f"sign with the private one: {Path(key).stem}.pem")
    path = str(user_key_path()) if key == DEFAULT else key
    passphrase = passphrase_for(path)
    return key if passphrase is None else modelpack.PrivateKey.load(path, passphrase)
