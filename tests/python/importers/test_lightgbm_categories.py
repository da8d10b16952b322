"""Categories in LightGBM: by the numbers of an array, and by the names of a data frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from replayed import assert_kept, packed
from tabular import categories, category_target
from test_lightgbm import answers, assert_same, regressor

import modelpack

EAGER: dict[str, Any] = {"cat_smooth": 1, "min_data_per_group": 2}


def test_names_of_a_data_frame() -> None:
    frame = categories().assign(
        share=pd.Categorical(np.random.default_rng(8).choice([1.5, 2.5, -0.0], 240)),
        both=pd.Categorical(np.random.default_rng(9).random(240) < 0.5),
        rank=pd.Categorical(np.random.default_rng(10).choice(list("pq"), 240), ordered=True),
    )
    model = regressor(frame, category_target(frame), **EAGER)
    assert_same(model, frame, frame)
    assert_same(model.booster_, frame, frame)


def test_a_category_that_training_did_not_see_is_missing() -> None:
    frame = categories()
    model = regressor(frame, category_target(frame), **EAGER)
    odd = np.arange(len(frame))
    unseen = frame.assign(
        text=pd.Categorical(np.where(odd % 5 == 0, "never seen", frame["text"].astype(object))),
        year=pd.Categorical(np.where(odd % 5 == 1, 100, frame["year"].astype(int))),
    )
    predictor = assert_same(model, frame, unseen)
    row = {name: frame[name].iloc[3] for name in frame.columns}
    assert (
        predictor.predict_one({**row, "text": "never seen"}).value == predictor.predict_one({**row, "text": None}).value
    )


def test_a_text_file_keeps_the_names(tmp_path: Path) -> None:
    frame = categories()
    model = regressor(frame, category_target(frame), **EAGER)
    path = tmp_path / "model.txt"
    model.booster_.save_model(path)
    assert_kept(packed(path, frame), frame, answers(model.booster_, frame))


@pytest.mark.parametrize("parameters", [{}, {"max_cat_to_onehot": 100}], ids=["sorted", "one-hot"])
def test_numbers_of_an_array(parameters: dict[str, Any]) -> None:
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.integers(0, 40, 240), rng.normal(size=240), rng.integers(0, 5, 240)]).astype(float)
    y = 3 * np.sin(X[:, 0]) + (X[:, 2] == 2)
    model = regressor(X, y, **EAGER, **parameters, categorical_feature=[0, 2])
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
            [2**31, 0, 2**31 - 1],
            [2**32 + 3, 0, 2**33],
            [np.inf, 0, -np.inf],
            [np.nan, np.nan, np.nan],
            [1e-36, 0, -1e-36],
        ]
    )
    assert_same(model, X, rows)


def test_a_sample_without_the_categories_is_refused() -> None:
    frame = categories()
    model = regressor(frame, category_target(frame), **EAGER)
    coded = frame.assign(text=frame["text"].cat.codes.astype(float))
    with pytest.raises(modelpack.UnsupportedModelError, match="trained on 2 category columns and the sample has 1"):
        packed(model, coded)
