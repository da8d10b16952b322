"""Which compiled libraries are loaded, and which are refused before any of their code runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from written_library import library, packed_line, signed

import modelpack
from modelpack.engines.compiled.triple import Triple, host_triple

HOST = host_triple()
OTHER = Triple("aarch64-macos")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> modelpack.Bundle:
    return packed_line(tmp_path_factory.mktemp("line") / "line.mpk")


@pytest.fixture(scope="module")
def right(line: modelpack.Bundle) -> bytes:
    return library(line, HOST)


@pytest.fixture
def key(tmp_path: Path) -> modelpack.KeyPair:
    return modelpack.keygen(tmp_path / "key.pem")


def policy(tmp_path: Path, key: modelpack.KeyPair, *engines: str) -> Path:
    rule = {"bundle": "line", "keys": ["test"], "engines": list(engines)}
    pem = key.public.read_text(encoding="utf-8")
    path = tmp_path / "trust.json"
    path.write_text(json.dumps({"modelpack_trust": 1, "keys": {"test": {"pem": pem}}, "rules": [rule]}))
    return path


def loaded(path: Path, trust: Path, engine: str | None = "compiled") -> modelpack.Predictor:
    return modelpack.load(path, trust, name="line", engine=engine)


def test_a_permitted_library_answers_with_the_same_bits(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: right}, key.private)
    trust = policy(tmp_path, key, "native", "compiled")
    rows = np.random.default_rng(3).normal(scale=100.0, size=(2000, 1))
    with loaded(path, trust) as compiled, loaded(path, trust, "native") as native:
        assert (compiled.engine, native.engine) == ("compiled", "native")
        assert np.array_equal(compiled.predict(rows), native.predict(rows))
        assert compiled.predict_one({"x": 0.7}).value == native.predict_one({"x": 0.7}).value
        assert f"compiled for {HOST}" in compiled.plan()
        assert compiled.stats()["x"].missing == 0


def test_native_is_used_unless_compiled_is_asked_for(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: right}, key.private)
    assert loaded(path, policy(tmp_path, key, "native", "compiled"), None).engine == "native"


def test_a_refused_cell_is_the_same_error_as_in_native(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: right}, key.private)
    trust = policy(tmp_path, key, "native", "compiled")
    rows = np.array([[1.0], [np.inf], [np.nan], [2.0]])
    found = []
    for engine in ("compiled", "native"):
        with loaded(path, trust, engine) as predictor:
            with pytest.raises(modelpack.InputError) as batch:
                predictor.predict(rows)
            with pytest.raises(modelpack.InputError) as one:
                predictor.predict_one({"x": float("inf")})
            errors = predictor.predict_all(rows, errors="null")["error"]
            found.append((str(batch.value), batch.value.feature, str(one.value), list(errors)))
    assert found[0] == found[1]


def test_nothing_is_loaded_without_permission(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: right}, key.private)
    for trust in (policy(tmp_path, key, "native", "onnx"), key.public, modelpack.UNSIGNED):
        with pytest.raises(modelpack.TrustError, match="compiled") as caught:
            loaded(path, trust)
        assert caught.value.name == "NOT_PERMITTED"


def test_an_unsigned_bundle_is_not_loaded_under_a_policy_that_permits_the_engine(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: right}, ())
    with pytest.raises(modelpack.TrustError):
        loaded(path, policy(tmp_path, key, "native", "compiled"))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"PROGRAM": "1, 2, 3"}, "compiled from another program"),
        ({"MODEL": "1, 2, 3"}, "compiled from another model"),
        ({"ABI": "2"}, "version 2 of the interface"),
        ({"SIZE": "8"}, "structure of 8 bytes"),
    ],
)
def test_a_library_of_something_else_is_refused(line, key, tmp_path, change, message):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: library(line, HOST, **change)}, key.private)
    with pytest.raises(modelpack.UnsupportedModelError, match=message) as caught:
        loaded(path, policy(tmp_path, key, "native", "compiled"))
    assert caught.value.name == "ENGINE"
    assert HOST.member in str(caught.value)


def test_a_library_that_answers_otherwise_is_refused_by_the_golden_rows(line, key, tmp_path):
    wrong = library(line, HOST, WEIGHT=float.hex(np.nextafter(1.1000000000000005, 2.0)))
    path = signed(line, tmp_path / "line.mpk", {HOST.member: wrong}, key.private)
    with pytest.raises(modelpack.FormatError) as caught:
        loaded(path, policy(tmp_path, key, "native", "compiled"))
    assert caught.value.name == "GOLDEN"


@pytest.mark.parametrize("change", [{"OP": "1"}, {"OP": "77"}, {"CODE": "3"}])
def test_a_library_that_fails_is_an_error_and_no_crash(line, key, tmp_path, change):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: library(line, HOST, **change)}, key.private)
    with loaded(path, policy(tmp_path, key, "native", "compiled")) as predictor:
        assert predictor.predict_one({"x": 1.0}).value == pytest.approx(1.4)
        with pytest.raises(modelpack.ModelpackError) as caught:
            predictor.predict_one({"x": float("inf")})
        assert caught.value.name == "ENGINE_FAILED"


def test_what_is_no_library_is_refused(line, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: b"\x7fELF and nothing more"}, key.private)
    with pytest.raises(modelpack.UnsupportedModelError, match="cannot be loaded"):
        loaded(path, policy(tmp_path, key, "native", "compiled"))


def test_a_tampered_library_is_refused_before_it_is_loaded(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {HOST.member: right}, key.private)
    data = bytearray(path.read_bytes())
    data[data.find(right) + len(right) // 2] ^= 1
    path.write_bytes(data)
    trust = policy(tmp_path, key, "native", "compiled")
    with pytest.raises(modelpack.FormatError) as caught:
        loaded(path, trust)
    assert caught.value.name == "DIGEST"
    assert loaded(path, trust, "native").predict_one({"x": 0.0}).value == pytest.approx(0.3)


def test_a_library_for_other_machines_is_named(line, right, key, tmp_path):
    path = signed(line, tmp_path / "line.mpk", {OTHER.member: right}, key.private)
    with pytest.raises(modelpack.UnsupportedModelError, match=f"it has '{OTHER}'") as caught:
        loaded(path, policy(tmp_path, key, "native", "compiled"))
    assert f"--triple {HOST}" in caught.value.hint


def test_the_best_library_for_the_processor_is_taken(line, right, key, tmp_path):
    members = {HOST.member: right}
    if HOST.base.startswith("x86_64-") and "avx2" in Path("/proc/cpuinfo").read_text():
        best = Triple(HOST.base, "+v3")
        members[best.member] = library(line, best)
    else:
        best = HOST
    path = signed(line, tmp_path / "line.mpk", members, key.private)
    with loaded(path, policy(tmp_path, key, "native", "compiled")) as predictor:
        assert f"compiled for {best}" in predictor.plan()


def test_libraries_come_and_go_without_being_mixed_up(line, right, key, tmp_path):
    other = packed_other(tmp_path)
    trust = policy(tmp_path, key, "native", "compiled")
    first = signed(line, tmp_path / "first.mpk", {HOST.member: right}, key.private)
    second = signed(other, tmp_path / "second.mpk", {HOST.member: library(other, HOST)}, key.private)
    for _ in range(20):
        with loaded(first, trust) as predictor:
            assert predictor.predict_one({"x": 1.0}).value == pytest.approx(1.4)
        with loaded(second, trust) as predictor:
            assert predictor.predict_one({"x": 1.0}).value == pytest.approx(7.0)


def packed_other(tmp_path: Path) -> modelpack.Bundle:
    from sklearn.linear_model import LinearRegression

    x = np.arange(20, dtype=np.float64).reshape(-1, 1)
    model = LinearRegression().fit(x, 2.0 * x[:, 0] + 5.0)
    modelpack.pack(model, x, tmp_path / "other.mpk", name="line", version="2.0.0", feature_names=["x"], created_at=0)
    return modelpack.inspect(tmp_path / "other.mpk")
