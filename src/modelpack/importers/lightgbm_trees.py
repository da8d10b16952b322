"""LightGBM's trees as the forest of a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers.lightgbm_model import LightgbmModel
from modelpack.program.forest import FLAG_CATEGORICAL, FLAG_IN_SET_LEFT, MISSING_NAN, MISSING_SHIFT, Forest, Tree

# What LightGBM takes for zero, as the float64 that it compares with.
_ZERO = float(np.float32(1e-35))
# A category in the node's set goes left; a missing, negative or unknown one right.
_CATEGORICAL = FLAG_CATEGORICAL | FLAG_IN_SET_LEFT | MISSING_NAN << MISSING_SHIFT


def forest_of(model: LightgbmModel, flushes_zero: bool, origin: str) -> Forest:
    """The trees in the order in which LightGBM adds their leaves.

    Parameters
    ----------
    flushes_zero : bool
        Whether LightGBM reads a dense matrix, of which it takes |x| <= 1e-35f for 0.0.
    """
    forest = Forest(threshold=np.float64, leaf=np.float64)
    for index, fields in enumerate(model.trees):
        if fields.get("is_linear", "0") != "0":
            raise UnsupportedModelError(
                origin,
                "linear_tree=True: leaves that are linear models are not supported",
                "train with linear_tree=False",
            )
        try:
            forest.add(_tree(fields, flushes_zero), index % model.columns)
        except (KeyError, IndexError, ValueError) as error:
            raise UnsupportedModelError(origin, f"tree {index} of the model is damaged: {error!r}") from None
    return forest


def _tree(fields: Mapping[str, str], flushes_zero: bool) -> Tree:
    leaves = int(fields["num_leaves"])
    leaf = _numbers(fields, "leaf_value", np.float64, leaves)
    splits = leaves - 1
    if splits == 0:
        return _constant(leaf)
    decision = _numbers(fields, "decision_type", np.int64, splits)
    threshold = _numbers(fields, "threshold", np.float64, splits)
    categorical = (decision & 1).astype(bool)
    # Bit 1 (missing goes left) and bits 2-3 (what is missing) are those of the program's flags.
    flags = np.where(categorical, _CATEGORICAL, decision & 0b1110)
    return Tree(
        feature=_numbers(fields, "split_feature", np.int64, splits),
        threshold=np.where(categorical, 0.0, _flushed(threshold) if flushes_zero else threshold),
        left=_numbers(fields, "left_child", np.int64, splits),
        right=_numbers(fields, "right_child", np.int64, splits),
        flags=flags,
        leaf=leaf,
        categories=_category_sets(fields, categorical, threshold),
        cover=_numbers(fields, "internal_count", np.float64, splits),
        leaf_cover=_numbers(fields, "leaf_count", np.float64, leaves),
        node_id=np.arange(splits),
        leaf_id=np.arange(leaves),
    )


def _constant(leaf: npt.NDArray[np.float64]) -> Tree:
    none = np.empty(0, dtype=np.int64)
    return Tree(
        feature=none,
        threshold=np.empty(0),
        left=none,
        right=none,
        flags=none,
        leaf=leaf,
        cover=np.empty(0),
        leaf_cover=np.zeros(1),
        node_id=none,
        leaf_id=np.zeros(1, dtype=np.int64),
    )


def _flushed(threshold: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Thresholds that divide as LightGBM does where all of [-1e-35f, 1e-35f] counts as 0.0: moved to the edge of it."""
    below = np.where((threshold >= -_ZERO) & (threshold < 0), np.nextafter(-_ZERO, -np.inf), threshold)
    return np.where((threshold >= 0) & (threshold <= _ZERO), _ZERO, below)


def _category_sets(
    fields: Mapping[str, str], categorical: npt.NDArray[np.bool_], threshold: npt.NDArray[np.float64]
) -> dict[int, npt.NDArray[np.uint32]]:
    """Bitsets by node; the threshold of a categorical node is the number of its set."""
    if not categorical.any():
        return {}
    bounds = np.array(fields["cat_boundaries"].split(), dtype=np.int64)
    words = np.array(fields["cat_threshold"].split(), dtype=np.uint32)
    sets = threshold.astype(np.int64)
    return {int(node): words[bounds[sets[node]] : bounds[sets[node] + 1]] for node in np.flatnonzero(categorical)}


def _numbers(fields: Mapping[str, str], key: str, dtype: type, count: int) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.array(fields[key].split(), dtype=dtype)
    if len(found) != count:
        raise ValueError(f"{key} has {len(found)} numbers, not {count}")
    return found
