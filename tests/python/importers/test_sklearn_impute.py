"""SimpleImputer and MissingIndicator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

STRATEGIES = ["mean", "median", "most_frequent", "constant"]


def tree() -> DecisionTreeRegressor:
    return DecisionTreeRegressor(max_depth=6, random_state=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("indicator", [False, True])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_numbers(agrees, numbers, response, strategy, indicator, dtype):
    rows = numbers.astype(dtype)
    model = make_pipeline(SimpleImputer(strategy=strategy, add_indicator=indicator), tree()).fit(rows, response)
    agrees(model, rows)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_number_that_stands_for_missing(agrees, response, strategy):
    rows = np.random.default_rng(0).integers(-1, 6, (300, 4))
    for typed in (rows, rows.astype(float)):
        imputer = SimpleImputer(strategy=strategy, missing_values=-1, add_indicator=True)
        agrees(make_pipeline(imputer, tree()).fit(typed, response), typed)


@pytest.mark.filterwarnings("ignore:Skipping features")
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_column_without_a_value_is_dropped_or_kept(agrees, numbers, response, strategy, keep):
    rows = numbers.copy()
    rows[:, 2] = np.nan
    imputer = SimpleImputer(strategy=strategy, keep_empty_features=keep, add_indicator=True)
    agrees(make_pipeline(imputer, tree()).fit(rows, response), rows)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_infinite_numbers_are_refused_as_by_the_framework(agrees_or_raises, numbers, response, hostile, strategy):
    model = make_pipeline(SimpleImputer(strategy=strategy), tree()).fit(numbers, response)
    answered, raised = agrees_or_raises(model, numbers, hostile)
    assert answered and raised


def test_nan_is_refused_where_another_number_stands_for_missing(agrees_or_raises, response, hostile):
    rows = np.random.default_rng(0).integers(-1, 6, (300, 4)).astype(float)
    model = make_pipeline(SimpleImputer(missing_values=-1), StandardScaler(), tree()).fit(rows, response)
    answered, raised = agrees_or_raises(model, rows, hostile)
    assert answered and raised


def texts(null, dtype) -> pd.Series:
    rng = np.random.default_rng(5)
    values = [null if rng.random() < 0.15 else text for text in rng.choice(list("abcd"), 300)]
    return pd.Series(pd.Categorical(values)) if dtype == "category" else pd.Series(values, dtype=dtype)


# What a missing string is in the column, the column's dtype, and what the imputer looks for.
TEXTS = [
    (None, object, None),
    (None, object, np.nan),
    (None, object, pd.NA),
    (None, object, "a"),
    (np.nan, object, np.nan),
    (np.nan, object, pd.NA),
    (None, "str", np.nan),
    (None, "str", pd.NA),
    (None, "string", pd.NA),
    (None, "category", np.nan),
    (None, "category", pd.NA),
]


@pytest.mark.parametrize("indicator", [False, True])
@pytest.mark.parametrize("fill", [None, "filled", "most_frequent"])
@pytest.mark.parametrize(("null", "dtype", "missing"), TEXTS)
def test_strings(agrees, null, dtype, missing, fill, indicator):
    rows = pd.DataFrame({"text": texts(null, dtype), "number": np.linspace(0, 1, 300)})
    strategy = (
        {"strategy": "most_frequent"} if fill == "most_frequent" else {"strategy": "constant", "fill_value": fill}
    )
    imputer = SimpleImputer(missing_values=missing, add_indicator=indicator, **strategy)
    encoder = OneHotEncoder(handle_unknown="ignore")
    columns = ColumnTransformer([("text", make_pipeline(imputer, encoder), ["text"])], remainder="passthrough")
    model = make_pipeline(columns, RandomForestRegressor(5, random_state=0))
    response = np.random.default_rng(1).normal(size=300)
    later = pd.DataFrame(
        {"text": pd.Series(["a", "b", "filled", "missing_value", "z", ""], dtype=object), "number": 0.3}
    )
    predictor = agrees(model.fit(rows, response), rows)
    if dtype is object:
        np.testing.assert_array_equal(predictor.predict(later), model.predict(later))


def test_nan_becomes_none_where_training_saw_none_most(agrees, response):
    values = np.resize(np.array([None, None, None, "a", "b", np.nan], dtype=object), 300)
    rows = pd.DataFrame({"text": pd.Series(values, dtype=object), "number": np.linspace(0, 1, 300)})
    encoded = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    columns = ColumnTransformer([("text", encoded, ["text"])], remainder="passthrough")
    schema = {"text": {"null_is": "none"}}
    agrees(make_pipeline(columns, tree()).fit(rows, response), rows, schema=schema)


def test_a_string_put_among_numbers_is_an_unknown_category_to_the_encoder(agrees, mixed, targets):
    rows = mixed[["origin", "stops"]].assign(half=mixed["stops"] * 0.5)
    later = rows.assign(half=rows["half"].where(rows["half"] > 0.5))
    imputer = SimpleImputer(strategy="constant", fill_value="none")
    model = make_pipeline(imputer, OneHotEncoder(handle_unknown="ignore"), tree())
    agrees(model.fit(rows, targets["regression"]), rows, later)


def test_nullable_integers_and_bools(agrees, response):
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        {
            "float": pd.array(
                [None if rng.random() < 0.2 else float(v) for v in rng.normal(size=300)], dtype="Float64"
            ),
            "integer": pd.array(
                [None if rng.random() < 0.2 else int(v) for v in rng.integers(0, 5, 300)], dtype="Int64"
            ),
            "bool": pd.array([None if rng.random() < 0.2 else bool(v > 0.5) for v in rng.random(300)], dtype="boolean"),
        }
    )
    agrees(make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), tree()).fit(rows, response), rows)
    agrees(tree().fit(rows, response), rows)
    some = rows[["float", "integer"]]
    imputer = SimpleImputer(missing_values=pd.NA, strategy="median")
    agrees(make_pipeline(imputer, Ridge()).fit(some, response), some, exact=False)


def test_numbers_held_as_objects(agrees, numbers, response):
    rows = numbers.astype(object)
    rows[::7, 0] = None
    agrees(make_pipeline(SimpleImputer(), StandardScaler(), tree()).fit(rows, response), rows)


@pytest.mark.parametrize("features", ["missing-only", "all"])
def test_indicator_alone(agrees, numbers, response, features):
    agrees(make_pipeline(MissingIndicator(features=features), tree()).fit(numbers, response), numbers)


def test_indicator_refuses_missing_values_in_columns_that_had_none(agrees_or_raises, numbers, response, hostile):
    rows = numbers.copy()
    rows[:, 1] = 1.0
    answered, raised = agrees_or_raises(make_pipeline(MissingIndicator(), tree()).fit(rows, response), rows, hostile)
    assert answered and raised
