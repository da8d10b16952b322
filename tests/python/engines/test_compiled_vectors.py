"""Every vector of a model without partitions, as machine code: for this machine in the core, for ARM in an emulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import emulated
import numpy as np
import pytest
from hostile_rows import hostile_rows
from plain_onnx import vector_value

import modelpack
from modelpack.canonical import parse_safetensors
from modelpack.compiling import draft_of
from modelpack.engines.adding import opened_draft
from modelpack.engines.compiled.library import build_library
from modelpack.engines.compiled.making import c_files, make_compiled
from modelpack.engines.compiled.triple import Triple
from modelpack.engines.source import Source
from modelpack.replay import canonical_bits

VALID = Path(__file__).resolve().parents[2] / "vectors" / "valid"


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


VECTORS = [line[0] for line in lines(VALID / "index.tsv") if line[0] != "partitions"]


def refusal(call: Any) -> str:
    with pytest.raises(modelpack.ModelpackError) as caught:
        call()
    return caught.value.name


def bits_of(cells: list[str], output: modelpack.Output) -> bytes:
    if output.dtype == "int64":
        return np.array([int(cell) for cell in cells], dtype=np.int64).tobytes()
    return b"".join(bytes.fromhex(cell)[::-1] for cell in cells)


@pytest.mark.parametrize("name", VECTORS)
def test_a_compiled_vector_answers_to_the_bit(name):
    bundle = modelpack.open(VALID / name / "bundle.mpk", modelpack.UNSIGNED)
    source = Source.of_bundle(bundle)
    draft = draft_of(bundle).with_engine(make_compiled(source))
    names, *inputs = lines(VALID / name / "input.tsv")
    features = [unquote_to_bytes(text).decode() for text in names]
    rows = [dict(zip(features, map(vector_value, cells), strict=True)) for cells in inputs]
    _, *expected = lines(VALID / name / "expected.tsv")
    good = [number for number, cells in enumerate(expected) if cells[0] == "ok"]
    with opened_draft(draft, "compiled") as predictor, bundle.predictor() as native:
        assert predictor.engine == "compiled"
        errors = predictor.predict_all(rows, errors="null")["error"]
        for number, (status, *_) in enumerate(expected):
            assert (errors[number] is None) == (status == "ok")
            if status != "ok":
                assert refusal(lambda n=number: predictor.predict_one(rows[n])) == status
                assert refusal(lambda n=number: predictor.predict_raw([rows[n]])) == status
        raw = predictor.predict_raw([rows[number] for number in good])
        for place, number in enumerate(good):
            single, start = predictor.predict_raw([rows[number]]), 1
            for output in bundle.schema.outputs:
                bits = bits_of(expected[number][start : start + output.columns], output)
                start += output.columns
                assert raw[output.name][place].tobytes() == bits, output.name
                assert single[output.name][0].tobytes() == bits, output.name
        compare_hostile(source, predictor, native)


def compare_hostile(source: Source, predictor: modelpack.Predictor, native: modelpack.Predictor) -> None:
    """The same answers and the same errors as native's, word for word."""
    rows = hostile_rows(source, 400)
    answers, right = (engine.predict_all(rows, errors="null") for engine in (predictor, native))
    assert [str(error) for error in answers["error"]] == [str(error) for error in right["error"]]
    good = [row for row, error in zip(rows, right["error"], strict=True) if error is None]
    answers, right = predictor.predict_raw(good), native.predict_raw(good)
    for key, answer in answers.items():
        assert np.array_equal(canonical_bits(answer), canonical_bits(right[key])), key


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return emulated.build_runner(tmp_path_factory.mktemp("runner"))


# Policies are the core's affair: their cells would have to be put in place first.
@pytest.mark.skipif(not emulated.available, reason=emulated.missing)
@pytest.mark.parametrize("name", [name for name in VECTORS if name != "policies"])
def test_a_vector_compiled_for_arm_answers_its_golden_rows(name, runner, tmp_path):
    bundle = modelpack.inspect(VALID / name / "bundle.mpk")
    source = Source.of_bundle(bundle)
    library = tmp_path / "model.so"
    library.write_bytes(build_library(c_files(source), Triple("aarch64-linux-gnu")))
    golden, _ = parse_safetensors(bundle.member("golden.safetensors"))
    code, answers = emulated.answers(runner, library, source, golden["cells"])
    assert code == 0
    for output in bundle.schema.outputs:
        right = golden[f"native.{output.name}"]
        assert np.array_equal(canonical_bits(answers[output.name]), canonical_bits(right)), output.name
