"""What XGBoost refuses, or cannot be reproduced, is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost
from replayed import packed
from tabular import numbers, target

import modelpack


def booster() -> xgboost.Booster:
    X = numbers()
    return xgboost.train({"max_depth": 3, "nthread": 1}, xgboost.DMatrix(X, label=target(X)), 3)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300, 3.5e38])
def test_a_booster_refuses_infinity_where_its_matrix_does(value: float) -> None:
    rows = numbers()[:3]
    rows[1, 2] = value
    predictor = packed(booster(), numbers())
    with pytest.raises(xgboost.core.XGBoostError):
        xgboost.DMatrix(rows)
    with pytest.raises(modelpack.InputError) as refused:
        predictor.predict(rows)
    assert (refused.value.name, refused.value.row, refused.value.feature) == ("NON_FINITE", 1, "f2")


def test_an_estimator_that_is_not_fitted() -> None:
    with pytest.raises(modelpack.UnsupportedModelError, match=r"XGBRegressor.*not fitted; call fit first"):
        packed(xgboost.XGBRegressor(), numbers())


def test_a_model_without_trees() -> None:
    empty = xgboost.train({"nthread": 1}, xgboost.DMatrix(numbers(), label=target(numbers())), 0)
    with pytest.raises(modelpack.UnsupportedModelError, match="no trees"):
        packed(empty, numbers())


def test_missing_that_is_no_number() -> None:
    model = xgboost.XGBRegressor(n_estimators=2, n_jobs=1).fit(numbers(), target(numbers()))
    model.set_params(missing=None)
    with pytest.raises(modelpack.UnsupportedModelError, match=r"set missing=numpy\.nan"):
        packed(model, numbers())


def test_a_sample_of_another_width() -> None:
    with pytest.raises(modelpack.UnsupportedModelError, match="trained on 4 columns and the sample has 3"):
        packed(booster(), numbers()[:, :3])
