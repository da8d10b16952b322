"""What is timed: 100 trees of depth 6 over 30 features by XGBoost and LightGBM, and a whole scikit-learn pipeline;
ours and the peers'."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import modelpack

FEATURES = 30
BATCH_ROWS = 20_000
SEED = 20130101
FOLDER = Path(__file__).resolve().parent.parent / "build" / "benchmarks"


@cache
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(SEED)
    X = rng.normal(size=(BATCH_ROWS, FEATURES)).astype(np.float32).astype(np.float64)
    y = (X[:, 0] + X[:, 1] * X[:, 2] + np.sin(3 * X[:, 3]) + rng.normal(size=BATCH_ROWS) > 0).astype(int)
    return X, y


@cache
def xgboost_model() -> Any:
    from xgboost import XGBClassifier

    X, y = data()
    return XGBClassifier(n_estimators=100, max_depth=6, learning_rate=0.1, n_jobs=1, random_state=0).fit(X, y)


@cache
def lightgbm_model() -> Any:
    from lightgbm import LGBMClassifier

    X, y = data()
    model = LGBMClassifier(n_estimators=100, max_depth=6, num_leaves=63, n_jobs=1, random_state=0, verbose=-1)
    return model.fit(X, y)


@cache
def onnx_session() -> Any:
    """The XGBoost model in ONNX Runtime by onnxmltools, one thread."""
    import onnxruntime
    from onnxmltools import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    model = convert_xgboost(
        xgboost_model().get_booster(), initial_types=[("input", FloatTensorType([None, FEATURES]))], target_opset=15
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@cache
def packed(name: str) -> modelpack.Packed:
    """The bundle of a model by its name: xgboost, lightgbm, pipeline."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    model = {"xgboost": xgboost_model, "lightgbm": lightgbm_model, "pipeline": pipeline_model}[name]()
    sample = frame()[0].head(500) if name == "pipeline" else data()[0][:500]
    return modelpack.pack(model, sample, FOLDER / f"{name}.mpk", name=name, version="1.0.0", overwrite=True)


@cache
def predictor(name: str) -> Any:
    return modelpack.load(packed(name), trust=modelpack.UNSIGNED, name=name)


@cache
def frame() -> tuple[pd.DataFrame, np.ndarray]:
    """32 columns as they come: 24 numbers with missing values, 8 categories."""
    rng = np.random.default_rng(SEED)
    X, y = data()
    table = pd.DataFrame(X[:, :24], columns=[f"number_{i}" for i in range(24)])
    table = table.mask(rng.random(table.shape) < 0.05)
    for i in range(8):
        table[f"category_{i}"] = rng.choice(np.array([f"value {k}" for k in range(10)], dtype=object), len(table))
    return table, y


@cache
def pipeline_model() -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline, make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from xgboost import XGBClassifier

    table, y = frame()
    numbers = [name for name in table if name.startswith("number")]
    categories = [name for name in table if name.startswith("category")]
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
        ]
    )
    trees = XGBClassifier(n_estimators=100, max_depth=6, learning_rate=0.1, n_jobs=1, random_state=0)
    return Pipeline([("prepare", prepare), ("trees", trees)]).fit(table, y)
