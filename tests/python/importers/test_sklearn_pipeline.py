"""Pipelines and unions of scikit-learn, from raw columns to answers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import SelectFromModel, SelectKBest, VarianceThreshold, f_regression
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def preprocessing(**options) -> ColumnTransformer:
    numeric = Pipeline([("imp", SimpleImputer(strategy="median", add_indicator=True)), ("scale", StandardScaler())])
    carrier = Pipeline(
        [
            ("imp", SimpleImputer(strategy="constant", fill_value="none", missing_values=None)),
            ("hot", OneHotEncoder(handle_unknown="ignore")),
        ]
    )
    origin = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5, drop="first")
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    branches = [
        ("num", numeric, ["wind", "distance"]),
        ("carrier", carrier, ["carrier"]),
        ("origin", origin, ["origin"]),
        ("ordinal", ordinal, ["stops", "late"]),
    ]
    return ColumnTransformer(branches, **options)


EXACT = [
    ("binary", RandomForestClassifier(8, random_state=0)),
    ("regression", RandomForestRegressor(8, random_state=0)),
    ("multiclass", ExtraTreesClassifier(5, random_state=0)),
    ("binary", DecisionTreeClassifier(max_depth=4)),
    ("several", DecisionTreeRegressor(max_depth=4)),
    ("binary", GradientBoostingClassifier(n_estimators=5)),
    ("regression", GradientBoostingRegressor(n_estimators=5)),
]
DENSE_ONLY = [
    ("binary", HistGradientBoostingClassifier(max_iter=5), True),
    ("multiclass", HistGradientBoostingClassifier(max_iter=5), False),
    ("regression", HistGradientBoostingRegressor(max_iter=5), True),
    ("positive", HistGradientBoostingRegressor(max_iter=5, loss="poisson"), False),
]
BOUNDED = [
    ("multiclass", GradientBoostingClassifier(n_estimators=5)),
    ("binary", LogisticRegression()),
    ("multiclass", LogisticRegression()),
    ("multiclass", RidgeClassifier()),
    ("regression", LinearRegression()),
    ("regression", Ridge()),
    ("several", Lasso()),
    ("several", ElasticNet()),
]


def name(case) -> str:
    return f"{type(case[1]).__name__}-{case[0]}"


@pytest.mark.parametrize("density", [0.0, 1.0], ids=["dense", "sparse"])
@pytest.mark.parametrize("case", EXACT, ids=name)
def test_whole_pipeline_gives_the_same_bits(agrees, mixed, unseen, targets, case, density):
    target, estimator = case
    model = make_pipeline(preprocessing(sparse_threshold=density), clone(estimator)).fit(mixed, targets[target])
    agrees(model, mixed, unseen)


@pytest.mark.parametrize("density", [0.0, 1.0], ids=["dense", "sparse"])
@pytest.mark.parametrize("case", BOUNDED, ids=name)
def test_whole_pipeline_agrees_within_rounding(agrees, mixed, unseen, targets, case, density):
    target, estimator = case
    model = make_pipeline(preprocessing(sparse_threshold=density), clone(estimator)).fit(mixed, targets[target])
    agrees(model, mixed, unseen, exact=False)


@pytest.mark.parametrize("case", DENSE_ONLY, ids=name)
def test_histogram_boosting_after_preprocessing(agrees, mixed, unseen, targets, case):
    target, estimator, exact = case
    model = make_pipeline(preprocessing(sparse_threshold=0.0), clone(estimator)).fit(mixed, targets[target])
    agrees(model, mixed, unseen, exact=exact)


@pytest.mark.parametrize("density", [0.0, 1.0], ids=["dense", "sparse"])
def test_xgboost_takes_zeros_of_a_sparse_block_for_missing(agrees, mixed, unseen, targets, density):
    xgboost = pytest.importorskip("xgboost")
    model = make_pipeline(preprocessing(sparse_threshold=density), xgboost.XGBRegressor(n_estimators=8, n_jobs=1))
    agrees(model.fit(mixed, targets["regression"]), mixed, unseen)


@pytest.mark.parametrize("density", [0.0, 1.0], ids=["dense", "sparse"])
def test_lightgbm_as_the_last_step(agrees, mixed, unseen, targets, density):
    lightgbm = pytest.importorskip("lightgbm")
    booster = lightgbm.LGBMClassifier(n_estimators=8, verbose=-1, n_jobs=1)
    model = make_pipeline(preprocessing(sparse_threshold=density), booster)
    agrees(model.fit(mixed, targets["multiclass"]), mixed, unseen)


def test_pipelines_nest_and_steps_may_pass_through(agrees, dense, response):
    inner = make_pipeline(StandardScaler(), make_pipeline(MinMaxScaler(), "passthrough"))
    last = make_pipeline(
        None, FunctionTransformer(), SelectKBest(f_regression, k=3), RandomForestRegressor(5, random_state=0)
    )
    agrees(make_pipeline(inner, "passthrough", last).fit(dense, response), dense)


@pytest.mark.parametrize(
    "selector",
    [VarianceThreshold(), SelectKBest(f_regression, k=2), SelectFromModel(RandomForestRegressor(5, random_state=0))],
    ids=lambda selector: type(selector).__name__,
)
def test_selectors_keep_their_columns(agrees, dense, response, selector):
    model = make_pipeline(clone(selector), DecisionTreeRegressor(max_depth=5))
    agrees(model.fit(dense, response), dense)


def test_union_puts_branches_side_by_side_with_their_weights(agrees, numbers, response):
    union = FeatureUnion(
        [
            ("mean", SimpleImputer()),
            ("missing", MissingIndicator()),
            ("dropped", "drop"),
            ("constant", SimpleImputer(strategy="constant", fill_value=3.0)),
            ("plain", "passthrough"),
        ],
        transformer_weights={"constant": 0.3},
    )
    agrees(make_pipeline(union, RandomForestRegressor(5, random_state=0)).fit(numbers, response), numbers)


def test_union_with_a_sparse_branch_is_sparse(agrees, mixed, unseen, targets):
    both = mixed[["carrier", "origin"]].fillna("none"), unseen[["carrier", "origin"]].fillna("none")
    union = FeatureUnion(
        [
            ("hot", OneHotEncoder(handle_unknown="ignore")),
            ("ordinal", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)),
        ]
    )
    xgboost = pytest.importorskip("xgboost")
    model = make_pipeline(union, xgboost.XGBRegressor(n_estimators=5, n_jobs=1)).fit(both[0], targets["regression"])
    agrees(model, *both)


def test_array_that_mixes_strings_and_numbers(agrees, mixed, targets):
    rows = np.array(mixed[["origin", "stops", "late"]], dtype=object)
    imputed = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"), Ridge())
    agrees(imputed.fit(rows, targets["regression"]), rows, exact=False)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    agrees(make_pipeline(ordinal, DecisionTreeRegressor(max_depth=4)).fit(rows, targets["regression"]), rows)


def test_polars_frames(agrees, mixed, targets, packed):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {"wind": mixed["wind"].to_numpy(), "stops": mixed["stops"].to_numpy(), "carrier": mixed["carrier"].to_list()}
    )
    columns = [
        ("num", SimpleImputer(), ["wind", "stops"]),
        ("carrier", OneHotEncoder(handle_unknown="ignore"), ["carrier"]),
    ]
    model = make_pipeline(ColumnTransformer(columns), RandomForestRegressor(5, random_state=0))
    model.fit(frame, targets["regression"])
    np.testing.assert_array_equal(packed(model, frame).predict(frame), model.predict(frame))
