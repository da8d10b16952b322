"""Packed models beside the frameworks that trained them: the same answers, shapes and dtypes from Python's API."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import modelpack
from modelpack import UNSIGNED


def frame(rows: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    """Flights of a kind: numbers, missing values and categories, and whether each was late."""
    rng = np.random.default_rng(11)
    data = pd.DataFrame(
        {
            "distance": rng.uniform(100, 3000, rows).round(),
            "wind": np.where(rng.random(rows) < 0.2, np.nan, rng.gamma(2.0, 5.0, rows)),
            "hour": rng.integers(0, 24, rows),
            "carrier": rng.choice(["AA", "B6", "UA"], rows),
        }
    )
    late = (data["hour"] > 15) & (data["wind"].fillna(8) > 7) | (data["carrier"] == "B6") & (rng.random(rows) < 0.5)
    return data, np.where(late, "late", "on time")


def pipeline(last):
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    prepare = make_column_transformer(
        (numbers, ["distance", "wind", "hour"]),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["carrier"]),
    )
    return make_pipeline(prepare, last)


def packed(model, X, tmp_path, **options):
    path = modelpack.pack(model, X, tmp_path / "model.mpk", name="model", version="1.0.0", **options)
    return modelpack.load(path, UNSIGNED, name="model")


def same(found, expected):
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


def test_a_pipeline_on_a_data_frame(tmp_path):
    X, y = frame()
    model = pipeline(RandomForestClassifier(20, random_state=0)).fit(X, y)
    predictor = packed(model, X, tmp_path)
    same(predictor.predict(X), model.predict(X))
    same(predictor.predict_proba(X), model.predict_proba(X))
    same(predictor.classes_, model.classes_)
    assert predictor.n_features_in_ == 4
    assert predictor.feature_names_in_.tolist() == model.feature_names_in_.tolist()
    assert not hasattr(predictor, "decision_function") and not hasattr(model, "decision_function")
    for number, row in enumerate(X.to_dict("records")[:50]):
        one = predictor.predict_one(row)
        assert one.label == model.predict(X[number : number + 1])[0]
        assert one.probabilities == tuple(model.predict_proba(X[number : number + 1])[0])
        assert one.missing == (("wind",) if np.isnan(row["wind"]) else ())
    unseen = predictor.predict_one({**row, "carrier": "ZZ"})
    assert unseen.unseen == ("carrier",)
    assert unseen.probabilities == tuple(model.predict_proba(X[number : number + 1].assign(carrier="ZZ"))[0])


def test_a_linear_model_answers_within_its_bound(tmp_path):
    X, y = frame()
    model = pipeline(LogisticRegression()).fit(X, y)
    predictor = packed(model, X, tmp_path, evaluation=(X, y))
    same(predictor.predict(X), model.predict(X))
    np.testing.assert_allclose(predictor.predict_proba(X), model.predict_proba(X), rtol=1e-13)
    np.testing.assert_allclose(predictor.decision_function(X), model.decision_function(X), rtol=1e-12, atol=1e-14)
    assert predictor.decision_function(X).shape == (len(X),)
    np.testing.assert_array_equal(predictor.predict_all(X)["margin"], predictor.decision_function(X))
    assert 0.5 < predictor.bundle.metrics["splits"]["test"]["values"]["auc"] <= 1
    one = predictor.predict_one(X.iloc[0].to_dict())
    assert one.score == one.probability("on time") == predictor.predict_proba(X)[0, 1]


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame, np.float32])
def test_bare_classifiers_on_arrays(tmp_path, load, container):
    data, y = load(return_X_y=True)
    X = container(data) if container is not pd.DataFrame else pd.DataFrame(data).add_prefix("x")
    model = HistGradientBoostingClassifier(max_iter=10, random_state=0).fit(X, y)
    predictor = packed(model, X, tmp_path)
    same(predictor.predict(X), model.predict(X))
    assert predictor.predict_proba(X).shape == model.predict_proba(X).shape
    same(predictor.decision_function(X), model.decision_function(X))
    same(predictor.decision_function(X[:1]), model.decision_function(X[:1]))
    same(predictor.predict(X[:1]), model.predict(X[:1]))


def test_several_targets(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    model = RandomForestRegressor(5, random_state=0).fit(X, np.stack([y, -y], axis=1))
    predictor = packed(model, X, tmp_path)
    same(predictor.predict(X), model.predict(X))
    same(predictor.predict(X[:1]), model.predict(X[:1]))
    assert predictor.predict_one(X[0]).value == tuple(model.predict(X[:1])[0])


def test_several_labels(tmp_path):
    X, y = load_iris(return_X_y=True)
    both = np.stack([np.array(["a", "b", "c"])[y], np.array(["no", "yes", "no"])[y]], axis=1)
    model = RandomForestClassifier(5, random_state=0).fit(X, both)
    predictor = packed(model, X, tmp_path)
    assert predictor.predict(X).tolist() == model.predict(X).tolist()
    for found, expected in zip(predictor.predict_proba(X), model.predict_proba(X), strict=True):
        same(found, expected)
    for found, expected in zip(predictor.classes_, model.classes_, strict=True):
        assert found.tolist() == expected.tolist()
    one = predictor.predict_one(X[60])
    assert one.label == tuple(model.predict(X[60:61])[0])
    assert one.probabilities == tuple(tuple(p[0]) for p in model.predict_proba(X[60:61]))
    with pytest.raises(modelpack.UsageError, match="several labels"):
        one.probability("a")


def test_xgboost(tmp_path):
    xgboost = pytest.importorskip("xgboost")
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    model = xgboost.XGBClassifier(n_estimators=10, n_jobs=1).fit(X, y)
    predictor = packed(model, X, tmp_path)
    same(predictor.predict(X), model.predict(X))
    same(predictor.predict_proba(X), model.predict_proba(X))
    same(predictor.predict_all(X)["margin"], model.predict(X, output_margin=True))
    assert not hasattr(predictor, "decision_function")
    one = predictor.predict_one(X.iloc[3].to_dict())
    assert one.probabilities == tuple(model.predict_proba(X.iloc[3:4])[0].tolist())
    shuffled = X[list(X.columns[::-1])]
    same(predictor.predict_proba(shuffled), model.predict_proba(X))


def test_lightgbm(tmp_path):
    lightgbm = pytest.importorskip("lightgbm")
    X, y = frame()
    X["carrier"] = X["carrier"].astype("category")
    model = lightgbm.LGBMClassifier(n_estimators=10, min_child_samples=5, n_jobs=1, verbose=-1).fit(X, y)
    predictor = packed(model, X, tmp_path)
    same(predictor.predict_proba(X), model.predict_proba(X))
    assert predictor.predict(X).tolist() == model.predict(X).tolist()
    same(predictor.predict_all(X)["margin"], model.predict(X, raw_score=True))
    rows = X.astype({"carrier": object}).to_dict("records")
    same(predictor.predict_proba(rows), model.predict_proba(X))
