"""How often an answer that passes through exp or log differs from the framework's, and by how much: the table of
docs/SEMANTICS.md. `python tools/measure_links.py [ROWS]`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, HistGradientBoostingRegressor

import modelpack

TRAINED_ROWS = 4_000


def models(X: np.ndarray, y: np.ndarray) -> dict[str, tuple[Any, str]]:
    """Fitted models and the method whose answers are compared."""
    two, three, counts = y > 0, np.digitize(y, [-1.0, 1.0]), np.exp(y / 4)
    light = {"n_estimators": 60, "num_leaves": 15, "verbose": -1, "n_jobs": 1}
    return {
        "XGBoost binary:logistic": (xgboost.XGBClassifier(n_estimators=60, n_jobs=1).fit(X, two), "predict_proba"),
        "XGBoost multi:softprob": (xgboost.XGBClassifier(n_estimators=30, n_jobs=1).fit(X, three), "predict_proba"),
        "XGBoost count:poisson": (
            xgboost.XGBRegressor(objective="count:poisson", n_estimators=60, n_jobs=1).fit(X, counts),
            "predict",
        ),
        "LightGBM binary": (lightgbm.LGBMClassifier(**light).fit(X, two), "predict_proba"),
        "LightGBM multiclass": (lightgbm.LGBMClassifier(**light).fit(X, three), "predict_proba"),
        "LightGBM tweedie": (lightgbm.LGBMRegressor(objective="tweedie", **light).fit(X, counts), "predict"),
        "LightGBM cross_entropy_lambda": (
            lightgbm.LGBMRegressor(objective="cross_entropy_lambda", **light).fit(X, two * 0.9),
            "predict",
        ),
        "HistGradientBoosting binary": (HistGradientBoostingClassifier(max_iter=60).fit(X, two), "predict_proba"),
        "HistGradientBoosting multiclass": (
            HistGradientBoostingClassifier(max_iter=30).fit(X, three),
            "predict_proba",
        ),
        "HistGradientBoosting poisson": (
            HistGradientBoostingRegressor(loss="poisson", max_iter=60).fit(X, counts),
            "predict",
        ),
        "GradientBoosting binary": (GradientBoostingClassifier(n_estimators=60).fit(X, two), "predict_proba"),
    }


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rng = np.random.default_rng(20130101)
    X = rng.normal(size=(TRAINED_ROWS, 6))
    y = X[:, 0] * X[:, 1] + np.sin(3 * X[:, 2]) + 0.3 * rng.normal(size=TRAINED_ROWS)
    asked = rng.normal(size=(rows, 6))
    print(f"{rows:,} rows; labels and margins are the same bits")
    print(f"{'model':34} {'rows that differ':>17} {'greatest, in ulp':>17}")
    with tempfile.TemporaryDirectory() as folder:
        for name, (model, method) in models(X, y).items():
            path = Path(folder) / "model.mpk"
            modelpack.pack(model, X[:500], path, name="model", version="1.0.0", overwrite=True, statistics=False)
            predictor = modelpack.load(path, modelpack.UNSIGNED, name="model")
            ours, theirs = getattr(predictor, method)(asked), getattr(model, method)(asked)
            if method == "predict_proba":
                assert (predictor.predict(asked) == model.predict(asked)).all()
            bits = f"i{ours.dtype.itemsize}"
            apart = np.abs(ours.reshape(rows, -1).view(bits) - theirs.astype(ours.dtype).reshape(rows, -1).view(bits))
            print(f"{name:34} {(apart > 0).any(axis=1).mean():17.4%} {apart.max():17}")


if __name__ == "__main__":
    main()
