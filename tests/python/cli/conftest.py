"""Bundles and files for the command line, made once per test run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
import pandas as pd
import pytest

import modelpack
from modelpack.cli import main

ROWS = 300


class Answer(NamedTuple):
    """What a command did: its exit code, and what it wrote to the two streams."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Runs `modelpack` with these arguments."""

    def command(*arguments: Any) -> Answer:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return command


def flights(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    carrier = rng.choice(["AA", "B6", "DL"], ROWS).astype(object)
    carrier[::29] = None
    return pd.DataFrame(
        {
            "carrier": pd.Categorical(carrier),
            "hour": rng.integers(5, 23, ROWS),
            "wind": np.where(rng.random(ROWS) < 0.1, np.nan, rng.gamma(2.0, 5.0, ROWS)),
            "night": rng.random(ROWS) < 0.3,
        }
    )


def late(frame: pd.DataFrame) -> np.ndarray:
    return np.where(frame["hour"] / 20 + (frame["carrier"] == "AA") > 0.9, "late", "on time")


def model(frame: pd.DataFrame, **parameters: Any) -> lightgbm.LGBMClassifier:
    small = {"n_estimators": 4, "num_leaves": 6, "verbose": -1, "n_jobs": 1, **parameters}
    return lightgbm.LGBMClassifier(**small).fit(frame, late(frame))


class Shelf(NamedTuple):
    """A folder with bundles of the same name, and the data that they were made of.

    `first` 1.0.0; `repackaged` the same model as 1.0.1 with another metric; `second` a longer training as 1.1.0;
    `narrow` another schema.
    """

    first: Path
    repackaged: Path
    second: Path
    narrow: Path
    frame: pd.DataFrame


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("bundles")
    frame = flights()
    trained, longer = model(frame), model(frame, n_estimators=6)

    def pack(estimator: Any, sample: pd.DataFrame, version: str, **arguments: Any) -> Path:
        split = {"test": (sample, late(frame))}
        path = folder / f"delay-{version}.mpk"
        modelpack.pack(
            estimator,
            sample,
            path,
            name="delay",
            version=version,
            evaluation=split,
            created_at="2026-01-31T12:00:00Z",
            **arguments,
        )
        return path

    author = {"author": "Ada", "data": [modelpack.data_reference(frame, role="train", uri="s3://flights")]}
    columns = ["hour", "wind"]
    narrow = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1).fit(frame[columns], late(frame))
    return Shelf(
        first=pack(trained, frame, "1.0.0", record=author),
        repackaged=pack(trained, frame, "1.0.1", record=author, metrics={"cost": 2.5}),
        second=pack(longer, frame, "1.1.0", record=author),
        narrow=pack(narrow, frame[columns], "2.0.0"),
        frame=frame,
    )
