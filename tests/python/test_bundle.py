"""Opening bundles: sources, expectations, what is refused, and what a bundle says about itself."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest
from echo import classifier_bundle, echo_bundle
from safetensors import numpy as public_safetensors

import modelpack
from modelpack import UNSIGNED, Feature
from modelpack.canonical import parse_safetensors

BYTES = classifier_bundle()
VECTORS = Path(__file__).resolve().parents[1] / "vectors"


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "clässes.mpk"
    place.write_bytes(BYTES)
    return place


def test_opens_from_path_text_bytes_buffers_and_files(path):
    with path.open("rb") as file:
        opened = [
            modelpack.open(source, UNSIGNED)
            for source in (path, str(path), BYTES, bytearray(BYTES), memoryview(BYTES), file)
        ]
    opened.append(modelpack.open(io.BytesIO(BYTES), UNSIGNED))
    assert len({bundle.identity for bundle in opened}) == 1
    assert [bundle.path for bundle in opened] == [str(path)] * 2 + [None] * 5


def test_says_what_it_is():
    bundle = modelpack.open(BYTES, UNSIGNED)
    assert (bundle.name, bundle.version, bundle.verified) == ("classes", "1.2.0", False)
    assert bundle.identity.startswith("sha256:") and len(bundle.identity) == 71
    assert bundle.model_digest != bundle.identity
    assert bundle.schema.feature_names == ("a", "b")
    assert bundle.config["rate"] == 0.1
    assert bundle.metrics["splits"]["test"]["rmse"] == 0.25
    assert bundle.record == {"author": "tests"}
    assert bundle.manifest["task"] == "multiclass"
    assert {"schema.json", "config.json", "programs.json"} <= set(bundle.members)
    assert bundle.member("record.json") == b'{"author":"tests"}'


def test_an_unknown_member_is_an_error():
    with pytest.raises(modelpack.ModelpackError, match="weights"):
        modelpack.open(BYTES, UNSIGNED).member("weights")


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ({"name": "other"}, "WRONG_NAME"),
        ({"min_version": "1.2.1"}, "WRONG_VERSION"),
        ({"identity": "sha256:" + "0" * 64}, "WRONG_IDENTITY"),
    ],
)
def test_refuses_what_the_caller_does_not_expect(expected, name):
    for opened in (modelpack.open, modelpack.load):
        with pytest.raises(modelpack.TrustError) as caught:
            opened(BYTES, UNSIGNED, **expected)
        assert caught.value.name == name


def test_accepts_what_the_caller_expects():
    identity = modelpack.open(BYTES, UNSIGNED).identity
    modelpack.load(BYTES, UNSIGNED, name="classes", min_version="1.2.0", identity=identity)


def test_no_environment_variable_means_unsigned(monkeypatch):
    monkeypatch.setenv("MODELPACK_TRUST", "UNSIGNED")
    with pytest.raises(FileNotFoundError, match="MODELPACK_TRUST"):
        modelpack.load(BYTES)


def test_without_trust_the_refusal_says_what_mends_it():
    with pytest.raises(modelpack.TrustError, match=r"modelpack\.UNSIGNED") as caught:
        modelpack.load(BYTES)
    assert caught.value.name == "UNTRUSTED"


@pytest.mark.parametrize("trust", ["UNSIGNED", True, 1, object()])
def test_unsigned_is_only_the_name_itself(trust):
    with pytest.raises(modelpack.UsageError, match=r"modelpack\.UNSIGNED"):
        modelpack.open(BYTES, trust)


def test_unsigned_is_one_object_that_no_pickle_carries():
    assert type(UNSIGNED)() is UNSIGNED
    assert repr(UNSIGNED) == "modelpack.UNSIGNED"
    with pytest.raises(modelpack.UsageError):
        pickle.dumps(UNSIGNED)


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.mpk") as caught:
        modelpack.load(tmp_path / "none.mpk", UNSIGNED)
    assert caught.value.name == "IO"


def test_a_folder_is_no_bundle(tmp_path):
    with pytest.raises(modelpack.ModelpackError):
        modelpack.load(tmp_path, UNSIGNED)


@pytest.mark.parametrize("source", [3, None, ["a"], "text in memory".split])
def test_what_is_no_source_is_refused(source):
    with pytest.raises(modelpack.UsageError, match="path"):
        modelpack.open(source, UNSIGNED)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a bundle at all", BYTES[:-1], BYTES[:200], BYTES + b"x", b"x" + BYTES]
)
def test_bytes_that_are_no_whole_bundle(data):
    with pytest.raises(modelpack.FormatError):
        modelpack.open(data, UNSIGNED)


def test_every_flipped_bit_of_a_hundred_is_noticed():
    for place in range(0, len(BYTES), len(BYTES) // 100):
        damaged = bytearray(BYTES)
        damaged[place] ^= 1
        with pytest.raises(modelpack.FormatError):
            predictor = modelpack.load(damaged, UNSIGNED)
            [predictor.bundle.member(name) for name in predictor.bundle.members]


def test_replacing_the_file_changes_nothing(path):
    predictor = modelpack.load(path, UNSIGNED)
    path.write_bytes(echo_bundle([Feature("a", "float64")]))
    assert predictor.predict([[1.0, 2.0]]).tolist() == ["high"]
    assert predictor.bundle.name == "classes"


def test_a_closed_bundle_answers_no_more_but_its_predictors_do(path):
    with modelpack.open(path, UNSIGNED) as bundle:
        predictor = bundle.predictor()
    with pytest.raises(modelpack.ClosedError, match=r"classes 1\.2\.0"):
        bundle.member("record.json")
    with pytest.raises(modelpack.ClosedError):
        bundle.predictor()
    assert predictor.predict([[1.0, 2.0]]).tolist() == ["high"]
    assert bundle.name == "classes"


def test_inspect_needs_no_trust_and_runs_nothing(path):
    bundle = modelpack.inspect(path)
    assert (bundle.name, bundle.verified, bundle.config["rate"]) == ("classes", False, 0.1)
    with pytest.raises(modelpack.ModelpackError):
        bundle.predictor()


def test_an_engine_that_is_not_there():
    with pytest.raises(modelpack.UnsupportedModelError, match="onnx"):
        modelpack.load(BYTES, UNSIGNED, engine="onnx")
    assert modelpack.load(BYTES, UNSIGNED, engine="native").engine == "native"


@pytest.mark.parametrize("threads", [0, -1, "many", 1.5, True, None])
def test_threads_are_a_number_or_auto(threads):
    with pytest.raises(modelpack.UsageError, match="threads"):
        modelpack.load(BYTES, UNSIGNED, threads=threads)


def test_the_public_names_are_there():
    for name in modelpack.__all__:
        assert getattr(modelpack, name) is not None
    assert set(modelpack.__all__) <= set(dir(modelpack))
    with pytest.raises(AttributeError, match="no_such_name"):
        modelpack.no_such_name  # noqa: B018


def test_public_safetensors_reads_every_tensor_member():
    with zipfile.ZipFile(VECTORS / "valid" / "xgboost-categories" / "bundle.mpk") as unzipped:
        members = {name: unzipped.read(name) for name in unzipped.namelist() if name.endswith(".safetensors")}
    assert len(members) == 3
    for data in members.values():
        ours, _ = parse_safetensors(data)
        theirs = public_safetensors.load(data)
        assert {name: array.tobytes() for name, array in theirs.items()} == {
            name: array.tobytes() for name, array in ours.items()
        }
