"""Treelite's trees as the forest of a program."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers.treelite_source import TreeliteSource, TreeliteTree
from modelpack.program.forest import (
    FLAG_CATEGORICAL,
    FLAG_IN_SET_LEFT,
    FLAG_MISSING_LEFT,
    FLAG_OUT_OF_RANGE_LEFT,
    MISSING_NAN,
    MISSING_SHIFT,
    Forest,
    Tree,
    bitset,
)

# The greatest category is the last integer below which float32 holds them all: sets are kept as bits.
MAX_CATEGORY = (1 << 24) - 1


def comparison(source: TreeliteSource) -> str:
    """How the whole forest compares: `lt` where every split does, else `le`, to which the others are brought."""
    return "lt" if source.operators and source.operators <= {"<", ">="} else "le"


def forest_of(source: TreeliteSource, origin: str) -> Forest:
    """The trees in the order in which GTIL adds their leaves."""
    forest = Forest(threshold=source.dtype, leaf=source.dtype)
    vectors = source.columns > 1 and bool(np.any((source.target_id < 0) | (source.class_id < 0)))
    form = comparison(source)
    for index, tree in enumerate(source.trees):
        target, place = int(source.target_id[index]), int(source.class_id[index])
        value = _leaves(tree, target, place, source, origin, index)
        if not vectors:
            column = max(target, 0) * source.classes + max(place, 0)
            value = value[:, column]
        forest.add(_tree(tree, value, form, origin, index), -1 if vectors else column)
    return forest


def _leaves(
    tree: TreeliteTree, target: int, place: int, source: TreeliteSource, origin: str, index: int
) -> npt.NDArray[Any]:
    """Per node what the leaf adds to each column; −0.0, which changes no sum, where it adds nothing."""
    nodes = len(tree.left)
    own = tree.leaf.reshape(nodes, 1) if tree.vectors is None else tree.vectors
    targets = source.targets if target < 0 else 1
    classes = source.classes if place < 0 else 1
    if own.shape[1] != targets * classes:
        raise UnsupportedModelError(
            origin,
            f"the leaves of tree {index} hold {own.shape[1]} numbers for {targets * classes} outputs",
            "build the model anew: GTIL refuses it too",
        )
    found = np.full((nodes, source.targets, source.classes), -0.0, dtype=own.dtype)
    found[:, _span(target), _span(place)] = own.reshape(nodes, targets, classes)
    return found.reshape(nodes, source.columns)


def _span(number: int) -> slice:
    return slice(None) if number < 0 else slice(number, number + 1)


def _tree(tree: TreeliteTree, value: npt.NDArray[Any], form: str, origin: str, index: int) -> Tree:
    categorical = np.isin(np.arange(len(tree.left)), list(tree.categories))
    # x >= t is not (x < t), so its children change places, and with them the way of a missing value.
    swapped = np.isin(tree.operator, (">=", ">"))
    default_left = tree.default_left ^ swapped
    flags = np.where(default_left, FLAG_MISSING_LEFT, 0) | MISSING_NAN << MISSING_SHIFT
    sides = np.where(tree.list_right, FLAG_OUT_OF_RANGE_LEFT, FLAG_IN_SET_LEFT) | FLAG_CATEGORICAL
    return Tree.from_nodes(
        left=np.where(swapped, tree.right, tree.left),
        right=np.where(swapped, tree.left, tree.right),
        is_leaf=tree.is_leaf,
        feature=tree.feature,
        threshold=np.where(categorical, 0.0, _thresholds(tree, form, origin, index)).astype(tree.threshold.dtype),
        flags=np.where(categorical, flags | sides, flags),
        value=value,
        cover=tree.cover,
        categories={node: _words(members, origin, index) for node, members in tree.categories.items()},
    )


def _thresholds(tree: TreeliteTree, form: str, origin: str, index: int) -> npt.NDArray[Any]:
    """Thresholds for the forest's one comparison: x < t is x <= the number before t."""
    if form == "lt":
        return tree.threshold
    moved = np.isin(tree.operator, ("<", ">="))
    if np.any(moved & np.isneginf(tree.threshold)):
        raise UnsupportedModelError(
            origin,
            f"tree {index} compares by < with -inf in a model that compares by <= elsewhere",
            "use one comparison throughout",
        )
    before = np.nextafter(tree.threshold, -np.inf, dtype=tree.threshold.dtype)
    return np.where(moved, before, tree.threshold)


def _words(members: npt.NDArray[np.int64], origin: str, index: int) -> npt.NDArray[np.uint32]:
    if len(members) and members.max() > MAX_CATEGORY:
        raise UnsupportedModelError(
            origin,
            f"tree {index} has the category {members.max()}, more than {MAX_CATEGORY}",
            "number the categories from 0",
        )
    return bitset(members)
