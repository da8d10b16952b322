"""Small seeded data for the importers of boosters: numbers with gaps, targets of every kind, rows that hurt."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

ROWS = 240


def numbers(seed: int = 0) -> np.ndarray:
    """Four columns; the last has many zeros and repeated values; one cell in twelve is NaN."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(ROWS, 4))
    X[:, 3] = np.where(rng.random(ROWS) < 0.3, 0.0, np.round(X[:, 3], 1))
    X[rng.random(X.shape) < 0.08] = np.nan
    return X


def target(X: np.ndarray, seed: int = 1) -> np.ndarray:
    filled = np.nan_to_num(X)
    noise = np.random.default_rng(seed).normal(size=len(X)) * 0.2
    return 2 * filled[:, 0] + filled[:, 1] + (filled[:, 3] >= 0) + noise


def binary(X: np.ndarray) -> np.ndarray:
    return (target(X) > 0.5).astype(np.int64)


def three(X: np.ndarray) -> np.ndarray:
    return np.digitize(target(X), [-0.5, 1.5])


def positive(X: np.ndarray) -> np.ndarray:
    return np.exp(target(X) / 3)


def hostile(thresholds: Iterable[tuple[int, float]] = (), *, infinite: bool, single: bool = False) -> np.ndarray:
    """Signed zeros, subnormals, huge and missing values, and every threshold with its neighbours on both sides.

    Parameters
    ----------
    thresholds : iterable of (column, threshold)
    infinite : bool
        With infinities and numbers that overflow float32.
    single : bool
        Neighbours in float32, not float64.
    """
    dtype = np.float32 if single else np.float64
    zero = float(np.float32(1e-35))
    rows = [
        [0.0, -0.0, np.nan, 1e-45],
        [-0.0, 0.0, 5e-324, -5e-324],
        [1e30, -1e30, 1e-30, 0.1],
        [np.nan, np.nan, np.nan, np.nan],
        [zero, -zero, zero, -zero],
        [0.5, 0.5, 0.5, zero],
        [1e-36, -1e-36, -2e-35, 2e-35],
    ]
    if infinite:
        rows += [[np.inf, -np.inf, np.inf, -np.inf], [1e300, -1e300, 3.5e38, -3.5e38]]
    for column, threshold in thresholds:
        exact = dtype(threshold)
        for value in (exact, np.nextafter(exact, dtype(-np.inf)), np.nextafter(exact, dtype(np.inf))):
            row = [0.25, -0.25, 0.75, 0.0]
            row[column] = float(value)
            rows.append(row)
    return np.array(rows)


def categories(seed: int = 2) -> pd.DataFrame:
    """Text and integer categories, numbers, integers and bools, with gaps."""
    rng = np.random.default_rng(seed)
    text = rng.choice(list("zwxyabcdefgh"), ROWS).astype(object)
    text[::17] = None
    return pd.DataFrame(
        {
            "text": pd.Categorical(text, categories=list("zwxyabcdefgh")),
            "number": np.where(rng.random(ROWS) < 0.1, np.nan, rng.normal(size=ROWS)),
            "year": pd.Categorical(rng.choice([5, 7, 9, 11], ROWS)),
            "count": rng.integers(0, 9, ROWS),
            "flag": rng.random(ROWS) < 0.5,
        }
    )


def category_target(frame: pd.DataFrame) -> np.ndarray:
    text = frame["text"].astype(object)
    effect = np.select([text == "x", text == "z", frame["year"] == 9], [2.0, 1.0, 0.5], 0.0)
    return effect + np.nan_to_num(frame["number"].to_numpy()) / 4
