"""A thousand cities in twenty countries, each with an XGBoost model of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import models
import numpy as np
import pandas as pd

import modelpack

KEYS = ("country", "city")
COUNTRIES, CITIES = 20, 1_000
NAMES = [f"f{i}" for i in range(models.FEATURES)]
# What is timed is scoring: cities share a few models, which are packed and loaded as one for each.
TREES, DEPTH, FITTED = 50, 5, 40


def key(city: int) -> tuple[str, str]:
    return f"country {city % COUNTRIES}", f"city {city}"


@cache
def fitted() -> list[Any]:
    from xgboost import XGBRegressor

    rng = np.random.default_rng(models.SEED)
    X, _ = models.data()
    found = []
    for seed in range(FITTED):
        rows = pd.DataFrame(X[rng.integers(0, len(X), 2_000)], columns=NAMES)
        target = rows.f0 * rng.normal() + rows.f1 * rows.f2 + rng.normal(size=len(rows))
        found.append(XGBRegressor(n_estimators=TREES, max_depth=DEPTH, n_jobs=1, random_state=seed).fit(rows, target))
    return found


def by_key() -> Iterator[tuple[tuple[str, ...], Any]]:
    """The root's model, and one per city."""
    yield (), fitted()[0]
    yield from ((key(city), fitted()[city % FITTED]) for city in range(CITIES))


@cache
def packed() -> modelpack.Packed:
    X, _ = models.data()
    sample = pd.DataFrame(X[:CITIES], columns=NAMES)
    sample[list(KEYS)] = [key(city) for city in range(CITIES)]
    models.FOLDER.mkdir(parents=True, exist_ok=True)
    place = models.FOLDER / "nodes.mpk"
    return modelpack.pack_partitions(
        by_key(), sample, place, partition_by=KEYS, name="nodes", version="1.0.0", overwrite=True
    )


def boosters() -> dict[tuple[str, ...], bytes]:
    """The same models as XGBoost's own bytes."""
    saved = [bytes(model.get_booster().save_raw("ubj")) for model in fitted()]
    return {key(city): saved[city % FITTED] for city in range(CITIES)}
