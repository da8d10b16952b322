"""Machine code in a bundle: when packing, afterwards, for this machine and for others."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import modelpack
from modelpack.cli import main
from modelpack.engines.compiled.bounded import Bounds
from modelpack.engines.compiled.library import build_library
from modelpack.engines.compiled.making import c_files
from modelpack.engines.compiled.triple import Triple, host_triple
from modelpack.engines.source import Source

HOST = host_triple()
BOTH = ("native", "compiled")


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X, y), X


@pytest.fixture(scope="module")
def packed(cancer, tmp_path_factory: pytest.TempPathFactory) -> modelpack.Packed:
    """With the native engine alone."""
    model, X = cancer
    path = tmp_path_factory.mktemp("packed") / "cancer.mpk"
    return modelpack.pack(model, X, path, name="cancer", version="1.0.0", created_at=0)


def pinned(bundle: modelpack.Packed) -> modelpack.TrustPolicy:
    return modelpack.TrustPolicy.of_identity(bundle.identity, BOTH)


def test_pack_compares_compiled_answers_with_the_frameworks(cancer, tmp_path):
    model, X = cancer
    key = modelpack.keygen(tmp_path / "key.pem")
    made = modelpack.pack(
        model, X, tmp_path / "x.mpk", name="cancer", version="1.0.0", engines=BOTH, signers=key.private
    )
    assert made.report.engines["compiled"] == made.report.engines["native"]
    assert made.report.engines["compiled"].rows == len(X)
    with (
        modelpack.load(made, pinned(made), engine="compiled") as compiled,
        modelpack.load(made, pinned(made)) as native,
    ):
        assert (compiled.engine, native.engine) == ("compiled", "native")
        assert np.array_equal(compiled.predict_proba(X), native.predict_proba(X))
    with pytest.raises(modelpack.TrustError, match="compiled"):
        modelpack.load(made, key.public, engine="compiled")


def test_a_compiled_bundle_is_the_same_model_and_the_same_bytes_each_time(packed, tmp_path):
    paths = [tmp_path / "first.mpk", tmp_path / "second.mpk"]
    made = [
        modelpack.compile(packed, path, engine="compiled", trust=modelpack.UNSIGNED, name="cancer") for path in paths
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    before, after = modelpack.inspect(packed), modelpack.inspect(made[0])
    assert before.model_digest == after.model_digest
    assert before.identity != after.identity
    assert [engine["name"] for engine in after.manifest["engines"]] == list(BOTH)
    assert set(after.members) - set(before.members) == {HOST.member}


def test_libraries_for_other_machines_are_proved_here_and_only_they_are_kept(packed, tmp_path):
    triples = ["aarch64-linux-musl", "x86_64-windows-gnu"]
    path = tmp_path / "others.mpk"
    made = modelpack.compile(packed, path, engine="compiled", triples=triples, trust=modelpack.UNSIGNED)
    bundle = modelpack.inspect(made)
    entry = next(engine for engine in bundle.manifest["engines"] if engine["name"] == "compiled")
    assert entry["triples"] == triples
    assert entry["measured"]["probability"]["equal_rows"] == 32
    assert {name for name in bundle.members if name.endswith(".so")} == {Triple(name).member for name in triples}
    with pytest.raises(modelpack.UnsupportedModelError, match=r"it has .*'aarch64-linux-musl', 'x86_64-windows-gnu'"):
        modelpack.load(made, pinned(made), engine="compiled")
    assert modelpack.load(made, pinned(made)).engine == "native"


def test_compiling_again_replaces_the_libraries(packed, tmp_path):
    others = modelpack.compile(
        packed, tmp_path / "a.mpk", engine="compiled", triples=["aarch64-linux-gnu"], trust=modelpack.UNSIGNED
    )
    made = modelpack.compile(others, tmp_path / "b.mpk", engine="compiled", trust=pinned(others))
    assert {name for name in modelpack.inspect(made).members if name.endswith(".so")} == {HOST.member}


@pytest.mark.parametrize("triples", [["vax-linux-gnu"], ["aarch64-macos", "aarch64-macos"]])
def test_triples_that_are_wrong_are_refused(packed, tmp_path, triples):
    with pytest.raises(modelpack.UsageError, match="triple"):
        modelpack.compile(packed, tmp_path / "x.mpk", engine="compiled", triples=triples, trust=modelpack.UNSIGNED)
    assert not (tmp_path / "x.mpk").exists()


def test_the_command_compiles_and_inspect_shows_the_triple(packed, tmp_path, capsys):
    key = modelpack.keygen(tmp_path / "key.pem")
    signed = shutil.copy(packed, tmp_path / "signed.mpk")
    modelpack.sign(signed, key.private)
    path, triple = tmp_path / "x.mpk", "aarch64-linux-gnu" if HOST.base != "x86_64-linux-gnu" else f"{HOST.base}+v3"
    command = ["compile", str(signed), "--engine", "compiled", "--triple", triple, "-o", str(path)]
    assert main([*command, "--trust", str(key.public), "--name", "cancer"]) == 0
    assert "all with native's bits" in capsys.readouterr().out
    assert main(["inspect", str(path)]) == 0
    assert triple in capsys.readouterr().out


def test_threads_share_a_compiled_predictor(packed, cancer, tmp_path):
    _, X = cancer
    made = modelpack.compile(packed, tmp_path / "x.mpk", engine="compiled", trust=modelpack.UNSIGNED)
    rows = np.tile(X.to_numpy(), (10, 1))
    with modelpack.load(made, pinned(made), engine="compiled", threads=4) as predictor:
        right, wrong = modelpack.load(made, pinned(made)).predict_proba(rows), []

        def run() -> None:
            for _ in range(5):
                if not np.array_equal(predictor.predict_proba(rows), right):
                    wrong.append(1)

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong


def test_a_forest_of_1000_trees_of_255_leaves_is_compiled_within_bounds(tmp_path):
    rng = np.random.default_rng(11)
    X = rng.normal(size=(1500, 8))
    forest = ExtraTreesRegressor(1000, max_leaf_nodes=255, random_state=0).fit(X, X[:, 0] * X[:, 1] + X[:, 2])
    assert max(tree.tree_.n_leaves for tree in forest.estimators_) == 255
    made = modelpack.pack(forest, X[:100], tmp_path / "forest.mpk", name="forest", version="1.0.0", golden=4)
    files = c_files(Source.of_bundle(modelpack.inspect(made)))
    bounds = Bounds(seconds=120.0, memory_bytes=4 << 30)
    assert build_library(files, HOST, bounds).startswith(b"\x7fELF")


def test_partitioned_bundles_are_refused(tmp_path):
    partitions = Path(__file__).resolve().parents[2] / "vectors" / "valid" / "partitions" / "bundle.mpk"
    with pytest.raises(modelpack.UnsupportedModelError, match="partitioned"):
        modelpack.compile(partitions, tmp_path / "x.mpk", engine="compiled", trust=modelpack.UNSIGNED)
