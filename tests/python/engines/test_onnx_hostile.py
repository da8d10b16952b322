"""Exported models on rows that look for differences, beside the native engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hostile_rows import hostile_rows
from plain_onnx import PlainOnnx
from test_onnx_vectors import VECTORS

import modelpack
from modelpack.engines.made import make_engine
from modelpack.engines.source import Source
from modelpack.replay import canonical_bits, difference

VALID = Path(__file__).resolve().parents[2] / "vectors" / "valid"


@pytest.mark.parametrize("name", VECTORS)
def test_hostile_rows_get_the_native_answers(name):
    bundle = modelpack.open(VALID / name / "bundle.mpk", modelpack.UNSIGNED)
    source = Source.of_bundle(bundle)
    made = make_engine("onnx", source)
    with bundle.predictor() as predictor:
        rows = hostile_rows(source, 400)
        errors = predictor.predict_all(rows, errors="null")["error"]
        good = [row for row, error in zip(rows, errors, strict=True) if error is None]
        assert len(good) > 10
        native = predictor.predict_raw(good)
    plain = PlainOnnx(made.members["models/main/model.onnx"], made.members["models/main/onnx.json"])
    answers = plain.answers(good)
    allowed = made.bound(native) if made.bound is not None else {}
    for key, answer in answers.items():
        same = canonical_bits(answer) == canonical_bits(native[key])
        near = difference(native[key], answer) <= allowed[key] if key in allowed else np.zeros_like(same)
        wrong = np.flatnonzero(~(same | near).all(axis=1))
        assert not len(wrong), (key, good[wrong[0]], native[key][wrong[0]], answer[wrong[0]])
