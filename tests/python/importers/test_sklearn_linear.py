"""Linear models: regression, logistic and ridge classification."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    GammaRegressor,
    HuberRegressor,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    MultiTaskLasso,
    Perceptron,
    PoissonRegressor,
    QuantileRegressor,
    Ridge,
    RidgeClassifier,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC, LinearSVR

PRECISIONS = [(np.float64, np.float64), (np.float32, np.float32), (np.float64, np.float32), (np.float32, np.float64)]


def precision(pair) -> str:
    return f"{pair[0].__name__}-then-{pair[1].__name__}"


@pytest.fixture
def bins(response) -> np.ndarray:
    return np.digitize(response, [0, 2])


@pytest.mark.parametrize("pair", PRECISIONS, ids=precision)
@pytest.mark.parametrize(
    "estimator",
    [LinearRegression(), Ridge(), Lasso(), ElasticNet(), LinearRegression(fit_intercept=False)],
    ids=str,
)
def test_regression_in_the_precision_of_weights_and_data(agrees, dense, response, estimator, pair):
    trained, later = pair
    model = clone(estimator).fit(dense.astype(trained), response.astype(trained))
    agrees(model, dense.astype(later), exact=False)


FURTHER = [RidgeCV(), LassoCV(), BayesianRidge(), HuberRegressor(), SGDRegressor(), QuantileRegressor(), LinearSVR()]


@pytest.mark.parametrize("estimator", FURTHER, ids=str)
def test_further_linear_regressors(agrees, dense, response, estimator):
    agrees(clone(estimator).fit(dense, response), dense, exact=False)


@pytest.mark.parametrize("estimator", [LinearRegression(), Ridge(), Lasso(), MultiTaskLasso()], ids=str)
def test_several_targets(agrees, dense, response, estimator):
    targets = np.column_stack([response, -response, response**2])
    agrees(clone(estimator).fit(dense, targets), dense, exact=False)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, bool])
def test_integers_and_bools(agrees, response, bins, dtype):
    rows = np.random.default_rng(0).integers(0, 9 if dtype is not bool else 2, (300, 4)).astype(dtype)
    agrees(LinearRegression().fit(rows, response), rows, exact=False)
    agrees(LogisticRegression().fit(rows, bins), rows, exact=False)


@pytest.mark.parametrize("pair", PRECISIONS, ids=precision)
@pytest.mark.parametrize("classes", [2, 3])
def test_logistic_regression(agrees, dense, bins, classes, pair):
    trained, later = pair
    model = LogisticRegression().fit(dense.astype(trained), bins if classes == 3 else bins > 0)
    agrees(model, dense.astype(later), exact=False)


def test_logistic_regression_far_from_the_boundary(packed, dense, bins):
    """Rounding of a margin of 10,000 is a relative error of its probability: pack's own bound allows for that."""
    for target in (bins, bins > 0):
        model = LogisticRegression(C=1e9).fit(dense * 100, target)
        predictor = packed(model, dense * 1e4)
        np.testing.assert_array_equal(predictor.predict(dense * 1e4), model.predict(dense * 1e4))
        found, own = predictor.predict_proba(dense * 1e4), model.predict_proba(dense * 1e4)
        np.testing.assert_allclose(found, own, rtol=1e-9, atol=1e-12)


def test_logistic_regression_by_liblinear(agrees, dense, bins):
    agrees(LogisticRegression(solver="liblinear").fit(dense, bins > 0), dense, exact=False)


def test_ridge_classifier(agrees, dense, bins):
    for target in (bins, bins > 0):
        agrees(RidgeClassifier().fit(dense, target), dense, exact=False)


@pytest.mark.parametrize("estimator", [LinearSVC(), Perceptron(), SGDClassifier()], ids=str)
def test_margins_without_probabilities(agrees, dense, bins, estimator):
    for target in (bins, bins > 0):
        predictor = agrees(clone(estimator).fit(dense, target), dense, exact=False)
        assert not hasattr(predictor, "predict_proba")


def test_logistic_regression_by_gradient_descent(agrees, dense, bins):
    agrees(SGDClassifier(loss="log_loss", random_state=0).fit(dense, bins > 0), dense, exact=False)


@pytest.mark.parametrize("estimator", [PoissonRegressor(), GammaRegressor(), TweedieRegressor(power=1.5)], ids=str)
def test_generalised_models_with_a_logarithmic_link(packed, dense, response, estimator):
    model = clone(estimator).fit(dense, np.abs(response) + 0.1)
    found = packed(model, dense).predict(dense)
    np.testing.assert_allclose(found, model.predict(dense), rtol=1e-14)


def test_sums_over_a_sparse_matrix_have_the_same_bits(agrees, mixed, targets):
    rows = mixed[["carrier", "origin"]].fillna("none")
    agrees(make_pipeline(OneHotEncoder(), Ridge()).fit(rows, targets["regression"]), rows)


def test_nan_and_infinite_numbers_are_refused(agrees_or_raises, dense, response, hostile):
    model = LinearRegression().fit(dense, response)
    answered, raised = agrees_or_raises(model, dense, hostile[[0, 1, 2, 6, 8, 9]], exact=False)
    assert (answered, raised) == (3, 3)
