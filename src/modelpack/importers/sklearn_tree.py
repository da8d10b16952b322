"""DecisionTree, RandomForest and ExtraTrees, for one and for many outputs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)
from sklearn.utils import get_tags

from modelpack.importers.frame import Frame, gather
from modelpack.importers.imported import Outputs
from modelpack.importers.labels import label_classes
from modelpack.importers.sklearn_answers import Reference, label_outputs, task_of
from modelpack.importers.sklearn_array import checked_array, require_fits_float32
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_step import estimator
from modelpack.program import Builder, Forest, Tree, Value
from modelpack.program.forest import FLAG_MISSING_LEFT, MISSING_NAN, MISSING_SHIFT
from modelpack.schema import Output

Array = npt.NDArray[Any]


@estimator(DecisionTreeClassifier, ExtraTreeClassifier, RandomForestClassifier, ExtraTreesClassifier)
def classifier(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    labels = model.classes_ if isinstance(model.classes_, list) else [model.classes_]
    sizes = [len(one) for one in labels]
    probability = _leaf_sums(model, builder, frame, origin, sizes)
    classes = [label_classes(one, origin) for one in labels]
    return Outputs(
        outputs=label_outputs(classes, margin=None, probability=True),
        values={"label": argmax_of_each(builder, probability, sizes, origin), "probability": probability},
        task=task_of(classes),
        reference=Reference(model, {"label": "predict", "probability": "predict_proba"}, labels),
        config=configuration(model),
    )


@estimator(DecisionTreeRegressor, ExtraTreeRegressor, RandomForestRegressor, ExtraTreesRegressor)
def regressor(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    value = _leaf_sums(model, builder, frame, origin, [1] * model.n_outputs_)
    return Outputs(
        outputs=(Output("value", "float64", model.n_outputs_),),
        values={"value": value},
        task="regression" if model.n_outputs_ == 1 else "multioutput",
        reference=Reference(model, {"value": "predict"}),
        config=configuration(model),
    )


def argmax_of_each(builder: Builder, probability: Value, sizes: list[int], origin: str) -> Value:
    """For each label the first class of the highest probability."""
    starts = np.concatenate([[0], np.cumsum(sizes)])
    labels = [
        builder.op("argmax@1", gather(builder, [probability], range(start, end), origin), origin=origin)
        for start, end in pairwise(starts.tolist())
    ]
    return labels[0] if len(labels) == 1 else builder.op("concat@1", *labels, origin=origin)


def _leaf_sums(model: Any, builder: Builder, frame: Frame, origin: str, sizes: list[int]) -> Value:
    """A tree's leaf, or the mean of all trees' leaves: `sizes` numbers per output, side by side."""
    single = not hasattr(model, "estimators_")
    trees = [model] if single else model.estimators_
    forest = Forest(threshold=np.float64, leaf=np.float64)
    for tree in trees:
        if sizes == [1]:
            forest.add(tree_of(tree.tree_, tree.tree_.value[:, 0, 0]), 0)
        else:
            forest.add(tree_of(tree.tree_, leaf_vectors(tree.tree_.value, sizes)), -1)
    block = tree_input(builder, frame, origin, nan=bool(get_tags(trees[0]).input_tags.allow_nan))
    # -0.0 is what leaves a single leaf as it stands; a forest starts from numpy.zeros.
    init = np.full(sum(sizes), -0.0 if single else 0.0)
    total = forest_sum(builder, block, forest, init, origin)
    if single:
        return total
    return builder.op("div@1", total, origin=origin, tensors={"operand": np.array([float(len(trees))])})


def leaf_vectors(value: Array, sizes: list[int]) -> Array:
    """[nodes, outputs, classes] to [nodes, all classes of all outputs]."""
    return np.hstack([value[:, output, :size] for output, size in enumerate(sizes)])


def tree_of(tree: Any, value: Array) -> Tree:
    """One of scikit-learn's `tree_`, with `value` per node."""
    missing_left = np.asarray(tree.missing_go_to_left, dtype=np.uint8)
    return Tree.from_nodes(
        left=tree.children_left,
        right=tree.children_right,
        is_leaf=tree.children_left < 0,
        feature=tree.feature,
        threshold=tree.threshold,
        flags=(MISSING_NAN << MISSING_SHIFT) | missing_left * FLAG_MISSING_LEFT,
        value=value,
        cover=tree.weighted_n_node_samples,
    )


def tree_input(builder: Builder, frame: Frame, origin: str, *, nan: bool) -> Value:
    """The block that trees compare, rounded to float32 by them, with the refusals of the framework."""
    checked = checked_array(builder, frame, origin, dtype=None, finite=False)
    require_fits_float32(builder, checked, origin, nan=nan and checked.container != "sparse")
    return checked.numbers(builder, "f32" if _straight(checked) else "f64", origin)


def _straight(checked: Frame) -> bool:
    """Integers alone go to float32 in one rounding."""
    return bool(checked.columns) and checked.columns[0].dtype not in ("float64", "object")


def forest_sum(builder: Builder, block: Value, forest: Forest, init: Array, origin: str) -> Value:
    """Sums of leaves of trees that compare a float32 with a float64 threshold."""
    return builder.op(
        "forest@1",
        block,
        origin=origin,
        input="f32",
        compare="le",
        acc="f64",
        emit="sum",
        category_cast="trunc",
        tensors=forest.tensors(init),
    )
