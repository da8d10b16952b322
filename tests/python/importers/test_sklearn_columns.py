"""ColumnTransformer: how columns are chosen, what becomes of the rest, and containers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler


@pytest.fixture
def plain(mixed) -> pd.DataFrame:
    return mixed[["wind", "distance", "stops", "late"]].fillna(0.0)


def forest() -> RandomForestRegressor:
    return RandomForestRegressor(5, random_state=0)


def first_two(frame):
    return ["wind", "distance"]


SELECTORS = [
    ["wind", "distance"],
    [0, 1],
    [-4, -3],
    slice(0, 2),
    slice("wind", "distance"),
    [True, True, False, False],
    np.array([0, 1]),
    pd.Index(["wind", "distance"]),
    make_column_selector(dtype_include=float),
    make_column_selector(pattern="^[wd]"),
    first_two,
]


@pytest.mark.parametrize("remainder", ["drop", "passthrough", MinMaxScaler()], ids=str)
@pytest.mark.parametrize("selector", SELECTORS, ids=range(len(SELECTORS)))
def test_columns_are_chosen_as_at_training(agrees, plain, targets, selector, remainder):
    columns = ColumnTransformer([("scaled", StandardScaler(), selector)], remainder=remainder)
    agrees(make_pipeline(columns, forest()).fit(plain, targets["regression"]), plain)


def test_weights_empty_branches_and_dropped_ones(agrees, plain, targets):
    columns = ColumnTransformer(
        [
            ("weighted", StandardScaler(), ["wind"]),
            ("empty", StandardScaler(), []),
            ("dropped", "drop", ["distance"]),
            ("kept", "passthrough", ["stops"]),
        ],
        transformer_weights={"weighted": 2.5},
    )
    agrees(make_pipeline(columns, forest()).fit(plain, targets["regression"]), plain)


def test_columns_are_found_by_name_whatever_their_order(packed, plain, targets):
    columns = ColumnTransformer([("scaled", StandardScaler(), ["wind", "distance"])], remainder="passthrough")
    model = make_pipeline(columns, forest()).fit(plain, targets["regression"])
    turned = plain[["late", "stops", "distance", "wind"]]
    predictor = packed(model, turned)
    np.testing.assert_array_equal(predictor.predict(plain), model.predict(plain))
    np.testing.assert_array_equal(predictor.predict(turned), model.predict(plain))


def test_a_column_that_the_model_was_not_trained_on_is_no_feature(packed, plain, targets):
    columns = ColumnTransformer([("scaled", StandardScaler(), ["wind", "distance"])], remainder="passthrough")
    model = make_pipeline(columns, forest()).fit(plain, targets["regression"])
    predictor = packed(model, plain.assign(comment="none"))
    assert predictor.schema.feature_names == tuple(plain.columns)
    np.testing.assert_array_equal(predictor.predict(plain), model.predict(plain))


def test_positions_in_an_array(agrees, dense, response):
    columns = ColumnTransformer([("scaled", StandardScaler(), [3, 1])], remainder="passthrough")
    agrees(make_pipeline(columns, forest()).fit(dense, response), dense)


def test_data_frames_between_the_steps(agrees, mixed, targets):
    rows = mixed[["wind", "distance", "stops", "carrier"]]
    first = ColumnTransformer(
        [
            ("num", make_pipeline(SimpleImputer(), StandardScaler()), ["wind", "distance"]),
            ("hot", OneHotEncoder(sparse_output=False), ["carrier"]),
        ],
        remainder="passthrough",
    ).set_output(transform="pandas")
    second = ColumnTransformer(
        [
            ("scaled", MinMaxScaler(), make_column_selector(pattern="^num__")),
            ("kept", "passthrough", make_column_selector(pattern="^hot__")),
        ]
    )
    agrees(make_pipeline(first, second, forest()).fit(rows, targets["regression"]), rows)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 1.0])
def test_density_decides_whether_the_output_is_sparse(agrees, mixed, targets, threshold):
    rows = mixed[["distance", "stops", "carrier"]]
    columns = ColumnTransformer(
        [("hot", OneHotEncoder(), ["carrier"])], remainder="passthrough", sparse_threshold=threshold
    )
    agrees(make_pipeline(columns, forest()).fit(rows, targets["regression"]), rows)


def test_workers_of_the_branches_do_not_matter(agrees, plain, targets):
    columns = ColumnTransformer(
        [("scaled", StandardScaler(), ["wind"]), ("ranged", MinMaxScaler(), ["distance"])], n_jobs=2
    )
    agrees(make_pipeline(columns, forest()).fit(plain, targets["regression"]), plain)


def test_a_column_that_no_branch_takes_may_be_of_any_type(agrees, plain, targets):
    rows = plain.assign(time=pd.date_range("2013-01-01", periods=len(plain), freq="h"))
    columns = ColumnTransformer([("scaled", StandardScaler(), ["wind", "distance"])])
    agrees(make_pipeline(columns, forest()).fit(rows, targets["regression"]), rows)


def test_a_branch_may_put_out_nothing(agrees, plain, targets):
    rows = plain.assign(constant="one")
    for sparse in (True, False):
        encoder = OneHotEncoder(drop="first", sparse_output=sparse)
        columns = ColumnTransformer([("hot", encoder, ["constant"])], remainder="passthrough")
        agrees(make_pipeline(columns, forest()).fit(rows, targets["regression"]), rows)
