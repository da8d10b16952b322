"""`modelpack compile --emit treelite`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import treelite

import modelpack


def test_it_writes_a_checkpoint_and_states_the_difference(tmp_path: Path, run: Callable[..., Any]) -> None:
    X = np.random.default_rng(0).normal(size=(200, 3))
    model = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(X, np.digitize(X[:, 0], [-0.5, 0.5]))
    modelpack.pack(model, X, tmp_path / "m.mpk", name="m", version="1.0.0", feature_names=["a", "b", "c"])

    answer = run("compile", tmp_path / "m.mpk", "--emit", "treelite", "-o", tmp_path / "new" / "checkpoint.tl")
    assert answer.code == 0, answer.err
    assert "not verified" in answer.out
    assert "3 columns: a, b, c" in answer.out
    assert "margin" in answer.out and "all with the bundle's bits" in answer.out
    assert "difference at most" in answer.out
    assert treelite.Model.deserialize(tmp_path / "new" / "checkpoint.tl").num_feature == 3

    again = run("compile", tmp_path / "m.mpk", "--emit", "treelite", "-o", tmp_path / "new" / "checkpoint.tl")
    assert again.code == 2
    told = run(
        *("compile", tmp_path / "m.mpk", "--emit", "treelite", "-o", tmp_path / "new" / "checkpoint.tl"),
        *("--overwrite", "--json"),
    )
    found = json.loads(told.out)
    assert found["features"] == ["a", "b", "c"]
    assert found["left_out"] == ["label"]
    assert found["outputs"]["margin"] == {"rows": 32, "equal": 32, "max_difference": 0.0}
