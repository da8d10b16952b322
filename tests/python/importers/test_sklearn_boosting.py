"""GradientBoosting and HistGradientBoosting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)


@pytest.fixture
def bins(response) -> np.ndarray:
    return np.digitize(response, [0, 2])


@pytest.fixture
def many(response) -> np.ndarray:
    """More classes than numpy sums in one go."""
    return np.digitize(response, np.linspace(-4, 4, 11))


# ---- GradientBoosting ----


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "quantile"])
def test_regression_losses(agrees, dense, response, loss):
    agrees(GradientBoostingRegressor(loss=loss, n_estimators=6).fit(dense, response), dense)


@pytest.mark.parametrize(
    "init", ["zero", DummyRegressor(strategy="constant", constant=2.5), DummyRegressor(strategy="median")], ids=str
)
def test_regression_starts(agrees, dense, response, init):
    agrees(GradientBoostingRegressor(init=init, n_estimators=4).fit(dense, response), dense)


@pytest.mark.parametrize("init", [None, "zero", DummyClassifier(strategy="most_frequent")], ids=str)
@pytest.mark.parametrize("loss", ["log_loss", "exponential"])
def test_two_classes(agrees, dense, bins, loss, init):
    agrees(GradientBoostingClassifier(loss=loss, init=init, n_estimators=4).fit(dense, bins > 0), dense)


def test_several_classes(agrees, dense, bins, many):
    agrees(GradientBoostingClassifier(n_estimators=4).fit(dense, bins), dense, exact=False)
    agrees(GradientBoostingClassifier(n_estimators=2).fit(dense, many), dense, exact=False)


def test_gradient_boosting_refuses_nan_and_large_numbers(agrees_or_raises, dense, response, hostile):
    model = GradientBoostingRegressor(n_estimators=4).fit(dense, response)
    answered, raised = agrees_or_raises(model, dense, hostile)
    assert answered and raised


# ---- HistGradientBoosting ----


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "quantile"])
def test_histogram_losses_without_a_link(agrees, numbers, response, loss):
    quantile = 0.7 if loss == "quantile" else None
    agrees(HistGradientBoostingRegressor(loss=loss, quantile=quantile, max_iter=6).fit(numbers, response), numbers)


@pytest.mark.parametrize("loss", ["poisson", "gamma"])
def test_histogram_losses_with_a_logarithmic_link(agrees, numbers, response, loss):
    model = HistGradientBoostingRegressor(loss=loss, max_iter=6).fit(numbers, np.abs(response) + 0.1)
    agrees(model, numbers, exact=False)


def test_histogram_classifiers(agrees, numbers, bins, many):
    agrees(HistGradientBoostingClassifier(max_iter=5).fit(numbers, bins > 0), numbers)
    agrees(HistGradientBoostingClassifier(max_iter=5).fit(numbers, bins), numbers, exact=False)
    agrees(HistGradientBoostingClassifier(max_iter=2).fit(numbers, many), numbers, exact=False)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_histogram_boosting_answers_on_infinite_and_large_numbers(agrees_or_raises, numbers, response, hostile, dtype):
    model = HistGradientBoostingRegressor(max_iter=5).fit(numbers.astype(dtype), response)
    with np.errstate(over="ignore"):
        rows = hostile.astype(dtype)
    assert agrees_or_raises(model, numbers.astype(dtype), rows) == (len(hostile), 0)


@pytest.fixture
def categorical() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    letters = rng.choice(list("abcdefgh"), 300)
    whole = [None if rng.random() < 0.1 else int(value) for value in rng.integers(0, 40, 300)]
    few = [None if rng.random() < 0.2 else value for value in rng.choice(list("pq"), 300)]
    rows = pd.DataFrame(
        {
            "wind": rng.normal(size=300),
            "letter": pd.Categorical(letters),
            "gust": rng.normal(size=300),
            "whole": pd.Categorical(whole),
            "few": pd.Categorical(few),
        }
    )
    rows.loc[::9, "wind"] = np.nan
    return rows


@pytest.fixture
def response_of_categories(categorical) -> np.ndarray:
    codes = [categorical[name].cat.codes.to_numpy() for name in ("letter", "whole")]
    return codes[0] * 3.0 + codes[1] % 5 + np.nan_to_num(categorical["wind"].to_numpy())


def test_categories_from_dtypes(agrees, categorical, response_of_categories):
    later = categorical.assign(
        letter=pd.Categorical(np.resize(["a", "b", "z", "y"], 300)), whole=pd.Categorical(np.arange(300) % 60)
    )
    regressor = HistGradientBoostingRegressor(max_iter=20, categorical_features="from_dtype")
    agrees(regressor.fit(categorical, response_of_categories), categorical, later)
    classifier = HistGradientBoostingClassifier(max_iter=10, categorical_features="from_dtype")
    agrees(classifier.fit(categorical, response_of_categories > 10), categorical, later)


def test_categories_by_name(agrees, categorical, response_of_categories):
    rows = categorical.assign(letter=categorical["letter"].astype(object))[["wind", "letter", "gust", "few"]]
    model = HistGradientBoostingRegressor(max_iter=10, categorical_features=["letter", "few"])
    agrees(model.fit(rows, response_of_categories), rows)


@pytest.mark.parametrize("chosen", [[4], [False, False, False, False, True]], ids=["index", "mask"])
def test_categories_in_an_array(agrees, numbers, response, chosen):
    rng = np.random.default_rng(9)
    rows = np.column_stack([numbers, rng.integers(0, 30, 300)])
    rows[::11, 4] = np.nan
    later = rows.copy()
    later[:, 4] = rng.integers(-3, 60, 300) + rng.choice([0, 0.5], 300)
    model = HistGradientBoostingRegressor(max_iter=10, categorical_features=chosen)
    agrees(model.fit(rows, response + np.nan_to_num(rows[:, 4]) % 3), rows, later)
