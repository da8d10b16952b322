"""Packing in several processes: the same file, and the same refusals, as in one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import modelpack
from modelpack import UNSIGNED

TOLD = {"partition_by": ("city",), "name": "m", "version": "1.0.0", "created_at": 0}
CITIES = [f"city{number}" for number in range(24)]
WINDS = ["N", "S", "E", "W", "calm"]


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(9)
    return pd.DataFrame({"city": rng.choice(CITIES, 200), "wind": rng.choice(WINDS[:2], 200)})


def pipeline(winds: list[str], slope: float, column: str = "wind") -> object:
    X = pd.DataFrame({column: winds * 3})
    return make_pipeline(OneHotEncoder(handle_unknown="ignore"), LinearRegression()).fit(
        X, slope * np.arange(len(X)) % 7.0
    )


def models() -> dict:
    """Some nodes bring winds that the root does not know, others look at the key itself."""
    found = {(): pipeline(WINDS[:2], 1.0)}
    for number, city in enumerate(CITIES):
        if number % 5 == 4:
            found[city,] = pipeline(CITIES[: number + 1], 2.0 + number, "city")
        else:
            found[city,] = pipeline(WINDS[: 2 + number % 4], 2.0 + number)
    return found


def test_the_file_is_the_same(tmp_path):
    one = modelpack.pack_partitions(models(), rows(), tmp_path / "1.mpk", **TOLD)
    two = modelpack.pack_partitions(models(), rows(), tmp_path / "2.mpk", **TOLD, n_jobs=2)
    assert one.path.read_bytes() == two.path.read_bytes()
    with modelpack.load(two, UNSIGNED, name="m") as predictor:
        for city in ("city3", "city4", "city9"):
            model = models()[city,]
            row = {"city": city, "wind": "calm"}
            asked = pd.DataFrame([row])[list(model.feature_names_in_)]
            assert predictor.predict_one(row).value == pytest.approx(model.predict(asked)[0], rel=1e-12)


def test_a_refusal_names_the_node(tmp_path):
    found = models() | {("city7",): pipeline(WINDS[:2], 1.0, "place")}
    said = []
    for processes in (1, 2):
        with pytest.raises(modelpack.InputError, match="city7") as refused:
            modelpack.pack_partitions(found, rows(), tmp_path / "m.mpk", **TOLD, n_jobs=processes)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert not list(tmp_path.iterdir())
