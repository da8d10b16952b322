"""Bundles of many small trees, each of which answers with numbers of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeRegressor

import modelpack

Key = tuple[Any, ...]
DTYPES = {"string": object, "int64": "int64", "bool": "bool"}


def tree(number: int) -> DecisionTreeRegressor:
    """A model that no other one of these agrees with anywhere."""
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})
    return DecisionTreeRegressor(random_state=0).fit(X, 100.0 * number + X["a"].to_numpy() / 8)


def trees(keys: Iterable[Key]) -> dict[Key, DecisionTreeRegressor]:
    return {key: tree(number) for number, key in enumerate(dict.fromkeys([(), *keys]))}


def sample(levels: dict[str, Any]) -> pd.DataFrame:
    """Rows whose key columns have these values."""
    rows = 8
    columns = {name: np.array([values[i % len(values)] for i in range(rows)]) for name, values in levels.items()}
    return pd.DataFrame({**columns, "a": np.linspace(0.0, 3.0, rows)})


def packed(path: Path, models: dict[Key, Any], levels: dict[str, Any], **more: Any) -> Path:
    told: dict[str, Any] = {"name": "trees", "version": "1.0.0", "partition_by": tuple(levels), **more}
    return modelpack.pack_partitions(models, sample(levels), path, **told).path


def loaded(path: Path, **more: Any) -> modelpack.Predictor:
    return modelpack.load(path, modelpack.UNSIGNED, **more)
