"""Threads: one predictor for all, the interpreter free during a batch, and closing under load."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from echo import classifier_bundle, echo_bundle

import modelpack
from modelpack import UNSIGNED, Feature

THREADS = 8


@pytest.fixture(autouse=True)
def switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_threads_share_a_predictor():
    predictor = modelpack.load(echo_bundle([Feature("x", "float64"), Feature("y", "float64")]), UNSIGNED)
    prepared = predictor.prepare(["y", "x"])
    start = threading.Barrier(THREADS)

    def work(seed):
        rng = np.random.default_rng(seed)
        start.wait()
        for _ in range(300):
            X = rng.normal(size=(3, 2))
            x, y = X[0].tolist()
            assert predictor.predict_one({"x": x, "y": y}).value == (x, y)
            assert prepared([y, x]).value == (x, y)
            np.testing.assert_array_equal(predictor.predict(X), X)
            np.testing.assert_array_equal(predictor.predict(X[:1]), X[:1])

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, seed) for seed in range(THREADS)]:
            done.result()
    assert predictor.stats()["x"].rows == THREADS * 300 * 6


def test_errors_belong_to_the_thread_that_caused_them():
    predictor = modelpack.load(echo_bundle([Feature("x", "float64"), Feature("y", "float64")]), UNSIGNED)

    def work(number):
        for turn in range(200):
            name, text = "xy"[turn % 2], f"{number}-{turn}"
            with pytest.raises(modelpack.InputError) as caught:
                predictor.predict_one({"x": 1.0, "y": 2.0, name: text})
            assert caught.value.feature == name and text in str(caught.value)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))


def test_a_batch_leaves_the_interpreter_to_others():
    predictor = modelpack.load(classifier_bundle(), UNSIGNED)
    X = np.random.default_rng(0).normal(size=(1_000_000, 2))
    counted, running = 0, threading.Event()

    def batch():
        running.set()
        predictor.predict_raw(X)
        running.clear()

    worker = threading.Thread(target=batch)
    worker.start()
    running.wait()
    while running.is_set():
        counted += 1
        time.sleep(0)
    worker.join()
    assert counted > 10


@pytest.mark.parametrize("kind", ["dict", "prepared", "matrix", "batch", "arrow"])
def test_closing_under_load_is_safe(kind):
    predictor = modelpack.load(echo_bundle([Feature("x", "float64")]), UNSIGNED)
    prepared, row, X = predictor.prepare(), {"x": 2.5}, np.full((500, 1), 2.5)
    table = pa.table({"x": X[:, 0]})
    calls = {
        "dict": lambda: predictor.predict_one(row).value,
        "prepared": lambda: prepared([2.5]).value,
        "matrix": lambda: predictor.predict(X[:1])[0],
        "batch": lambda: predictor.predict(X)[-1],
        "arrow": lambda: predictor.predict(table)[-1],
    }
    started = threading.Barrier(THREADS + 1)

    def work():
        started.wait()
        answered = 0
        try:
            while True:
                assert calls[kind]() == 2.5
                answered += 1
        except modelpack.ClosedError:
            return answered

    with ThreadPoolExecutor(THREADS) as pool:
        workers = [pool.submit(work) for _ in range(THREADS)]
        started.wait()
        time.sleep(0.05)
        assert predictor.close_and_wait(timeout=30)
        assert sum(worker.result(timeout=30) for worker in workers) > 0
    with pytest.raises(modelpack.ClosedError):
        calls[kind]()


def test_waiting_ends_when_the_time_is_over():
    predictor = modelpack.load(echo_bundle([Feature("x", "float64")]), UNSIGNED)
    in_call, go_on = threading.Event(), threading.Event()

    class Slow(float):
        def __float__(self):
            in_call.set()
            go_on.wait(30)
            return 1.0

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(predictor.predict_one, {"x": Slow()})
        assert in_call.wait(30)
        assert predictor.close_and_wait(timeout=0.01) is False
        go_on.set()
        assert answer.result(timeout=30).value == 1.0
        assert predictor.close_and_wait(timeout=30) is True


def test_a_call_from_within_a_call():
    predictor = modelpack.load(echo_bundle([Feature("x", "float64"), Feature("y", "float64")]), UNSIGNED)

    class Nested(float):
        def __float__(self):
            return predictor.predict_one({"x": 3.0, "y": 4.0}).value[1]

    assert predictor.predict_one({"x": 1.0, "y": Nested()}).value == (1.0, 4.0)


def test_a_predictor_without_users_goes_away():
    predictor = modelpack.load(classifier_bundle(), UNSIGNED)
    predictor.predict([[1.0, 2.0]])
    predictor.predict_one([1.0, 2.0])
    freed, gone = predictor._native._freed, weakref.ref(predictor)
    del predictor
    gc.collect()
    assert gone() is None
    assert freed.wait(10)
