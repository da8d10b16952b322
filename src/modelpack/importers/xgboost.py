"""XGBoost: Booster, the scikit-learn API, and model files in JSON and UBJSON.

All arithmetic is float32, as XGBoost's own: trees compare `x < threshold` and are summed in order from the base score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers.booster_bound import answers_bound
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.labels import given_classes, label_classes
from modelpack.importers.plain import plain
from modelpack.importers.xgboost_input import input_block
from modelpack.importers.xgboost_model import XgboostModel
from modelpack.importers.xgboost_objective import base_margin, prediction, prediction_bound
from modelpack.importers.xgboost_source import XgboostSource, source_of
from modelpack.importers.xgboost_trees import forest_of
from modelpack.program import Builder, Value
from modelpack.schema import Classes, Output

# Relative bound for scipy's softmax in float32: numpy's exp is off by up to two units, sum and division round.
_SOFTMAX_BOUND = 16 * float(np.finfo(np.float32).eps)


def import_xgboost(
    model: Any, builder: Builder, frame: Frame, origin: str, *, classes: Sequence[Any] | None = None
) -> Outputs:
    """Adds an XGBoost model to the program.

    Parameters
    ----------
    model : Booster, XGBModel, or path of a .json or .ubj file
    builder : Builder
    frame : Frame
        The model's input.
    origin : str
        Where the model stands, for errors.
    classes : sequence, optional
        Class labels in the order of the model's numbers 0, 1, …; with them a Booster answers as a classifier.
    """
    source = source_of(model, origin)
    block = input_block(builder, frame, source.model, source.missing, source.uses_dmatrix, origin)
    margin = _margin(builder, block, source, origin)
    predicted = prediction(builder, margin, source.model.objective, source.library, origin)
    config = _config(source)
    if source.kind == "classifier" or classes is not None:
        return _classifier(builder, source, margin, predicted, classes, config, origin)
    reference = _reference(source, ("value",))
    spread = prediction_bound(source.model.objective)
    return Outputs(
        outputs=(Output("value", "float32", predicted.width), Output("margin", "float32", margin.width)),
        values={"value": predicted, "margin": margin},
        task=_task(source),
        reference=reference,
        config=config,
        bound=None if spread is None else answers_bound(spread),
        promise="A" if spread is None else "B",
    )


def _margin(builder: Builder, block: Value, source: XgboostSource, origin: str) -> Value:
    model = source.model
    init = base_margin(model.objective, model.base_score, source.library)
    if model.linear is not None:
        # gblinear adds the first base score to every output.
        tensors = {"weight": model.linear[:-1], "bias": model.linear[-1] + init[0]}
        return builder.op("linear@1", block, origin=origin, bias="first", nan="skip", tensors=tensors)
    forest = forest_of(model, source.rounds, init if source.adds_base_to_each_tree else None, origin)
    if len(forest) == 0:
        raise UnsupportedModelError(origin, "the model has no trees", "train it for at least one round")
    return builder.op(
        "forest@1",
        block,
        origin=origin,
        input="f32",
        compare="lt",
        acc="f32",
        emit="sum",
        category_cast="trunc",
        tensors=forest.tensors(init),
    )


def _classifier(
    builder: Builder,
    source: XgboostSource,
    margin: Value,
    predicted: Value,
    given: Sequence[Any] | None,
    config: dict[str, Any],
    origin: str,
) -> Outputs:
    """Label and probability by the rules of XGBClassifier, which differ with the shape of what the Booster answers."""
    softmax = source.model.objective == "multi:softmax"
    count = source.class_count or (margin.width if source.model.objective.startswith("multi:") else 2)
    halves = not softmax and (margin.width == 1 or count == 2)
    if softmax:
        label = builder.op("argmax@1", margin, origin=origin)
    elif not halves:
        label = builder.op("argmax@1", predicted, origin=origin)
    else:
        half = np.array([0.5], dtype=np.float32)
        label = builder.op("compare@1", predicted, origin=origin, comparison="gt", tensors={"constant": half})
    probability = predicted
    if softmax:
        probability = builder.op("softmax@1", margin, origin=origin, form="numpy")
    elif margin.width == 1:
        probability = builder.op("complement@1", predicted, origin=origin)
    if label.width > 1:
        several = (_own_classes(2, np.float64, origin),) * label.width
        outputs = (
            Output("label", "int64", label.width, several),
            Output("probability", "float32", probability.width),
            Output("margin", "float32", margin.width),
        )
    else:
        own = _own_classes(count, np.int32 if softmax else np.int64, origin)
        known = given_classes(given, count, origin) if given is not None else own
        outputs = (
            Output("label", "int64", 1, known),
            Output("probability", "float32", probability.width, known),
            Output("margin", "float32", margin.width),
        )
    reference = _reference(source, ("label", "probability"))
    spread = prediction_bound(source.model.objective)
    bound = _softmax_bound if softmax else None if spread is None else answers_bound(spread, halves)
    return Outputs(
        outputs=outputs,
        values={"label": label, "probability": probability, "margin": margin},
        task="multioutput" if label.width > 1 else "binary" if count == 2 else "multiclass",
        reference=reference,
        config=config,
        bound=bound,
        promise="A" if bound is None else "B",
    )


def _own_classes(count: int, dtype: Any, origin: str) -> Classes:
    return label_classes(np.arange(count, dtype=dtype), origin)


def _task(source: XgboostSource) -> str:
    if source.kind == "ranker" or source.model.objective.startswith("rank:"):
        return "ranking"
    if source.kind == "booster" and source.model.objective.startswith(("binary:", "multi:")):
        return "binary" if source.model.columns == 1 else "multiclass"
    return "regression" if source.model.columns == 1 else "multioutput"


def _reference(source: XgboostSource, names: tuple[str, ...]) -> Callable[[Any], Answers]:
    """XGBoost's own answers, two-dimensional."""

    def answer(X: Any) -> Answers:
        predicted = source.predict(X, margin=False)
        margin = source.predict(X, margin=True)
        answers = {"margin": margin.reshape(len(margin), -1)}
        if "value" in names:
            answers["value"] = predicted.reshape(len(predicted), -1)
            return answers
        return {**answers, **_classified(source, predicted, margin, X)}

    return answer


def _classified(source: XgboostSource, predicted: np.ndarray, margin: np.ndarray, X: Any) -> Answers:
    rows = len(predicted)
    if source.kind == "classifier":
        probability = source.asked.predict_proba(X)
        return {"label": predicted.astype(np.int64).reshape(rows, -1), "probability": probability.reshape(rows, -1)}
    # A Booster has no labels: these are what XGBClassifier makes of its answers.
    from scipy.special import softmax

    if source.model.objective == "multi:softmax":
        return {"label": predicted.astype(np.int64).reshape(rows, 1), "probability": softmax(margin, axis=1)}
    if predicted.ndim == 2:
        return {"label": np.argmax(predicted, axis=1).reshape(rows, 1), "probability": predicted}
    probability = np.vstack((1.0 - predicted, predicted)).transpose()
    return {"label": (predicted > 0.5).astype(np.int64).reshape(rows, 1), "probability": probability}


def _softmax_bound(_: Any, answers: Answers) -> Answers:
    from scipy.special import softmax

    margin = answers["margin"]
    probability = softmax(margin.astype(np.float64), axis=1) * _SOFTMAX_BOUND + np.finfo(np.float32).tiny
    return {"label": np.zeros((len(margin), 1)), "margin": np.zeros(margin.shape), "probability": probability}


def _config(source: XgboostSource) -> dict[str, Any]:
    model: XgboostModel = source.model
    return {
        "class": source.class_name,
        "framework": "xgboost",
        "version": ".".join(str(part) for part in model.version),
        "hyperparameters": plain(source.hyperparameters),
        "model": {
            "best_iteration": model.best_iteration,
            "booster": model.booster,
            "objective": model.objective,
            "rounds": len(model.round_trees) - 1 if source.rounds is None else source.rounds,
            "trees": len(model.trees),
        },
    }
