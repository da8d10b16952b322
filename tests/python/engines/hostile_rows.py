"""Rows that look for differences: what is missing, unseen, infinite, zero, tiny, and the thresholds of trees and their
neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from modelpack.engines.source import Source
from modelpack.schema import Feature

SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e-36, -1e-36, 1e-35, 1e-300, 1e300, -1e300, 0.5, -0.5)


def hostile_rows(source: Source, count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Rows of raw values, each cell drawn on its own: of every second row few are strange, of the others most."""
    rng = np.random.default_rng(seed)
    pool = _numbers(source)
    features = source.schema.features
    return [
        {
            feature.name: _value(feature, source, index, pool, (0.02, 0.6)[row % 2], rng)
            for index, feature in enumerate(features)
        }
        for row in range(count)
    ]


def _numbers(source: Source) -> np.ndarray:
    """Fitted numbers, their neighbours, and numbers of ordinary size."""
    found = [np.array(SPECIAL), np.arange(-3.0, 70.0)]
    for tensor in source.tensors.values():
        if tensor.dtype.kind == "f":
            some = np.unique(tensor.astype(np.float64))[:2000]
            single = some.astype(np.float32)
            found += [some, np.nextafter(some, np.inf), np.nextafter(some, -np.inf)]
            found += [np.nextafter(single, to).astype(np.float64) for to in (np.float32(np.inf), np.float32(-np.inf))]
    return np.concatenate(found)


def _value(
    feature: Feature, source: Source, index: int, pool: np.ndarray, strange: float, rng: np.random.Generator
) -> Any:
    if rng.random() < strange / 6:
        return None
    if feature.dtype == "string":
        categories = [*source.dictionaries[index], "seen by nobody", float("nan")]
        return categories[rng.integers(len(categories))]
    if feature.dtype == "bool":
        return bool(rng.integers(2))
    if feature.dtype in ("int64", "timestamp"):
        return int(rng.choice([*range(-3, 30), 2**53 + 1, -(2**60)]))
    number = rng.choice(pool) if rng.random() < strange else rng.normal(scale=10.0 ** rng.integers(-2, 3))
    with np.errstate(over="ignore"):
        return np.float32(number) if feature.dtype == "float32" else float(number)
