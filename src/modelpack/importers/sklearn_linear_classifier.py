"""Linear classifiers: logistic regression, and those that have a margin but no probability."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.svm import LinearSVC

from modelpack.importers import bound as bounds
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.labels import label_classes
from modelpack.importers.sklearn_answers import (
    Reference,
    label_outputs,
    refuse_single_class,
    task_of,
)
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_layer import Layer, decided
from modelpack.importers.sklearn_step import Refusal, estimator
from modelpack.program import Builder


def ridge_refusals(model: Any) -> list[Refusal]:
    binarizer = getattr(model, "_label_binarizer", None)
    if binarizer is not None and binarizer.y_type_.startswith("multilabel"):
        return [Refusal("multilabel targets", "train one classifier per label")]
    return []


@estimator(RidgeClassifier, RidgeClassifierCV, promise="C", refusals=ridge_refusals)
@estimator(LinearSVC, Perceptron, promise="C")
def margin_classifier(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    layer = Layer(model, builder, frame, origin)
    classes = [label_classes(model.classes_, origin)]
    refuse_single_class(classes, origin)
    reference = Reference(model, {"label": "predict", "margin": "decision_function"}, [model.classes_])
    return Outputs(
        outputs=label_outputs(classes, margin=layer.value.width, probability=False, dtype=layer.dtype),
        values={"label": decided(builder, layer.value, origin), "margin": layer.value},
        task=task_of(classes),
        reference=reference,
        config=configuration(model),
        bound=lambda data, answers: margin_bounds(layer, data, answers),
        promise="C",
    )


def logistic_refusals(model: Any) -> list[Refusal]:
    """Before scikit-learn 1.8 several classes could be one-versus-rest, and two could go through a softmax."""
    scheme = getattr(model, "multi_class", "deprecated")
    several = len(getattr(model, "classes_", ())) > 2
    if several and (scheme == "ovr" or model.solver == "liblinear"):
        return [Refusal("one-versus-rest on several classes", "train with a solver and scheme that is multinomial")]
    if scheme == "multinomial" and not several and hasattr(model, "classes_"):
        return [Refusal('multi_class="multinomial" on two classes', "leave multi_class out")]
    return []


def sgd_refusals(model: Any) -> Iterable[Refusal]:
    several = len(getattr(model, "classes_", ())) > 2
    if model.loss == "modified_huber" or (model.loss == "log_loss" and several):
        yield Refusal(
            f'the probabilities of loss="{model.loss}"', "use LogisticRegression, or a loss without probabilities"
        )


@estimator(SGDClassifier, promise="C", refusals=sgd_refusals)
def sgd_classifier(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    classify = logistic if model.loss == "log_loss" else margin_classifier
    return classify(model, builder, frame, origin)


@estimator(LogisticRegression, LogisticRegressionCV, promise="C", refusals=logistic_refusals)
def logistic(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    layer = Layer(model, builder, frame, origin)
    classes = [label_classes(model.classes_, origin)]
    refuse_single_class(classes, origin)
    margin = layer.value
    if margin.width == 1:
        positive = builder.op("sigmoid@1", margin, origin=origin, form="expit")
        probability = builder.op("complement@1", positive, origin=origin)
    else:
        probability = builder.op("softmax@1", margin, origin=origin, form="numpy")
    methods = {"label": "predict", "probability": "predict_proba", "margin": "decision_function"}
    reference = Reference(model, methods, [model.classes_])
    return Outputs(
        outputs=label_outputs(classes, margin=margin.width, probability=True, dtype=layer.dtype),
        values={"label": decided(builder, margin, origin), "probability": probability, "margin": margin},
        task=task_of(classes),
        reference=reference,
        config=configuration(model),
        bound=lambda data, answers: logistic_bounds(layer, data, answers),
        promise="C",
    )


def margin_bounds(layer: Layer, data: Any, answers: Answers) -> Answers:
    bound = layer.bound(data)
    return {"margin": bound, "label": bounds.undecided_labels(answers["margin"], bound)}


def logistic_bounds(layer: Layer, data: Any, answers: Answers) -> Answers:
    found = margin_bounds(layer, data, answers)
    spread = bounds.binary if layer.value.width == 1 else bounds.softmax
    return {**found, "probability": spread(answers["probability"], found["margin"], layer.eps)}
