"""`modelpack diff`: what differs between two bundles."""

from __future__ import annotations

import argparse
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.output import print_json
from modelpack.cli.table import heading, number, size, table
from modelpack.diff import Change, Difference, diff

_PARTS = ("bundle", "features", "categories", "outputs", "nodes", "config", "metrics", "record", "members")


def add(commands: Any) -> None:
    command = commands.add_parser(
        "diff",
        help="what differs between two bundles: schema, configuration, metrics",
        description="Compares two bundles. Neither is verified, and nothing is run. Exit code 1 if they differ.",
    )
    command.add_argument("left", metavar="BUNDLE")
    command.add_argument("right", metavar="BUNDLE")
    command.add_argument(
        "--model", action="store_true", help="exit code 0 if both give the same answers, however packaged"
    )
    command.add_argument("--all", action="store_true", help="show every change, not only the first twenty of a part")
    command.add_argument("--json", action="store_true", help="print the differences as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    with modelpack.inspect(given.left) as left, modelpack.inspect(given.right) as right:
        found = diff(left, right)
        if given.json:
            print_json(document(left, right, found))
        else:
            show(left, right, found, None if given.all else 20)
    return status.OK if (found.same_model if given.model else found.same_bundle) else status.DIFFERS


def document(left: modelpack.Bundle, right: modelpack.Bundle, found: Difference) -> dict[str, Any]:
    return {
        "left": facts(left),
        "right": facts(right),
        "verdict": found.verdict,
        "same_bundle": found.same_bundle,
        "same_model": found.same_model,
        "changes": [vars(change) for change in found.changes],
        "verified": False,
    }


def facts(bundle: modelpack.Bundle) -> dict[str, Any]:
    return {
        "name": bundle.name,
        "version": bundle.version,
        "identity": bundle.identity,
        "model_digest": bundle.model_digest,
    }


def show(left: modelpack.Bundle, right: modelpack.Bundle, found: Difference, limit: int | None) -> None:
    rows = [[mark, one.name, one.version, one.identity, "not verified"] for mark, one in (("-", left), ("+", right))]
    print(table(rows))
    print(f"\n{heading(found.verdict)}")
    for part in _PARTS:
        changes = found.of(part)
        if changes:
            print(f"\n{heading(part)}")
            print(table([line(change) for change in changes[:limit]]))
            if limit is not None and len(changes) > limit:
                print(f"… and {len(changes) - limit} more (--all)")


def line(change: Change) -> list[str]:
    mark = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
    if change.part == "categories":
        return [mark, change.path, repr(change.right if change.left is None else change.left)]
    if change.part == "nodes" and change.path != "keys":
        return [mark, change.path, nodes_text(change)]
    if change.path.endswith(".curves"):
        return [mark, change.path, "differ"]
    values = [value(change, one) for one in (change.left, change.right)]
    return [mark, change.path, {"+": values[1], "-": values[0]}.get(mark, f"{values[0]} → {values[1]}{delta(change)}")]


def nodes_text(change: Change) -> str:
    """What is new of a node: its model, rows and metric, or that its parent answers."""
    left, right = change.left or {}, change.right or {}
    if not left or not right:
        return node_text(left or right)
    if (left["sha256"], left["pruned"]) == (right["sha256"], right["pruned"]):
        return f"the same model, {node_figures(left)} → {node_figures(right)}"
    return f"{node_text(left)} → {node_text(right)}"


def node_text(one: dict[str, Any]) -> str:
    if one["pruned"]:
        return ", ".join(filter(None, (f"pruned: {one['reason']}" if one["reason"] else "pruned", node_figures(one))))
    return ", ".join(filter(None, (f"{(one['sha256'] or '')[:12]}", size(one["size"]), node_figures(one))))


def node_figures(one: dict[str, Any]) -> str:
    rows = [] if one["rows"] is None else [f"{one['rows']:,} rows"]
    metric = [] if one["metric"] is None else [f"{number(one['metric'])} against {number(one['parent_metric'])}"]
    return ", ".join([*rows, *metric])


def value(change: Change, one: Any) -> str:
    if change.part == "members" and one is not None:
        return f"{size(one['size'])} {one['sha256'][:12]}"
    if isinstance(one, dict):
        return ", ".join(f"{key} {value(change, item)}" for key, item in one.items() if item is not None)
    if isinstance(one, list):
        return f"[{', '.join(number(item) for item in one)}]"
    return number(one)


def delta(change: Change) -> str:
    left, right = change.left, change.right
    if change.part != "metrics" or not isinstance(left, float) or not isinstance(right, float):
        return ""
    return f"  ({right - left:+.3g})"
