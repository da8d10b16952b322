"""What test_cluster.py runs: two executors in JVMs of their own, one of which is killed half way.

    on_cluster.py FOLDER

Prints True if it was killed and all answers are there and right.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyspark import TaskContext
from pyspark.sql import SparkSession
from sklearn.ensemble import GradientBoostingRegressor

import modelpack
from modelpack import UNSIGNED

NAMES = ["a", "b", "c"]
TASKS = 8


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


def killing(folder: Path) -> Any:
    """Passes rows on; the first task of the second half kills its executor, once."""

    def passed(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            if TaskContext.get().partitionId() == TASKS // 2 and not (folder / "killed").exists():
                (folder / "killed").touch()
                os.kill(parent(os.getppid()), signal.SIGKILL)  # the worker's parent is a daemon, whose is the executor
            yield batch

    return passed


def main(folder: Path) -> None:
    X = pd.DataFrame(np.random.default_rng(1).normal(size=(4_000, 3)), columns=NAMES)
    model = GradientBoostingRegressor(n_estimators=20, random_state=0).fit(X, X.a * X.b + X.c)
    packed = modelpack.pack(model, X.head(100), folder / "m.mpk", name="m", version="1.0.0")
    with modelpack.load(packed, UNSIGNED) as predictor:
        expected = predictor.predict(X)
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.shuffle.io.maxRetries", "1")  # the dead are not waited for
        .config("spark.shuffle.io.retryWait", "1s")
        .getOrCreate()
    )
    try:
        rows = [(place, *map(float, row)) for place, row in enumerate(X.to_numpy())]
        df = spark.sparkContext.parallelize(rows, TASKS).toDF("id long, a double, b double, c double")
        scored = modelpack.spark.predict(df, packed, UNSIGNED).select("id", "value")
        # Sorted after it was scored: what the dead executor had made for the shuffle is lost with it.
        found = scored.mapInArrow(killing(folder), scored.schema).orderBy("id").collect()
    finally:
        spark.stop()
    assert [row.id for row in found] == list(range(len(X)))
    assert np.array([row.value for row in found]).tobytes() == expected.tobytes()
    print((folder / "killed").exists())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
