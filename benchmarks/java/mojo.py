"""Trains H2O's gradient boosting, 100 trees of depth 6, on the rows that models.py wrote, and saves the MOJOs beside
them: trees.mojo over 30 numbers, pipeline.mojo over 24 numbers and 8 categories, which H2O encodes by itself.

Needs `pip install h2o==3.46.0.6` (the last release that exports MOJOs without a licence key) and a JDK from 8 to 17; it
starts an H2O server on this machine and stops it: `make bench-mojo` does all that."""

from __future__ import annotations

import sys
from pathlib import Path

import h2o
from h2o.estimators import H2OGradientBoostingEstimator

FOLDER = Path(__file__).resolve().parent.parent.parent / "build" / "benchmarks" / "java"


def train(name: str) -> None:
    rows = h2o.import_file(str(FOLDER / f"{name}.csv"))
    rows["y"] = rows["y"].asfactor()
    model = H2OGradientBoostingEstimator(ntrees=100, max_depth=6, learn_rate=0.1, min_rows=1, seed=1)
    model.train(y="y", training_frame=rows)
    summary = model.summary()
    saved = Path(model.download_mojo(path=str(FOLDER)))
    saved.replace(FOLDER / f"{name}.mojo")
    print(f"{name}.mojo: {summary['number_of_trees'][0]} trees, {summary['mean_leaves'][0]} leaves each")


def main() -> int:
    h2o.init(bind_to_localhost=True, nthreads=2, max_mem_size="2g")
    h2o.no_progress()
    try:
        train("trees")
        train("pipeline")
    finally:
        h2o.cluster().shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
