"""A model packed and loaded again, its answers held against the framework's: bit by bit, and within the stated
bound where they pass through exp."""

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


def assert_kept(predictor: modelpack.Predictor, rows: Any, expected: Mapping[str, Any]) -> None:
    """Every output named in `expected` has the same shape, dtype and bits, for the batch and for rows alone.

    An answer that the objective makes of the margin by exp may differ by a few units in the last place in a few cells.
    """
    answers = predictor.predict_all(rows)
    assert set(answers) == set(expected)
    for name, framework in expected.items():
        through_exp = name in ("value", "probability") and not np.array_equal(framework, expected["margin"])
        kept(answers[name], np.asarray(framework), name, through_exp)
    count = min(len(rows), SINGLE_ROWS)
    for row in range(count):
        alone = predictor.predict_all(rows.iloc[row : row + 1] if hasattr(rows, "iloc") else rows[row : row + 1])
        for name, batch in answers.items():
            kept(alone[name], batch[row : row + 1], f"{name} of row {row}", False)


def kept(answer: np.ndarray, framework: np.ndarray, what: str, through_exp: bool) -> None:
    assert answer.shape == framework.shape, what
    if framework.dtype.kind != "f":
        assert answer.tolist() == framework.tolist(), what
        return
    assert answer.dtype == framework.dtype, what
    differ = bits(answer) != bits(framework)
    if through_exp:
        eps = np.finfo(framework.dtype).eps
        near = np.abs(answer - framework) <= 9 * eps * np.abs(framework) + eps * (what == "probability")
        assert (near | ~differ).all(), f"{what}: {answer[~near][:3]} is not {framework[~near][:3]}"
        assert differ.mean() <= 0.1, f"{what}: {differ.mean():.1%} of the cells differ"
    else:
        assert not differ.any(), f"{what}: {answer[differ][:3]} is not {framework[differ][:3]}"


def bits(array: np.ndarray) -> np.ndarray:
    """The cells as unsigned integers, every NaN the same one."""
    plain = np.where(np.isnan(array), np.array(np.nan, array.dtype), array)
    return np.ascontiguousarray(plain).view(f"u{array.dtype.itemsize}")
