"""Rows per second of PySpark jobs on local[2]: Spark's own cost, modelpack, and XGBoost in a pandas UDF.

    python benchmarks/spark/score.py [--rows 20000000] [--jobs identity,forest,…] [--peer-rows N] [--check]

Every job reads the same Parquet files, 30 doubles (and two keys), and makes all columns, which go nowhere. The identity
job is ``mapInArrow`` that returns its input. XGBoost predicts per Arrow batch, as it is used in practice; with a model
for each of 1,000 cities it groups each batch by key, as modelpack does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import nodes
from jobs import JOBS, Job, differing
from processes import Watch

# name, base, how much of the base's time it may take
BARS = [
    ("forest", "identity", 1.5),
    ("forest", "forest-xgboost", None),
    ("cities", "cities-xgboost", 1 / 5),
]
WARM_ROWS = 20_000


@dataclass(frozen=True)
class Measured:
    name: str
    rows: int
    seconds: float
    cpu_seconds: float
    memory: str

    def against(self, other: Measured) -> tuple[float, float]:
        """Time per row as a share of the other's, by the clock and of processors."""
        rows = other.rows / self.rows
        return self.seconds / other.seconds * rows, self.cpu_seconds / other.cpu_seconds * rows


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

    city = F.floor(F.rand(99) * nodes.CITIES)
    keys = [
        F.format_string("country %d", city % nodes.COUNTRIES).alias("country"),
        F.format_string("city %d", city).alias("city"),
    ]
    columns = [F.randn(seed).cast("float").cast("double").alias(name) for seed, name in enumerate(nodes.NAMES)]
    spark.range(0, rows, 1, partitions).select(*keys, *columns).write.parquet(place)
    return spark.read.parquet(place)


def frame_of(job: Job, df: Any) -> Any:
    return df if job.keyed else df.drop(*nodes.KEYS)


def measured(name: str, df: Any, rows: int, repeats: int) -> Measured:
    """The fastest of `repeats`; the answers go nowhere, but all columns are made."""
    job, best = JOBS[name], float("inf")
    start_workers(job, df)
    with Watch() as watch:
        for _ in range(repeats):
            start = time.perf_counter()
            to_nowhere(job, df)
            best = min(best, time.perf_counter() - start)
    return Measured(name, rows, best, watch.cpu_seconds() / repeats, watch.memory())


def start_workers(job: Job, df: Any) -> None:
    """Workers start, models are loaded, code is compiled."""
    to_nowhere(job, df.limit(WARM_ROWS).repartition(2))


def to_nowhere(job: Job, df: Any) -> None:
    job.run(frame_of(job, df)).write.format("noop").mode("overwrite").save()


def check(name: str, df: Any, folder: str) -> bool:
    """Whether every row has the bits that one process answers."""
    place = Path(folder) / f"answers-{name}"
    job = JOBS[name]
    job.run(frame_of(job, df)).write.parquet(str(place))
    rows, wrong = differing(place, job)
    print(f"{name}: {rows - wrong:,} of {rows:,} rows have the bits of one process", flush=True)
    return wrong == 0


def report(found: dict[str, Measured], repeats: int) -> bool:
    """Prints the table; whether no bar was missed."""
    print(f"{'job':<16}{'rows':>12}{'s':>9}{'rows/s':>12}{'CPU s':>9}   resident memory while it ran")
    for one in found.values():
        speed = one.rows / one.seconds
        print(f"{one.name:<16}{one.rows:>12,}{one.seconds:>9.1f}{speed:>12,.0f}{one.cpu_seconds:>9.1f}   {one.memory}")
    held = True
    for name, base, bar in BARS:
        if name in found and base in found:
            ratio, cpu = found[name].against(found[base])
            told = "" if bar is None else f", at most {bar:.2f}: {'held' if ratio <= bar else 'MISSED'}"
            print(f"{name} takes {ratio:.2f} of the time of {base} ({cpu:.2f} of its CPU time){told}")
            held = held and (bar is None or ratio <= bar)
    print(f"best of {repeats}; load of the machine {os.getloadavg()[0]:.1f}")
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--partitions", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peer-rows", type=int, help="rows for XGBoost, by default all")
    parser.add_argument("--jobs", default=",".join(JOBS), help=f"of {', '.join(JOBS)}; by default all")
    parser.add_argument("--check", action="store_true", help="compare every answer with that of one process")
    options = parser.parse_args()
    names = options.jobs.split(",")
    if unknown := set(names) - set(JOBS):
        parser.error(f"no job is called {', '.join(sorted(unknown))}")
    peer_rows = min(options.peer_rows or options.rows, options.rows)
    with tempfile.TemporaryDirectory(prefix="modelpack-spark-") as folder:
        spark = session(folder)
        df = written(spark, options.rows, options.partitions, f"{folder}/rows")
        fewer = peer_rows < options.rows
        peer_df = written(spark, peer_rows, options.partitions, f"{folder}/peer") if fewer else df
        found = {}
        for name in names:
            peer = name.endswith("xgboost")
            rows = peer_rows if peer else options.rows
            found[name] = measured(name, peer_df if peer else df, rows, options.repeats)
        checks = [check(name, df, folder) for name in names if options.check and JOBS[name].bundle is not None]
        spark.stop()
    return 0 if report(found, options.repeats) and all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
