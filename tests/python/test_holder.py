"""A holder follows a path: what takes over, what is refused, and that no call notices."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from echo import bundle_bytes

import modelpack
from modelpack.program import Builder
from modelpack.schema import Feature, Output, Schema


def model(version: str, weight: float, name: str = "eta", dtype: str = "float64") -> bytes:
    """Answers `weight` times the hour; nobody has signed it."""
    features = (Feature("hour", dtype),)
    builder = Builder(features)
    hour = builder.input("hour")
    if dtype != "float64":
        hour = builder.op("cast@1", hour, origin="hour", to="f64")
    row = builder.op("concat@1", hour, origin="all")
    tensors = {"weight": np.array([[weight]], np.float64)}
    builder.output("value", builder.op("linear@1", row, origin="model", tensors=tensors, bias="none", nan="keep"))
    schema = Schema(features, (Output("value", "float64", 1),))
    return bundle_bytes(builder, schema, "regression", name, version=version)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return {name: modelpack.keygen(folder / f"{name}.pem") for name in ("alice", "mallory")}


@pytest.fixture
def place(tmp_path: Path, keys):
    """Writes a bundle as deployments do: beside, signed, then renamed."""
    beside = tmp_path / "beside"
    beside.mkdir()

    def write(path: Path, content: bytes, signer: str | None = "alice") -> Path:
        made = beside / "made.mpk"
        made.write_bytes(content)
        if signer is not None:
            modelpack.sign(made, keys[signer].private)
        os.replace(made, path)
        return path

    return write


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def events() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def follow(keys, events):
    """Makes a holder that looks only when told, and closes it."""
    made = []

    def start(path: Path, **options) -> modelpack.BundleHolder:
        holder = modelpack.BundleHolder(
            path,
            keys["alice"].public,
            name="eta",
            on_swapped=lambda before, now: events.append((before.version, now.version)),
            on_refused=lambda file, error: events.append((Path(file).name, error.name)),
            **{"poll_seconds": 0, **options},
        )
        made.append(holder)
        return holder

    yield start
    for holder in made:
        holder.close()


def answer(holder: modelpack.BundleHolder) -> float:
    return holder.predict_one({"hour": 1.0}).value


def eta(minor: int) -> bytes:
    return model(f"1.{minor}.0", minor)


def test_a_successor_takes_over(models, place, follow, events):
    holder = follow(place(models / "eta.mpk", eta(4)))
    assert answer(holder) == 4 and not holder.poll()
    place(models / "eta.mpk", eta(5))
    assert holder.poll()
    assert answer(holder) == 5 and holder.bundle.version == "1.5.0"
    np.testing.assert_array_equal(holder.predict([{"hour": 2.0}]), [10.0])
    assert events == [("1.4.0", "1.5.0")]


@pytest.mark.parametrize(
    ("content", "signer", "name"),
    [
        (eta(5)[: len(eta(5)) // 2], None, "TRUNCATED"),
        (eta(5), None, "TOO_FEW_SIGNATURES"),
        (eta(5), "mallory", "TOO_FEW_SIGNATURES"),
        (model("1.5.0", 5, name="delay"), "alice", "WRONG_NAME"),
        (eta(3), "alice", "WRONG_VERSION"),
        (model("1.4.0", 4.5), "alice", "WRONG_IDENTITY"),
        (model("1.5.0", 5, dtype="int64"), "alice", "INCOMPATIBLE_SCHEMA"),
    ],
    ids=["half written", "unsigned", "another's", "another name", "lower", "another build", "schema"],
)
def test_what_is_refused_changes_nothing_and_is_told_once(models, place, follow, events, content, signer, name):
    file = place(models / "eta.mpk", eta(4))
    holder = follow(file)
    place(file, content, signer)
    assert not holder.poll() and not holder.poll()
    assert answer(holder) == 4
    assert holder.last_error.name == name
    assert events == [("eta.mpk", name)]
    place(file, eta(6))
    assert holder.poll() and answer(holder) == 6
    assert holder.last_error is None


def test_another_schema_is_refused_with_the_difference(models, place, keys):
    trust = keys["alice"].public
    before = modelpack.open(place(models / "a.mpk", eta(4)), trust)
    after = modelpack.open(place(models / "b.mpk", model("1.5.0", 5, dtype="int64")), trust)
    with pytest.raises(modelpack.TrustError, match="'hour' was float64 and is int64") as caught:
        before.check_successor(after, allow_rollback=True)
    assert caught.value.feature == "hour"


def test_rollback_is_followed_where_it_is_allowed(models, place, follow):
    file = place(models / "eta.mpk", eta(4))
    holder = follow(file, allow_rollback=True)
    place(file, eta(3))
    assert holder.poll()
    place(file, model("1.3.0", 3.5))
    assert holder.poll() and answer(holder) == 3.5


def test_a_deleted_file_keeps_the_old_bundle(models, place, follow):
    file = place(models / "eta.mpk", eta(4))
    holder = follow(file)
    file.unlink()
    assert not holder.poll()
    assert isinstance(holder.last_error, modelpack.IoError)
    assert answer(holder) == 4
    place(file, eta(4))
    assert not holder.poll()
    assert holder.last_error is None


def test_of_a_folder_the_highest_version_that_verifies_counts(models, place, follow, events):
    place(models / "a.mpk", eta(9))
    place(models / "b.mpk", eta(10))
    place(models / "c.mpk", eta(11), "mallory")
    place(models / "d.mpk", model("2.0.0", 12, name="delay"))
    place(models / "e.mpk.part", eta(13))
    holder = follow(models)
    assert answer(holder) == 10
    assert events == [("c.mpk", "TOO_FEW_SIGNATURES")]
    place(models / "e.mpk", eta(14))
    assert holder.poll() and answer(holder) == 14


def test_the_links_of_a_kubernetes_mount_are_followed(models, place, follow):
    for minor in (4, 5):
        (models / f"..release-{minor}").mkdir()
        place(models / f"..release-{minor}" / "eta.mpk", eta(minor))
    (models / "..data").symlink_to("..release-4")
    (models / "eta.mpk").symlink_to("..data/eta.mpk")
    file, whole = follow(models / "eta.mpk"), follow(models)
    (models / "..data_tmp").symlink_to("..release-5")
    os.replace(models / "..data_tmp", models / "..data")
    assert file.poll() and whole.poll()
    assert answer(file) == answer(whole) == 5


def test_without_a_good_bundle_there_is_no_holder(models, place, follow):
    for path in (models, models / "eta.mpk"):
        with pytest.raises(FileNotFoundError):
            follow(path)
    place(models / "eta.mpk", eta(4))
    with pytest.raises(modelpack.TrustError):
        follow(models / "eta.mpk", min_version="1.5.0")


def test_what_is_borrowed_outlives_the_swap_and_is_then_closed(models, place, follow):
    file = place(models / "eta.mpk", eta(4))
    holder = follow(file)
    with holder.predictor() as old:
        place(file, eta(5))
        assert holder.poll()
        assert old.predict_one({"hour": 1.0}).value == 4
        assert answer(holder) == 5
    with pytest.raises(modelpack.ClosedError):
        old.predict_one({"hour": 1.0})


def test_a_closed_holder_says_so(models, place, follow):
    holder = follow(place(models / "eta.mpk", eta(4)))
    assert holder.close_and_wait(10)
    for call in (lambda: answer(holder), holder.poll):
        with pytest.raises(modelpack.ClosedError):
            call()


def test_a_callback_that_fails_changes_nothing(models, place, keys, caplog):
    def fail(*arguments: object) -> None:
        raise RuntimeError("a callback's own")

    file = place(models / "eta.mpk", eta(4))
    with modelpack.BundleHolder(file, keys["alice"].public, name="eta", poll_seconds=0, on_swapped=fail) as holder:
        place(file, eta(5))
        with caplog.at_level(logging.ERROR, "modelpack.holder"):
            assert holder.poll()
        assert answer(holder) == 5
    assert "a callback's own" in caplog.text


def test_no_request_is_lost_over_twenty_swaps(models, place, keys):
    swaps, requests, threads = 20, 10_000, 4
    swapped = threading.Semaphore(0)
    done = threading.Event()
    file = place(models / "eta.mpk", eta(0))

    def call() -> int:
        last, answered = 0.0, 0
        while answered < requests // threads or not done.is_set():
            found = answer(holder)
            assert last <= found <= swaps, "never back, never anything else"
            last, answered = found, answered + 1
        return answered

    with (
        modelpack.BundleHolder(
            file,
            keys["alice"].public,
            name="eta",
            poll_seconds=0.001,
            on_swapped=lambda before, now: swapped.release(),
        ) as holder,
        ThreadPoolExecutor(threads) as callers,
    ):
        running = [callers.submit(call) for _ in range(threads)]
        try:
            for minor in range(1, swaps + 1):
                place(file, eta(minor))
                assert swapped.acquire(timeout=60)
        finally:
            done.set()
        assert sum(caller.result() for caller in running) >= requests
        assert answer(holder) == swaps
