"""The bounds that docs/SEMANTICS.md states for ONNX answers, and elementary functions against the core's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from plain_onnx import PlainOnnx

import modelpack
from modelpack.engines.made import make_engine
from modelpack.engines.onnx.bound import allowed_by
from modelpack.engines.onnx.lowering.link import SIGMOID_UNITS, SOFTMAX_UNITS
from modelpack.engines.onnx.value import EPSILON, EXACT, UNSTATED, Error
from modelpack.engines.source import Source
from modelpack.replay import canonical_bits

VALID = Path(__file__).resolve().parents[2] / "vectors" / "valid"
KINDS = {"f64": np.float64, "f32": np.float32}
FUNCTIONS = ["exp", "exp2", "expm1", "log", "log1p", "log2", "sqrt", "tanh", "abs", "neg", "square"]
EXACT_FUNCTIONS = {"sqrt", "abs", "neg", "square"}


def neighbours(powers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each number or one of the two next to it."""
    moves = rng.integers(-1, 2, powers.shape)
    inf = powers.dtype.type(np.inf)
    return np.where(moves < 0, np.nextafter(powers, -inf), np.where(moves > 0, np.nextafter(powers, inf), powers))


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_of_sigmoids_holds_whatever_the_powers_are(kind):
    rng, dtype = np.random.default_rng(1), KINDS[kind]
    powers = np.exp(rng.uniform(-80, 80, 200_000)).astype(dtype)
    one = dtype(1)
    exact, other = (one / (one + e) for e in (powers, neighbours(powers, rng)))
    allowed = allowed_by({"value": Error(SIGMOID_UNITS * EPSILON[kind])})({"value": exact})["value"]
    assert (np.abs(exact.astype(np.float64) - other) <= allowed).all()


@pytest.mark.parametrize("columns", [2, 3, 10, 100])
@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_of_softmax_holds_whatever_the_powers_are(kind, columns):
    rng, dtype = np.random.default_rng(2), KINDS[kind]
    scores = rng.normal(scale=5.0, size=(20_000, columns))
    powers = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(dtype)
    exact, other = (e / np.cumsum(e, axis=1)[:, -1:] for e in (powers, neighbours(powers, rng)))
    allowed = allowed_by({"value": Error((SOFTMAX_UNITS + columns) * EPSILON[kind])})({"value": exact})["value"]
    assert (np.abs(exact.astype(np.float64) - other) <= allowed).all()


def test_outputs_without_a_bound_need_the_same_bits():
    assert allowed_by({"value": EXACT, "label": UNSTATED}) is None
    allowed = allowed_by({"value": Error(1e-16), "label": UNSTATED})({"value": np.array([[2.0, np.inf, np.nan]])})
    assert list(allowed) == ["value"]
    assert allowed["value"].tolist()[0][1:] == [0.0, 0.0]


@pytest.mark.parametrize(
    "name, names",
    [("math-functions", FUNCTIONS), ("math-functions-float32", ["exp", "log", "sqrt", "abs", "neg", "square"])],
)
def test_elementary_functions_are_nearly_always_the_core_s(name, names):
    rng = np.random.default_rng(5)
    sizes = np.exp(rng.uniform(-60, 60, 8_000)) * rng.choice([-1, 1], 8_000)
    arguments = np.concatenate(
        [rng.normal(size=8_000), rng.normal(scale=20.0, size=8_000), 1 + rng.normal(scale=1e-3, size=4_000), sizes]
    )
    bundle = modelpack.open(VALID / name / "bundle.mpk", modelpack.UNSIGNED)
    (feature,) = bundle.schema.features
    arguments = arguments.astype(feature.dtype)
    native = bundle.predictor().predict_raw(arguments.reshape(-1, 1))["value"]
    made = make_engine("onnx", Source.of_bundle(bundle))
    plain = PlainOnnx(made.members["models/main/model.onnx"], made.members["models/main/onnx.json"])
    answers = plain.answers([{feature.name: value} for value in arguments])["value"]
    for column, function in enumerate(names):
        expected, found = native[:, column], answers[:, column]
        differ = canonical_bits(expected) != canonical_bits(found)
        assert differ.mean() <= (0.0 if function in EXACT_FUNCTIONS else 5e-4), function
        steps = np.abs(canonical_bits(expected).astype(np.int64) - canonical_bits(found).astype(np.int64))
        assert steps.max() <= 1, function
