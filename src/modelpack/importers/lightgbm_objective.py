"""What each objective of LightGBM makes of the raw score, in float64."""

from __future__ import annotations

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers import bound as bounds
from modelpack.importers.booster_bound import Spread
from modelpack.importers.lightgbm_model import LightgbmModel
from modelpack.program import Builder, Value

_PLAIN = ("", "custom", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg")
_EXPONENTIAL = ("poisson", "gamma", "tweedie")


def prediction(builder: Builder, raw: Value, model: LightgbmModel, origin: str) -> Value:
    """What `predict` answers, from the raw score.

    Raises
    ------
    UnsupportedModelError
        The objective is not known.
    """
    objective, parameters = model.objective, model.objective_parameters
    score = _averaged(builder, raw, model, origin)
    if objective in _PLAIN:
        return score
    if objective == "regression":
        return _squared(builder, score, origin) if "sqrt" in parameters else score
    if objective in _EXPONENTIAL:
        return builder.op("math@1", score, origin=origin, function="exp")
    if objective in ("binary", "multiclassova"):
        return _sigmoid(builder, score, float(parameters["sigmoid"]), origin)
    if objective == "cross_entropy":
        return _sigmoid(builder, score, 1.0, origin)
    if objective == "cross_entropy_lambda":
        return builder.op(
            "math@1", builder.op("math@1", score, origin=origin, function="exp"), origin=origin, function="log1p"
        )
    if objective == "multiclass":
        return builder.op("softmax@1", score, origin=origin, form="lightgbm")
    raise UnsupportedModelError(
        origin, f"the objective {objective!r} is not known", "train with one that docs/SEMANTICS.md lists"
    )


def prediction_bound(objective: str) -> Spread | None:
    """How far `predict` may lie from the program's answer; None: the same bits."""
    if objective in _EXPONENTIAL:
        return bounds.exponential
    if objective in ("binary", "multiclassova", "cross_entropy"):
        return bounds.logistic
    if objective == "cross_entropy_lambda":
        return bounds.softplus
    return bounds.softmax if objective == "multiclass" else None


def _averaged(builder: Builder, raw: Value, model: LightgbmModel, origin: str) -> Value:
    """A random forest divides by its iterations, but not in the raw score that it reports."""
    if not model.averages:
        return raw
    return builder.op("div@1", raw, origin=origin, tensors={"operand": np.array([float(model.iterations)])})


def _sigmoid(builder: Builder, score: Value, scale: float, origin: str) -> Value:
    return builder.op("sigmoid@1", score, origin=origin, form="lightgbm", tensors={"scale": np.array([scale])})


def _squared(builder: Builder, score: Value, origin: str) -> Value:
    """sign(x) * x * x, which is |x| * x."""
    size = builder.op("math@1", score, origin=origin, function="abs")
    return builder.op("mul@1", size, score, origin=origin)
