"""Closing: under load from many threads, twice, from within a call; and what a closed object still answers."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from echo import classifier_bundle, echo_bundle

import modelpack
from modelpack import UNSIGNED, Feature

THREADS = 32
NUMBER = echo_bundle([Feature("x", "float64")])


@pytest.fixture(autouse=True)
def switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(work: Any, threads: int = THREADS) -> list[Any]:
    """What `work(number)` answers in that many threads that start at once."""
    start = threading.Barrier(threads)

    def run(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return [done.result(timeout=120) for done in [pool.submit(run, number) for number in range(threads)]]


def calls_of(predictor: modelpack.Predictor) -> dict[str, Any]:
    prepared, row, X = predictor.prepare(), {"x": 2.5}, np.full((40, 1), 2.5)
    table = pa.table({"x": X[:, 0]})
    return {
        "dict": lambda: predictor.predict_one(row).value,
        "prepared": lambda: prepared([2.5]).value,
        "single": lambda: predictor.predict(X[:1])[0],
        "matrix": lambda: predictor.predict(X)[-1],
        "arrow": lambda: predictor.predict(table)[-1],
        "records": lambda: predictor.predict([row, row])[-1],
        "all": lambda: predictor.predict_all(X, errors="null")["value"][-1],
        "cells": lambda: predictor.cells(X)[0, 0].view(np.float64),
        "reference": lambda: predictor.reference(np.full((1, 1), 2.5).view(np.uint64))["value"][0],
        "plan": lambda: 2.5 if predictor.plan() else None,
        "stats": lambda: 2.5 if predictor.stats()["x"] else None,
    }


@pytest.mark.parametrize("turn", range(3))
def test_all_kinds_of_calls_while_it_is_closed(turn: int) -> None:
    """Each call answers, or says that the predictor is closed; the model goes when the last one is done."""
    predictor = modelpack.load(NUMBER, UNSIGNED)
    calls = list(calls_of(predictor).values())

    def work(number: int) -> int:
        if number == 0:
            predictor.predict_one([2.5])
            predictor.close()
            return 1
        answered = 0
        while True:
            try:
                assert calls[(number + answered) % len(calls)]() == 2.5
            except modelpack.ClosedError:
                return answered
            answered += 1

    together(work)
    assert predictor.close_and_wait(timeout=60)


def test_many_close_at_once() -> None:
    for _ in range(20):
        predictor = modelpack.load(NUMBER, UNSIGNED)
        predictor.predict_one([1.0])

        def close(number: int, predictor: modelpack.Predictor = predictor) -> bool:
            predictor.close()
            return predictor.close_and_wait(timeout=60)

        assert all(together(close, 8))


@pytest.mark.parametrize("kind", sorted(calls_of(modelpack.load(NUMBER, UNSIGNED))))
def test_every_call_after_closing_says_so(kind: str) -> None:
    predictor = modelpack.load(NUMBER, UNSIGNED)
    calls = calls_of(predictor)
    predictor.close()
    predictor.close()
    if kind == "cells":
        # Making cells takes the schema only.
        assert calls[kind]() == 2.5
        return
    with pytest.raises(modelpack.ClosedError, match=r"the predictor of echo 1\.2\.0 was closed") as caught:
        calls[kind]()
    assert isinstance(caught.value, RuntimeError)


def test_what_needs_no_model_stays_after_closing() -> None:
    predictor = modelpack.load(classifier_bundle(), UNSIGNED)
    predictor.close()
    assert predictor.classes_.tolist() == ["low", "middle", "high"]
    assert predictor.feature_names_in_.tolist() == ["a", "b"]
    assert "closed" in repr(predictor)
    with predictor as entered:
        assert entered is predictor


def test_a_call_that_closes_its_own_predictor_finishes() -> None:
    predictor = modelpack.load(NUMBER, UNSIGNED)

    class Closing(float):
        def __float__(self) -> float:
            predictor.close()
            return 3.0

    assert predictor.predict_one({"x": Closing()}).value == 3.0
    assert predictor.close_and_wait(timeout=60)
    with pytest.raises(modelpack.ClosedError):
        predictor.predict_one({"x": 1.0})


def test_a_bundle_is_closed_while_others_read_it(tmp_path: Path) -> None:
    path = tmp_path / "classes.mpk"
    path.write_bytes(classifier_bundle())
    for _ in range(5):
        bundle = modelpack.open(path, UNSIGNED)

        def work(number: int, bundle: modelpack.Bundle = bundle) -> None:
            if number == 0:
                bundle.close()
                bundle.close()
                return
            while True:
                try:
                    for name in bundle.members:
                        assert bundle.member(name)
                    assert bundle.predictor().predict([[3.0, 0.0]]).tolist() == ["low"]
                except modelpack.ClosedError:
                    return

        together(work, 8)
        with pytest.raises(modelpack.ClosedError):
            bundle.member("record.json")


def test_waiting_does_not_wait_for_itself() -> None:
    """The collector may find the last reference while somebody waits for it to go."""
    gc.disable()
    try:
        for _ in range(20):
            predictor = modelpack.load(NUMBER, UNSIGNED)
            cycle: list[Any] = [predictor.predict_one, predictor._native.open_handle()]
            cycle.append(cycle)
            del cycle
            predictor.close()
            assert predictor.close_and_wait(timeout=0) is False
            gc.enable()
            waiter = threading.Thread(target=predictor.close_and_wait)
            waiter.start()
            gc.collect()
            waiter.join(timeout=60)
            assert not waiter.is_alive()
            gc.disable()
    finally:
        gc.enable()


@pytest.mark.parametrize("timeout", [0, -1, -0.5, 1e300, float("inf")])
def test_any_time_to_wait(timeout: float) -> None:
    predictor = modelpack.load(NUMBER, UNSIGNED)
    assert predictor.close_and_wait(timeout) is True
