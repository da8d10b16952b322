"""Linear regressors, and generalised ones with a logarithmic link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    GammaRegressor,
    HuberRegressor,
    Lars,
    LarsCV,
    Lasso,
    LassoCV,
    LassoLars,
    LassoLarsCV,
    LassoLarsIC,
    LinearRegression,
    MultiTaskElasticNet,
    MultiTaskElasticNetCV,
    MultiTaskLasso,
    MultiTaskLassoCV,
    OrthogonalMatchingPursuit,
    OrthogonalMatchingPursuitCV,
    PoissonRegressor,
    QuantileRegressor,
    Ridge,
    RidgeCV,
    SGDRegressor,
    TheilSenRegressor,
    TweedieRegressor,
)
from sklearn.svm import LinearSVR

from modelpack.importers import bound as bounds
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.sklearn_answers import Reference
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_layer import Layer
from modelpack.importers.sklearn_step import Refusal, estimator
from modelpack.program import Builder
from modelpack.schema import Output


@estimator(
    LinearRegression,
    Ridge,
    RidgeCV,
    Lasso,
    LassoCV,
    ElasticNet,
    ElasticNetCV,
    MultiTaskLasso,
    MultiTaskLassoCV,
    MultiTaskElasticNet,
    MultiTaskElasticNetCV,
    Lars,
    LarsCV,
    LassoLars,
    LassoLarsCV,
    LassoLarsIC,
    OrthogonalMatchingPursuit,
    OrthogonalMatchingPursuitCV,
    BayesianRidge,
    ARDRegression,
    HuberRegressor,
    TheilSenRegressor,
    QuantileRegressor,
    SGDRegressor,
    LinearSVR,
    promise="C",
)
def regressor(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    layer = Layer(model, builder, frame, origin)
    width = layer.value.width
    return Outputs(
        outputs=(Output("value", layer.dtype, width),),
        values={"value": layer.value},
        task="regression" if width == 1 else "multioutput",
        reference=Reference(model, {"value": "predict"}),
        config=configuration(model),
        bound=lambda data, _: {"value": layer.bound(data)},
        promise="C",
    )


def link_refusals(model: Any) -> Iterable[Refusal]:
    if isinstance(model, TweedieRegressor) and not (model.link == "log" or (model.link == "auto" and model.power > 0)):
        yield Refusal(f"link={model.link!r} with power={model.power}", 'use link="log", or a linear regressor')


@estimator(PoissonRegressor, GammaRegressor, TweedieRegressor, promise="C", refusals=link_refusals)
def log_linear_regressor(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    layer = Layer(model, builder, frame, origin)
    value = builder.op("math@1", layer.value, origin=origin, function="exp")

    def bound(data: Any, answers: Answers) -> Answers:
        # numpy's own exp of float32 is off by up to two ulp.
        ulps = 1 if layer.eps == bounds.EPSILON else 2
        return {"value": bounds.exponential(answers["value"], layer.bound(data), layer.eps, ulps)}

    return Outputs(
        outputs=(Output("value", layer.dtype, 1),),
        values={"value": value},
        task="regression",
        reference=Reference(model, {"value": "predict"}),
        config=configuration(model),
        bound=bound,
        promise="C",
    )
