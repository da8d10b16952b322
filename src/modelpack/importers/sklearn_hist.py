"""HistGradientBoostingClassifier and HistGradientBoostingRegressor."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.utils import _safe_indexing

from modelpack.importers import bound as bounds
from modelpack.importers.frame import FRAMES, Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.labels import label_classes
from modelpack.importers.sklearn_answers import Reference, label_outputs, refuse_single_class, task_of
from modelpack.importers.sklearn_array import checked_array
from modelpack.importers.sklearn_boosting import probability_bound
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_encode import ordinal
from modelpack.importers.sklearn_step import cells_of, estimator, held, quiet
from modelpack.program import Builder, Forest, Tree, Value
from modelpack.program.forest import (
    FLAG_CATEGORICAL,
    FLAG_IN_SET_LEFT,
    FLAG_MISSING_LEFT,
    MISSING_NAN,
    MISSING_SHIFT,
)
from modelpack.schema import Output

Array = npt.NDArray[Any]
# Losses whose link is the logarithm: their answer is exp of the sum.
LOG_LINK = ("poisson", "gamma")


@estimator(HistGradientBoostingRegressor)
def regressor(model: HistGradientBoostingRegressor, builder: Builder, frame: Frame, origin: str) -> Outputs:
    value = raw(model, builder, frame, origin)
    logarithmic = model.loss in LOG_LINK
    if logarithmic:
        value = builder.op("math@1", value, origin=origin, function="exp")

    def bound(_: Any, answers: Answers) -> Answers:
        return {"value": bounds.exponential(answers["value"])}

    return Outputs(
        outputs=(Output("value", "float64", 1),),
        values={"value": value},
        task="regression",
        reference=Reference(model, {"value": "predict"}),
        config=configuration(model),
        bound=bound if logarithmic else None,
        promise="B" if logarithmic else "A",
    )


@estimator(HistGradientBoostingClassifier, promise="B")
def classifier(model: HistGradientBoostingClassifier, builder: Builder, frame: Frame, origin: str) -> Outputs:
    margin = raw(model, builder, frame, origin)
    classes = [label_classes(model.classes_, origin)]
    refuse_single_class(classes, origin)
    if margin.width == 1:
        positive = builder.op("sigmoid@1", margin, origin=origin, form="expit")
        probability = builder.op("complement@1", positive, origin=origin)
        zero = {"constant": np.zeros(1)}
        label = builder.op("compare@1", margin, origin=origin, comparison="gt", tensors=zero)
    else:
        # Its margins lie in Fortran order, which numpy sums column by column.
        probability = builder.op("softmax@1", margin, origin=origin, form="lightgbm")
        label = builder.op("argmax@1", margin, origin=origin)
    methods = {"label": "predict", "probability": "predict_proba", "margin": "decision_function"}
    reference = Reference(model, methods, [model.classes_])
    return Outputs(
        outputs=label_outputs(classes, margin=margin.width, probability=True),
        values={"label": label, "probability": probability, "margin": margin},
        task=task_of(classes),
        reference=reference,
        config=configuration(model),
        bound=probability_bound,
        promise="B",
    )


def raw(model: Any, builder: Builder, frame: Frame, origin: str) -> Value:
    """The baseline, plus each tree's leaf, in order."""
    forest = Forest(threshold=np.float64, leaf=np.float64)
    for iteration in model._predictors:
        for output, predictor in enumerate(iteration):
            forest.add(_tree(predictor), output)
    block = _preprocessed(model, builder, frame, origin)
    return builder.op(
        "forest@1",
        block,
        origin=origin,
        input="f64",
        compare="le",
        acc="f64",
        emit="sum",
        category_cast="trunc",
        tensors=forest.tensors(np.ascontiguousarray(model._baseline_prediction.ravel(), dtype=np.float64)),
    )


def _tree(predictor: Any) -> Tree:
    nodes = predictor.nodes
    categorical = nodes["is_categorical"].astype(bool) & ~nodes["is_leaf"].astype(bool)
    flags = np.full(len(nodes), MISSING_NAN << MISSING_SHIFT, dtype=np.uint8)
    flags |= nodes["missing_go_to_left"].astype(np.uint8) * np.uint8(FLAG_MISSING_LEFT)
    # The encoder before it makes unknown categories NaN, so what is not in the set is known and goes right.
    flags |= categorical.astype(np.uint8) * np.uint8(FLAG_CATEGORICAL | FLAG_IN_SET_LEFT)
    sets = {
        int(node): predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]] for node in np.flatnonzero(categorical)
    }
    return Tree.from_nodes(
        left=nodes["left"].astype(np.int64),
        right=nodes["right"].astype(np.int64),
        is_leaf=nodes["is_leaf"].astype(bool),
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=np.where(categorical, 0.0, nodes["num_threshold"]),
        flags=flags,
        value=nodes["value"],
        cover=nodes["count"],
        categories=sets,
    )


def _preprocessed(model: Any, builder: Builder, frame: Frame, origin: str) -> Value:
    """The matrix that the trees see: all numbers, or encoded categories first and numbers after them."""
    if model._preprocessor is None:
        return checked_array(builder, frame, origin, dtype=np.float64, finite=False).numbers(builder, "f64", origin)
    categorical, numerical = _parts(model, frame)
    cells = ordinal(model._preprocessor.named_transformers_["encoder"], builder, categorical, origin)
    if len(numerical):
        checked = checked_array(builder, numerical, origin, dtype=np.float64, finite=False)
        cells += cells_of(checked.numbers(builder, "f64", origin))
    with quiet():
        after = model._preprocessor.transform(frame.sample)
    return held(cells, after, origin).numbers(builder, "f64", origin)


def _parts(model: Any, frame: Frame) -> tuple[Frame, Frame]:
    places = {column.name: position for position, column in enumerate(frame.columns)}
    by_name = hasattr(model, "feature_names_in_") and frame.container in FRAMES
    order = [places[str(name)] for name in model.feature_names_in_] if by_name else list(range(len(frame)))
    chosen = [
        np.array([order[index] for index in np.flatnonzero(mask)], dtype=int)
        for mask in (model.is_categorical_, ~model.is_categorical_)
    ]
    parts = []
    for positions in chosen:
        sample = _safe_indexing(frame.sample, positions, axis=1) if len(positions) else None
        parts.append(Frame(frame.take(positions.tolist()).columns, frame.container, sample))
    return parts[0], parts[1]
