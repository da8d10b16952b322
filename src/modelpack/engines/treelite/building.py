"""Builds a Treelite model from a forest, so that GTIL's sums are the program's, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from modelpack.engines.treelite.shape import ForestShape
from modelpack.engines.treelite.splits import Splits, splits_of
from modelpack.errors import UnsupportedModelError

__all__ = ["built_model"]


def built_model(shape: ForestShape, width: int, classifies: bool, attributes: dict[str, Any]) -> Any:
    """The `treelite.Model`.

    Parameters
    ----------
    shape : ForestShape
    width : int
        Columns of the forest's input.
    classifies : bool
        Whether its outputs are classes of one label; else they are targets.
    attributes : dict
        Kept in the model as they are.
    """
    from treelite.model_builder import Metadata, ModelBuilder, PostProcessorFunc, TreeAnnotation

    columns = shape.columns
    classes = columns if classifies and columns > 1 else 1
    targets = columns // classes
    vectors = shape.tensors["leaf"].ndim == 2 and columns > 1
    outputs = [*_base_outputs(shape, vectors), *shape.tensors["tree_output"].tolist()]
    making = ModelBuilder(
        threshold_type=shape.dtype,
        leaf_output_type=shape.dtype,
        metadata=Metadata(
            num_feature=width,
            task_type="kMultiClf" if classes > 1 else "kBinaryClf" if classifies else "kRegressor",
            average_tree_output=shape.averages,
            num_target=targets,
            num_class=[classes] * targets,
            leaf_vector_shape=(targets, classes) if vectors else (1, 1),
        ),
        tree_annotation=TreeAnnotation(
            num_tree=len(outputs),
            target_id=[(-1 if targets > 1 else 0) if vectors else max(column, 0) // classes for column in outputs],
            class_id=[(-1 if classes > 1 else 0) if vectors else max(column, 0) % classes for column in outputs],
        ),
        postprocessor=PostProcessorFunc(name=_postprocessor(shape, classes), sigmoid_alpha=shape.link.alpha),
        base_scores=[0.0] * columns,
        attributes=attributes,
    )
    for column in _base_outputs(shape, vectors):
        _constant(making, shape.tensors["init"], column)
    splits = splits_of(shape)
    for tree in range(shape.trees):
        _tree(making, shape, splits, tree, vectors)
    return making.commit()


def _postprocessor(shape: ForestShape, classes: int) -> str:
    name = shape.link.one if classes == 1 else shape.link.several
    if name is None or (name == "softmax" and classes == 1):
        raise UnsupportedModelError(
            shape.op["origin"],
            f"Treelite has no {shape.link.one} for {'targets' if classes == 1 else 'classes'}",
            "choose another form: --emit c, onnx",
        )
    return name


def _base_outputs(shape: ForestShape, vectors: bool) -> list[int]:
    """The outputs whose sums do not start from 0: each gets a first tree of one leaf.

    Treelite adds its own base scores last, and rounds otherwise.
    """
    found = np.flatnonzero(shape.tensors["init"]).tolist()
    if found and shape.averages:
        raise UnsupportedModelError(
            shape.op["origin"], "an average of trees that starts from another number than 0 has no form in Treelite"
        )
    return [-1] if found and vectors else found


def _constant(making: Any, init: np.ndarray, column: int) -> None:
    making.start_tree()
    making.start_node(0)
    making.leaf(init.tolist() if column < 0 else float(init[column]))
    making.end_node()
    making.end_tree()


def _tree(making: Any, shape: ForestShape, splits: Splits, tree: int, vectors: bool) -> None:
    tensors = shape.tensors
    nodes = range(int(tensors["tree_node"][tree]), int(tensors["tree_node"][tree + 1]))
    leaves = range(int(tensors["tree_leaf"][tree]), int(tensors["tree_leaf"][tree + 1]))
    count = len(nodes)
    # Splits are numbered from 0, the leaves after them.
    children = [
        [child if child >= 0 else count + ~child for child in tensors[side][nodes.start : nodes.stop].tolist()]
        for side in ("left", "right")
    ]
    features = tensors["feature"][nodes.start : nodes.stop].tolist()
    thresholds = splits.threshold[nodes.start : nodes.stop].tolist()
    covers, leaf_covers = tensors.get("cover"), tensors.get("leaf_cover")
    making.start_tree()
    for place, node in enumerate(nodes):
        making.start_node(place)
        ways = {"left_child_key": children[0][place], "right_child_key": children[1][place]}
        default_left = bool(splits.default_left[node])
        if splits.categorical[node]:
            making.categorical_test(
                features[place],
                default_left=default_left,
                category_list=splits.members[node],
                category_list_right_child=bool(splits.list_right[node]),
                **ways,
            )
        else:
            making.numerical_test(
                features[place], thresholds[place], default_left=default_left, opname=splits.operator, **ways
            )
        if covers is not None and leaf_covers is not None:
            making.sum_hess(float(covers[node]))
        making.end_node()
    values = tensors["leaf"][leaves.start : leaves.stop]
    values = values.astype(shape.dtype) if vectors else values.reshape(-1).astype(shape.dtype)
    for place, value in enumerate(values.tolist()):
        making.start_node(count + place)
        making.leaf(value)
        if covers is not None and leaf_covers is not None:
            making.sum_hess(float(leaf_covers[leaves.start + place]))
        making.end_node()
    making.end_tree()
