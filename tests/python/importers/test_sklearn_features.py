"""Products, thresholds, functions of columns, and target encoding."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, FunctionTransformer, PolynomialFeatures, TargetEncoder
from sklearn.tree import DecisionTreeRegressor

import modelpack


def tree() -> DecisionTreeRegressor:
    return DecisionTreeRegressor(max_depth=8, random_state=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "step",
    [
        PolynomialFeatures(),
        PolynomialFeatures(3),
        PolynomialFeatures(4, interaction_only=True, include_bias=False),
        PolynomialFeatures((2, 3)),
        PolynomialFeatures(6, interaction_only=True),
        PolynomialFeatures(1, include_bias=False),
    ],
    ids=str,
)
def test_products_of_columns(agrees, dense, response, step, dtype):
    rows = dense.astype(dtype)
    agrees(make_pipeline(step, HistGradientBoostingRegressor(max_iter=5)).fit(rows, response), rows)


def test_products_of_integers(agrees, response):
    rows = np.random.default_rng(0).integers(-5, 9, (300, 3))
    agrees(make_pipeline(PolynomialFeatures(3), tree()).fit(rows, response), rows)


def test_products_refuse_nan_and_infinite_numbers(agrees_or_raises, dense, response, hostile):
    model = make_pipeline(PolynomialFeatures(), tree()).fit(dense, response)
    answered, raised = agrees_or_raises(model, dense, hostile)
    assert answered and raised


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_threshold(agrees, dense, response, dtype):
    rows = (dense * 10).astype(dtype)
    agrees(make_pipeline(Binarizer(threshold=0.1), tree()).fit(rows, response), rows)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", [np.sqrt, np.square, np.abs, np.fabs, np.negative], ids=lambda f: f.__name__)
def test_functions_that_round_correctly(agrees, numbers, response, function, dtype):
    rows = numbers.astype(dtype)
    with np.errstate(invalid="ignore"):
        agrees(make_pipeline(FunctionTransformer(function), tree()).fit(rows, response), rows)


@pytest.mark.parametrize("function", [np.log1p, np.exp, lambda X: X + 1], ids=["log1p", "exp", "lambda"])
def test_other_functions_are_refused(packed, dense, response, function):
    rows = np.abs(dense)
    model = make_pipeline(FunctionTransformer(function), tree()).fit(rows, response)
    with pytest.raises(modelpack.UnsupportedModelError, match="functiontransformer"):
        packed(model, rows)


@pytest.mark.filterwarnings("ignore:`TargetEncoder")
@pytest.mark.parametrize("target", ["regression", "binary", "multiclass"])
def test_target_encoding(agrees, mixed, unseen, targets, target):
    columns = ["carrier", "origin", "stops", "late"]
    encoder = ColumnTransformer([("target", TargetEncoder(random_state=0), columns)], remainder="passthrough")
    names = [*columns, "wind"]
    model = make_pipeline(encoder, tree()).fit(mixed[names], targets[target])
    agrees(model, mixed[names], unseen[names])
