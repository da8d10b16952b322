"""GradientBoostingClassifier and GradientBoostingRegressor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

from modelpack.importers import bound as bounds
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.labels import label_classes
from modelpack.importers.sklearn_answers import Reference, label_outputs, refuse_single_class, task_of
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_step import Refusal, estimator
from modelpack.importers.sklearn_tree import forest_sum, tree_input, tree_of
from modelpack.program import Builder, Forest, Value
from modelpack.schema import Output

Array = npt.NDArray[Any]
CONSTANT_STRATEGIES = ("prior", "most_frequent", "constant", "mean", "median", "quantile")


def init_refusals(model: Any) -> Iterable[Refusal]:
    init = model.init
    constant = type(init) in (DummyClassifier, DummyRegressor) and init.strategy in CONSTANT_STRATEGIES
    if init is not None and not (isinstance(init, str) and init == "zero") and not constant:
        yield Refusal(f"init={type(init).__name__}, which starts from another model", 'use init=None or init="zero"')


@estimator(GradientBoostingRegressor, refusals=init_refusals)
def regressor(model: GradientBoostingRegressor, builder: Builder, frame: Frame, origin: str) -> Outputs:
    return Outputs(
        outputs=(Output("value", "float64", 1),),
        values={"value": raw(model, builder, frame, origin)},
        task="regression",
        reference=Reference(model, {"value": "predict"}),
        config=configuration(model),
    )


@estimator(GradientBoostingClassifier, promise="B", refusals=init_refusals)
def classifier(model: GradientBoostingClassifier, builder: Builder, frame: Frame, origin: str) -> Outputs:
    margin = raw(model, builder, frame, origin)
    classes = [label_classes(model.classes_, origin)]
    refuse_single_class(classes, origin)
    if margin.width == 1:
        # scikit-learn's half logit: the exponential loss works with half the log-odds.
        odds = margin
        if model.loss == "exponential":
            odds = builder.op("mul@1", margin, origin=origin, tensors={"operand": np.array([2.0])})
        positive = builder.op("sigmoid@1", odds, origin=origin, form="expit")
        probability = builder.op("complement@1", positive, origin=origin)
        zero = {"constant": np.zeros(1)}
        label = builder.op("compare@1", margin, origin=origin, comparison="ge", tensors=zero)
    else:
        probability = builder.op("softmax@1", margin, origin=origin, form="numpy")
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


def probability_bound(_: Any, answers: Answers) -> Answers:
    """The bound of probabilities whose margins are exact."""
    probability = answers["probability"]
    spread = bounds.binary if probability.shape[1] == 2 else bounds.softmax
    return {"probability": spread(probability)}


def raw(model: Any, builder: Builder, frame: Frame, origin: str) -> Value:
    """init, plus learning_rate times each stage's leaf, in order."""
    forest = Forest(threshold=np.float64, leaf=np.float64)
    for stage in model.estimators_:
        for output, tree in enumerate(stage):
            leaves = model.learning_rate * tree.tree_.value[:, 0, 0]
            forest.add(tree_of(tree.tree_, leaves), output)
    block = tree_input(builder, frame, origin, nan=False)
    # Asked of the framework: its logit of the prior differs in the last bits from other ways to compute it.
    init = model._raw_predict_init(np.zeros((1, model.n_features_in_), dtype=np.float32))[0]
    return forest_sum(builder, block, forest, np.ascontiguousarray(init, dtype=np.float64), origin)
