"""XGBoost's model files: both encodings, saved by an estimator or by its Booster; bytes that are no model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from replayed import assert_kept, packed
from tabular import binary, categories, category_target, hostile, numbers, target
from test_xgboost import booster_answers, estimator_answers

import modelpack
from modelpack.importers import import_model
from modelpack.importers.xgboost_model import parse_model
from modelpack.importers.xgboost_ubjson import parse_ubjson
from modelpack.infer import infer_features


def stopped_early() -> xgboost.XGBClassifier:
    X = numbers()
    y = binary(X)
    model = xgboost.XGBClassifier(n_estimators=60, early_stopping_rounds=2, max_depth=4, n_jobs=1)
    return model.fit(X[:160], y[:160], eval_set=[(X[160:], y[160:])], verbose=False)


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_a_file_of_an_estimator_answers_as_the_estimator(suffix: str, tmp_path: Path) -> None:
    model = stopped_early()
    path = tmp_path / f"model.{suffix}"
    model.save_model(path)
    rows = hostile(infinite=True)
    assert_kept(packed(path, numbers()), rows, estimator_answers(model, rows))


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_a_file_of_a_booster_answers_as_the_booster(suffix: str, tmp_path: Path) -> None:
    booster = stopped_early().get_booster()
    path = tmp_path / f"model.{suffix}"
    booster.save_model(path)
    rows = hostile(infinite=False)
    assert_kept(packed(str(path), numbers()), rows, booster_answers(booster, rows))


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_a_file_with_categories(suffix: str, tmp_path: Path) -> None:
    frame = categories()
    model = xgboost.XGBRegressor(n_estimators=4, n_jobs=1, tree_method="hist", enable_categorical=True)
    model.fit(frame, category_target(frame))
    path = tmp_path / f"model.{suffix}"
    model.save_model(path)
    assert_kept(packed(path, frame), frame, estimator_answers(model, frame))


@pytest.mark.parametrize("booster", ["gbtree", "dart", "gblinear"])
def test_both_encodings_hold_the_same_model(booster: str) -> None:
    X = numbers()
    model = xgboost.XGBRegressor(booster=booster, n_estimators=4, n_jobs=1).fit(X, target(X)).get_booster()
    as_json, as_ubj = (parse_model(bytes(model.save_raw(form)), "model") for form in ("json", "ubj"))
    assert as_json.base_score.tolist() == as_ubj.base_score.tolist()
    assert as_json.objective == as_ubj.objective
    assert len(as_json.trees) == len(as_ubj.trees)
    for left, right in zip(as_json.trees, as_ubj.trees, strict=True):
        for key in ("split_conditions", "left_children", "default_left", "sum_hessian"):
            assert np.array_equal(np.float32(left[key]), np.float32(right[key]))


def test_a_file_is_read_without_xgboost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X = numbers()
    model = stopped_early()
    model.save_model(tmp_path / "model.json")
    model.save_model(tmp_path / "model.ubj")
    with_library = import_model(tmp_path / "model.json", infer_features(X), X)
    monkeypatch.setitem(sys.modules, "xgboost", None)
    for name in ("model.json", "model.ubj"):
        without = import_model(tmp_path / name, infer_features(X), X)
        for tensor, expected in with_library.program.tensors.items():
            assert without.program.tensors[tensor].tobytes() == expected.tobytes()
        with pytest.raises(modelpack.UsageError, match="pip install xgboost"):
            without.reference(X)


def test_base_score_in_every_spelling() -> None:
    X = numbers()
    booster = xgboost.train({"nthread": 1, "base_score": 0.25}, xgboost.DMatrix(X, label=target(X)), 1)
    content = json.loads(booster.save_raw("json"))
    for text in ("2.5E-1", "[2.5E-1]", "0.25", "[0.25]"):
        content["learner"]["learner_model_param"]["base_score"] = text
        assert parse_model(json.dumps(content).encode(), "model").base_score.tolist() == [0.25]


@pytest.mark.parametrize("layout", ["3.2", "3.4"])
def test_weights_of_dart_in_either_place(layout: str) -> None:
    X = numbers()
    model = xgboost.XGBRegressor(booster="dart", rate_drop=0.5, one_drop=1, n_estimators=4, n_jobs=1).fit(X, target(X))
    content = json.loads(model.get_booster().save_raw("json"))
    expected = parse_model(json.dumps(content).encode(), "model").tree_weight
    booster = content["learner"]["gradient_booster"]
    trees = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    weights = booster.get("weight_drop", trees.get("weight_drop"))
    trees = {key: value for key, value in trees.items() if key != "weight_drop"}
    content["learner"]["gradient_booster"] = (
        {"name": "dart", "gbtree": {"name": "gbtree", "model": trees}, "weight_drop": weights}
        if layout == "3.2"
        else {"name": "gbtree", "model": {**trees, "weight_drop": weights}}
    )
    found = parse_model(json.dumps(content).encode(), "model")
    assert found.booster == "dart"
    assert found.tree_weight is not None and expected is not None
    assert found.tree_weight.tolist() == expected.tolist()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"{",
        b"[]",
        b"\x80\x04pickle",
        b'{"learner": {}}',
        b'{"learner": 3, "version": [3]}',
        b"{L\x00",
        b"{" * 200,
    ],
)
def test_bytes_that_are_no_model_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(data)
    with pytest.raises(modelpack.UnsupportedModelError, match="no XGBoost model"):
        packed(path, numbers())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(modelpack.NotFoundError):
        packed(tmp_path / "nowhere.json", numbers())


def test_a_damaged_tree_is_refused() -> None:
    X = numbers()
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(X, label=target(X)), 2)
    content = json.loads(booster.save_raw("json"))
    content["learner"]["gradient_booster"]["model"]["trees"][1].pop("left_children")
    model = parse_model(json.dumps(content).encode(), "model")
    from modelpack.importers.xgboost_trees import forest_of

    with pytest.raises(modelpack.UnsupportedModelError, match="tree 1 of the model is damaged"):
        forest_of(model, None, None, "model")


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"Z", None),
        (b"T", True),
        (b"i\xff", -1),
        (b"U\xff", 255),
        (b"I\x01\x00", 256),
        (b"l\x00\x01\x00\x00", 65536),
        (b"L" + (2**40).to_bytes(8, "big"), 2**40),
        (b"d\x3f\x80\x00\x00", 1.0),
        (b"Si\x02ab", "ab"),
        (b"[i\x01i\x02]", [1, 2]),
        (b"[#i\x02i\x01Z", [1, None]),
        (b"{i\x01aT}", {"a": True}),
        (b"{#i\x01i\x01a[]", {"a": []}),
    ],
)
def test_ubjson_values(data: bytes, value: Any) -> None:
    assert parse_ubjson(data) == value


def test_ubjson_typed_arrays() -> None:
    found = parse_ubjson(b"[$l#L" + (2).to_bytes(8, "big") + b"\x00\x00\x00\x07\xff\xff\xff\xff")
    assert found.tolist() == [7, -1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"N",
        b"ZZ",
        b"S",
        b"Si\x05ab",
        b"Si\xffab",
        b"SZ",
        b"[i\x01",
        b"{i\x01a",
        b"{i\x01aTi\x01aT}",
        b"[$S#i\x01",
        b"[$i",
        b"[$l#L\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"[" * 100,
        b"d\x00",
    ],
)
def test_ubjson_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        parse_ubjson(data)
