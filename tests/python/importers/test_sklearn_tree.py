"""DecisionTree, RandomForest and ExtraTrees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor

CLASSIFIERS = [
    DecisionTreeClassifier(max_depth=5),
    ExtraTreeClassifier(max_depth=5, random_state=0),
    RandomForestClassifier(7, random_state=0),
    ExtraTreesClassifier(7, random_state=0),
]
REGRESSORS = [
    DecisionTreeRegressor(max_depth=6),
    ExtraTreeRegressor(max_depth=6, random_state=0),
    RandomForestRegressor(7, random_state=0),
    ExtraTreesRegressor(7, random_state=0),
]


def name(estimator) -> str:
    return type(estimator).__name__


@pytest.fixture
def bins(response) -> np.ndarray:
    return np.digitize(response, [0, 2])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=name)
def test_classifiers_with_missing_values(agrees, numbers, bins, estimator, dtype):
    rows = numbers.astype(dtype)
    agrees(clone(estimator).fit(rows, bins), rows)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("estimator", REGRESSORS, ids=name)
def test_regressors_with_missing_values(agrees, numbers, response, estimator, dtype):
    rows = numbers.astype(dtype)
    agrees(clone(estimator).fit(rows, response), rows)


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=name)
def test_several_labels(agrees, numbers, bins, estimator):
    other = np.where(bins == 2, 7, 3)
    agrees(clone(estimator).fit(numbers, np.column_stack([bins, other])), numbers)
    words = np.column_stack([np.array(["low", "mid", "high"])[bins], np.array(["a", "bbb"])[other // 7]])
    agrees(clone(estimator).fit(numbers, words), numbers)


@pytest.mark.parametrize("estimator", REGRESSORS, ids=name)
def test_several_targets(agrees, numbers, response, estimator):
    agrees(clone(estimator).fit(numbers, np.column_stack([response, -response, response**2])), numbers)


WORDS = np.array(["low", "mid", "high"])
LABELS = {
    "strings": lambda bins: WORDS[bins],
    "objects": lambda bins: WORDS.astype(object)[bins],
    "bools": lambda bins: bins > 0,
    "floats": lambda bins: bins * 2.0,
    "small": lambda bins: bins.astype(np.int8),
    "unsigned": lambda bins: bins.astype(np.uint16),
    "negative": lambda bins: bins * -10,
    "one": np.zeros_like,
}


@pytest.mark.parametrize("labels", LABELS)
def test_labels_keep_their_type(agrees, dense, bins, labels):
    given = LABELS[labels](bins)
    predictor = agrees(RandomForestClassifier(5, random_state=0).fit(dense, given), dense)
    np.testing.assert_array_equal(predictor.classes_, np.unique(given))
    assert predictor.classes_.dtype == np.unique(given).dtype


def test_threads_of_the_forest_do_not_change_the_answer(packed, numbers, response):
    model = RandomForestRegressor(9, random_state=0, n_jobs=2).fit(numbers, response)
    single = RandomForestRegressor(9, random_state=0).fit(numbers, response)
    np.testing.assert_array_equal(packed(model, numbers).predict(numbers), single.predict(numbers))
    assert model.n_jobs == 2


@pytest.mark.parametrize(
    "estimator",
    [RandomForestRegressor(3, random_state=0), DecisionTreeRegressor(criterion="absolute_error", max_depth=3)],
    ids=name,
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_numbers_too_large_for_float32_are_refused(agrees_or_raises, dense, response, hostile, estimator, dtype):
    model = clone(estimator).fit(dense.astype(dtype), response)
    with np.errstate(over="ignore"):
        answered, raised = agrees_or_raises(model, dense.astype(dtype), hostile.astype(dtype))
    assert answered and raised


@pytest.mark.parametrize(
    "columns",
    [["whole", "flag"], ["flag"], ["narrow", "tiny"], ["narrow", "flag"], ["whole", "narrow"], ["tiny", "flag"]],
    ids="-".join,
)
def test_frames_of_several_dtypes(agrees, response, columns):
    rng = np.random.default_rng(6)
    rows = pd.DataFrame(
        {
            "whole": rng.integers(0, 5, 300),
            "flag": rng.random(300) < 0.5,
            "narrow": rng.normal(size=300).astype(np.float32),
            "tiny": rng.integers(0, 5, 300).astype(np.int8),
        }
    )[columns]
    agrees(DecisionTreeRegressor(max_depth=6).fit(rows, response), rows)


def test_integers_round_to_float32_as_numpy_rounds_them(agrees, response):
    """Alone they are rounded once, beside floats they pass float64."""
    rows = pd.DataFrame({"id": np.random.default_rng(0).integers(2**53 - 5, 2**62, 300), "whole": np.arange(300)})
    agrees(DecisionTreeRegressor().fit(rows, response), rows)
    beside = rows.assign(float=0.5)
    agrees(DecisionTreeRegressor().fit(beside, response), beside)
