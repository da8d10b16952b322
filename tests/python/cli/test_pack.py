"""`modelpack pack` and `modelpack check`: from a model file to a bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost

import modelpack


class Workshop:
    """Model files of both frameworks and the data that they were trained on."""

    def __init__(self, folder: Path, frame: Any) -> None:
        self.folder = folder
        observed = frame["hour"].to_numpy() / 20 + (frame["carrier"] == "AA")
        # Saved in another order than the model takes, with what was observed beside it.
        frame.assign(delay=observed, weight=1.0)[["delay", "night", "wind", "weight", "hour", "carrier"]].to_parquet(
            folder / "rows.parquet"
        )
        frame.assign(delay=observed).to_csv(folder / "rows.csv", index=False)
        self.lightgbm = lightgbm.LGBMRegressor(n_estimators=4, num_leaves=6, verbose=-1, n_jobs=1).fit(frame, observed)
        self.lightgbm.booster_.save_model(folder / "model.txt")
        self.xgboost = xgboost.XGBRegressor(n_estimators=4, max_depth=3, n_jobs=1, enable_categorical=True)
        self.xgboost.fit(frame, observed)
        self.xgboost.save_model(folder / "model.json")
        self.xgboost.save_model(folder / "model.ubj")


@pytest.fixture
def workshop(shelf: Any, tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, shelf.frame)


@pytest.mark.parametrize("model", ["model.txt", "model.json", "model.ubj"])
@pytest.mark.parametrize("sample", ["rows.parquet", "rows.csv"])
def test_a_model_file_and_a_sample(model: str, sample: str, run: Any, workshop: Workshop, shelf: Any) -> None:
    output = workshop.folder / "eta.mpk"
    answer = run(
        "pack", workshop.folder / model, workshop.folder / sample, "--name", "eta", "--version", "1.0.0", "-o", output,
        "--target", "delay", "--weight", "weight",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert "300 rows, all with the framework's bits" in answer.out
    predictor = modelpack.load(output, modelpack.UNSIGNED, name="eta")
    framework = workshop.lightgbm if model == "model.txt" else workshop.xgboost
    assert np.array_equal(predictor.predict(shelf.frame), framework.predict(shelf.frame))


def test_evaluation_and_record(run: Any, workshop: Workshop) -> None:
    (workshop.folder / "record.json").write_text('{"author": "Ada"}')
    (workshop.folder / "more.json").write_text('{"cost": 3}')
    output = workshop.folder / "eta.mpk"
    answer = run(
        "pack", workshop.folder / "model.json", workshop.folder / "rows.parquet", "--name", "eta", "--version", "1.0.0",
        "-o", output, "--evaluation", workshop.folder / "rows.parquet", "--target", "delay", "--weight", "weight",
        "--record", workshop.folder / "record.json", "--metrics", workshop.folder / "more.json", "--json",
    )  # fmt: skip
    summary = json.loads(answer.out)
    bundle = modelpack.inspect(output)
    assert summary["identity"] == bundle.identity
    assert (summary["promise"], summary["equal"], summary["max_difference"]) == ("A", summary["rows"], 0.0)
    assert bundle.record["author"] == "Ada"
    assert bundle.metrics["reported"] == {"cost": 3}
    assert bundle.metrics["splits"]["test"]["weighted"] is True
    assert bundle.metrics["splits"]["test"]["values"]["r2"] > 0.5


def test_usage(run: Any, workshop: Workshop) -> None:
    rows = workshop.folder / "rows.parquet"
    named = ("--name", "eta", "--version", "1.0.0", "-o", workshop.folder / "eta.mpk")
    (workshop.folder / "eta.mpk").write_text("precious")
    cases = {
        ("pack", workshop.folder / "model.json", rows, *named): "--overwrite",
        ("pack", workshop.folder / "nowhere.json", rows, *named, "--overwrite"): "there is no such file",
        (
            "pack",
            workshop.folder / "model.json",
            workshop.folder / "nowhere.csv",
            *named,
            "--overwrite",
        ): "no such file",
        ("pack", workshop.folder / "model.pkl", rows, *named): "is a pickle",
        ("pack", workshop.folder / "model.json", rows, *named, "--overwrite", "--evaluation", rows): "--target",
    }
    for arguments, message in cases.items():
        answer = run(*arguments)
        assert answer.code == 2, arguments
        assert message in answer.err
        assert answer.err.count("\n") == 1
    assert (workshop.folder / "eta.mpk").read_text() == "precious"


def test_what_cannot_be_packed(run: Any, workshop: Workshop) -> None:
    (workshop.folder / "other.json").write_text("{}")
    answer = run(
        "pack", workshop.folder / "other.json", workshop.folder / "rows.csv", "--name", "eta", "--version", "1.0.0"
    )
    assert answer.code == 4
    assert "no XGBoost model" in answer.err


@pytest.mark.parametrize("model", ["model.txt", "model.json", "model.ubj"])
def test_check_a_model_that_can_be_packed(model: str, run: Any, workshop: Workshop) -> None:
    answer = run("check", workshop.folder / model)
    assert answer.code == 0
    assert "exact" in answer.out
    content = json.loads(run("check", workshop.folder / model, "--json").out)
    assert content["supported"] is True


def test_check_a_model_that_cannot_be_packed(run: Any, workshop: Workshop, shelf: Any) -> None:
    frame = shelf.frame[["hour", "wind"]]
    linear = lightgbm.LGBMRegressor(n_estimators=2, verbose=-1, linear_tree=True, n_jobs=1).fit(frame, frame["hour"])
    linear.booster_.save_model(workshop.folder / "linear.txt")
    answer = run("check", workshop.folder / "linear.txt")
    assert answer.code == 4
    assert "linear_tree=False" in answer.out
