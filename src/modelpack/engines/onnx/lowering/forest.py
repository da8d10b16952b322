"""Tree ensembles as `TreeEnsemble` of ai.onnx.ml 5.

ONNX Runtime adds trees in an order of its own, and in another one with several threads. So each tree gets a target of
its own: adding one number to zero is exact. The sum in tree order, one rounding each, is left to CumSum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.engines.onnx.graph import DTYPES, ML_DOMAIN
from modelpack.engines.onnx.lowering.call import Call, Lowering
from modelpack.engines.onnx.lowering.forest_input import Block, forest_input
from modelpack.engines.onnx.value import EXACT, UNSTATED, Lowered
from modelpack.program.forest import FLAG_MISSING_LEFT

__all__ = ["OPS"]

Array = npt.NDArray[Any]

# nodes_modes of the specification.
_LE, _LT = 0, 1
_SUM, _NO_TRANSFORM = 1, 0


@dataclass(frozen=True)
class Trees:
    """What every target answers: trees with their numbers per leaf, then constants (trees without a split)."""

    leaves: Array
    constants: Array


def forest(call: Call) -> Lowered:
    tensors, emit = call.tensors, call.options["emit"]
    kind = call.options["acc"]
    trees = len(tensors["tree_output"])
    error = EXACT if call.first.error.exact else UNSTATED
    leaf, init = tensors["leaf"].astype(DTYPES[kind]), tensors["init"].astype(DTYPES[kind])
    if emit == "leaf_index":
        numbers = np.arange(len(leaf)) - np.repeat(tensors["tree_leaf"][:-1], np.diff(tensors["tree_leaf"]))
        indices = ensemble(call, Trees(numbers, np.zeros(0)))
        return Lowered(call.graph.cast(indices, np.int64), "i64", trees, error=error)
    if leaf.ndim == 2:
        name, width = vector_sums(call, leaf, init), leaf.shape[1]
    elif emit == "leaf_value":
        name, width = leaf_values(call, leaf, np.zeros(0, leaf.dtype)), trees
    else:
        name, width = sums(call, leaf, init), len(init)
    return Lowered(name, kind, width, error=error)


def sums(call: Call, leaf: Array, init: Array) -> str:
    """Per output the running sum of its first number and its trees."""
    graph, outputs = call.graph, call.tensors["tree_output"]
    trees, width = len(outputs), len(init)
    # Constants: the first number of each output; then -0.0, which changes no sum, for outputs of fewer trees.
    members = [np.flatnonzero(outputs == output) for output in range(width)]
    longest = max(len(member) for member in members)
    padded = any(len(member) < longest for member in members)
    values = leaf_values(call, leaf, np.concatenate([init, [-0.0] if padded else []]).astype(leaf.dtype))
    order = np.full((width, 1 + longest), trees + width)
    for output, member in enumerate(members):
        order[output, 0] = trees + output
        order[output, 1 : 1 + len(member)] = member
    terms = graph.gather(values, order, 1)  # [N, outputs, 1 + trees]
    return graph.reshape(graph.running_sum(terms, 2), [-1, width])


def leaf_values(call: Call, leaf: Array, constants: Array) -> str:
    """[N, trees + constants]: the number of each tree's leaf, and the constants.

    TreeEnsemble adds to +0.0, which turns -0.0 into +0.0: where that occurs, it answers the leaf's index instead.
    """
    graph, numbers = call.graph, np.concatenate([leaf, constants])
    if not np.any((numbers == 0) & np.signbit(numbers)):
        return graph.cast(ensemble(call, Trees(leaf, constants)), leaf.dtype)
    index = graph.cast(ensemble(call, Trees(np.arange(len(leaf)), len(leaf) + np.arange(len(constants)))), np.int64)
    return graph.op("Gather", graph.constant(numbers), index, axis=0)


def vector_sums(call: Call, leaf: Array, init: Array) -> str:
    """Leaves that are vectors: each tree answers the row of its leaf, and the rows are summed."""
    if call.options["emit"] == "leaf_value":
        raise call.refused("leaves that are vectors, each on its own")
    graph, rows = call.graph, np.arange(len(leaf) + 1)
    index = graph.cast(ensemble(call, Trees(rows[:-1], rows[-1:])), np.int64)
    trees = len(call.tensors["tree_output"])
    ordered = graph.gather(index, np.concatenate([[trees], np.arange(trees)]), 1)
    terms = graph.op("Gather", graph.constant(np.concatenate([leaf, init[None, :]])), ordered, axis=0)
    return graph.reshape(graph.running_sum(terms, 1), [-1, leaf.shape[1]])


def ensemble(call: Call, trees: Trees) -> str:
    """[N, trees + constants]: what each tree answers, and the constants."""
    graph, block = call.graph, forest_input(call)
    numbers = np.concatenate([trees.leaves, trees.constants])
    if block.dtype == np.float32 and not np.array_equal(numbers.astype(np.float32), numbers):
        # Single precision does not hold them: numbers of leaves beyond 2^24, or leaves in double precision.
        block = block.widened(graph)
    nodes = _nodes(call, block, len(trees.constants))
    return graph.op(
        "TreeEnsemble",
        block.name,
        domain=ML_DOMAIN,
        n_targets=len(nodes.root),
        aggregate_function=_SUM,
        post_transform=_NO_TRANSFORM,
        leaf_targetids=nodes.target.tolist(),
        leaf_weights=graph.tensor(numbers[nodes.leaf].astype(block.dtype)),
        tree_roots=nodes.root.tolist(),
        nodes_featureids=nodes.feature.tolist(),
        nodes_splits=graph.tensor(nodes.threshold.astype(block.dtype)),
        nodes_modes=graph.tensor(nodes.mode.astype(np.uint8)),
        nodes_truenodeids=nodes.left.tolist(),
        nodes_falsenodeids=nodes.right.tolist(),
        nodes_trueleafs=nodes.left_leaf.tolist(),
        nodes_falseleafs=nodes.right_leaf.tolist(),
        nodes_missing_value_tracks_true=nodes.missing_left.tolist(),
    )


@dataclass(frozen=True)
class _Nodes:
    """Nodes and leaves as the operator has them, tree by tree, their numbers counting through all trees.

    `leaf` says which of the forest's leaves (then constants) each leaf is, `target` which tree it belongs to.
    """

    root: Array
    feature: Array
    threshold: Array
    mode: Array
    left: Array
    right: Array
    left_leaf: Array
    right_leaf: Array
    missing_left: Array
    leaf: Array
    target: Array


def _nodes(call: Call, block: Block, constants: int) -> _Nodes:
    """A tree without a split becomes one whose split has equal leaves on both sides; so do the constants.

    They are two leaves, not one: up to 1.31 ONNX Runtime adds a leaf that both sides share to several targets.
    """
    tensors = call.tensors
    old_start, old_leaf = tensors["tree_node"].astype(np.int64), tensors["tree_leaf"].astype(np.int64)
    splits = np.concatenate([np.diff(old_start), np.zeros(constants, np.int64)])
    leaves = np.concatenate([np.diff(old_leaf), np.ones(constants, np.int64)])
    single = splits == 0
    start, leaf_start = _starts(np.maximum(splits, 1)), _starts(np.where(single, 2, leaves))
    tree = np.repeat(np.arange(len(splits)), splits)
    place = start[tree] + np.arange(len(tree)) - old_start[tree]
    total = int(np.maximum(splits, 1).sum())

    def spread(values: Array, elsewhere: int = 0) -> Array:
        found = np.full(total, elsewhere, values.dtype)
        found[place] = values
        return found

    def child(name: str, side: int) -> tuple[Array, Array]:
        found = tensors[name].astype(np.int64)
        number, is_leaf = (
            spread(np.where(found < 0, leaf_start[tree] + ~found, start[tree] + found)),
            spread(found < 0, 1),
        )
        number[start[single]] = leaf_start[single] + side
        return number, is_leaf.astype(np.int64)

    left, left_leaf = child("left", 0)
    right, right_leaf = child("right", 1)
    compare = _LT if call.options["compare"] == "lt" else _LE
    return _Nodes(
        root=start,
        feature=spread(block.column),
        threshold=spread(block.threshold),
        mode=spread(np.where(block.categorical, _LE, compare)),
        left=left,
        right=right,
        left_leaf=left_leaf,
        right_leaf=right_leaf,
        missing_left=spread(((tensors["flags"] & FLAG_MISSING_LEFT) != 0).astype(np.int64)),
        leaf=np.repeat(np.arange(int(leaves.sum())), np.repeat(np.where(single, 2, 1), leaves)),
        target=np.repeat(np.arange(len(splits)), np.where(single, 2, leaves)),
    )


def _starts(sizes: Array) -> Array:
    return np.cumsum(sizes) - sizes


OPS: dict[str, Lowering] = {"forest@1": forest}
