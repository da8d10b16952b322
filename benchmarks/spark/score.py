"""Rows per second of a PySpark job on local[2]: Spark's own cost, modelpack, and XGBoost in a pandas UDF.

    python benchmarks/spark/score.py [--rows 20000000] [--partitions 16] [--repeats 1] [--peer-rows N]

Every job reads the same Parquet files, 30 doubles, and makes all columns, which go nowhere:
the identity job is ``mapInArrow`` that returns its input; XGBoost predicts per Arrow batch, as it is used in practice.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import models

import modelpack
from modelpack import UNSIGNED

NAMES = [f"f{i}" for i in range(models.FEATURES)]


def session(folder: str) -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    found = (
        SparkSession.builder.master("local[2,4]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.local.dir", folder)
        .getOrCreate()
    )
    found.sparkContext.setLogLevel("ERROR")
    return found


def written(spark: Any, rows: int, partitions: int, place: str) -> Any:
    """The rows as Parquet files, which every job reads."""
    from pyspark.sql import functions as F

    columns = [F.randn(seed).cast("float").cast("double").alias(name) for seed, name in enumerate(NAMES)]
    spark.range(0, rows, 1, partitions).select(*columns).write.parquet(place)
    return spark.read.parquet(place)


def identity(df: Any) -> Any:
    def same(batches):  # type: ignore[no-untyped-def]
        yield from batches

    return df.mapInArrow(same, df.schema)


def modelpack_job(df: Any) -> Any:
    return modelpack.spark.predict(df, models.packed("xgboost"), UNSIGNED, name="xgboost", outputs=["probability"])


def xgboost_job(df: Any) -> Any:
    """As people do it: the booster broadcast, loaded once per worker process, called per batch."""
    import pandas as pd
    from pyspark.sql import functions as F

    booster = df.sparkSession.sparkContext.broadcast(bytes(models.xgboost_model().get_booster().save_raw("ubj")))

    def answer(batches):  # type: ignore[no-untyped-def]
        import pandas
        import xgboost

        model = xgboost.Booster({"nthread": 1})
        model.load_model(bytearray(booster.value))
        for rows in batches:
            yield pandas.Series(model.inplace_predict(rows.to_numpy()).astype("float64"))

    from collections.abc import Iterator

    answer.__annotations__ = {"batches": Iterator[pd.DataFrame], "return": Iterator[pd.Series]}
    return df.withColumn("probability", F.pandas_udf(answer, "double")(F.struct(*NAMES)))


def seconds(job: Callable[[Any], Any], df: Any, repeats: int) -> float:
    """The fastest of `repeats`; the answers go nowhere, but all columns are made."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        job(df).write.format("noop").mode("overwrite").save()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--partitions", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peer-rows", type=int, help="rows for XGBoost, by default all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="modelpack-spark-") as folder:
        spark = session(folder)
        df = written(spark, options.rows, options.partitions, f"{folder}/rows")
        peer_rows = min(options.peer_rows or options.rows, options.rows)
        for job in (identity, modelpack_job, xgboost_job):  # workers start, code is compiled
            seconds(job, df.limit(20_000), 1)
        fewer = peer_rows < options.rows
        peer_df = written(spark, peer_rows, options.partitions, f"{folder}/peer") if fewer else df
        measured = [
            ("identity mapInArrow", options.rows, seconds(identity, df, options.repeats)),
            ("modelpack.spark.predict", options.rows, seconds(modelpack_job, df, options.repeats)),
            ("XGBoost, pandas UDF", peer_rows, seconds(xgboost_job, peer_df, options.repeats)),
        ]
        spark.stop()
    report(measured, options.repeats)


def report(measured: list[tuple[str, int, float]], repeats: int) -> None:
    base = measured[0][2] / measured[0][1]
    print(f"{'job':<26}{'rows':>12}{'s':>9}{'rows/s':>12}{'x identity':>12}")
    for name, rows, taken in measured:
        print(f"{name:<26}{rows:>12,}{taken:>9.1f}{rows / taken:>12,.0f}{taken / rows / base:>12.2f}")
    print(f"best of {repeats}; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
