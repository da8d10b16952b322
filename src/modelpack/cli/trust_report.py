"""Policies and decisions, for people and machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.table import heading


def show(found: modelpack.Explanation, further: Sequence[tuple[str, str]] = ()) -> None:
    """A decision for people: nothing of it is cut, however wide the terminal."""
    print(heading(found.decision))
    for title, text in [*found.lines(), *further]:
        print(f"{title:<11}{text}")


def document(found: modelpack.Explanation) -> dict[str, Any]:
    """A decision over a bundle."""
    return {
        "name": found.name,
        "version": found.version,
        "identity": found.identity,
        "trusted": found.trusted,
        "verified": found.verified,
        "policy": found.policy,
        "rule": None if found.rule is None else {"number": found.rule.number, **asdict(found.rule.rule)},
        "signatures": [asdict(signature) for signature in found.signatures],
        "engines": found.engines,
        **({"error": None} if found.error is None else status.as_json(found.error)),
    }


def policy_document(policy: modelpack.TrustPolicy) -> dict[str, Any]:
    return {
        "source": policy.source,
        "keys": [asdict(key) for key in policy.keys],
        "rules": [asdict(rule) for rule in policy.rules],
    }
