"""Categories in XGBoost: by the numbers of an array, and by the names of a data frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars
import pytest
import xgboost
from replayed import assert_kept, packed
from tabular import categories, category_target
from test_xgboost import assert_booster, assert_estimator, estimator_answers

import modelpack

ONE_HOT, PARTITION = 100, 1


def frame_model(frame: pd.DataFrame, max_cat_to_onehot: int = PARTITION) -> xgboost.XGBRegressor:
    model = xgboost.XGBRegressor(
        n_estimators=6,
        max_depth=4,
        n_jobs=1,
        tree_method="hist",
        enable_categorical=True,
        max_cat_to_onehot=max_cat_to_onehot,
    )
    return model.fit(frame, category_target(frame))


@pytest.mark.parametrize("max_cat_to_onehot", [ONE_HOT, PARTITION])
def test_names_of_a_data_frame(max_cat_to_onehot: int) -> None:
    frame = categories()
    model = frame_model(frame, max_cat_to_onehot)
    assert_estimator(model, frame, frame)
    assert_booster(model.get_booster(), frame, frame)


def test_the_order_of_the_categories_does_not_matter() -> None:
    frame = categories()
    model = frame_model(frame)
    shuffled = frame.assign(text=frame["text"].cat.reorder_categories(list("abcdefghwxyz")))
    assert_kept(packed(model, frame), shuffled, estimator_answers(model, shuffled))
    assert_kept(packed(model, shuffled), frame, estimator_answers(model, frame))


def test_the_same_row_from_a_dictionary() -> None:
    frame = categories()
    model = frame_model(frame)
    predictor = packed(model, frame)
    expected = model.predict(frame)
    for row in range(10):
        values = {name: frame[name].iloc[row] for name in frame.columns}
        assert np.float32(predictor.predict_one(values).value) == expected[row]


@pytest.mark.parametrize(("column", "value"), [("text", "never seen"), ("year", 6)])
def test_a_category_that_training_did_not_see_is_refused(column: str, value: Any) -> None:
    frame = categories()
    predictor = packed(frame_model(frame), frame)
    row = {name: frame[name].iloc[0] for name in frame.columns}
    with pytest.raises(modelpack.InputError) as refused:
        predictor.predict_one({**row, column: value})
    assert (refused.value.name, refused.value.feature) == ("UNSEEN", column)


def test_a_category_that_training_did_not_see_may_have_a_default() -> None:
    frame = categories()
    model = frame_model(frame)
    predictor = packed(model, frame, schema={"text": {"unseen": modelpack.Default("x")}})
    row = {name: frame[name].iloc[0] for name in frame.columns}
    assert (
        predictor.predict_one({**row, "text": "never seen"}).value == predictor.predict_one({**row, "text": "x"}).value
    )


@pytest.mark.parametrize("max_cat_to_onehot", [ONE_HOT, PARTITION])
def test_numbers_of_an_array(max_cat_to_onehot: int) -> None:
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.integers(0, 40, 240), rng.normal(size=240), rng.integers(0, 5, 240)]).astype(float)
    y = 3 * np.sin(X[:, 0]) + (X[:, 2] == 2)
    model = xgboost.XGBRegressor(
        n_estimators=6,
        max_depth=4,
        n_jobs=1,
        tree_method="hist",
        feature_types=["c", "q", "c"],
        enable_categorical=True,
        max_cat_to_onehot=max_cat_to_onehot,
    ).fit(X, y)
    rows = np.array(
        [
            [3.7, 0, 2],
            [-0.5, 0, 2],
            [-1, 0, -7],
            [39, 0, 4],
            [40, 0, 5],
            [63, 1, 31],
            [64, 1, 32],
            [1e30, 0, 1e9],
            [2**24, 0, 2**24 - 1],
            [np.nan, np.nan, np.nan],
        ]
    )
    assert_booster(model.get_booster(), X, rows)
    assert_estimator(model, X, np.vstack([rows, [[np.inf, 0, -np.inf]]]))


def test_a_polars_frame() -> None:
    frame = categories()
    data = polars.DataFrame(
        {
            "text": polars.Series(frame["text"].astype(object).where(frame["text"].notna(), None).tolist()).cast(
                polars.Enum(list("zwxyabcdefgh"))
            ),
            "number": frame["number"].to_numpy(),
            "count": frame["count"].to_numpy(),
        }
    )
    model = xgboost.XGBRegressor(n_estimators=5, n_jobs=1, tree_method="hist", enable_categorical=True)
    model.fit(data, category_target(frame))
    assert_kept(packed(model, data), data, estimator_answers(model, data))


def test_a_sample_with_numbers_for_categories_is_refused() -> None:
    frame = categories()
    model = frame_model(frame)
    coded = frame.assign(text=frame["text"].cat.codes.astype(float))
    with pytest.raises(modelpack.UnsupportedModelError, match=r"'text' was a category in training"):
        packed(model, coded)


def test_categories_that_the_model_does_not_know_are_refused() -> None:
    frame = categories()
    plain = frame[["number", "count"]].to_numpy(dtype=float)
    model = xgboost.XGBRegressor(n_estimators=2, n_jobs=1).fit(plain, category_target(frame))
    with pytest.raises(modelpack.UnsupportedModelError, match=r"'text' holds categories"):
        packed(model, frame[["text", "count"]])
