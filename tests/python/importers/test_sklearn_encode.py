"""OneHotEncoder and OrdinalEncoder over every kind of column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.tree import DecisionTreeRegressor

import modelpack

ROWS = 300


def drawn(values, dtype=None, null=..., share=0.15) -> pd.Series:
    """A seeded column of these values, some of them null."""
    rng = np.random.default_rng(len(values))
    chosen = [values[at] for at in rng.choice(len(values), ROWS, p=falling(len(values)))]
    if null is not ...:
        chosen = [null if gone else value for value, gone in zip(chosen, rng.random(ROWS) < share, strict=True)]
    return pd.Series(pd.Categorical(chosen)) if dtype == "category" else pd.Series(chosen, dtype=dtype)


def falling(count: int) -> np.ndarray:
    weights = 0.6 ** np.arange(count)
    return weights / weights.sum()


TEXT = ["a", "b", "c", "d", ""]
COLUMNS = {
    "strings": drawn(TEXT, object),
    "strings and None": drawn(TEXT, object, None),
    "strings and NaN": drawn(TEXT, object, np.nan),
    "pandas strings": drawn(TEXT, "str"),
    "pandas strings and NaN": drawn(TEXT, "str", None),
    "nullable strings": drawn(TEXT, "string"),
    "category": drawn(TEXT, "category"),
    "category and NaN": drawn(TEXT, "category", None),
    "category of integers": drawn([3, 1, 2], "category"),
    "integers": drawn([3, -1, 2, 0], "int64"),
    "small integers": drawn([3, -1, 2, 0], "int8"),
    "integers as objects": drawn([3, -1, 2, 0], object),
    "nullable integers": drawn([3, 1, 2], "Int64"),
    "nullable integers and NA": drawn([3, 1, 2], "Int64", None),
    "floats": drawn([0.1, -0.5, 0.0, 2.5], "float64"),
    "floats and NaN": drawn([0.1, -0.5, 0.0, 2.5], "float64", np.nan),
    "float32": drawn([0.1, -0.5, 0.3], "float32"),
    "floats and None": drawn([0.1, -0.5, 0.0], object, None),
    "bools": drawn([True, False], "bool"),
    "bools and None": drawn([True, False], object, None),
    "nullable bools": drawn([True, False], "boolean"),
}
ENCODERS = [
    OneHotEncoder(),
    OneHotEncoder(handle_unknown="ignore"),
    OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.15),
    OneHotEncoder(handle_unknown="warn", max_categories=3, drop="first"),
    OneHotEncoder(drop="if_binary", sparse_output=False, dtype=np.float32),
    OneHotEncoder(handle_unknown="ignore", max_categories=2, dtype=np.int32),
    OrdinalEncoder(),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, min_frequency=40),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=99, max_categories=2, dtype=np.float32),
]
OTHERS = {"string": ["zzz", "a", "B", None, np.nan], "number": [7, 1, 0, -1, np.nan]}


def encoded(encoder, column: pd.Series):
    rows = pd.DataFrame({"column": column, "number": np.linspace(0, 1, ROWS)})
    columns = ColumnTransformer([("encoded", clone(encoder), ["column"])], remainder="passthrough")
    model = make_pipeline(columns, DecisionTreeRegressor(max_depth=8, random_state=0))
    return model.fit(rows, np.random.default_rng(0).normal(size=ROWS)), rows


@pytest.mark.parametrize("encoder", ENCODERS, ids=range(len(ENCODERS)))
@pytest.mark.parametrize("kind", COLUMNS)
def test_known_categories(agrees, kind, encoder):
    model, rows = encoded(encoder, COLUMNS[kind])
    agrees(model, rows)


@pytest.mark.parametrize("encoder", ENCODERS, ids=range(len(ENCODERS)))
@pytest.mark.parametrize("kind", ["strings", "strings and None", "strings and NaN", "integers", "floats and NaN"])
def test_unknown_categories_are_taken_or_refused_as_by_the_framework(agrees_or_raises, kind, encoder):
    model, rows = encoded(encoder, COLUMNS[kind])
    others = OTHERS["string" if kind.startswith("strings") else "number"]
    later = pd.DataFrame({"column": pd.Series(others, dtype=COLUMNS[kind].dtype if kind == "strings" else None)})
    if kind.startswith("strings"):
        later["column"] = pd.Series(others, dtype=object)
    answered, raised = agrees_or_raises(model, rows, later.assign(number=0.3))
    assert answered
    assert raised == 0 or encoder.handle_unknown == "error"


def test_dropping_named_categories(agrees, mixed, targets):
    rows = mixed[["carrier", "stops"]].fillna("none")
    encoder = OneHotEncoder(drop=["UA", 3], handle_unknown="ignore")
    model = make_pipeline(encoder, DecisionTreeRegressor(max_depth=6)).fit(rows, targets["regression"])
    agrees(model, rows, rows.assign(carrier="other"))


def test_categories_that_the_user_gave(agrees, mixed, targets):
    rows = mixed[["origin"]].fillna("none")
    encoder = OrdinalEncoder(categories=[["LGA", "none", "JFK", "EWR"]])
    agrees(make_pipeline(encoder, DecisionTreeRegressor()).fit(rows, targets["regression"]), rows)


def test_arrays_of_strings(agrees, response):
    rows = np.column_stack([COLUMNS["strings"], COLUMNS["strings"][::-1]]).astype("U1")
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), DecisionTreeRegressor(max_depth=5))
    agrees(model.fit(rows, response), rows)


def test_none_and_nan_are_two_categories(packed):
    values = np.resize(np.array(["a", None, np.nan, "b"], dtype=object), ROWS)
    model, rows = encoded(OneHotEncoder(), pd.Series(values, dtype=object))
    predictor = packed(model, rows, schema={"column": {"null_is": "none"}})
    np.testing.assert_array_equal(predictor.predict(rows), model.predict(rows))


def test_a_string_column_takes_its_null_from_the_categories(packed):
    model, rows = encoded(OneHotEncoder(), COLUMNS["strings and NaN"])
    present = rows[rows["column"].notna()]
    predictor = packed(model, present)
    assert predictor.schema.features[0].null_is == "nan"
    np.testing.assert_array_equal(predictor.predict(rows), model.predict(rows))


def test_numbers_with_both_none_and_nan_are_refused(packed):
    values = np.resize(np.array([1.5, None, np.nan, 2.5], dtype=object), ROWS)
    model, rows = encoded(OneHotEncoder(), pd.Series(values, dtype=object))
    with pytest.raises(modelpack.UnsupportedModelError, match="both None and NaN"):
        packed(model, rows)


def test_integers_beyond_float64_are_told_apart(agrees, response):
    rows = pd.DataFrame({"id": 2**53 + np.random.default_rng(0).integers(0, 4, ROWS)})
    agrees(make_pipeline(OneHotEncoder(), DecisionTreeRegressor()).fit(rows, response), rows)
