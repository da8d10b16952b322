"""`modelpack trust`: whose bundles are accepted."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import modelpack
from modelpack import policy_file
from modelpack.cli import status
from modelpack.cli.expected import add_expected, expected, policy
from modelpack.cli.output import print_json
from modelpack.cli.table import heading, table
from modelpack.cli.trust_report import document, policy_document, show
from modelpack.keys import key_hint, public_key_of
from modelpack.locations import default_policy_path

_IDENTITY = "sha256:"


def add(commands: Any) -> None:
    command = commands.add_parser(
        "trust",
        help="whose bundles are accepted: add, list, revoke, explain",
        description="Shows and changes a trust policy: by default the file that MODELPACK_TRUST names, else your own.",
    )
    actions = command.add_subparsers(metavar="ACTION", required=True, parser_class=type(command))
    _add_add(actions)
    _add_list(actions)
    _add_revoke(actions)
    _add_explain(actions)


def _options(command: argparse.ArgumentParser, run: Any) -> None:
    command.add_argument("--trust", metavar="FILE", help="the policy (trust.json)")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)


def _add_add(actions: Any) -> None:
    command = actions.add_parser(
        "add",
        help="let a public key vouch for bundles",
        description="Adds a public key. Compare its hint with what its owner says over another channel.",
    )
    command.add_argument("key", metavar="KEY", help="public key as PEM")
    command.add_argument("--name", help="what the policy calls the key; the name of the file otherwise")
    command.add_argument(
        "--bundle", metavar="NAME", default="*", help="bundles that it vouches for, such as eta or eta-*; all otherwise"
    )
    _options(command, run_add)


def _add_list(actions: Any) -> None:
    command = actions.add_parser(
        "list", help="show keys and rules", description="Shows the keys and rules of a policy."
    )
    _options(command, run_list)


def _add_revoke(actions: Any) -> None:
    command = actions.add_parser(
        "revoke",
        help="take trust back: of a key, or of one bundle",
        description="Revokes a key: its signatures do not count any more. Or revokes one bundle by its identity.",
    )
    command.add_argument("what", metavar="KEY|IDENTITY", help="name of a key in the policy, or sha256:… of a bundle")
    command.add_argument("--bundle", metavar="NAME", help="with an identity: only in the rules that are for this name")
    _options(command, run_revoke)


def _add_explain(actions: Any) -> None:
    command = actions.add_parser(
        "explain",
        help="say why a bundle is accepted or refused",
        description="Says which rule decides over a bundle, which signatures count, and why others do not. "
        "Exit code 3 if the bundle is refused.",
    )
    command.add_argument("bundle", metavar="BUNDLE")
    add_expected(command)
    command.add_argument("--json", action="store_true", help="print what was found as JSON")
    command.set_defaults(run=run_explain)


# ---- what they do ----


def run_add(given: argparse.Namespace) -> int:
    public_key = public_key_of(given.key)
    name = given.name or Path(given.key).stem
    place = policy_file.add_key(_place(given), name, public_key, given.bundle)
    hint = key_hint(public_key)
    if given.json:
        print_json({"policy": str(place), "key": name, "hint": hint, "bundle": given.bundle})
    else:
        print(heading(f"{name} may vouch for {'every bundle' if given.bundle == '*' else given.bundle}"))
        print(table([["hint", hint], ["policy", place]]))
    return status.OK


def run_list(given: argparse.Namespace) -> int:
    shown = policy(given)
    if given.json:
        print_json(policy_document(shown))
        return status.OK
    print(heading(f"policy: {shown.source}"))
    keys = [[key.name, key.curve, key.hint[:16], _state(key)] for key in shown.keys]
    rules = [
        [number, rule.bundle, f"{rule.threshold} of {', '.join(rule.keys)}", ", ".join(rule.engines), _bounds(rule)]
        for number, rule in enumerate(shown.rules, 1)
    ]
    for rows, headers in (
        (keys, ("key", "curve", "hint", "state")),
        (rules, ("rule", "bundle", "keys", "engines", "")),
    ):
        if rows:
            print(f"\n{table(rows, headers)}")
    return status.OK


def run_revoke(given: argparse.Namespace) -> int:
    is_identity = given.what.startswith(_IDENTITY)
    if given.bundle and not is_identity:
        raise modelpack.UsageError("--bundle goes with an identity", hint="leave it out to revoke a key")
    if is_identity:
        place = policy_file.revoke_identity(_place(given), given.what, given.bundle)
    else:
        place = policy_file.revoke_key(_place(given), given.what)
    if given.json:
        print_json({"policy": str(place), "revoked": given.what})
    else:
        print(heading(f"revoked: {given.what}"))
        print(table([["policy", place]]))
    return status.OK


def run_explain(given: argparse.Namespace) -> int:
    found = policy(given).explain(given.bundle, **expected(given))
    if given.json:
        print_json(document(found))
    else:
        show(found)
    return status.OK if found.trusted else status.TRUST


def _place(given: argparse.Namespace) -> Path:
    return default_policy_path() if given.trust is None else Path(given.trust)


def _state(key: modelpack.trust_policy.TrustedKey) -> str:
    if key.revoked:
        return "revoked"
    return f"until {key.not_after}" if key.not_after else "counts"


def _bounds(rule: modelpack.trust_policy.TrustRule) -> str:
    return "; ".join(rule.bounds())
