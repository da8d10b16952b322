"""What the model that a bundle was packed from offers to its users, read from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["has_decision_function"]


def has_decision_function(config: Mapping[str, Any]) -> bool:
    """Whether the raw score is called ``decision_function``: the model, or its last step, is scikit-learn's own, or
    LightGBM's classifier since 4.7."""
    steps = config.get("steps")
    if isinstance(steps, list) and steps and isinstance(steps[-1], Mapping):
        return has_decision_function(steps[-1])
    framework = config.get("framework") or str(config.get("class", "")).partition(".")[0]
    if framework == "lightgbm" and str(config.get("class", "")).endswith(".LGBMClassifier"):
        return _version(config) >= (4, 7)
    return framework == "sklearn"


def _version(config: Mapping[str, Any]) -> tuple[int, ...]:
    parts = str(config.get("version", "")).split(".")[:2]
    return tuple(int(part) if part.isdigit() else 0 for part in parts)
