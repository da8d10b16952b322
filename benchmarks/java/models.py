"""Writes into build/benchmarks/java what the JMH benchmarks run: bundles, the XGBoost model as JSON for JPMML, and rows
as CSV, of which H2O trains its own models (mojo.py)."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import models

import modelpack

FOLDER = models.FOLDER / "java"
SHOPS = 1_000


def trees() -> None:
    shutil.copyfile(models.packed("xgboost").path, FOLDER / "trees.mpk")
    booster = FOLDER / "trees.json"
    models.xgboost_model().get_booster().save_model(booster)
    content = json.loads(booster.read_text())
    parameters = content["learner"]["learner_model_param"]
    parameters["base_score"] = parameters["base_score"].strip("[]")  # JPMML does not read XGBoost 3's list of one
    booster.write_text(json.dumps(content))
    X, y = models.data()
    pd.DataFrame(X, columns=[f"f{i}" for i in range(models.FEATURES)]).assign(y=y).to_csv(
        FOLDER / "trees.csv", index=False
    )


def pipeline() -> None:
    shutil.copyfile(models.packed("pipeline").path, FOLDER / "pipeline.mpk")
    table, y = models.frame()
    table.assign(y=y).to_csv(FOLDER / "pipeline.csv", index=False)


def shops() -> None:
    """One linear model of the hour alone, and a thousand by shop: the difference is what a key costs."""
    hours = pd.DataFrame({"hour": np.arange(24.0)})
    fitted = LinearRegression().fit(hours, 2 * hours["hour"] + 1)
    sample = hours.assign(shop=np.arange(24))
    nodes = [((), fitted), *(((shop,), fitted) for shop in range(SHOPS))]
    modelpack.pack(fitted, hours, FOLDER / "shop.mpk", name="shop", version="1.0.0", overwrite=True)
    modelpack.pack_partitions(
        nodes, sample, FOLDER / "shops.mpk", partition_by=("shop",), name="shops", version="1.0.0", overwrite=True
    )


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    trees()
    pipeline()
    shops()
