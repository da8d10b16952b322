"""Trains a pipeline over numbers, missing values and categories, packs it, and writes its model as C, in the working
directory."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import modelpack

rng = np.random.default_rng(20130101)
rows = 2000
X = pd.DataFrame(
    {
        "distance": rng.gamma(2.0, 500.0, rows),
        "wind": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(10.0, 4.0, rows)),
        "carrier": rng.choice(["AA", "DL", "UA", "WN"], rows),
    }
)
late = (X["wind"].fillna(10.0) + 4 * (X["carrier"] == "UA") + rng.normal(0.0, 3.0, rows) > 13.0).astype(int)
model = make_pipeline(
    make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), ["distance", "wind"]),
        (OneHotEncoder(handle_unknown="ignore"), ["carrier"]),
    ),
    GradientBoostingClassifier(n_estimators=50, random_state=0),
).fit(X, late)
packed = modelpack.pack(model, X[:1000], "late-1.0.0.mpk", name="late", version="1.0.0", overwrite=True)
modelpack.emit_c(packed, "late-c", overwrite=True)
