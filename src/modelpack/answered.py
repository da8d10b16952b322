"""Which partition node answered each row, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._core import Handle, ffi, lib
from modelpack.inputs.batch import address
from modelpack.nodes import ANSWER_REASONS, BundleNode, Key, Nodes

__all__ = ["Answered", "NodeAnswer"]

_NO_NODE = -1


@dataclass(frozen=True)
class NodeAnswer:
    """Who answered a row.

    Attributes
    ----------
    node : BundleNode
    reason : str
        ``exact``: it is the node of the row's key; ``pruned``, ``unknown``, ``missing``: an ancestor, because the
        node of the key is pruned, there is none, or a level of the key has no value.
    """

    node: BundleNode
    reason: str

    @property
    def key(self) -> Key:
        return self.node.key

    @property
    def path(self) -> str:
        return self.node.path


@dataclass
class Answered:
    """Per row the number of the node, -1 where a row has none, and the core's number of the reason."""

    nodes: npt.NDArray[np.int64]
    reasons: npt.NDArray[np.uint8]

    @staticmethod
    def room(rows: int) -> Answered:
        return Answered(np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.uint8))

    @staticmethod
    def joined(parts: Sequence[Answered]) -> Answered:
        return Answered(
            np.concatenate([part.nodes for part in parts]), np.concatenate([part.reasons for part in parts])
        )

    def describe(self, options: Handle) -> None:
        """Asks the core for it."""
        options.nodes = ffi.cast("int64_t *", address(self.nodes))
        options.node_count = len(self.nodes)
        options.reasons = ffi.cast("uint8_t *", address(self.reasons))
        options.reason_count = len(self.reasons)

    def forget(self, rows: Sequence[int]) -> None:
        """Rows that the core did not see as they are have no node."""
        self.nodes[rows] = _NO_NODE
        self.reasons[rows] = lib.MP_REASON_NONE

    def columns(self, nodes: Nodes) -> dict[str, npt.NDArray[np.object_]]:
        """The arrays ``node`` (paths) and ``reason``; None where a row has no node, or the model no partitions."""
        if not nodes.levels:
            return {name: np.full(len(self.nodes), None, dtype=object) for name in ("node", "reason")}
        used, place = np.unique(self.nodes, return_inverse=True)
        paths = np.array([None if number < 0 else nodes.path(number) for number in used.tolist()], dtype=object)
        reasons = np.full(256, None, dtype=object)
        reasons[: len(ANSWER_REASONS)] = ANSWER_REASONS
        return {"node": paths[place.reshape(-1)], "reason": reasons[self.reasons]}

    def listed(self, nodes: Nodes) -> list[NodeAnswer]:
        """Node and reason of each row, of which none was refused."""
        known: dict[tuple[int, int], Any] = {}
        found = []
        for pair in zip(self.nodes.tolist(), self.reasons.tolist(), strict=True):
            if pair not in known:
                known[pair] = NodeAnswer(nodes.at(pair[0]), ANSWER_REASONS[pair[1]])
            found.append(known[pair])
        return found
