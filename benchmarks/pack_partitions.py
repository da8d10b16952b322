"""Times packing many small models: `python benchmarks/pack_partitions.py [MODELS] [PROCESSES]` (100,000 in 2)."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

import modelpack

ROWS, FITTED = 2_000, 50
COLUMNS = [f"x{number}" for number in range(8)]


def sample() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(ROWS, len(COLUMNS))), columns=COLUMNS)
    return X.assign(country=[f"c{i % 50}" for i in range(ROWS)], city=[f"t{i % 200}" for i in range(ROWS)])


def models(X: pd.DataFrame, count: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A few models, over and over: what is timed is packing, not training."""
    rng = np.random.default_rng(1)
    fitted = []
    for _ in range(FITTED):
        part = X[COLUMNS].iloc[rng.integers(0, ROWS, 50)]
        fitted.append(LinearRegression().fit(part, part.sum(axis=1) + rng.normal(size=len(part))))
    yield (), fitted[0]
    for number in range(count):
        yield (f"c{number % 50}", f"t{number}"), fitted[number % FITTED]


def main(count: int = 100_000, processes: int = 2) -> None:
    X = sample()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        packed = modelpack.pack_partitions(
            models(X, count),
            X,
            Path(folder) / "many.mpk",
            partition_by=("country", "city"),
            name="many",
            version="1.0.0",
            n_jobs=processes,
        )
        seconds = time.perf_counter() - start
        size = packed.path.stat().st_size
    each = 1e3 * seconds / count
    print(f"{count:,} models in {processes} processes: {seconds:.1f} s, {each:.2f} ms each, {size:,} bytes")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
