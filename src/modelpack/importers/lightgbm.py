"""LightGBM: Booster, the scikit-learn API, and model files in text.

All arithmetic is float64, as LightGBM's own: trees compare `x <= threshold` and are summed in order from 0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers.booster_bound import answers_bound
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs, class_index
from modelpack.importers.labels import given_classes, label_classes
from modelpack.importers.lightgbm_input import input_block
from modelpack.importers.lightgbm_model import LightgbmModel
from modelpack.importers.lightgbm_objective import prediction, prediction_bound
from modelpack.importers.lightgbm_source import LightgbmSource, source_of
from modelpack.importers.lightgbm_trees import forest_of
from modelpack.importers.plain import plain
from modelpack.program import Builder, Value
from modelpack.schema import Output

_MULTICLASS = ("multiclass", "multiclassova")


def import_lightgbm(
    model: Any, builder: Builder, frame: Frame, origin: str, *, classes: Sequence[Any] | None = None
) -> Outputs:
    """Adds a LightGBM model to the program.

    Parameters
    ----------
    model : Booster, LGBMModel, or path of a .txt file
    builder : Builder
    frame : Frame
        The model's input.
    origin : str
        Where the model stands, for errors.
    classes : sequence, optional
        Class labels in the order of the model's numbers 0, 1, …; with them a Booster answers as a classifier.
    """
    source = source_of(model, origin)
    block = input_block(builder, frame, source.model, origin)
    margin = _margin(builder, block, source.model, _flushes_zero(frame, source), origin)
    predicted = prediction(builder, margin, source.model, origin)
    if source.classes is not None or classes is not None:
        return _classifier(builder, source, margin, predicted, classes, origin)
    return Outputs(
        outputs=(Output("value", "float64", predicted.width), Output("margin", "float64", margin.width)),
        values={"value": predicted, "margin": margin},
        task=_task(source),
        config=_config(source),
        **_promised(source, _reference(source)),
    )


def _flushes_zero(frame: Frame, source: LightgbmSource) -> bool:
    """Whether LightGBM reads the data as a dense matrix, of which it takes |x| <= 1e-35f for 0.0."""
    if frame.container == "arrow":
        return source.release < (4, 7)
    return frame.container in ("array", "pandas")


def _margin(builder: Builder, block: Value, model: LightgbmModel, flushes_zero: bool, origin: str) -> Value:
    if not model.trees:
        raise UnsupportedModelError(origin, "the model has no trees", "train it for at least one iteration")
    return builder.op(
        "forest@1",
        block,
        origin=origin,
        input="f64",
        compare="le",
        acc="f64",
        emit="sum",
        category_cast="trunc_nonneg",
        tensors=forest_of(model, flushes_zero, origin).tensors(np.zeros(model.columns)),
    )


def _classifier(
    builder: Builder,
    source: LightgbmSource,
    margin: Value,
    predicted: Value,
    given: Sequence[Any] | None,
    origin: str,
) -> Outputs:
    """Label and probability as LGBMClassifier makes them: the largest probability, the first of equals."""
    if source.classes is not None and len(source.classes) < 2:
        raise UnsupportedModelError(origin, "the classifier was trained on one class only", "train it on two or more")
    probability = predicted if predicted.width > 1 else builder.op("complement@1", predicted, origin=origin)
    known = (
        given_classes(given, probability.width, origin) if given is not None else label_classes(source.classes, origin)
    )
    return Outputs(
        outputs=(
            Output("label", "int64", 1, known),
            Output("probability", "float64", probability.width, known),
            Output("margin", "float64", margin.width),
        ),
        values={
            "label": builder.op("argmax@1", probability, origin=origin),
            "probability": probability,
            "margin": margin,
        },
        task="binary" if probability.width == 2 else "multiclass",
        config=_config(source),
        **_promised(source, _reference(source, classifier=True)),
    )


def _promised(source: LightgbmSource, reference: Callable[[Any], Answers]) -> dict[str, Any]:
    """The framework's answers and how near to them the program's are: the arguments of `Outputs` for both."""
    spread = prediction_bound(source.model.objective)
    bound = None if spread is None else answers_bound(spread)
    return {"reference": reference, "bound": bound, "promise": "A" if spread is None else "B"}


def _task(source: LightgbmSource) -> str:
    if source.model.objective in ("lambdarank", "rank_xendcg"):
        return "ranking"
    if source.model.objective in _MULTICLASS:
        return "multiclass"
    return "binary" if source.model.objective == "binary" else "regression"


def _reference(source: LightgbmSource, classifier: bool = False) -> Callable[[Any], Answers]:
    """LightGBM's own answers, two-dimensional."""

    def answer(X: Any) -> Answers:
        margin = source.predict(X, raw=True)
        answers = {"margin": margin.reshape(len(margin), -1)}
        if not classifier:
            predicted = source.predict(X, raw=False)
            return {**answers, "value": predicted.reshape(len(predicted), -1)}
        if source.classes is not None:
            probability = source.asked.predict_proba(X, num_threads=1)
            label = class_index(source.asked.predict(X, num_threads=1), np.asarray(source.classes).tolist())
            return {**answers, "label": label, "probability": probability}
        # A Booster has no labels: these are what LGBMClassifier makes of its answers.
        predicted = source.predict(X, raw=False)
        probability = predicted if predicted.ndim == 2 else np.vstack((1.0 - predicted, predicted)).transpose()
        return {**answers, "label": np.argmax(probability, axis=1).reshape(-1, 1), "probability": probability}

    return answer


def _config(source: LightgbmSource) -> dict[str, Any]:
    model = source.model
    return {
        "class": source.class_name,
        "framework": "lightgbm",
        "version": source.library,
        "hyperparameters": plain(source.hyperparameters),
        "model": {
            "boosting": model.parameters.get("boosting", "gbdt"),
            "iterations": model.iterations,
            "objective": " ".join([model.objective, *(f"{k}:{v}" for k, v in model.objective_parameters.items())]),
            "trees": len(model.trees),
        },
    }
