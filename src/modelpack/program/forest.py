"""Lays out tree ensembles as the tensors of `forest@1`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FLAG_CATEGORICAL = 1
FLAG_MISSING_LEFT = 1 << 1
MISSING_SHIFT = 2
FLAG_IN_SET_LEFT = 1 << 4
FLAG_OUT_OF_RANGE_LEFT = 1 << 5

# What is missing at a node: NaN counts as 0.0 and is compared; NaN and |x| <= 1e-35f; NaN.
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@dataclass(frozen=True)
class Tree:
    """One tree: arrays over its splits (nodes) and over its leaves.

    A child is the index of a later node, or `~leaf`. `categories` gives, per categorical node, its set as 32-bit
    words, least bit first. `node_id` and `leaf_id` are the framework's own numbers.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    flags: Array
    leaf: Array
    categories: Mapping[int, Array] = field(default_factory=dict)
    cover: Array | None = None
    leaf_cover: Array | None = None
    node_id: Array | None = None
    leaf_id: Array | None = None

    @staticmethod
    def from_nodes(
        *,
        left: Array,
        right: Array,
        is_leaf: Array,
        feature: Array,
        threshold: Array,
        flags: Array,
        value: Array,
        cover: Array | None,
        categories: Mapping[int, Array] | None = None,
    ) -> Tree:
        """From the arrays of a framework that numbers splits and leaves together, the root being 0.

        `value` has one row (or number) per node, of which the leaves' are kept.
        """
        order = _parents_first(left, right, is_leaf)
        splits, leaves = order[~is_leaf[order]], order[is_leaf[order]]
        place = np.zeros(len(is_leaf), dtype=np.int64)
        place[splits] = np.arange(len(splits))
        place[leaves] = ~np.arange(len(leaves))
        return Tree(
            feature=feature[splits],
            threshold=threshold[splits],
            left=place[left[splits]],
            right=place[right[splits]],
            flags=flags[splits],
            leaf=value[leaves],
            categories={int(place[node]): words for node, words in (categories or {}).items()},
            cover=None if cover is None else cover[splits],
            leaf_cover=None if cover is None else cover[leaves],
            node_id=splits,
            leaf_id=leaves,
        )


def _parents_first(left: Array, right: Array, is_leaf: Array) -> Array:
    """The nodes reached from the root, each after its parent: in the framework's own order where that holds already."""
    splits = np.flatnonzero(~is_leaf)
    children = np.concatenate([left[splits], right[splits]])
    ordered = bool(np.all(left[splits] > splits) and np.all(right[splits] > splits))
    if ordered and len(children) == len(is_leaf) - 1 and len(np.unique(children)) == len(children):
        return np.arange(len(is_leaf))
    order, stack = [], [0]
    while stack:
        node = stack.pop()
        order.append(node)
        if not is_leaf[node]:
            stack += [int(right[node]), int(left[node])]
    return np.array(sorted(order)) if ordered else np.array(order)


def bitset(categories: Iterable[int]) -> Array:
    """A set of category numbers as 32-bit words."""
    members = np.fromiter(categories, dtype=np.int64)
    words = np.zeros(int(members.max()) // 32 + 1 if len(members) else 0, dtype=np.uint32)
    np.bitwise_or.at(words, members // 32, np.uint32(1) << (members % 32).astype(np.uint32))
    return words


@dataclass
class Forest:
    """Collects trees in the framework's order of summation.

    Parameters
    ----------
    threshold, leaf : numpy dtype
        The framework's own precision, float32 or float64.
    """

    threshold: Any
    leaf: Any
    _trees: list[Tree] = field(default_factory=list)
    _outputs: list[int] = field(default_factory=list)

    def add(self, tree: Tree, output: int) -> None:
        """Adds a tree whose leaves go to one output column; -1: its leaves are vectors over all of them."""
        self._trees.append(tree)
        self._outputs.append(output)

    def __len__(self) -> int:
        return len(self._trees)

    def tensors(self, init: Array) -> dict[str, Array]:
        """The tensors of `forest@1`. `init`: the first value of each output's sum, in the precision of the sum."""
        trees = self._trees
        nodes = _offsets([len(tree.feature) for tree in trees])
        tensors: dict[str, Array] = {
            "tree_node": nodes,
            "tree_leaf": _offsets([len(tree.leaf) for tree in trees]),
            "tree_output": np.array(self._outputs, dtype=np.int32),
            "feature": _joined([tree.feature for tree in trees], np.uint32),
            "threshold": _joined([tree.threshold for tree in trees], self.threshold),
            "left": _joined([tree.left for tree in trees], np.int32),
            "right": _joined([tree.right for tree in trees], np.int32),
            "flags": _joined([tree.flags for tree in trees], np.uint8),
            "leaf": _joined([tree.leaf for tree in trees], self.leaf),
            "init": init,
        }
        tensors.update(self._explanation())
        tensors.update(self._categories(nodes))
        return tensors

    def _explanation(self) -> dict[str, Array]:
        """Cover and the framework's own numbering, where every tree has them."""
        found: dict[str, Array] = {}
        for name in ("cover", "leaf_cover", "node_id", "leaf_id"):
            parts = [getattr(tree, name) for tree in self._trees]
            if all(part is not None for part in parts):
                dtype = np.int32 if name.endswith("id") else np.result_type(np.float32, *parts)
                found[name] = _joined(parts, dtype)
        return found

    def _categories(self, nodes: Array) -> dict[str, Array]:
        sets = [
            (int(start) + node, tree.categories[node])
            for start, tree in zip(nodes, self._trees, strict=False)
            for node in sorted(tree.categories)
        ]
        if not sets:
            return {}
        return {
            "category_node": np.array([node for node, _ in sets], dtype=np.uint32),
            "category_offset": _offsets([len(words) for _, words in sets]),
            "category_bits": _joined([words for _, words in sets], np.uint32),
        }


def _offsets(lengths: list[int]) -> Array:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.uint32)


def _joined(parts: list[Array], dtype: Any) -> Array:
    return np.concatenate([np.asarray(part) for part in parts]).astype(dtype)
