"""`modelpack inspect` shows what a bundle says about itself, and asks for no trust."""

from __future__ import annotations

import json
import re
from typing import Any

import modelpack


def test_shows_the_bundle(run: Any, shelf: Any) -> None:
    answer = run("inspect", shelf.first)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == "delay 1.0.0"
    assert lines[1].startswith("trust     not verified")
    bundle = modelpack.inspect(shelf.first)
    for text in (bundle.identity, bundle.model_digest, "2026-01-31T12:00:00Z", "lightgbm.sklearn.LGBMClassifier"):
        assert text in answer.out
    for section in ("features", "outputs", "metrics", "record", "members"):
        assert section in lines
    assert re.search(r"\ntrain data +300 rows  sha256:", answer.out)
    assert "s3://flights" in answer.out


def test_tables_are_aligned(run: Any, shelf: Any) -> None:
    lines = run("inspect", shelf.first).out.splitlines()
    header = next(line for line in lines if line.startswith("name     type"))
    row = next(line for line in lines if line.startswith("carrier"))
    assert row.index("string") == header.index("type")
    assert row[: header.index("categories") + len("categories")].endswith(" 3")


def test_json_holds_everything(run: Any, shelf: Any) -> None:
    answer = run("inspect", shelf.first, "--json")
    content = json.loads(answer.out)
    assert content["verified"] is False
    assert content["name"] == "delay"
    features = {feature["name"]: feature for feature in content["schema"]["features"]}
    assert sorted(features["carrier"]["categories"]) == ["AA", "B6", "DL"]
    assert features["hour"]["dtype"] == "int64"
    assert content["schema"]["outputs"][0]["classes"] == ["late", "on time"]
    assert content["metrics"]["splits"]["test"]["rows"] == 300
    assert content["config"]["hyperparameters"]["n_estimators"] == 4


def test_configuration_on_request(run: Any, shelf: Any) -> None:
    assert "hyperparameters.num_leaves" not in run("inspect", shelf.first).out
    assert "hyperparameters.num_leaves" in run("inspect", shelf.first, "--config").out


def test_one_member_as_it_stands(run: Any, shelf: Any) -> None:
    assert json.loads(run("inspect", shelf.first, "--member", "bundle.json").out)["name"] == "delay"
    missing = run("inspect", shelf.first, "--member", "nothing.json")
    assert missing.code == 2
    assert "nothing.json" in missing.err


def test_a_damaged_bundle_fails(run: Any, shelf: Any, tmp_path: Any) -> None:
    damaged = bytearray(shelf.first.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path = tmp_path / "damaged.mpk"
    path.write_bytes(damaged)
    answer = run("inspect", path)
    assert answer.code == 1
    assert answer.err.startswith("modelpack: ")
    assert answer.err.count("\n") == 1
