"""`modelpack keygen`: a key to sign with."""

from __future__ import annotations

import argparse
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.output import print_json
from modelpack.cli.passphrase import new_passphrase
from modelpack.cli.table import heading, table
from modelpack.keys import USER_KEY_NAME


def add(commands: Any) -> None:
    command = commands.add_parser(
        "keygen",
        help="make a key to sign bundles with",
        description="Makes a P-256 key. Without --output it becomes your own: it stands in your configuration folder, "
        "readable by you only, and its public half joins your trust policy. An existing key is never replaced.",
    )
    command.add_argument(
        "-o", "--output", metavar="FILE", help="write the private key here, the public one beside it as .pub; no policy"
    )
    command.add_argument("--name", default=USER_KEY_NAME, help="what your policy calls the key (%(default)s)")
    command.add_argument(
        "--encrypt", action="store_true", help="ask for a passphrase, or take that of MODELPACK_KEY_PASSPHRASE"
    )
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    passphrase = new_passphrase() if given.encrypt else None
    made = modelpack.keygen(given.output, name=given.name, passphrase=passphrase)
    if given.json:
        policy = None if made.policy is None else str(made.policy)
        print_json({"private": str(made.private), "public": str(made.public), "hint": made.hint, "policy": policy})
        return status.OK
    print(heading("a new key"))
    rows: list[list[object]] = [["private", made.private], ["public", made.public], ["hint", made.hint]]
    if made.policy is not None:
        rows.append(["trusted", f"as {given.name} by {made.policy}"])
    print(table(rows))
    print(f"\nOthers trust it with: modelpack trust add {made.public.name}")
    return status.OK
