"""An engine joins a bundle: `modelpack.compile`, `pack(engines=…)`, and what the command line says of it."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hostile_rows import hostile_rows
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import modelpack
from modelpack.cli import main
from modelpack.engines import made as makers
from modelpack.engines.source import Source
from modelpack.replay import canonical_bits

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

VALID = Path(__file__).resolve().parents[2] / "vectors" / "valid"
LOGISTIC = VALID / "logistic-mixed" / "bundle.mpk"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "hour": rng.integers(0, 24, 300),
            "distance": rng.gamma(2.0, 300.0, 300),
            "carrier": rng.choice(["AA", "DL", "UA"], 300),
        }
    )


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> modelpack.KeyPair:
    return modelpack.keygen(tmp_path_factory.mktemp("key") / "release.pem")


@pytest.fixture(scope="module")
def policy(key: modelpack.KeyPair) -> modelpack.TrustPolicy:
    rules = [{"bundle": "*", "keys": ["release"], "engines": ["native", "onnx"]}]
    keys = {"release": {"pem": key.public.read_text()}}
    return modelpack.TrustPolicy.from_text(json.dumps({"modelpack_trust": 1, "keys": keys, "rules": rules}))


def trained(frame: pd.DataFrame, estimator):
    columns = make_column_transformer(
        (StandardScaler(), ["hour", "distance"]), (OneHotEncoder(handle_unknown="ignore"), ["carrier"])
    )
    late = (frame["distance"] / 100 + frame["hour"] + 5 * (frame["carrier"] == "UA") > 18).map(
        {True: "late", False: "no"}
    )
    return make_pipeline(columns, estimator).fit(frame, late)


@pytest.mark.parametrize(
    "estimator", [RandomForestClassifier(20, random_state=0), GradientBoostingClassifier(n_estimators=20)]
)
def test_packing_with_onnx(tmp_path, frame, key, policy, estimator):
    model = trained(frame, estimator)
    packed = modelpack.pack(
        model,
        frame,
        tmp_path / "late.mpk",
        name="late",
        version="1.0.0",
        engines=("native", "onnx"),
        signers=key.private,
    )
    found = packed.report.engines["onnx"]
    assert found.rows == packed.report.rows == 300
    assert found.equal >= 290
    assert "onnx: 300 rows replayed" in str(packed.report)
    bundle = modelpack.open(packed, policy, name="late")
    native, onnx = bundle.predictor(), bundle.predictor(engine="onnx")
    assert (native.engine, onnx.engine) == ("native", "onnx")
    assert onnx.predict(frame).tolist() == model.predict(frame).tolist()
    np.testing.assert_allclose(onnx.predict_proba(frame), native.predict_proba(frame), rtol=1e-15, atol=1e-15)
    row = frame.iloc[7].to_dict()
    assert onnx.predict_one(row).probabilities == pytest.approx(native.predict_one(row).probabilities, rel=1e-15)


def test_compiling_keeps_all_but_signatures(tmp_path, frame, key, policy):
    model = trained(frame, RandomForestClassifier(10, random_state=0))
    packed = modelpack.pack(
        model, frame, tmp_path / "late.mpk", name="late", version="1.2.0", created_at=0, signers=key.private
    )
    compiled = modelpack.compile(
        packed, tmp_path / "onnx.mpk", engine="onnx", trust=policy, name="late", sample=frame, signers=key.private
    )
    assert compiled.report.engines["onnx"].rows == compiled.report.engines["onnx"].equal == 300
    assert str(compiled.report).startswith("onnx: 300 rows replayed, 300 with native's bits")
    before, after = (modelpack.open(path, policy) for path in (packed, compiled))
    assert after.verified
    assert (after.name, after.version, after.model_digest) == (before.name, before.version, before.model_digest)
    assert after.identity == compiled.identity != before.identity
    assert after.manifest["created_at"] == "1970-01-01T00:00:00Z"
    for member in set(before.members) - {"bundle.json", "golden.safetensors"}:
        assert after.member(member) == before.member(member)
    assert set(after.members) - set(before.members) == {"models/main/model.onnx", "models/main/onnx.json"}
    unsigned = modelpack.compile(packed, tmp_path / "unsigned.mpk", engine="onnx", trust=policy)
    with pytest.raises(modelpack.TrustError):
        modelpack.open(unsigned, policy)
    with pytest.raises(modelpack.InputError, match="exists"):
        modelpack.compile(packed, tmp_path / "unsigned.mpk", engine="onnx", trust=policy)
    again = modelpack.compile(compiled, tmp_path / "again.mpk", engine="onnx", trust=policy, sample=frame)
    assert again.identity == compiled.identity


def test_an_engine_that_answers_otherwise_is_not_written(tmp_path, monkeypatch):
    def other_weights(name, source, triples=()):
        tensors = {
            key: np.nextafter(value, 9.0) if value.dtype.kind == "f" else value for key, value in source.tensors.items()
        }
        return make_engine(name, dataclasses.replace(source, tensors=tensors), triples)

    make_engine = makers.make_engine
    monkeypatch.setattr("modelpack.compiling.make_engine", other_weights)
    with pytest.raises(
        modelpack.MismatchError, match=r"in native and .* in onnx; the row: distance=.*city='.*; nothing was written"
    ):
        modelpack.compile(LOGISTIC, tmp_path / "wrong.mpk", engine="onnx", trust=modelpack.UNSIGNED)
    assert not list(tmp_path.iterdir())


def test_partitions_and_unknown_engines_are_refused(tmp_path):
    with pytest.raises(modelpack.UnsupportedModelError, match="native engine only"):
        modelpack.compile(VALID / "partitions" / "bundle.mpk", tmp_path / "p.mpk", trust=modelpack.UNSIGNED)
    with pytest.raises(modelpack.UsageError, match="known are onnx, compiled"):
        modelpack.compile(LOGISTIC, tmp_path / "p.mpk", engine="tensorrt", trust=modelpack.UNSIGNED)


def test_the_command_line(tmp_path, capsys, key, policy, frame):
    model = trained(frame, GradientBoostingClassifier(n_estimators=5))
    packed = modelpack.pack(model, frame, tmp_path / "late.mpk", name="late", version="1.0.0", signers=key.private)
    target, rows = tmp_path / "onnx.mpk", tmp_path / "rows.csv"
    frame.to_csv(rows, index=False)
    arguments = [
        "compile",
        packed.path,
        "--engine",
        "onnx",
        "-o",
        target,
        "--trust",
        key.public,
        "--sample",
        rows,
        "--json",
    ]
    assert main([str(argument) for argument in arguments]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["engine"], printed["rows"], printed["path"]) == ("onnx", 300, str(target))
    assert main(["inspect", str(target), "--json"]) == 0
    native, onnx = json.loads(capsys.readouterr().out)["engines"]
    assert (native["name"], onnx["name"], onnx["triple"]) == ("native", "onnx", None)
    assert onnx["size_bytes"] > 1000
    assert onnx["measured"]["rows"] == 300
    assert main(["inspect", str(target)]) == 0
    assert "300 rows compared" in capsys.readouterr().out
    assert main(["compile", str(packed.path), "--engine", "onnx"]) == 3
    assert main(["compile", str(packed.path), "--emit", "onnx"]) == 2
    assert main(["compile", str(packed.path), "--emit", "onnx", "-o", str(tmp_path / "late.onnx")]) == 0
    assert "not verified" in capsys.readouterr().out


VECTORS = [line.split("\t")[0] for line in (VALID / "index.tsv").read_text().splitlines()]


@pytest.mark.parametrize("name", [name for name in VECTORS if name != "partitions"])
def test_every_vector_compiles_and_answers_hostile_rows(name, tmp_path):
    """Through the core: policies, refusals and first errors are those of native."""
    path = VALID / name / "bundle.mpk"
    compiled = modelpack.compile(path, tmp_path / "onnx.mpk", engine="onnx", trust=modelpack.UNSIGNED)
    bundle = modelpack.open(compiled, modelpack.UNSIGNED_ONNX)
    rows = hostile_rows(Source.of_bundle(bundle), 200, seed=11)
    native, onnx = (bundle.predictor(engine=engine).predict_all(rows, errors="null") for engine in ("native", "onnx"))
    assert native["error"].tolist() == onnx["error"].tolist()
    answered = native["error"] == np.array(None)
    for output in bundle.schema.outputs:
        one, other = native[output.name][answered], onnx[output.name][answered]
        if output.name == "label":
            assert one.tolist() == other.tolist()
            continue
        same = canonical_bits(one) == canonical_bits(other)
        assert same.mean() > 0.99
        assert np.allclose(one, other, rtol=1e-14, atol=0, equal_nan=True)
