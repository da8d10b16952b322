"""Exported files as others run them: the example, the model repository of a server, and what the files say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

import modelpack

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "onnx"
VALID = ROOT / "tests" / "vectors" / "valid"
TENSOR = re.compile(r'\{ name: (?P<name>"[^"]*") data_type: (?P<type>TYPE_\w+) dims: \[ (?P<columns>\d+) \] \}')
SERVER_TYPES = {
    "TYPE_FP64": "tensor(double)",
    "TYPE_FP32": "tensor(float)",
    "TYPE_INT64": "tensor(int64)",
    "TYPE_STRING": "tensor(string)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the example wrote."""
    place = tmp_path_factory.mktemp("onnx")
    subprocess.run([sys.executable, EXAMPLE / "export.py"], cwd=place, check=True)
    return place


def test_the_example_answers_without_modelpack(folder):
    # An isolated interpreter whose modules are those of packages alone: an import of modelpack would fail.
    code = "import sys; sys.modules['modelpack'] = None; sys.argv = sys.argv[1:]; exec(open(sys.argv[0]).read())"
    command = [sys.executable, "-c", code, EXAMPLE / "predict.py", folder / "late.onnx"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    with modelpack.load(folder / "late-1.0.0.mpk", modelpack.UNSIGNED) as predictor:
        assert printed[0].split() == ["late", "1.0.0", predictor.bundle.model_digest]
        rows = [
            {"distance": 1400.0, "wind": 11.5, "carrier": "UA"},
            {"distance": 760.0, "wind": None, "carrier": "WN"},
            {"distance": 760.0, "wind": 18.0, "carrier": None},
        ]
        expected = [predictor.predict_one(row) for row in rows]
    for line, prediction in zip(printed[1:], expected, strict=True):
        label, late = line.split()
        assert int(label) == prediction.label
        probability = prediction.probability(1)
        assert abs(float.fromhex(late) - probability) <= 8 * np.finfo(float).eps


def test_the_repository_of_a_server_fits_its_model(folder):
    place = folder / "repository" / "late"
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) == [
        "1/model.onnx",
        "config.pbtxt",
    ]
    config = (place / "config.pbtxt").read_text(encoding="utf-8")
    inputs, outputs = config.split("output [")
    session = onnxruntime.InferenceSession(place / "1" / "model.onnx", providers=["CPUExecutionProvider"])
    for text, tensors in ((inputs, session.get_inputs()), (outputs, session.get_outputs())):
        stated = [
            (json.loads(one["name"]), SERVER_TYPES[one["type"]], int(one["columns"])) for one in TENSOR.finditer(text)
        ]
        assert stated == [(one.name, one.type, one.shape[1]) for one in tensors]
        assert all(isinstance(one.shape[0], str) for one in tensors), "the server puts rows together"
    assert 'backend: "onnxruntime"' in config
    assert 'name: "late"' in config
    rows = {"distance": np.ones((3, 1)), "wind": np.ones((3, 1)), "carrier": np.full((3, 1), "AA", dtype=object)}
    label, probability = session.run(["label", "probability"], rows)
    assert label.shape == (3, 1)
    assert probability.shape == (3, 2)


def test_files_say_what_they_hold(tmp_path):
    path = VALID / "logistic-mixed" / "bundle.mpk"
    bundle = modelpack.inspect(path)
    (written,) = modelpack.emit_onnx(path, tmp_path / "model.onnx")
    model = onnx.load(written)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    assert metadata["modelpack.name"] == "logistic-mixed"
    assert metadata["modelpack.version"] == "1.0.0"
    assert metadata["modelpack.identity"] == bundle.identity
    assert metadata["modelpack.model_digest"] == bundle.model_digest
    assert json.loads(metadata["modelpack.schema"])["features"][0]["name"] == "distance"
    assert {one.domain for one in model.opset_import} == {"", "ai.onnx.ml"}
    assert written.read_bytes() == modelpack.emit_onnx(bundle, tmp_path / "again.onnx")[0].read_bytes()
    with pytest.raises(modelpack.InputError, match="exists"):
        modelpack.emit_onnx(path, tmp_path / "model.onnx")


def test_a_model_without_a_program_is_written_as_it_came(tmp_path):
    from sklearn.datasets import load_iris
    from sklearn.naive_bayes import GaussianNB

    X, y = load_iris(return_X_y=True, as_frame=True)
    packed = modelpack.pack(
        GaussianNB().fit(X, y),
        X,
        tmp_path / "flowers.mpk",
        name="flowers",
        version="1.0.0",
        engines=("onnx",),
        tolerance=1e-6,
    )
    modelpack.emit_triton(packed, tmp_path / "repository")
    place = tmp_path / "repository" / "flowers"
    session = onnxruntime.InferenceSession(place / "1" / "model.onnx", providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    assert metadata["modelpack.identity"] == packed.identity
    description = json.loads(metadata["modelpack.onnx"])
    (given,) = description["inputs"]
    names = [one["name"] for one in description["outputs"]]
    answers = session.run(names, {given["name"]: X.to_numpy(given["dtype"])})
    predictor = modelpack.load(packed, modelpack.UNSIGNED_ONNX)
    raw = predictor.predict_raw(X)
    for one, answer in zip(description["outputs"], answers, strict=True):
        assert answer.reshape(len(X), -1).tolist() == raw[one["output"]].tolist()
        assert f'name: "{one["name"]}"' in (place / "config.pbtxt").read_text()


def test_tensors_of_a_server_have_a_dimension_beside_rows():
    from modelpack.engines.onnx.server import config_text

    bundle = modelpack.inspect(VALID / "linear-diabetes" / "bundle.mpk")
    description = {
        "inputs": [{"name": "X", "dtype": "float32", "features": ["a", "b"]}],
        "outputs": [{"name": "label", "dtype": "int64", "output": "label"}],
    }
    batched = config_text(bundle, description, {"X": [-1, 2], "label": [-1]})
    assert '{ name: "label" data_type: TYPE_INT64 dims: [ 1 ] reshape { shape: [ ] } }' in batched
    assert "max_batch_size: 4096" in batched
    single = config_text(bundle, description, {"X": [1, 2], "label": [1]})
    assert '{ name: "X" data_type: TYPE_FP32 dims: [ 1, 2 ] }' in single
    assert "max_batch_size: 0" in single
    assert "dynamic_batching" not in single


def test_partitioned_models_are_refused(tmp_path):
    with pytest.raises(modelpack.UnsupportedModelError, match="native engine only"):
        modelpack.emit_onnx(VALID / "partitions" / "bundle.mpk", tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_texts_that_stand_for_missing_are_no_categories():
    from modelpack.engines.onnx.inputs import feature_inputs
    from modelpack.engines.source import Source
    from modelpack.schema import Feature, Output, Schema

    schema = Schema((Feature("city", "string"),), (Output("value", "float64", 1),))
    source = Source(
        program={"inputs": [{"feature": "city", "value": "x0"}]},
        digest="",
        tensors={},
        dictionaries={0: ["<nan>", "<<nan>>", "Oslo"]},
        schema=schema,
        name="m",
        version="1.0.0",
    )
    (found,) = feature_inputs(source)
    assert found.missing == {"null": "<null>", "nan": "<<<nan>>>", "unseen": "<unseen>"}


def test_an_operation_without_a_form_is_named():
    from dataclasses import replace

    from modelpack.engines.onnx import export
    from modelpack.engines.source import Source

    source = Source.of_bundle(modelpack.inspect(VALID / "linear-diabetes" / "bundle.mpk"))
    later = {"op": "tokenize_count@1", "in": ["x0"], "out": ["w"], "origin": "prep.words"}
    program = {**source.program, "ops": [later, *source.program["ops"]]}
    with pytest.raises(modelpack.UnsupportedModelError, match=r"prep\.words: tokenize_count@1 has no form in ONNX"):
        export(replace(source, program=program))
