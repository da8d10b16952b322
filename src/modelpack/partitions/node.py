"""What is known of one node of a partitioned model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelpack.nodes import REASONS, Key

__all__ = ["KEPT", "LACKS_CLASSES", "NOT_BETTER", "REASONS", "TOO_FEW", "Key", "Node"]

# Positions in REASONS.
KEPT, NOT_BETTER, TOO_FEW, LACKS_CLASSES = range(len(REASONS))


@dataclass(frozen=True)
class Node:
    """One node.

    Attributes
    ----------
    key : tuple
        Values of the leading levels; () for the root.
    model : estimator or None
        None: pruned, an ancestor answers.
    rows : int
        Rows it was (or would have been) trained on.
    metric, parent_metric : float or None
        Its own and its parent's on the node's validation rows.
    reason : int
        Position in `REASONS`.
    """

    key: Key
    model: Any
    rows: int
    metric: float | None = None
    parent_metric: float | None = None
    reason: int = KEPT

    @property
    def pruned(self) -> bool:
        return self.model is None

    def __str__(self) -> str:
        name = "/".join(str(value) for value in self.key) or "(root)"
        figures = "" if self.metric is None else f", {self.metric:.6g} against {self.parent_metric:.6g}"
        return f"{name}: {REASONS[self.reason]}, {self.rows:,} rows{figures}"
