"""Pickles: a predictor is reopened by path and identity, and never carries the permission to be unsigned."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys

import numpy as np
import pytest
from echo import classifier_bundle, echo_bundle

import modelpack
from modelpack import UNSIGNED, Feature

X = np.array([[3.0, 0.0], [0.0, 3.0]])


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "classes.mpk"
    place.write_bytes(classifier_bundle())
    return place


def test_a_pickle_names_the_file_and_its_identity_only(path):
    predictor = modelpack.load(path, UNSIGNED)
    data = pickle.dumps(predictor)
    assert str(path).encode() in data and predictor.bundle.identity.encode() in data
    assert b"UNSIGNED" not in data and len(data) < 600


def test_unpickling_never_opens_what_only_unsigned_permits(path):
    predictor = modelpack.load(path, UNSIGNED)
    with pytest.raises(modelpack.TrustError, match="no pickle carries") as caught:
        pickle.loads(pickle.dumps(predictor))
    assert caught.value.name == "UNTRUSTED"
    assert (
        f"modelpack.load({str(path)!r}, modelpack.UNSIGNED, identity={predictor.bundle.identity!r})"
        in caught.value.hint
    )
    again = modelpack.load(str(path), UNSIGNED, identity=predictor.bundle.identity)
    np.testing.assert_array_equal(again.predict(X), predictor.predict(X))


def test_another_process_is_refused_too(path, tmp_path):
    stored = tmp_path / "predictor.pickle"
    stored.write_bytes(pickle.dumps(modelpack.load(path, UNSIGNED)))
    code = "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))"
    ended = subprocess.run([sys.executable, "-c", code, str(stored)], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert (
        ended.stderr.strip().splitlines()[-1].startswith("modelpack.errors.TrustError: the predictor was opened with")
    )


def test_unpickling_notices_another_file(path):
    data = pickle.dumps(modelpack.load(path, UNSIGNED))
    path.unlink()
    with pytest.raises(FileNotFoundError):
        pickle.loads(data)


def test_a_predictor_from_memory_cannot_be_pickled():
    with pytest.raises(modelpack.UsageError, match="from a file"):
        pickle.dumps(modelpack.load(classifier_bundle(), UNSIGNED))


def test_a_relative_path_is_kept_whole(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    assert str(path).encode() in pickle.dumps(modelpack.load("classes.mpk", UNSIGNED))


def test_predictions_survive_a_pickle():
    features = [Feature("x", "float64"), Feature("s", "string")]
    predictor = modelpack.load(echo_bundle(features, {"s": ["a"]}), UNSIGNED)
    one = predictor.predict_one({"x": None, "s": "new"})
    again = pickle.loads(pickle.dumps(one))
    assert again == one or np.isnan(again.value[0])
    assert (again.missing, again.unseen, again.identity) == (("x",), ("s",), predictor.bundle.identity)


def test_schemas_and_errors_survive_a_pickle(path):
    schema = modelpack.load(path, UNSIGNED).schema
    assert pickle.loads(pickle.dumps(schema)) == schema


FORKING = """
import multiprocessing, sys, modelpack
predictor = modelpack.load(sys.argv[1], modelpack.UNSIGNED)
before = predictor.predict_one([3.0, 0.0]).label
def answer(row):
    return predictor.predict_one(row).label
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(before, *pool.map(answer, [[3.0, 0.0], [0.0, 3.0]]))
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="the platform does not fork")
def test_forked_workers_use_the_predictor_that_they_inherit(path):
    ended = subprocess.run([sys.executable, "-c", FORKING, str(path)], capture_output=True, text=True, check=False)
    assert ended.stdout.split() == ["low", "low", "middle"], ended.stderr
