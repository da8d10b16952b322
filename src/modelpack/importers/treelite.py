"""Treelite: model objects and checkpoints, with the answers of GTIL, Treelite's own predictor, as the reference.

A Treelite model is a conversion of another framework's: it sums from 0 and adds the base score last, so its answers
are not to the bit those of the framework that trained it. What is reproduced here is GTIL.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers.booster_bound import answers_bound
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.labels import given_classes
from modelpack.importers.treelite_postprocessor import prediction, prediction_bound
from modelpack.importers.treelite_source import TreeliteSource, source_of
from modelpack.importers.treelite_trees import comparison, forest_of
from modelpack.program import Builder, Value
from modelpack.schema import Output

_TASKS = {"kBinaryClf": "binary", "kMultiClf": "multiclass", "kLearningToRank": "ranking"}


def import_treelite(
    model: Any, builder: Builder, frame: Frame, origin: str, *, classes: Sequence[Any] | None = None
) -> Outputs:
    """Adds a Treelite model to the program.

    Parameters
    ----------
    model : treelite.Model, or path of a checkpoint (.tl, .treelite)
    builder : Builder
    frame : Frame
        The model's input.
    origin : str
        Where the model stands, for errors.
    classes : sequence, optional
        Class labels in the order of the model's numbers 0, 1, …; with them the model answers as a classifier.

    Warns
    -----
    UserWarning
        The file of the framework that trained the model would give that framework's own bits.
    """
    source = source_of(model, origin)
    warn_of_conversion(source, origin)
    margin = _margin(builder, _block(builder, frame, source, origin), source, origin)
    predicted = prediction(builder, margin, source, origin)
    dtype = str(source.dtype)
    spread = prediction_bound(source)
    promise: dict[str, Any] = {"promise": "A" if spread is None else "B", "config": _config(source)}
    if classes is None:
        return Outputs(
            outputs=(Output("value", dtype, predicted.width), Output("margin", dtype, margin.width)),
            values={"value": predicted, "margin": margin},
            task=_task(source),
            reference=_reference(source, classifier=False),
            bound=None if spread is None else answers_bound(spread),
            **promise,
        )
    halves = margin.width == 1
    known = given_classes(classes, 2 if halves else source.classes, origin)
    if source.targets > 1:
        raise UnsupportedModelError(origin, f"classes are given for {source.targets} targets", "leave classes out")
    half = np.array([0.5], dtype=source.dtype)
    label = (
        builder.op("compare@1", predicted, origin=origin, comparison="gt", tensors={"constant": half})
        if halves
        else builder.op("argmax@1", predicted, origin=origin)
    )
    return Outputs(
        outputs=(
            Output("label", "int64", 1, known),
            Output("probability", dtype, max(predicted.width, 2), known),
            Output("margin", dtype, margin.width),
        ),
        values={
            "label": label,
            "probability": builder.op("complement@1", predicted, origin=origin) if halves else predicted,
            "margin": margin,
        },
        task="binary" if len(known.values) == 2 else "multiclass",
        reference=_reference(source, classifier=True),
        bound=None if spread is None else answers_bound(spread, halves),
        **promise,
    )


def warn_of_conversion(source: TreeliteSource, origin: str) -> None:
    """Says whose file would be exact. Treelite does not keep where a model comes from, but its comparisons tell."""
    single, double = source.dtype == np.float32, source.dtype == np.float64
    likely = "the framework that trained it"
    if single and source.operators <= {"<"}:
        likely = "XGBoost (model.save_model('model.json'))"
    elif double and source.operators <= {"<="}:
        likely = "LightGBM (booster.save_model('model.txt')) or scikit-learn (the estimator itself)"
    warnings.warn(
        f"{origin}: a Treelite model is a conversion, whose sums differ in the last bits from those of the framework "
        f"that trained it; the bundle answers with Treelite's own. To have the framework's bits, pack the model of "
        f"{likely} instead",
        UserWarning,
        stacklevel=2,
    )


def _block(builder: Builder, frame: Frame, source: TreeliteSource, origin: str) -> Value:
    if len(frame) != source.feature_count:
        raise UnsupportedModelError(
            origin,
            f"the model takes {source.feature_count} columns and the sample has {len(frame)}",
            "give the sample the columns of the model, in its order",
        )
    return frame.numbers(builder, "f32" if source.dtype == np.float32 else "f64", origin, absent="nan")


def _margin(builder: Builder, block: Value, source: TreeliteSource, origin: str) -> Value:
    """The sum from 0 in tree order, divided by the number of trees where Treelite averages, the base score last."""
    if not source.trees:
        raise UnsupportedModelError(origin, "the model has no trees", "build it with at least one")
    kind = block.type
    tensors = forest_of(source, origin).tensors(np.zeros(source.columns, dtype=source.dtype))
    value = builder.op(
        "forest@1",
        block,
        origin=origin,
        input=kind,
        compare=comparison(source),
        acc=kind,
        emit="sum",
        category_cast="trunc",
        tensors=tensors,
    )
    if source.averages:
        value = builder.op("div@1", value, origin=origin, tensors={"operand": _trees_per_column(source)})
    if not np.any(source.base_scores):
        return value
    # GTIL adds the base score, a double, to a sum of either precision in double, and rounds the result.
    wide = value if kind == "f64" else builder.op("cast@1", value, origin=origin, to="f64")
    wide = builder.op("add@1", wide, origin=origin, tensors={"operand": source.base_scores})
    return wide if kind == "f64" else builder.op("cast@1", wide, origin=origin, to="f32")


def _trees_per_column(source: TreeliteSource) -> np.ndarray:
    count = np.zeros((source.targets, source.classes), dtype=np.int64)
    for target, place in zip(source.target_id, source.class_id, strict=True):
        count[slice(None) if target < 0 else target, slice(None) if place < 0 else place] += 1
    return count.reshape(-1).astype(source.dtype)


def _task(source: TreeliteSource) -> str:
    return _TASKS.get(source.task, "regression" if source.columns == 1 else "multioutput")


def _reference(source: TreeliteSource, *, classifier: bool) -> Callable[[Any], Answers]:
    """GTIL's own answers, two-dimensional; labels are what XGBoost's and scikit-learn's classifiers make of them."""

    def answer(X: Any) -> Answers:
        predicted, margin = source.predict(X, margin=False), source.predict(X, margin=True)
        if not classifier:
            return {"value": predicted, "margin": margin}
        if predicted.shape[1] > 1:
            label, probability = np.argmax(predicted, axis=1).reshape(-1, 1), predicted
        else:
            label = (predicted > source.dtype.type(0.5)).astype(np.int64)
            probability = np.hstack([source.dtype.type(1) - predicted, predicted])
        return {"label": label, "probability": probability, "margin": margin}

    return answer


def _config(source: TreeliteSource) -> dict[str, Any]:
    return {
        "class": "treelite.Model",
        "framework": "treelite",
        "version": source.version,
        "hyperparameters": {},
        "model": {
            "average_tree_output": source.averages,
            "dtype": str(source.dtype),
            "postprocessor": source.postprocessor,
            "task": source.task,
            "trees": len(source.trees),
        },
    }
