"""Boosters as the last step of a scikit-learn pipeline, where a sparse matrix has cells that are not there."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from replayed import assert_kept, packed
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tabular import categories, category_target


def raw_frame() -> pd.DataFrame:
    frame = categories()[["text", "number", "count"]]
    text = frame["text"].astype(object)
    return frame.assign(text=text.where(text.notna(), None), zero=np.where(frame["count"] < 4, 0.0, frame["number"]))


def preparation(sparse: bool) -> ColumnTransformer:
    numeric = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    steps = [
        ("number", numeric, ["number", "count"]),
        ("text", OneHotEncoder(handle_unknown="ignore"), ["text"]),
        ("zero", "passthrough", ["zero"]),
    ]
    return ColumnTransformer(steps, sparse_threshold=1.0 if sparse else 0.0)


ESTIMATORS = [
    pytest.param(lambda: xgboost.XGBClassifier(n_estimators=6, max_depth=4, n_jobs=1), id="xgboost"),
    pytest.param(lambda: lightgbm.LGBMClassifier(n_estimators=6, num_leaves=8, n_jobs=1, verbose=-1), id="lightgbm"),
]


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("make", ESTIMATORS)
def test_classifier_behind_a_column_transformer(make: Any, sparse: bool) -> None:
    frame = raw_frame()
    y = np.where(category_target(frame.assign(year=9)) > 0.5, "late", "on time")
    labels = y if "lightgbm" in type(make()).__module__ else (y == "late").astype(int)
    pipeline = Pipeline([("prepare", preparation(sparse)), ("model", make())]).fit(frame, labels)
    assert pipeline["prepare"].sparse_output_ == sparse
    rows = pd.concat([frame, frame.head(3).assign(text="never seen"), frame.head(3).assign(zero=-0.0, number=0.0)])
    predictor = packed(pipeline, frame)
    answers = predictor.predict_all(rows)
    assert answers["label"].tolist() == pipeline.predict(rows).tolist()
    assert np.array_equal(answers["probability"], pipeline.predict_proba(rows))
    assert answers["probability"].dtype == pipeline.predict_proba(rows).dtype


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_absent_cells_are_missing_to_xgboost_and_zero_to_lightgbm() -> None:
    """The two answers differ between a sparse and a dense matrix only where the framework's own do."""
    frame = raw_frame()
    y = category_target(frame.assign(year=9))
    for make in (
        lambda: xgboost.XGBRegressor(n_estimators=6, max_depth=4, n_jobs=1),
        lambda: lightgbm.LGBMRegressor(n_estimators=6, num_leaves=8, n_jobs=1, verbose=-1),
    ):
        pipeline = Pipeline([("prepare", preparation(True)), ("model", make())]).fit(frame, y)
        model = pipeline["model"]
        prepared = pipeline["prepare"].transform(frame)
        margin = (
            model.predict(prepared, output_margin=True)
            if isinstance(model, xgboost.XGBModel)
            else model.predict(prepared, raw_score=True)
        )
        assert_kept(packed(pipeline, frame), frame, {"value": pipeline.predict(frame), "margin": margin})
