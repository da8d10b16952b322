"""The engine onnx of the core: which library is loaded, what it may read, and that it answers as native does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_bundle import external, graph, packed, with_model

import modelpack
from modelpack import UNSIGNED, UNSIGNED_ONNX
from modelpack.native import installed_onnxruntime


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory.mktemp("two") / "two.mpk")


def loaded(path: Path, **options: object) -> modelpack.Predictor:
    return modelpack.load(path, UNSIGNED_ONNX, name="two", engine="onnx", **options)


def test_it_answers_as_native_does(two):
    X = np.random.default_rng(6).normal(size=(3_000, 2))
    X[7, 1] = np.nan
    with modelpack.load(two, UNSIGNED, name="two") as native, loaded(two) as onnx, loaded(two, threads=2) as threads:
        assert (native.engine, onnx.engine) == ("native", "onnx")
        with pytest.raises(modelpack.InputError) as refused:
            native.predict(X)
        with pytest.raises(modelpack.InputError) as same:
            onnx.predict(X)
        assert str(same.value) == str(refused.value) and same.value.row == 7
        X[7, 1] = 0.5
        assert np.array_equal(onnx.predict(X), native.predict(X))
        assert onnx.predict_proba(X) == pytest.approx(native.predict_proba(X), rel=1e-14)
        assert np.array_equal(threads.predict_proba(X), onnx.predict_proba(X))
        assert onnx.predict_one(X[3]).probabilities == pytest.approx(native.predict_one(X[3]).probabilities, rel=1e-14)
        assert "ONNX Runtime" in onnx.plan()


def test_native_goes_first_and_the_large_parser_is_a_permission(two):
    with modelpack.load(two, UNSIGNED_ONNX, name="two") as predictor:
        assert predictor.engine == "native"
    with pytest.raises(modelpack.TrustError, match="does not permit the engine 'onnx'"):
        modelpack.load(two, UNSIGNED, name="two", engine="onnx")


def test_a_library_that_is_not_there_names_every_place(two, tmp_path, monkeypatch):
    absent = tmp_path / "libonnxruntime.so"
    with pytest.raises(modelpack.UnsupportedModelError) as refused:
        loaded(two, onnxruntime=absent)
    assert str(absent) in str(refused.value) and "no such file" in str(refused.value)
    monkeypatch.setenv("MODELPACK_ONNXRUNTIME", str(absent))
    with pytest.raises(modelpack.UnsupportedModelError, match="named by MODELPACK_ONNXRUNTIME"):
        loaded(two)
    monkeypatch.setenv("MODELPACK_ONNXRUNTIME", "libonnxruntime.so")
    with pytest.raises(modelpack.UnsupportedModelError, match="not an absolute path"):
        loaded(two)
    monkeypatch.delenv("MODELPACK_ONNXRUNTIME")
    monkeypatch.setattr("modelpack.native.installed_onnxruntime", lambda: None)
    try:
        loaded(two).close()  # this machine has one of its own
    except modelpack.UnsupportedModelError as error:
        for place in ("the option onnxruntime", "MODELPACK_ONNXRUNTIME", "package onnxruntime", "/usr/lib"):
            assert place in str(error)


def test_an_old_library_and_one_that_is_another_are_refused(two, tmp_path):
    source = tmp_path / "old.c"
    source.write_text(
        """
        static const void *api(unsigned version) { (void)version; return 0; }
        static const char *text(void) { return "1.16.3"; }
        static const struct { const void *(*get)(unsigned); const char *(*version)(void); } base = {api, text};
        const void *OrtGetApiBase(void) { return &base; }
        """
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "old.so", source], check=True)
    with pytest.raises(modelpack.UnsupportedModelError, match=r"1\.16\.3, older than 1\.24"):
        loaded(two, onnxruntime=tmp_path / "old.so")
    source.write_text("int other(void) { return 0; }")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "other.so", source], check=True)
    with pytest.raises(modelpack.UnsupportedModelError, match="not ONNX Runtime"):
        loaded(two, onnxruntime=tmp_path / "other.so")


def test_nothing_phones_home(two, tmp_path):
    """From 1.29 on the library leaves files in the home of a user whose predictions it tells of."""
    home = tmp_path / "home"
    home.mkdir()
    script = (
        "import sys, modelpack, time\n"
        "p = modelpack.load(sys.argv[1], modelpack.UNSIGNED_ONNX, name='two', engine='onnx')\n"
        "print(p.predict([[1.0, 2.0]])[0]); time.sleep(0.5)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "XDG_"))}
    environment |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run([sys.executable, "-c", script, two], env=environment, capture_output=True, text=True)
    assert found.stdout.strip() in ("True", "False"), found.stderr
    assert list(home.rglob("*")) == []


def refused_model(two: Path, tmp_path: Path, model: bytes) -> str:
    with pytest.raises(modelpack.FormatError) as refused:
        loaded(with_model(two, tmp_path / "changed.mpk", model))
    assert refused.value.name == "PROGRAM"
    return str(refused.value)


def test_data_in_other_files_are_refused_wherever_they_stand(two, tmp_path):
    product = helper.make_node("MatMul", ["features", "w"], ["y"])
    plain = helper.make_tensor("w", TensorProto.DOUBLE, [2, 1], [1.0, 2.0])
    inner = helper.make_graph([helper.make_node("Constant", [], ["c"], value=external())], "inner", [], [])
    located = helper.make_tensor("w", TensorProto.DOUBLE, [2, 1], [1.0, 2.0])
    located.data_location = TensorProto.EXTERNAL
    sparse = helper.make_sparse_tensor(external(), helper.make_tensor("i", TensorProto.INT64, [2], [0, 1]), [2, 1])
    for model in (
        graph(product, initializers=(external(),)),
        graph(product, initializers=(located,)),
        graph(helper.make_node("Constant", [], ["y"], value=external())),
        graph(helper.make_node("Constant", [], ["y"], sparse_value=sparse)),
        graph(product, helper.make_node("If", ["b"], ["z"], then_branch=inner), initializers=(plain,)),
    ):
        assert "other files" in refused_model(two, tmp_path, model.SerializeToString())


def test_operators_of_others_are_refused(two, tmp_path):
    node = helper.make_node("Anything", ["features"], ["y"], domain="com.evil")
    model = graph(node, opsets={"": 18, "com.evil": 1})
    assert "the domain 'com.evil'" in refused_model(two, tmp_path, model.SerializeToString())
    model = graph(node)  # not declared, but used
    assert "the domain 'com.evil'" in refused_model(two, tmp_path, model.SerializeToString())


def test_functions_are_refused(two, tmp_path):
    """They bring domains of their own, and unfold to any size."""
    node = helper.make_node("Twice", ["features"], ["y"], domain="com.microsoft")
    model = graph(node, opsets={"": 18})
    add = helper.make_node("Add", ["a", "a"], ["b"])
    model.functions.append(
        helper.make_function("com.microsoft", "Twice", ["a"], ["b"], [add], [helper.make_opsetid("", 18)])
    )
    assert refused_model(two, tmp_path, model.SerializeToString())
    del model.graph.node[:]
    assert "defines functions" in refused_model(two, tmp_path, model.SerializeToString())


def test_the_other_format_of_onnx_runtime_is_refused_though_it_reads_as_onnx(two, tmp_path):
    """A field that holds everything, to who reads protocol buffers; what ONNX Runtime took for its own before."""
    disguised = b"\x0a\x7e\x00\x00ORTM" + bytes(120)
    assert len(disguised) == 2 + 0x7E
    assert "own format" in refused_model(two, tmp_path, disguised)


@pytest.mark.parametrize("model", [b"\x00", b"\xff" * 40, b"\x3a\xff\xff\xff\xff\x0f", b"\x0b\x0c", b"plain text"])
def test_what_is_no_onnx_file_is_refused(two, tmp_path, model):
    assert "no ONNX file" in refused_model(two, tmp_path, model) or "not of its type" in refused_model(
        two, tmp_path, model
    )


def test_a_number_that_only_means_external_to_a_careless_reader(two, tmp_path):
    """2^32 + 1 is 1 in the 32 bits of an enumeration."""
    located = helper.make_tensor("w", TensorProto.DOUBLE, [2, 1], [1.0, 2.0]).SerializeToString()
    located += b"\x70" + b"\x81\x80\x80\x80\x10"
    tensor = b"\x2a" + bytes([len(located)]) + located  # GraphProto.initializer
    model = b"\x3a" + bytes([len(tensor)]) + tensor  # ModelProto.graph
    assert "other files" in refused_model(two, tmp_path, model)


def test_a_model_that_answers_otherwise_fails_on_the_golden_rows(two, tmp_path):
    weights = helper.make_tensor("w", TensorProto.DOUBLE, [2, 1], [1.0, 2.0])
    product = helper.make_node("MatMul", ["features", "w"], ["margin"])
    other = with_model(two, tmp_path / "o.mpk", graph(product, initializers=(weights,)).SerializeToString())
    with pytest.raises(modelpack.ModelpackError, match="ONNX Runtime"):
        loaded(other)


def test_the_installed_package_is_found_without_importing_it():
    found = installed_onnxruntime()
    assert found is not None and Path(found).is_file() and Path(found).is_absolute()
