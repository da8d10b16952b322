"""`modelpack verify`: whether a bundle may be used, and why."""

from __future__ import annotations

import argparse
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.expected import add_expected, expected, for_the_shell, policy
from modelpack.cli.output import print_json
from modelpack.cli.trust_report import document, show


def add(commands: Any) -> None:
    command = commands.add_parser(
        "verify",
        help="verify a bundle under a trust policy",
        description="Verifies signatures, trust and digests as a program that opens the bundle does. Exit code 3 if "
        "the bundle is not trusted, 1 if it is damaged; the error says which step failed and what to do.",
    )
    command.add_argument("bundle", metavar="BUNDLE")
    add_expected(command)
    command.add_argument("--full", action="store_true", help="hash every member, not only those that opening needs")
    command.add_argument("--json", action="store_true", help="print what was found as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        found = modelpack.verify(given.bundle, policy(given), full=given.full, **expected(given))
    except modelpack.TrustError as error:
        way_out = "ask for the signed file, or sign it if you know where it comes from: modelpack sign"
        raise for_the_shell(error, given.bundle, way_out) from None
    if given.json:
        print_json({**document(found), "full": given.full})
    else:
        show(found, [("hashed", "every member" if given.full else "what opening needs (--full: every member)")])
    return status.OK
