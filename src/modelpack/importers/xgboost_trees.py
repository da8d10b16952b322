"""XGBoost's trees as the forest of a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers.xgboost_model import XgboostModel
from modelpack.program.forest import (
    FLAG_CATEGORICAL,
    FLAG_MISSING_LEFT,
    FLAG_OUT_OF_RANGE_LEFT,
    MISSING_NAN,
    MISSING_SHIFT,
    Forest,
    Tree,
    bitset,
)

# A category in the node's set goes right, so one that no set can hold goes left.
_CATEGORICAL = FLAG_CATEGORICAL | FLAG_OUT_OF_RANGE_LEFT


def forest_of(
    model: XgboostModel, rounds: int | None, per_tree_base: npt.NDArray[np.float32] | None, origin: str
) -> Forest:
    """The trees in the order in which XGBoost adds their leaves.

    Parameters
    ----------
    rounds : int or None
        Only the first boosting rounds; None: all.
    per_tree_base : float32 [columns] or None
        The base margin that XGBoost before 3.3 adds to each leaf of `dart` and takes off again, which rounds the leaf.
    """
    count = len(model.trees) if rounds is None else model.round_trees[rounds]
    forest = Forest(threshold=np.float32, leaf=np.float32)
    for index in range(count):
        weight = np.float32(1) if model.tree_weight is None else model.tree_weight[index]
        tree = model.trees[index]
        base = None if per_tree_base is None else per_tree_base[model.tree_group[index]]
        try:
            found = _tree(tree, weight, base, model.columns)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UnsupportedModelError(origin, f"tree {index} of the model is damaged: {error!r}") from None
        forest.add(found, -1 if found.leaf.ndim == 2 else model.tree_group[index])
    return forest


def _tree(tree: Mapping[str, Any], weight: np.float32, base: np.float32 | None, columns: int) -> Tree:
    left, right = _int64(tree["left_children"]), _int64(tree["right_children"])
    is_leaf = left == -1
    categories = _category_sets(tree)
    flags = np.where(np.asarray(tree["default_left"], dtype=bool), FLAG_MISSING_LEFT, 0) | MISSING_NAN << MISSING_SHIFT
    threshold = np.asarray(tree["split_conditions"], dtype=np.float32)
    value = threshold
    if int(tree["tree_param"]["size_leaf_vector"]) > 1:
        value = _leaf_vectors(tree, right, is_leaf, columns)
    if base is not None:
        value = (value + base) - base
    for node in categories:
        flags[node] |= _CATEGORICAL
    threshold = np.where(flags & FLAG_CATEGORICAL, np.float32(0), threshold)
    return Tree.from_nodes(
        left=left,
        right=right,
        is_leaf=is_leaf,
        feature=_int64(tree["split_indices"]),
        threshold=threshold,
        flags=flags,
        value=value * weight,
        # Trees with vectors for leaves have none up to 3.1.
        cover=np.asarray(tree["sum_hessian"], dtype=np.float32) if "sum_hessian" in tree else None,
        categories=categories,
    )


def _leaf_vectors(
    tree: Mapping[str, Any], right: npt.NDArray[np.int64], is_leaf: npt.NDArray[np.bool_], columns: int
) -> npt.NDArray[np.float32]:
    """One row per node. A leaf's right child is the place of its vector; up to 3.0 all nodes have one."""
    if "leaf_weights" not in tree:
        return np.asarray(tree["base_weights"], dtype=np.float32).reshape(len(is_leaf), columns)
    vectors = np.asarray(tree["leaf_weights"], dtype=np.float32).reshape(-1, columns)
    return vectors[np.where(is_leaf, right, 0)]


def _category_sets(tree: Mapping[str, Any]) -> dict[int, npt.NDArray[np.uint32]]:
    members = _int64(tree["categories"])
    starts, sizes = _int64(tree["categories_segments"]), _int64(tree["categories_sizes"])
    nodes = _int64(tree["categories_nodes"])
    return {
        int(node): bitset(members[start : start + size]) for node, start, size in zip(nodes, starts, sizes, strict=True)
    }


def _int64(values: Any) -> npt.NDArray[np.int64]:
    return np.asarray(values, dtype=np.int64)
