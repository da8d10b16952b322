"""What each objective of XGBoost does on the way from base score to margin and from margin to prediction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers import bound as bounds
from modelpack.importers.booster_bound import Spread
from modelpack.importers.libm import logf
from modelpack.program import Builder, Value

_LOGISTIC = ("binary:logistic", "reg:logistic")
_EXPONENTIAL = ("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft")
_PLAIN = (
    "reg:squarederror",
    "reg:linear",
    "reg:squaredlogerror",
    "reg:pseudohubererror",
    "reg:absoluteerror",
    "binary:logitraw",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
)
_EPSILON = float(np.finfo(np.float32).eps)
# A base score of 0 or 1 has no finite logit, so XGBoost keeps off them since 3.2.
_EDGE = np.float32(1e-6)


def base_margin(
    objective: str, base_score: npt.NDArray[np.float32], library: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """The first value of each sum, in float32 as the XGBoost of version `library` computes it."""
    if objective in _LOGISTIC:
        one = np.float32(1)
        inside = np.minimum(np.maximum(base_score, _EDGE), one - _EDGE) if library >= (3, 2) else base_score
        return -logf(one / inside - one)
    if objective in _EXPONENTIAL:
        return logf(base_score)
    return base_score


def prediction(builder: Builder, margin: Value, objective: str, library: tuple[int, ...], origin: str) -> Value:
    """What `predict` answers, from the margin.

    Raises
    ------
    UnsupportedModelError
        The objective is not known.
    """
    if objective in _PLAIN:
        return margin
    if objective in _LOGISTIC:
        return builder.op("sigmoid@1", margin, origin=origin, form="xgboost_f32")
    if objective in _EXPONENTIAL:
        return builder.op("math@1", margin, origin=origin, function="exp")
    if objective == "binary:hinge":
        above = builder.op(
            "compare@1", margin, origin=origin, comparison="gt", tensors={"constant": np.zeros(1, np.float32)}
        )
        return builder.op("cast@1", above, origin=origin, to="f32")
    if objective == "multi:softprob":
        return builder.op("softmax@1", margin, origin=origin, form="xgboost_f32")
    if objective == "multi:softmax":
        return builder.op("cast@1", builder.op("argmax@1", margin, origin=origin), origin=origin, to="f32")
    if objective == "reg:quantileerror" and (margin.width == 1 or library < (3, 4)):
        return margin
    if objective == "reg:quantileerror":
        # XGBoost sorts the quantiles of a row since 3.4, so that none crosses another.
        return builder.op("sort_row@1", margin, origin=origin)
    if objective == "reg:expectileerror" and margin.width == 1:
        return margin
    raise UnsupportedModelError(
        origin,
        f"the objective {objective!r} with {margin.width} columns is not supported",
        "train with one that docs/SEMANTICS.md lists",
    )


def prediction_bound(objective: str) -> Spread | None:
    """How far `predict` may lie from the program's answer; None: the same bits."""
    if objective in _LOGISTIC:
        return lambda p: bounds.logistic(p, eps=_EPSILON)
    if objective in _EXPONENTIAL:
        return lambda value: bounds.exponential(value, eps=_EPSILON)
    if objective == "multi:softprob":
        return lambda p: bounds.softmax(p, eps=_EPSILON)
    return None
