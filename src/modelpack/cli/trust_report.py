"""Policies and decisions for machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import modelpack
from modelpack.cli import status


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
