"""The engine `compiled` beside `native`, one thread; and what compiling a large forest takes.

    python benchmarks/compiled.py

Times are medians, in microseconds per row. The forest: 1,000 trees of 255 leaves.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import models
import numpy as np
from sklearn.ensemble import ExtraTreesRegressor

import modelpack
from modelpack.compiling import draft_of
from modelpack.engines.adding import opened_draft
from modelpack.engines.compiled.library import build_library
from modelpack.engines.compiled.making import c_files, make_compiled
from modelpack.engines.compiled.triple import Triple, host_triple
from modelpack.engines.source import Source


def main() -> None:
    host = host_triple()
    if host is None:
        sys.exit("nothing can be compiled for this machine")
    levels = ["", "+v3"] if host.base.startswith("x86_64-") else [""]
    print(f"{'model':<10} {'engine':<24} {'prepared row':>13} {'dict row':>9} {'batch':>7}")
    for name in ("xgboost", "lightgbm", "pipeline"):
        bundle = modelpack.open(models.packed(name), modelpack.UNSIGNED)
        with bundle.predictor() as native:
            print_times(name, "native", native)
        for level in levels:
            made = make_compiled(Source.of_bundle(bundle), [f"{host.base}{level}"])
            with opened_draft(draft_of(bundle).with_engine(made), "compiled") as compiled:
                print_times(name, f"compiled {host.base}{level}", compiled)
    large_forest(host)


def print_times(name: str, engine: str, predictor: Any) -> None:
    table = models.frame()[0] if name == "pipeline" else models.data()[0]
    one = (
        table.iloc[0].to_dict()
        if name == "pipeline"
        else dict(zip(predictor.feature_names_in_, table[0].tolist(), strict=True))
    )
    prepared = predictor.prepare(list(one))
    values = list(one.values())
    row = microseconds(lambda: prepared(values), 2000)
    mapping = microseconds(lambda: predictor.predict_one(one), 2000)
    batch = microseconds(lambda: predictor.predict_proba(table), 5) / len(table)
    print(f"{name:<10} {engine:<24} {row:>13.2f} {mapping:>9.2f} {batch:>7.3f}")


def microseconds(call: Callable[[], object], count: int) -> float:
    call()
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 1000


def large_forest(host: Triple) -> None:
    rng = np.random.default_rng(models.SEED)
    X = rng.normal(size=(3000, models.FEATURES))
    y = X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=len(X))
    forest = ExtraTreesRegressor(1000, max_leaf_nodes=255, n_jobs=1, random_state=0).fit(X, y)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.mpk"
        modelpack.pack(forest, X[:500], path, name="large", version="1.0.0")
        bundle = modelpack.open(path, modelpack.UNSIGNED)
        for triple in (host, Triple("aarch64-linux-gnu")):
            start = time.perf_counter()
            files = c_files(Source.of_bundle(bundle))
            written = time.perf_counter()
            library = build_library(files, triple)
            compiled = time.perf_counter()
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"1,000 trees of 255 leaves, {triple}: C in {written - start:.1f} s, "
                f"compiled in {compiled - written:.1f} s, {len(library) / 1e6:.1f} MB; at most {peak:.0f} MiB a process"
            )
        values = X[0].tolist()
        with bundle.predictor() as native:
            made = make_compiled(Source.of_bundle(bundle))
            with opened_draft(draft_of(bundle).with_engine(made), "compiled") as engine:
                for name, predictor in (("native", native), ("compiled", engine)):
                    prepared = predictor.prepare(list(predictor.feature_names_in_))
                    row = microseconds(lambda p=prepared: p(values), 500)
                    batch = microseconds(lambda p=predictor: p.predict(X), 3) / len(X)
                    print(f"  {name}: prepared row {row:.1f}, batch {batch:.2f}")


if __name__ == "__main__":
    main()
