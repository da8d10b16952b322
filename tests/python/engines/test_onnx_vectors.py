"""Every vector of a model with a program, exported and run under plain ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote_to_bytes

import numpy as np
import onnx
import pytest
from plain_onnx import PlainOnnx, vector_value

import modelpack
from modelpack.engines.made import make_engine
from modelpack.engines.source import Source
from modelpack.replay import canonical_bits, difference

VALID = Path(__file__).resolve().parents[2] / "vectors" / "valid"


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


VECTORS = [line[0] for line in lines(VALID / "index.tsv") if line[0] != "partitions"]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", VECTORS)
def test_an_exported_vector_answers_as_it_must(name, threads, record_property):
    bundle = modelpack.inspect(VALID / name / "bundle.mpk")
    made = make_engine("onnx", Source.of_bundle(bundle))
    model, description = made.members["models/main/model.onnx"], made.members["models/main/onnx.json"]
    onnx.checker.check_model(onnx.load_from_string(model), full_check=True)
    names, *inputs = lines(VALID / name / "input.tsv")
    features = [unquote_to_bytes(text).decode() for text in names]
    _, *expected = lines(VALID / name / "expected.tsv")
    good = [number for number, cells in enumerate(expected) if cells[0] == "ok"]
    rows = [dict(zip(features, map(vector_value, inputs[number]), strict=True)) for number in good]
    answers = PlainOnnx(model, description, threads).answers(rows)
    right, start = {}, 1
    for output in bundle.schema.outputs:
        cells = [expected[number][start : start + output.columns] for number in good]
        start += output.columns
        if output.dtype == "int64":
            right[output.name] = np.array(cells, dtype=np.int64)
        else:
            raw = b"".join(bytes.fromhex(cell) for row in cells for cell in row)
            dtype = np.dtype(output.dtype)
            right[output.name] = np.frombuffer(raw, dtype.newbyteorder(">")).astype(dtype).reshape(len(good), -1)
    allowed = made.bound(right) if made.bound is not None else {}
    equal = True
    for key, answer in answers.items():
        assert answer.dtype == right[key].dtype
        assert answer.shape == right[key].shape
        same = canonical_bits(answer) == canonical_bits(right[key])
        equal &= bool(same.all())
        bound = allowed.get(key)
        assert (same if bound is None else same | (difference(right[key], answer) <= bound)).all(), key
    record_property("equal", equal)
