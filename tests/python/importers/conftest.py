"""What every importer's tests need: pack a model, load it, and hold it against the framework."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier

import modelpack

METHODS = ("predict", "predict_proba", "decision_function")
# Their probabilities pass through exp, where bundle and framework may round differently; their margins do not.
THROUGH_EXP = (GradientBoostingClassifier, HistGradientBoostingClassifier)


@pytest.fixture
def packed(tmp_path) -> Callable[..., modelpack.Predictor]:
    """Packs a model with a sample and loads it again."""
    numbers = itertools.count()

    def pack(model: Any, sample: Any, **options: Any) -> modelpack.Predictor:
        path = tmp_path / f"model-{next(numbers)}.mpk"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            modelpack.pack(model, sample, path, name="model", version="1.0.0", **options)
        return modelpack.load(path, modelpack.UNSIGNED, name="model")

    return pack


@pytest.fixture
def agrees(packed) -> Callable[..., modelpack.Predictor]:
    """Packs a model and asserts that every method answers as the framework's own, rows from dictionaries included.

    `exact=False`: within rounding, for models whose framework is not the same from one processor or batch to the next.
    """

    def check(model: Any, sample: Any, rows: Any = None, *, exact: bool = True, **options: Any) -> modelpack.Predictor:
        predictor = packed(model, sample, **options)
        rows = sample if rows is None else rows
        for method in METHODS:
            if hasattr(predictor, method):
                same = exact and not through_exp(model, method)
                assert_same(own_answer(model, method, rows), getattr(predictor, method)(rows), same)
        first = rows.iloc[:5] if hasattr(rows, "iloc") else rows[:5]
        whole = predictor.predict(first)
        for row, expected in zip(records(first, predictor.schema.feature_names), whole, strict=True):
            found = predictor.predict_one(row)
            answer = found.label if predictor.schema.output("label") else found.value
            np.testing.assert_array_equal(np.asarray(answer), np.asarray(expected))
        return predictor

    return check


@pytest.fixture
def agrees_or_raises(packed) -> Callable[..., tuple[int, int]]:
    """Asserts row by row that the bundle answers the same bits, or raises where the framework raises.

    Gives how many rows were answered and how many raised.
    """

    def check(model: Any, sample: Any, rows: Any, *, exact: bool = True) -> tuple[int, int]:
        predictor = packed(model, sample)
        method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
        answered = raised = 0
        for at in range(len(rows)):
            row = rows.iloc[at : at + 1] if hasattr(rows, "iloc") else rows[at : at + 1]
            try:
                expected = own_answer(model, method, row)
            except (ValueError, TypeError):
                raised += 1
                with pytest.raises(modelpack.InputError):
                    getattr(predictor, method)(row)
            else:
                answered += 1
                assert_same(expected, getattr(predictor, method)(row), exact and not through_exp(model, method))
        return answered, raised

    return check


def through_exp(model: Any, method: str) -> bool:
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    return method == "predict_proba" and isinstance(last, THROUGH_EXP)


def own_answer(model: Any, method: str, rows: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(model, method)(rows)


def assert_same(expected: Any, found: Any, exact: bool) -> None:
    """Equal dtype and bits; all NaN are alike."""
    if isinstance(expected, list):
        assert isinstance(found, list)
        for one, other in zip(expected, found, strict=True):
            assert_same(one, other, exact)
        return
    expected = expected[:, 0] if expected.ndim == 2 and found.ndim == 1 else expected
    assert found.dtype == expected.dtype
    if exact or expected.dtype.kind != "f":
        np.testing.assert_array_equal(bits(found), bits(expected))
    else:
        np.testing.assert_allclose(found, expected, rtol=100 * np.finfo(expected.dtype).eps, atol=1e-12)


def bits(array: Any) -> Any:
    if array.dtype.kind != "f":
        return array
    plain = np.where(np.isnan(array), np.array(np.nan, array.dtype), array)
    return plain.view(np.dtype(f"i{array.dtype.itemsize}"))


def records(rows: Any, names: Any) -> list[dict[str, Any]]:
    values = (
        rows.astype(object).itertuples(index=False, name=None) if hasattr(rows, "iloc") else np.asarray(rows, object)
    )
    return [dict(zip(names, row, strict=True)) for row in values]


@pytest.fixture(scope="session")
def mixed() -> pd.DataFrame:
    """300 rows of floats with NaN, integers, bools, and strings with None and with NaN."""
    return mixed_rows(seed=1)


@pytest.fixture(scope="session")
def unseen(mixed: pd.DataFrame) -> pd.DataFrame:
    """Rows like `mixed` with strings that are not in it, and NaN in a column that has none there."""
    rows = mixed_rows(seed=2)
    rows.loc[::7, "carrier"] = "unknown"
    rows.loc[3, "distance"] = np.nan
    return rows


def mixed_rows(seed: int, count: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    wind = rng.normal(size=count)
    wind[rng.random(count) < 0.1] = np.nan
    carriers = rng.choice(["AA", "UA", "B6", "WN"], count, p=[0.4, 0.3, 0.25, 0.05]).astype(object)
    carriers[rng.random(count) < 0.1] = None
    origins = rng.choice(["JFK", "LGA"], count).astype(object)
    origins[rng.random(count) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "wind": wind,
            "distance": rng.normal(size=count) * 100,
            "stops": rng.integers(0, 5, count),
            "late": rng.random(count) < 0.5,
            "carrier": pd.Series(carriers, dtype=object),
            "origin": pd.Series(origins, dtype=object),
        }
    )


@pytest.fixture(scope="session")
def targets(mixed: pd.DataFrame) -> dict[str, Any]:
    """A target for `mixed` per task."""
    value = (np.nan_to_num(mixed["wind"]) * 3 + mixed["distance"] / 50 + mixed["stops"]).to_numpy()
    return {
        "regression": value,
        "positive": np.abs(value) + 0.1,
        "binary": (value > 1).astype(int),
        "multiclass": np.digitize(value, [0, 2]),
        "several": np.column_stack([value, -value, value**2]),
    }


@pytest.fixture(scope="session")
def numbers() -> np.ndarray:
    """300 rows of four floats with NaN."""
    rng = np.random.default_rng(3)
    array = rng.normal(size=(300, 4))
    array[rng.random(array.shape) < 0.15] = np.nan
    return array


@pytest.fixture(scope="session")
def dense(numbers: np.ndarray) -> np.ndarray:
    """The same without NaN."""
    return np.nan_to_num(numbers)


@pytest.fixture(scope="session")
def response(dense: np.ndarray) -> np.ndarray:
    return dense[:, 0] * 3 + dense[:, 1]


HOSTILE = (np.nan, np.inf, -np.inf, 1e300, -1e300, 1e39, 3.4028236e38, 5e-324, -0.0, 1e-40)


@pytest.fixture(scope="session")
def hostile() -> np.ndarray:
    """Rows of four floats, each with one value that is missing, infinite, too large for float32, or very small."""
    rows = [np.where(np.arange(4) == at, value, 0.5) for at in range(4) for value in HOSTILE]
    return np.array(rows)
