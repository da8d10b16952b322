"""ONNX files and converted estimators as bundles without a program, answered by ONNX Runtime."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnx
import pandas as pd
import pytest
import written_net
from onnx import helper
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR

import modelpack

ROWS = 200


def numbers() -> np.ndarray:
    return np.random.default_rng(4).normal(size=(ROWS, 4))


def packed(folder: Path, model: Any, X: Any, **arguments: Any) -> tuple[modelpack.Packed, modelpack.Predictor]:
    written = modelpack.pack(
        model, X, folder / "net.mpk", name="net", version="1.0.0", engines=("onnx",), overwrite=True, **arguments
    )
    return written, modelpack.load(written, modelpack.UNSIGNED_ONNX, name="net")


# ---- files ----


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_answers_as_in_onnx_runtime(tmp_path: Path, dtype: str) -> None:
    X = numbers()
    path = written_net.write_mlp(tmp_path / "net.onnx", dtype=dtype, outputs=2)
    written, predictor = packed(tmp_path, path, X)
    expected = written_net.answers(path, x=X.astype(dtype))[0]
    assert predictor.engine == "onnx"
    assert predictor.predict(X).dtype == expected.dtype
    np.testing.assert_allclose(predictor.predict(X), expected, rtol=1e-5, atol=1e-5)
    assert written.report.engines.keys() == {"onnx"}
    assert written.report.rows == ROWS
    assert predictor.predict_one({f"f{i}": X[0, i] for i in range(4)}).value == pytest.approx(expected[0].tolist())


def test_the_bundle_holds_no_program_and_says_what_was_measured(tmp_path: Path) -> None:
    written, predictor = packed(tmp_path, written_net.write_mlp(tmp_path / "net.onnx"), numbers())
    bundle = predictor.bundle
    assert "programs.json" not in bundle.members
    assert {"models/main/model.onnx", "models/main/onnx.json"} <= set(bundle.members)
    (engine,) = bundle.manifest["engines"]
    assert (engine["name"], engine["requires"]) == ("onnx", ["onnx@1"])
    assert engine["measured"]["value"]["rows"] == ROWS
    assert bundle.config["model"]["file"] == "net.onnx"
    with pytest.raises(modelpack.TrustError, match="onnx"):
        modelpack.load(written, modelpack.UNSIGNED, name="net")


def test_classes_of_one_probability_and_of_several(tmp_path: Path) -> None:
    X = numbers()
    path = written_net.write_mlp(tmp_path / "two.onnx", last="Sigmoid")
    _, predictor = packed(tmp_path, path, X, classes=["no", "yes"])
    p = written_net.answers(path, x=X.astype(np.float32))[0].reshape(-1)
    np.testing.assert_allclose(predictor.predict_proba(X), np.column_stack([1 - p, p]), atol=1e-5)
    assert predictor.predict(X).tolist() == np.where(p > 0.5, "yes", "no").tolist()

    path = written_net.write_mlp(tmp_path / "three.onnx", last="Softmax", outputs=3)
    _, predictor = packed(tmp_path, path, X, classes=[10, 20, 30])
    expected = written_net.answers(path, x=X.astype(np.float32))[0]
    assert predictor.predict(X).tolist() == (10 * (expected.argmax(axis=1) + 1)).tolist()


def test_inputs_are_mapped_by_name_or_in_order(tmp_path: Path) -> None:
    X = pd.DataFrame({"b": np.arange(20, dtype=np.int64), "a": np.linspace(-1, 1, 20), "flag": np.arange(20) % 2 == 0})
    nodes = [
        helper.make_node("Cast", ["b"], ["bf"], to=11),
        helper.make_node("Cast", ["flag"], ["ff"], to=11),
        helper.make_node("Mul", ["a", "bf"], ["ab"]),
        helper.make_node("Add", ["ab", "ff"], ["y"]),
    ]
    inputs = [("a", 11, ["n", 1]), ("b", 7, ["n", 1]), ("flag", 9, ["n", 1])]
    path = written_net.save(tmp_path / "named.onnx", nodes, inputs, [("y", 11, ["n", 1])])
    _, predictor = packed(tmp_path, path, X)
    assert np.array_equal(predictor.predict(X), X["a"] * X["b"] + X["flag"])
    with pytest.raises(modelpack.InputError):
        predictor.predict_one({"a": 1.0, "b": None, "flag": True})

    nodes = [helper.make_node("Concat", ["left", "right"], ["y"], axis=1)]
    inputs = [("left", 1, ["n", 3]), ("right", 1, ["n", 1])]
    path = written_net.save(tmp_path / "ordered.onnx", nodes, inputs, [("y", 1, ["n", 4])])
    _, predictor = packed(tmp_path, path, numbers())
    assert np.array_equal(predictor.predict(numbers()), numbers().astype(np.float32))


def frame() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(6)
    X = pd.DataFrame(numbers(), columns=list("abcd"))
    X["kind"] = rng.choice(["x", "y", "z"], ROWS)
    return X, np.array(["low", "mid", "high"])[np.digitize(X["a"] + (X["kind"] == "x"), [-0.5, 0.8])]


def test_a_file_of_skl2onnx_with_strings_and_a_map_of_probabilities(tmp_path: Path) -> None:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    X, y = frame()
    before = make_column_transformer(
        (StandardScaler(), list("abcd")), (OneHotEncoder(handle_unknown="ignore"), ["kind"])
    )
    model = make_pipeline(before, LogisticRegression()).fit(X, y)
    types = [(name, StringTensorType([None, 1]) if name == "kind" else FloatTensorType([None, 1])) for name in X]
    path = tmp_path / "pipeline.onnx"
    converted = to_onnx(model, initial_types=types)
    assert any(node.op_type == "ZipMap" for node in converted.graph.node)
    path.write_bytes(converted.SerializeToString())

    _, predictor = packed(tmp_path, path, X.head(50))
    assert predictor.classes_.tolist() == ["high", "low", "mid"]
    assert predictor.predict(X).tolist() == model.predict(X).tolist()
    np.testing.assert_allclose(predictor.predict_proba(X), model.predict_proba(X), atol=1e-5)
    strange = X.head(5).assign(kind="never seen")
    np.testing.assert_allclose(predictor.predict_proba(strange), model.predict_proba(strange), atol=1e-5)
    with pytest.raises(modelpack.InputError):
        predictor.predict_one({**X.iloc[0].to_dict(), "kind": None})


def test_outputs_are_named_where_nothing_tells_them(tmp_path: Path) -> None:
    nodes = [helper.make_node("Abs", ["x"], ["size"]), helper.make_node("Neg", ["x"], ["opposite"])]
    outputs = [("size", 1, ["n", 4]), ("opposite", 1, ["n", 4])]
    path = written_net.save(tmp_path / "two.onnx", nodes, [("x", 1, ["n", 4])], outputs)
    X = numbers().astype(np.float32)
    with pytest.raises(modelpack.UnsupportedModelError, match=r"'size', 'opposite'.*outputs="):
        packed(tmp_path, path, X)
    with pytest.raises(modelpack.InputError, match="'none'"):
        packed(tmp_path, path, X, outputs={"value": "none"})
    _, predictor = packed(tmp_path, path, X, outputs={"value": "size", "margin": "opposite"})
    found = predictor.predict_all(X)
    assert np.array_equal(found["value"], np.abs(X)) and np.array_equal(found["margin"], -X)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([("x", 1, ["n", 5])], "takes 5 columns, and the sample has 4"),
        ([("x", 1, [1, 4])], r"takes 1 row\(s\) at a time"),
        ([("x", 1, ["n"])], "is no matrix"),
        ([("x", 7, ["n", 4])], "is float64, and the input 'x' takes int64"),
        ([("x", 1, ["n", 3])], "takes the column 'f3'"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(tmp_path: Path, inputs: Any, message: str) -> None:
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    path = written_net.save(tmp_path / "net.onnx", nodes, inputs, [("y", inputs[0][1], inputs[0][2])])
    with pytest.raises(modelpack.UnsupportedModelError, match=message):
        packed(tmp_path, path, numbers())


def test_files_that_no_reader_loads_are_refused(tmp_path: Path) -> None:
    X = numbers()
    other = written_net.write_mlp(tmp_path / "other.onnx", domain="com.microsoft")
    with pytest.raises(modelpack.UnsupportedModelError, match=r"com\.microsoft"):
        packed(tmp_path, other, X)
    (tmp_path / "junk.onnx").write_bytes(b"\xff\xff no model")
    with pytest.raises(modelpack.UnsupportedModelError):
        packed(tmp_path, tmp_path / "junk.onnx", X)
    with pytest.raises(modelpack.NotFoundError):
        packed(tmp_path, tmp_path / "absent.onnx", X)
    with pytest.raises(modelpack.UnsupportedModelError, match=r"engines=\('onnx',\)"):
        modelpack.pack(other, X, tmp_path / "a.mpk", name="a", version="1.0.0")


def test_data_beside_the_file_comes_into_the_bundle(tmp_path: Path) -> None:
    path = written_net.write_mlp(tmp_path / "net.onnx")
    apart = tmp_path / "apart.onnx"
    onnx.save(onnx.load(str(path)), str(apart), save_as_external_data=True, location="weights.bin", size_threshold=0)
    assert (tmp_path / "weights.bin").exists()
    _, predictor = packed(tmp_path, apart, numbers())
    np.testing.assert_allclose(
        predictor.predict(numbers()),
        written_net.answers(path, x=numbers().astype(np.float32))[0].reshape(-1),
        atol=1e-5,
    )


def test_packing_leaves_nothing_in_a_fresh_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path = written_net.write_mlp(tmp_path / "net.onnx")
    program = (
        "import modelpack, numpy; X = numpy.ones((5, 4));"
        f"modelpack.pack({str(path)!r}, X, {str(tmp_path / 'net.mpk')!r}, name='net', version='1.0.0', engines='onnx')"
    )
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    del environment["ORT_DISABLE_TELEMETRY"]
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert (tmp_path / "net.mpk").exists()
    assert list(home.rglob("*")) == []


# ---- estimators ----


def models() -> list[tuple[Any, bool]]:
    return [
        (SVC(), True),
        (KNeighborsClassifier(), True),
        (MLPClassifier((6,), max_iter=30, random_state=0), True),
        (MLPRegressor(hidden_layer_sizes=(6,), max_iter=30, random_state=0), False),
        (SVR(), False),
        (make_pipeline(StandardScaler(), MLPClassifier((6,), max_iter=30, random_state=0)), True),
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("model", "classifies"), models(), ids=lambda one: type(one).__name__)
def test_unknown_estimators_go_through_skl2onnx_when_the_difference_is_accepted(
    tmp_path: Path, model: Any, classifies: bool
) -> None:
    X = numbers()
    y: Any = X[:, 0] + X[:, 1] ** 2
    model.fit(X, np.where(y > 0.7, "yes", "no") if classifies else y)
    with pytest.raises(modelpack.MismatchError, match=r"over the sample .*accept it: tolerance=\S+$") as refused:
        packed(tmp_path, model, X)
    assert not (tmp_path / "net.mpk").exists()
    accepted = float(str(refused.value).rpartition("tolerance=")[2])
    assert accepted < 1e-5

    written, predictor = packed(tmp_path, model, X, tolerance=accepted)
    assert written.report.max_difference <= accepted
    assert predictor.predict(X).dtype == model.predict(X).dtype
    if classifies:
        assert predictor.predict(X).tolist() == model.predict(X).tolist()
    else:
        np.testing.assert_allclose(predictor.predict(X), model.predict(X), atol=accepted, rtol=0)
    if hasattr(model, "predict_proba"):
        assert predictor.predict_proba(X).dtype == np.float64
        np.testing.assert_allclose(predictor.predict_proba(X), model.predict_proba(X), atol=accepted, rtol=0)


def test_a_tolerance_below_the_difference_is_not_enough(tmp_path: Path) -> None:
    X = numbers()
    with pytest.raises(modelpack.MismatchError, match=r"value differs by at most .*accept it"):
        packed(tmp_path, SVR().fit(X, X[:, 0]), X, tolerance=1e-12)
    with pytest.raises(modelpack.InputError, match="tolerance is -1"):
        packed(tmp_path, SVR().fit(X, X[:, 0]), X, tolerance=-1)


@pytest.mark.filterwarnings("ignore")
def test_pipelines_that_pick_columns_by_name(tmp_path: Path) -> None:
    X, y = frame()
    before = make_column_transformer(
        (StandardScaler(), list("abcd")), (OneHotEncoder(handle_unknown="ignore"), ["kind"])
    )
    model = make_pipeline(before, MLPClassifier((6,), max_iter=30, random_state=0)).fit(X, y)
    _, predictor = packed(tmp_path, model, X, tolerance=1e-5, evaluation=(X, y))
    assert predictor.predict(X).tolist() == model.predict(X).tolist()
    assert predictor.bundle.metrics["splits"]["test"]["rows"] == ROWS
    described = json.loads(predictor.bundle.member("models/main/onnx.json"))
    assert [one["features"] for one in described["inputs"]] == [[name] for name in X]


@pytest.mark.filterwarnings("ignore")
def test_what_scikit_learn_raises_for_is_refused(tmp_path: Path) -> None:
    X = numbers()
    model = KNeighborsClassifier().fit(X, X[:, 0] > 0)
    _, predictor = packed(tmp_path, model, X, tolerance=0.0)
    with pytest.raises(ValueError, match="NaN"):
        model.predict(np.full((1, 4), np.nan))
    with pytest.raises(modelpack.InputError):
        predictor.predict(np.full((1, 4), np.nan))

    frame_of_text, y = frame()
    before = make_column_transformer((StandardScaler(), list("abcd")), (OneHotEncoder(), ["kind"]))
    model = make_pipeline(before, MLPClassifier((6,), max_iter=30, random_state=0)).fit(frame_of_text, y)
    _, predictor = packed(tmp_path, model, frame_of_text, tolerance=1e-5)
    with pytest.raises(modelpack.InputError):
        predictor.predict(frame_of_text.head(1).assign(kind="never seen"))

    filled = make_pipeline(SimpleImputer(), StandardScaler(), MLPRegressor(hidden_layer_sizes=(6,), max_iter=30))
    gaps = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, X)
    filled.fit(gaps, X[:, 0])
    _, predictor = packed(tmp_path, filled, gaps, tolerance=1e-5)
    np.testing.assert_allclose(predictor.predict(gaps), filled.predict(gaps), atol=1e-5, rtol=0)


def test_what_the_program_knows_is_packed_with_it(tmp_path: Path) -> None:
    X = numbers()
    with pytest.raises(modelpack.UnsupportedModelError, match="add 'native'"):
        packed(tmp_path, LogisticRegression().fit(X, X[:, 0] > 0), X, tolerance=1.0)
    with pytest.raises(modelpack.UsageError, match="tolerance"):
        modelpack.pack(LogisticRegression().fit(X, X[:, 0] > 0), X, name="a", version="1.0.0", tolerance=1.0)
