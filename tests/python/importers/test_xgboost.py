"""XGBoost's objectives and boosters: the bundle answers with the bits of the library that is installed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import xgboost
from replayed import assert_kept, packed
from tabular import binary, hostile, numbers, positive, target, three

import modelpack

SMALL: dict[str, Any] = {"n_estimators": 5, "max_depth": 3, "n_jobs": 1}


def thresholds(model: Any) -> list[tuple[int, float]]:
    """The first splits on numbers, as (column, threshold)."""
    booster = model if isinstance(model, xgboost.Booster) else model.get_booster()
    found = re.findall(r"\[f(\d+)<([^\]]+)\]", "".join(booster.get_dump()))
    return [(int(column), float(threshold)) for column, threshold in found[:20]]


def estimator_answers(model: Any, X: Any) -> dict[str, Any]:
    answers = {"margin": model.predict(X, output_margin=True)}
    if isinstance(model, xgboost.XGBClassifier):
        return {**answers, "label": model.predict(X), "probability": model.predict_proba(X)}
    return {**answers, "value": model.predict(X)}


def booster_answers(booster: xgboost.Booster, X: Any) -> dict[str, Any]:
    matrix = xgboost.DMatrix(
        X, enable_categorical=True, feature_types=None if hasattr(X, "iloc") else booster.feature_types
    )
    return {"margin": booster.predict(matrix, output_margin=True), "value": booster.predict(matrix)}


def assert_estimator(model: Any, X: Any, rows: Any = None) -> modelpack.Predictor:
    predictor = packed(model, X)
    asked = hostile(thresholds(model), infinite=True, single=True) if rows is None else rows
    assert_kept(predictor, asked, estimator_answers(model, asked))
    return predictor


def assert_booster(booster: xgboost.Booster, X: Any, rows: Any = None) -> modelpack.Predictor:
    predictor = packed(booster, X)
    asked = hostile(thresholds(booster), infinite=False, single=True) if rows is None else rows
    assert_kept(predictor, asked, booster_answers(booster, asked))
    return predictor


def regressor(X: np.ndarray, y: np.ndarray, **parameters: Any) -> xgboost.XGBRegressor:
    return xgboost.XGBRegressor(**{**SMALL, **parameters}).fit(X, y)


def classifier(X: np.ndarray, y: np.ndarray, **parameters: Any) -> xgboost.XGBClassifier:
    return xgboost.XGBClassifier(**{**SMALL, **parameters}).fit(X, y)


@pytest.mark.parametrize(
    "objective",
    [
        "reg:squarederror",
        "reg:squaredlogerror",
        "reg:pseudohubererror",
        "reg:absoluteerror",
        "reg:logistic",
        "reg:gamma",
        "reg:tweedie",
        "reg:quantileerror",
        "count:poisson",
        "survival:cox",
    ],
)
def test_objectives_of_regression(objective: str) -> None:
    X = numbers()
    y = positive(X)
    if objective == "reg:logistic":
        y = y / (1 + y)
    extra = {"quantile_alpha": 0.3} if objective == "reg:quantileerror" else {}
    model = regressor(X, y, objective=objective, **extra)
    assert_estimator(model, X)
    assert_booster(model.get_booster(), X)


def test_objective_of_survival_with_bounds() -> None:
    X = numbers()
    data = xgboost.DMatrix(X)
    data.set_float_info("label_lower_bound", positive(X))
    data.set_float_info("label_upper_bound", positive(X) * 1.5)
    booster = xgboost.train({"objective": "survival:aft", "max_depth": 3, "nthread": 1}, data, 4)
    assert_booster(booster, X)


@pytest.mark.parametrize("objective", ["binary:logistic", "binary:hinge", "binary:logitraw"])
def test_binary_classifiers(objective: str) -> None:
    X = numbers()
    model = classifier(X, binary(X), objective=objective)
    predictor = assert_estimator(model, X)
    assert predictor.predict(X).dtype == model.predict(X).dtype
    assert_booster(model.get_booster(), X)


@pytest.mark.parametrize("base_score", [0.5, 0.3, 1e-8, 0.99999999])
def test_base_score_is_a_margin_as_the_library_makes_it(base_score: float) -> None:
    X = numbers()
    assert_estimator(classifier(X, binary(X), base_score=base_score), X)


def test_multiclass_by_probability() -> None:
    X = numbers()
    model = classifier(X, three(X))
    predictor = assert_estimator(model, X)
    assert predictor.classes_.tolist() == [0, 1, 2]
    assert_booster(model.get_booster(), X)


def test_multiclass_by_label() -> None:
    """multi:softmax: XGBoost's label; the probability is scipy's softmax of the margin, which varies by machine."""
    X = numbers()
    model = classifier(X, three(X), objective="multi:softmax")
    predictor = packed(model, X)
    answers = predictor.predict_all(X)
    assert answers["label"].dtype == model.predict(X).dtype == np.int32
    assert answers["label"].tolist() == model.predict(X).tolist()
    np.testing.assert_allclose(answers["probability"], model.predict_proba(X), rtol=2e-6)
    assert_booster(model.get_booster(), X)


def test_two_classes_by_softprob_answer_as_two_labels() -> None:
    """XGBClassifier takes two columns for two labels, each above one half or not."""
    X = numbers()
    model = classifier(X, binary(X), objective="multi:softprob", num_class=2)
    assert model.predict(X).shape == (len(X), 2)
    assert_estimator(model, X)


@pytest.mark.parametrize("objective", ["rank:ndcg", "rank:pairwise", "rank:map"])
def test_rankers(objective: str) -> None:
    X = numbers()
    model = xgboost.XGBRanker(objective=objective, **SMALL).fit(X, binary(X), qid=np.repeat(np.arange(24), 10))
    assert_estimator(model, X)


def test_random_forests() -> None:
    X = numbers()
    forests = [
        xgboost.XGBRFClassifier(n_estimators=6, max_depth=3, n_jobs=1, random_state=0).fit(X, three(X)),
        xgboost.XGBRFRegressor(n_estimators=6, max_depth=3, n_jobs=1, random_state=0).fit(X, target(X)),
    ]
    for model in forests:
        assert_estimator(model, X)


@pytest.mark.parametrize("of", [binary, three, target])
def test_dart_weighs_each_tree(of: Any) -> None:
    X = numbers()
    dart = {"booster": "dart", "rate_drop": 0.5, "one_drop": 1, "random_state": 0}
    model = regressor(X, of(X), **dart, num_parallel_tree=2) if of is target else classifier(X, of(X), **dart)
    assert_estimator(model, X)
    assert_booster(model.get_booster(), X)


@pytest.mark.parametrize("of", [binary, three, target])
def test_linear_booster_skips_missing_values(of: Any) -> None:
    X = numbers()
    linear = {"booster": "gblinear", "n_estimators": 4, "max_depth": None}
    model = regressor(X, of(X), **linear) if of is target else classifier(X, of(X), **linear)
    rows = hostile(infinite=False)
    assert_estimator(model, X, rows)
    assert_booster(model.get_booster(), X, rows)


@pytest.mark.parametrize("strategy", ["one_output_per_tree", "multi_output_tree"])
def test_several_outputs(strategy: str) -> None:
    X = numbers()
    Y = np.column_stack([target(X), -target(X, seed=3)])
    grown = {"multi_strategy": strategy, "tree_method": "hist"}
    assert_estimator(regressor(X, Y, **grown), X)
    labels = assert_estimator(classifier(X, (Y > 0).astype(int), **grown), X)
    assert labels.predict(X).shape == (len(X), 2)
    assert_estimator(classifier(X, three(X), **grown), X)


def test_linear_booster_with_several_outputs() -> None:
    X = numbers()
    Y = np.column_stack([target(X), -target(X, seed=3)])
    model = regressor(X, Y, booster="gblinear", n_estimators=4, max_depth=None)
    assert_estimator(model, X, hostile(infinite=False))


def test_early_stopping_binds_the_estimator_and_not_its_booster() -> None:
    X = numbers()
    y = binary(X)
    model = xgboost.XGBClassifier(n_estimators=60, early_stopping_rounds=2, max_depth=4, n_jobs=1)
    model.fit(X[:160], y[:160], eval_set=[(X[160:], y[160:])], verbose=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    assert_estimator(model, X)
    assert_booster(model.get_booster(), X)


def test_early_stopping_counts_rounds_of_several_trees() -> None:
    X = numbers()
    y = three(X)
    model = xgboost.XGBClassifier(n_estimators=40, early_stopping_rounds=2, num_parallel_tree=2, n_jobs=1)
    model.fit(X[:160], y[:160], eval_set=[(X[160:], y[160:])], verbose=False)
    assert_estimator(model, X)


@pytest.mark.parametrize("missing", [-999.0, 0.0, 0.1, np.inf])
def test_missing_is_what_the_estimator_was_told(missing: float) -> None:
    X = numbers()
    filled = np.where(np.isnan(X), missing, X)
    model = regressor(filled, target(X), missing=missing)
    rows = np.vstack([np.where(np.isnan(filled[:20]), missing, filled[:20]), hostile(infinite=True)])
    assert_estimator(model, filled, rows)


@pytest.mark.parametrize(
    "grown",
    [
        {"grow_policy": "lossguide", "max_leaves": 9, "tree_method": "hist"},
        {"tree_method": "exact", "gamma": 0.5, "max_depth": 6},
        {"tree_method": "approx"},
    ],
    ids=["leaf-wise", "pruned", "approximate"],
)
def test_trees_however_they_grew(grown: dict[str, Any]) -> None:
    X = numbers()
    assert_estimator(regressor(X, target(X), **grown), X)


def test_trees_without_a_split() -> None:
    X = numbers()
    model = regressor(X, np.zeros(len(X)))
    assert_estimator(model, X, hostile(infinite=True))


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.bool_])
def test_dtypes_of_the_input(dtype: Any) -> None:
    rng = np.random.default_rng(5)
    X = rng.integers(-(2**40), 2**40, size=(200, 4)) if dtype is np.int64 else rng.normal(size=(200, 4))
    X = (X > 0) if dtype is np.bool_ else X.astype(dtype)
    model = regressor(X, rng.normal(size=200))
    assert_estimator(model, X, X)


def test_classes_named_by_the_caller() -> None:
    X = numbers()
    model = classifier(X, three(X))
    for source in (model, model.get_booster()):
        predictor = packed(source, X, classes=["low", "middle", "high"])
        expected = np.array(["low", "middle", "high"])[model.predict(X)]
        assert predictor.predict(X).tolist() == expected.tolist()
        assert np.array_equal(predictor.predict_proba(X), model.predict_proba(X))


def test_classes_of_the_wrong_number_are_refused() -> None:
    X = numbers()
    with pytest.raises(modelpack.InputError, match="names 2 classes and the model has 3"):
        packed(classifier(X, three(X)), X, classes=["low", "high"])


def test_several_quantiles() -> None:
    X = numbers()
    model = regressor(X, target(X), objective="reg:quantileerror", quantile_alpha=[0.45, 0.5, 0.55])
    assert_estimator(model, X)


def test_configuration_holds_the_hyperparameters() -> None:
    X = numbers()
    model = regressor(X, target(X), reg_lambda=2.5)
    config = packed(model, X).bundle.config
    assert config["class"] == "xgboost.sklearn.XGBRegressor"
    assert config["framework"] == "xgboost"
    assert config["version"] == xgboost.__version__
    assert config["hyperparameters"]["reg_lambda"] == 2.5
    assert config["model"]["trees"] == 5


def test_metrics_of_a_booster_are_those_of_a_classifier() -> None:
    X = numbers()
    model = classifier(X, binary(X))
    split = {"test": (X, binary(X))}
    of_estimator = packed(model, X, evaluation=split).bundle.metrics["splits"]["test"]["values"]
    of_booster = packed(model.get_booster(), X, evaluation=split).bundle.metrics["splits"]["test"]["values"]
    assert of_booster["auc"] == of_estimator["auc"]
    assert of_booster["accuracy"] == of_estimator["accuracy"]
