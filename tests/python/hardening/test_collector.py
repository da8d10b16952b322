"""The garbage collector running at every allocation, and objects that call the predictor as they go."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from echo import classifier_bundle, echo_bundle

import modelpack
from modelpack import UNSIGNED, Feature

FEATURES = [Feature("x", "float64"), Feature("s", "string")]


@pytest.fixture
def eager() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    yield
    gc.set_threshold(*before)


def test_answers_while_the_collector_runs_all_the_time(eager: None) -> None:
    predictor = modelpack.load(echo_bundle(FEATURES, {"s": ["a", "b"]}), UNSIGNED)
    frame = pd.DataFrame({"s": ["a", "b", "c"], "x": [1.0, np.nan, 3.0]})
    prepared = predictor.prepare(["s", "x"])
    for turn in range(30):
        row = {"x": float(turn), "s": "b"}
        row["self"] = row  # type: ignore[assignment]
        assert predictor.predict_one(row).value == (float(turn), 1.0)
        assert prepared(["a", turn]).value == (float(turn), 0.0)
        assert predictor.predict(frame)[:, 1].tolist() == [0.0, 1.0, -3.0]
        with pytest.raises(modelpack.InputError):
            predictor.predict_one({"x": "text", "s": "a"})


def test_predictors_that_are_part_of_a_cycle_are_freed(eager: None) -> None:
    freed = []
    for _ in range(20):
        predictor = modelpack.load(classifier_bundle(), UNSIGNED)
        predictor.me = predictor  # type: ignore[attr-defined]
        freed.append((weakref.ref(predictor), predictor._native._freed))
        predictor.predict([[1.0, 2.0]])
        del predictor
    gc.collect()
    for reference, gone in freed:
        assert reference() is None and gone.wait(30)


def test_errors_do_not_keep_the_model() -> None:
    predictor = modelpack.load(classifier_bundle(), UNSIGNED)
    kept = []
    for _ in range(10):
        with pytest.raises(modelpack.InputError) as caught:
            predictor.predict_one({"a": "x", "b": 1.0})
        kept.append(caught.value)
    gone = predictor._native._freed
    for error in kept:
        error.__traceback__ = None
    del predictor, caught
    gc.collect()
    assert gone.wait(30) and len(kept) == 10


def test_many_bundles_opened_by_many_threads_leave_nothing(tmp_path: Path) -> None:
    path = tmp_path / "classes.mpk"
    path.write_bytes(classifier_bundle())
    alive: set[int] = set()
    lock = threading.Lock()

    def work(number: int) -> list[Any]:
        gone = []
        for _ in range(10):
            predictor = modelpack.load(path, UNSIGNED)
            assert predictor.predict([[0.0, 3.0]]).tolist() == ["middle"]
            gone.append(predictor._native._freed)
        with lock:
            alive.add(number)
        return gone

    with ThreadPoolExecutor(16) as pool:
        freed = [gone for done in pool.map(work, range(16)) for gone in done]
    gc.collect()
    assert len(alive) == 16 and all(gone.wait(30) for gone in freed)


AT_EXIT = """
import atexit, sys, threading, modelpack
predictor = modelpack.load(sys.argv[1], modelpack.UNSIGNED)
class Late:
    def __del__(self):
        try:
            predictor.predict_one([3.0, 0.0])
        except BaseException:
            pass
late = Late()
late.me = late
atexit.register(lambda: print(predictor.predict_one([3.0, 0.0]).label))
def forever():
    while True:
        predictor.predict_one([3.0, 0.0])
for _ in range(8):
    threading.Thread(target=forever, daemon=True).start()
"""


def test_a_process_ends_while_daemon_threads_predict(tmp_path: Path) -> None:
    path = tmp_path / "classes.mpk"
    path.write_bytes(classifier_bundle())
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", AT_EXIT, str(path)], capture_output=True, text=True, check=False, timeout=120
        )
        assert (done.returncode, done.stdout) == (0, "low\n"), done.stderr
