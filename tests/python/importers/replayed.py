"""A model packed and loaded again, its answers held against the framework's bit by bit."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import modelpack

# Rows that are also asked for one at a time: a row and a batch must agree.
SINGLE_ROWS = 12


def packed(model: Any, sample: Any, **arguments: Any) -> modelpack.Predictor:
    """The predictor of the model's bundle."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mpk"
        modelpack.pack(model, sample, path, name="model", version="1.0.0", golden=8, statistics=False, **arguments)
        return modelpack.load(path, modelpack.UNSIGNED)


def assert_same_bits(predictor: modelpack.Predictor, rows: Any, expected: Mapping[str, Any]) -> None:
    """Every output named in `expected` has the same shape, dtype and bits, for the batch and for rows alone."""
    answers = predictor.predict_all(rows)
    assert set(answers) == set(expected)
    for name, framework in expected.items():
        same(answers[name], np.asarray(framework), name)
    count = min(len(rows), SINGLE_ROWS)
    for row in range(count):
        alone = predictor.predict_all(rows.iloc[row : row + 1] if hasattr(rows, "iloc") else rows[row : row + 1])
        for name, framework in expected.items():
            same(alone[name], np.asarray(framework)[row : row + 1], f"{name} of row {row}")


def same(answer: np.ndarray, framework: np.ndarray, what: str) -> None:
    assert answer.shape == framework.shape, what
    if framework.dtype.kind == "f":
        assert answer.dtype == framework.dtype, what
        differ = bits(answer) != bits(framework)
        assert not differ.any(), f"{what}: {answer[differ][:3]} is not {framework[differ][:3]}"
    else:
        assert answer.tolist() == framework.tolist(), what


def bits(array: np.ndarray) -> np.ndarray:
    """The cells as unsigned integers, every NaN the same one."""
    plain = np.where(np.isnan(array), np.array(np.nan, array.dtype), array)
    return np.ascontiguousarray(plain).view(f"u{array.dtype.itemsize}")
