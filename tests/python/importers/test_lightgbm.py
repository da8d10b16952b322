"""LightGBM's objectives and boosters: the bundle answers with the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pyarrow
import pytest
from replayed import assert_kept, packed
from tabular import binary, hostile, numbers, positive, target, three

import modelpack

SMALL: dict[str, Any] = {"n_estimators": 5, "num_leaves": 8, "n_jobs": 1, "verbose": -1, "min_child_samples": 5}
FOREST = {**SMALL, "boosting_type": "rf", "subsample": 0.6, "subsample_freq": 1}


def thresholds(model: Any) -> list[tuple[int, float]]:
    booster = model if isinstance(model, lightgbm.Booster) else model.booster_
    fields = [line.split("=") for line in booster.model_to_string().splitlines() if line.count("=") == 1]
    features = [int(x) for key, text in fields if key == "split_feature" for x in text.split()]
    splits = [float(x) for key, text in fields if key == "threshold" for x in text.split()]
    return list(zip(features, splits, strict=True))[:30]


def answers(model: Any, X: Any) -> dict[str, Any]:
    raw = {"margin": model.predict(X, raw_score=True)}
    if isinstance(model, lightgbm.LGBMClassifier):
        return {**raw, "label": model.predict(X), "probability": model.predict_proba(X)}
    return {**raw, "value": model.predict(X)}


def assert_same(model: Any, X: Any, rows: Any = None, **arguments: Any) -> modelpack.Predictor:
    predictor = packed(model, X, **arguments)
    asked = hostile(thresholds(model), infinite=True) if rows is None else rows
    assert_kept(predictor, asked, answers(model, asked))
    return predictor


def regressor(X: Any, y: np.ndarray, **parameters: Any) -> lightgbm.LGBMRegressor:
    return lightgbm.LGBMRegressor(**{**SMALL, **parameters}).fit(X, y)


def classifier(X: Any, y: np.ndarray, **parameters: Any) -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(**{**SMALL, **parameters}).fit(X, y)


@pytest.mark.parametrize(
    "objective",
    ["regression", "regression_l1", "huber", "fair", "quantile", "mape", "poisson", "gamma", "tweedie"],
)
def test_objectives_of_regression(objective: str) -> None:
    X = numbers()
    model = regressor(X, positive(X), objective=objective)
    assert_same(model, X)
    assert_same(model.booster_, X)


def test_regression_on_square_roots() -> None:
    X = numbers()
    assert_same(regressor(X, 10 * target(X), reg_sqrt=True), X)


@pytest.mark.parametrize("objective", ["cross_entropy", "cross_entropy_lambda"])
def test_cross_entropy(objective: str) -> None:
    X = numbers()
    assert_same(regressor(X, binary(X) * 0.9, objective=objective), X)
    assert_same(classifier(X, binary(X), objective=objective), X)


@pytest.mark.parametrize(
    "labels", [np.array([3, 7]), np.array([0.0, 2.0]), np.array([False, True]), np.array(["no", "yes"])]
)
def test_labels_keep_their_type(labels: np.ndarray) -> None:
    X = numbers()
    model = classifier(X, labels[binary(X)])
    predictor = assert_same(model, X)
    assert predictor.predict(X).dtype == model.predict(X).dtype
    assert predictor.classes_.tolist() == labels.tolist()


@pytest.mark.parametrize("sigmoid", [0.25, 1 / 3, 2.0])
def test_sigmoid_has_a_scale(sigmoid: float) -> None:
    X = numbers()
    assert_same(classifier(X, binary(X), sigmoid=sigmoid), X)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"objective": "multiclassova", "sigmoid": 0.7}, {"boosting_type": "dart"}],
    ids=["softmax", "one-versus-all", "dart"],
)
def test_several_classes(parameters: dict[str, Any]) -> None:
    X = numbers()
    model = classifier(X, three(X) + 5, **parameters)
    assert_same(model, X)
    assert_same(model.booster_, X)


def test_two_classes_by_the_objective_of_many() -> None:
    X = numbers()
    assert_same(classifier(X, binary(X), objective="multiclass", num_class=2), X)


@pytest.mark.parametrize("objective", ["lambdarank", "rank_xendcg"])
def test_rankers(objective: str) -> None:
    X = numbers()
    model = lightgbm.LGBMRanker(objective=objective, **SMALL).fit(X, three(X), group=[20] * 12)
    assert_same(model, X)


@pytest.mark.parametrize("of", [binary, three])
def test_random_forests_average_before_the_link(of: Any) -> None:
    X = numbers()
    model = lightgbm.LGBMClassifier(**FOREST).fit(X, of(X))
    assert_same(model, X)
    assert_same(model.booster_, X)


def test_random_forest_of_counts() -> None:
    X = numbers()
    assert_same(lightgbm.LGBMRegressor(objective="poisson", **FOREST).fit(X, positive(X)), X)


@pytest.mark.parametrize("boosting_type", ["dart", "goss"])
def test_other_boostings(boosting_type: str) -> None:
    X = numbers()
    assert_same(regressor(X, target(X), boosting_type=boosting_type), X)


@pytest.mark.parametrize(
    "parameters",
    [{"zero_as_missing": True}, {"use_missing": False}, {"max_bin": 15}, {"extra_trees": True}],
    ids=["zero is missing", "nothing is missing", "few bins", "random thresholds"],
)
def test_what_counts_as_missing(parameters: dict[str, Any]) -> None:
    X = numbers()
    assert_same(regressor(X, target(X), **parameters), X)


def test_missing_values_that_training_did_not_see() -> None:
    X = np.nan_to_num(numbers())
    assert_same(regressor(X, target(X)), X)


def test_a_threshold_next_to_zero_takes_what_lightgbm_takes_for_zero() -> None:
    """A dense matrix is read with |x| <= 1e-35f as 0.0, an Arrow table as it stands."""
    rng = np.random.default_rng(6)
    X = np.where(rng.random((240, 2)) < 0.3, 0.0, rng.normal(size=(240, 2)))
    model = regressor(X, (X[:, 0] >= 0).astype(float))
    edge = float(np.float32(1e-35))
    assert any(threshold == -edge for _, threshold in thresholds(model))
    near = np.array([-edge, np.nextafter(-edge, 0), np.nextafter(-edge, -1), edge, -1e-36, 1e-36, -0.0, 0.0, np.nan])
    rows = np.column_stack([near, np.full(len(near), 0.5)])
    assert_same(model, X, rows)
    names = model.feature_name_
    sample, table = (pyarrow.table(dict(zip(names, data.T, strict=True))) for data in (X, rows))
    predictor = packed(model, sample)
    assert np.array_equal(predictor.predict(table), model.predict(table))


def test_early_stopping() -> None:
    X = numbers()
    y = binary(X)
    model = lightgbm.LGBMClassifier(**{**SMALL, "n_estimators": 80})
    model.fit(X[:160], y[:160], eval_set=[(X[160:], y[160:])], callbacks=[lightgbm.early_stopping(2, verbose=False)])
    assert 0 < model.best_iteration_ < 80
    assert_same(model, X)
    assert_same(model.booster_, X)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.bool_])
def test_dtypes_of_an_array(dtype: Any) -> None:
    """LightGBM copies an array of integers to float32, which rounds those beyond 2^24."""
    rng = np.random.default_rng(5)
    X = rng.integers(-(2**40), 2**40, size=(200, 4)) if dtype is np.int64 else rng.normal(size=(200, 4))
    X = (X > 0) if dtype is np.bool_ else X.astype(dtype)
    assert_same(regressor(X, rng.normal(size=200)), X, X)


def test_integers_of_a_data_frame_are_not_rounded_to_single() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.integers(-(2**40), 2**40, size=(200, 3)), columns=list("abc"))
    assert_same(regressor(frame, rng.normal(size=200)), frame, frame)


def test_names_that_lightgbm_rewrites() -> None:
    frame = pd.DataFrame(numbers(), columns=["wind speed", "höhe", "x/y", "d<e"])
    model = regressor(frame, target(numbers()))
    predictor = assert_same(model, frame, frame)
    assert predictor.schema.feature_names == tuple(frame.columns)


def test_nullable_columns() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"a": rng.normal(size=200), "n": pd.array(rng.integers(0, 5, 200), dtype="Int64")})
    frame.loc[::7, "n"] = pd.NA
    assert_same(regressor(frame, rng.normal(size=200)), frame, frame)


def test_constant_targets_make_trees_of_one_leaf() -> None:
    X = numbers()
    assert_same(regressor(X, np.full(len(X), 3.3)), X)


def test_classes_named_by_the_caller() -> None:
    X = numbers()
    model = classifier(X, three(X))
    predictor = packed(model.booster_, X, classes=["low", "middle", "high"])
    assert predictor.predict(X).tolist() == np.array(["low", "middle", "high"])[model.predict(X)].tolist()
    assert np.array_equal(predictor.predict_proba(X), model.predict_proba(X))


def test_an_objective_of_the_users_own_answers_raw_scores() -> None:
    def squared(y: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return score - y, np.ones_like(score)

    X = numbers()
    model = classifier(X, binary(X), objective=squared)
    predictor = packed(model, X)
    assert np.array_equal(predictor.predict(X), model.predict(X))
    assert predictor.bundle.config["hyperparameters"]["objective"].endswith("squared")


def test_decision_function_is_there_where_lightgbm_has_it() -> None:
    X = numbers()
    model = classifier(X, binary(X))
    predictor = packed(model, X)
    assert hasattr(predictor, "decision_function") == hasattr(model, "decision_function")
    if hasattr(model, "decision_function"):
        assert np.array_equal(predictor.decision_function(X), model.decision_function(X))
    assert not hasattr(packed(model.booster_, X), "decision_function")


def test_a_text_file(tmp_path: Path) -> None:
    X = numbers()
    model = classifier(X, three(X))
    path = tmp_path / "model.txt"
    model.booster_.save_model(path)
    rows = hostile(thresholds(model), infinite=True)
    assert_kept(packed(path, X), rows, answers(model.booster_, rows))


def test_configuration_holds_the_hyperparameters() -> None:
    X = numbers()
    config = packed(regressor(X, target(X), reg_lambda=2.5), X).bundle.config
    assert config["class"] == "lightgbm.sklearn.LGBMRegressor"
    assert config["hyperparameters"]["reg_lambda"] == 2.5
    assert config["model"] == {"boosting": "gbdt", "iterations": 5, "objective": "regression", "trees": 5}
