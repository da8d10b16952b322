"""Linear models: regression, and logistic and ridge classification."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    HuberRegressor,
    Lars,
    LarsCV,
    Lasso,
    LassoCV,
    LassoLars,
    LassoLarsCV,
    LassoLarsIC,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    MultiTaskElasticNet,
    MultiTaskElasticNetCV,
    MultiTaskLasso,
    MultiTaskLassoCV,
    OrthogonalMatchingPursuit,
    OrthogonalMatchingPursuitCV,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
)
from sklearn.utils.validation import check_array

from modelpack.importers import sklearn_bound as bounds
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs
from modelpack.importers.sklearn_answers import Reference, classes_of, label_outputs, refuse_single_class, task_of
from modelpack.importers.sklearn_array import NUMERIC, checked_array
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_step import Refusal, estimator, quiet
from modelpack.program import Builder, Value
from modelpack.schema import Output

Array = npt.NDArray[Any]
DTYPES = {"f64": "float64", "f32": "float32"}


class Layer:
    """x · weight + bias: one inner product per output, summed over the columns in order."""

    def __init__(self, model: Any, builder: Builder, frame: Frame, origin: str) -> None:
        checked = checked_array(builder, frame, origin, dtype=NUMERIC, finite=True)
        coefficients = np.atleast_2d(model.coef_)
        precision = np.result_type(checked.sample.dtype, coefficients.dtype)
        to = "f32" if precision == np.float32 else "f64"
        sparse_input = checked.container == "sparse"
        x = checked.numbers(builder, to, origin, absent="keep" if sparse_input else "zero")
        self.exact = sparse_input
        self.weight = np.ascontiguousarray(coefficients.T.astype(x.dtype))
        self.bias = np.ascontiguousarray(np.broadcast_to(np.ravel(model.intercept_), len(coefficients)))
        # A Python number takes the precision of the product, a numpy float64 widens it.
        if x.type == "f32" and type(model.intercept_) not in (int, float) and self.bias.dtype == np.float64:
            product = self._product(builder, x, origin, bias="none")
            wide = builder.op("cast@1", product, origin=origin, to="f64")
            self.value: Value = builder.op("add@1", wide, origin=origin, tensors={"operand": self.bias})
        else:
            self.bias = self.bias.astype(x.dtype)
            self.value = self._product(builder, x, origin, bias="last")

    def _product(self, builder: Builder, x: Value, origin: str, *, bias: str) -> Value:
        tensors = {"weight": self.weight, **({"bias": self.bias} if bias == "last" else {})}
        return builder.op("linear@1", x, origin=origin, bias=bias, nan="keep", tensors=tensors)

    @property
    def dtype(self) -> str:
        return DTYPES[self.value.type]

    @property
    def eps(self) -> float:
        return float(np.finfo(self.weight.dtype).eps)

    def bound(self, data: Any) -> npt.NDArray[np.float64]:
        """Greatest difference of each output, for the estimator's own input."""
        with quiet():
            x = check_array(data, accept_sparse=True)
        if sparse.issparse(x) and self.exact:
            return np.zeros((x.shape[0], self.weight.shape[1]))
        return bounds.inner_product(x, self.weight, self.bias)


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
        bound=lambda data: {"value": layer.bound(data)},
        promise="C",
    )


def ridge_refusals(model: Any) -> list[Refusal]:
    binarizer = getattr(model, "_label_binarizer", None)
    if binarizer is not None and binarizer.y_type_.startswith("multilabel"):
        return [Refusal("multilabel targets", "train one classifier per label")]
    return []


@estimator(RidgeClassifier, RidgeClassifierCV, promise="C", refusals=ridge_refusals)
def ridge_classifier(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    layer = Layer(model, builder, frame, origin)
    classes = [classes_of(model.classes_, origin)]
    refuse_single_class(classes, origin)
    reference = Reference(model, {"label": "predict", "margin": "decision_function"}, [model.classes_])
    return Outputs(
        outputs=label_outputs(classes, margin=layer.value.width, probability=False, dtype=layer.dtype),
        values={"label": decided(builder, layer.value, origin), "margin": layer.value},
        task=task_of(classes),
        reference=reference,
        config=configuration(model),
        bound=lambda data: margin_bounds(layer, reference, data),
        promise="C",
    )


def logistic_refusals(model: Any) -> list[Refusal]:
    """Before scikit-learn 1.8 a multiclass model could be one-versus-rest."""
    if getattr(model, "multi_class", "deprecated") == "ovr" or _liblinear_multiclass(model):
        return [Refusal("one-versus-rest on several classes", 'train with multi_class="multinomial"')]
    return []


def _liblinear_multiclass(model: Any) -> bool:
    return model.solver == "liblinear" and len(getattr(model, "classes_", ())) > 2


@estimator(LogisticRegression, LogisticRegressionCV, promise="C", refusals=logistic_refusals)
def logistic(model: Any, builder: Builder, frame: Frame, origin: str) -> Outputs:
    layer = Layer(model, builder, frame, origin)
    classes = [classes_of(model.classes_, origin)]
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
        bound=lambda data: logistic_bounds(layer, reference, data),
        promise="C",
    )


def decided(builder: Builder, margin: Value, origin: str) -> Value:
    """The class index: margin > 0, or the first greatest margin."""
    if margin.width > 1:
        return builder.op("argmax@1", margin, origin=origin)
    zero = {"constant": np.zeros(1, dtype=margin.dtype)}
    return builder.op("compare@1", margin, origin=origin, comparison="gt", tensors=zero)


def margin_bounds(layer: Layer, reference: Reference, data: Any) -> Answers:
    bound = layer.bound(data)
    margin = reference.answer("margin", "decision_function", data)
    return {"margin": bound, "label": bounds.undecided_labels(margin, bound)}


def logistic_bounds(layer: Layer, reference: Reference, data: Any) -> Answers:
    found = margin_bounds(layer, reference, data)
    probability = reference.answer("probability", "predict_proba", data)
    spread = bounds.logistic if layer.value.width == 1 else bounds.softmax
    return {**found, "probability": spread(probability, found["margin"], layer.eps)}
