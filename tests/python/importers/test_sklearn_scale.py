"""Scalers: each operation in the framework's order and precision."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeRegressor

SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    StandardScaler(with_mean=False, with_std=False),
    MinMaxScaler(),
    MinMaxScaler((-1, 3), clip=True),
    MaxAbsScaler(),
    RobustScaler(),
    RobustScaler(with_centering=False),
    RobustScaler(with_scaling=False, quantile_range=(10, 90)),
    RobustScaler(unit_variance=True),
]
PRECISIONS = [
    (np.float64, np.float64),
    (np.float32, np.float32),
    (np.float64, np.float32),
    (np.float32, np.float64),
]


@pytest.mark.parametrize("precision", PRECISIONS, ids=lambda pair: f"{pair[0].__name__}-then-{pair[1].__name__}")
@pytest.mark.parametrize("scaler", SCALERS, ids=str)
def test_scaled_numbers_have_the_same_bits(agrees, numbers, response, scaler, precision):
    trained, later = precision
    model = make_pipeline(clone(scaler), HistGradientBoostingRegressor(max_iter=5))
    model.fit(numbers.astype(trained), response)
    rows = np.random.default_rng(4).normal(size=(200, 4)).astype(later) * 3
    rows[::7, 1] = np.nan
    agrees(model, rows)


@pytest.mark.parametrize("scaler", SCALERS, ids=str)
def test_integers_become_float64(agrees, response, scaler):
    rows = np.random.default_rng(4).integers(0, 9, (300, 4))
    agrees(make_pipeline(clone(scaler), DecisionTreeRegressor(max_depth=6)).fit(rows, response), rows)


@pytest.mark.parametrize(
    "scaler",
    [StandardScaler(with_mean=False), MaxAbsScaler(), RobustScaler(with_centering=False)],
    ids=lambda scaler: type(scaler).__name__,
)
def test_columns_of_a_sparse_matrix_are_multiplied(agrees, mixed, targets, scaler):
    rows = mixed[["carrier", "origin"]].fillna("none")
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), clone(scaler), Ridge())
    agrees(model.fit(rows, targets["regression"]), rows, exact=False)


def test_infinite_numbers_are_refused_as_by_the_framework(agrees_or_raises, numbers, response, hostile):
    model = make_pipeline(StandardScaler(), DecisionTreeRegressor(max_depth=6)).fit(numbers, response)
    answered, raised = agrees_or_raises(model, numbers, hostile)
    assert answered and raised


def test_numbers_that_overflow_on_the_way_are_refused_as_by_the_framework(agrees_or_raises, numbers, response, hostile):
    model = make_pipeline(SimpleImputer(), MinMaxScaler((0, 1e9)), LinearRegression()).fit(numbers, response)
    rows = hostile[[0, 1, 5, 6, 7, 8, 9, 10]]
    answered, raised = agrees_or_raises(model, numbers, rows, exact=False)
    assert answered and raised
