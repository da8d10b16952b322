"""Every vector in a signed bundle with all engines, through each of them, as the other languages run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

import numpy as np
import pytest
from plain_onnx import vector_value

import modelpack
from modelpack.replay import canonical_bits, difference

ROOT = Path(__file__).resolve().parents[3]
VALID = ROOT / "tests" / "vectors" / "valid"
FOLDER = ROOT / "build" / "engine-vectors"
ENGINES = ("native", "onnx", "compiled")


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


NAMES = [line[0] for line in lines(VALID / "index.tsv") if line[0] != "partitions"]


@pytest.fixture(scope="module")
def index() -> dict[tuple[str, str], str]:
    """What each engine says of each vector; written where it is not there yet, or not of these sources."""
    tool = ROOT / "tools" / "engine_vectors.py"
    subprocess.run([sys.executable, tool, FOLDER], check=True, stdout=subprocess.DEVNULL)
    return {(name, engine): said for name, engine, said in lines(FOLDER / "index.tsv")}


def number(text: str, dtype: np.dtype) -> np.ndarray:
    if dtype.kind == "i":
        return np.array(int(text), dtype)
    return np.frombuffer(bytes.fromhex(text), dtype.newbyteorder(">")).astype(dtype)[0]


def matches(answer: np.ndarray, cells: list[str], bounds: list[str], dtype: np.dtype) -> bool:
    """Same bits, any NaN for a NaN, or no further away than the bound."""
    right = np.array([number(cell, dtype) for cell in cells])
    allowed = np.array([number(bound, np.dtype("f8")) for bound in bounds])
    return bool(
        (
            (canonical_bits(answer) == canonical_bits(right)) | ((allowed > 0) & (difference(right, answer) <= allowed))
        ).all()
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_every_engine_answers(name, engine, index):
    assert index[name, engine] == "ok"
    names, *inputs = lines(VALID / name / "input.tsv")
    features = [unquote_to_bytes(text).decode() for text in names]
    rows = [dict(zip(features, map(vector_value, cells), strict=True)) for cells in inputs]
    _, *expected = lines(VALID / name / "expected.tsv")
    _, *bounds = lines(FOLDER / f"{name}.bounds.tsv")
    with modelpack.load(FOLDER / f"{name}.mpk", FOLDER / "trust.json", name=name, engine=engine) as predictor:
        assert predictor.engine == engine and predictor.bundle.verified
        errors = predictor.predict_all(rows, errors="null")["error"]
        assert [error is None for error in errors] == [cells[0] == "ok" for cells in expected]
        for number, cells in enumerate(expected):
            if cells[0] != "ok":
                with pytest.raises(modelpack.InputError) as refused:
                    predictor.predict_raw([rows[number]])
                assert refused.value.name == cells[0]
        good = [number for number, cells in enumerate(expected) if cells[0] == "ok"]
        batch = predictor.predict_raw([rows[number] for number in good])
        for place, number in enumerate(good):
            single, start = predictor.predict_raw([rows[number]]), 1
            for output in predictor.schema.outputs:
                part, dtype = slice(start, start + output.columns), np.dtype(output.dtype)
                start += output.columns
                for answer in (batch[output.name][place], single[output.name][0]):
                    if engine == "onnx":
                        assert matches(np.ravel(answer), expected[number][part], bounds[number][part], dtype), output
                    else:
                        assert matches(np.ravel(answer), expected[number][part], ["0" * 16] * output.columns, dtype)
