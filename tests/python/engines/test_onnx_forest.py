"""Forests of every kind that the format has, exported: missing, zero, categories, vectors, single leaves, −0.0."""

from __future__ import annotations

import numpy as np
import pytest
from plain_onnx import PlainOnnx
from written_program import written_program

from modelpack.engines.made import make_engine
from modelpack.engines.source import Source
from modelpack.program import Builder, Forest, Tree
from modelpack.program.forest import FLAG_CATEGORICAL
from modelpack.replay import canonical_bits
from modelpack.schema import Feature, Output

COLUMNS = 4
EDGES = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-36, -1e-36, 5e-324, -0.5, -1.0, 31.0, 32.0, 63.9, 64.0, 1e9])


def random_tree(rng: np.random.Generator, dtype: type, splits: int, leaf_shape: tuple[int, ...], sets: bool) -> Tree:
    """A tree of so many splits, each leaf and node the child of one node behind its parent."""
    left, right = np.zeros(splits, np.int64), np.zeros(splits, np.int64)
    open_places: list[tuple[np.ndarray, int]] = []
    for node in range(splits):
        if node:
            side, parent = open_places.pop(rng.integers(len(open_places)))
            side[parent] = node
        open_places += [(left, node), (right, node)]
    for leaf, (side, parent) in enumerate(open_places):
        side[parent] = ~leaf
    flags = (rng.integers(0, 2, splits) << 1) | (rng.integers(0, 3, splits) << 2)
    threshold = rng.choice(np.concatenate([rng.normal(size=20), [0.0, -0.0, np.inf, 1e-36, 3.0]]), splits).astype(dtype)
    categories = {}
    for node in np.flatnonzero(rng.random(splits) < 0.4) if sets else ():
        flags[node] |= FLAG_CATEGORICAL | (int(rng.integers(0, 4)) << 4)
        threshold[node] = 0
        categories[int(node)] = rng.integers(0, 2**32, rng.integers(0, 3), dtype=np.uint32)
    leaves = rng.normal(size=(splits + 1, *leaf_shape))
    leaves[rng.random(leaves.shape) < 0.2] = -0.0
    return Tree(
        feature=rng.integers(0, COLUMNS, splits),
        threshold=threshold,
        left=left,
        right=right,
        flags=flags.astype(np.uint8),
        leaf=leaves,
        categories=categories,
    )


KINDS = [
    # input of the forest, thresholds, leaves, sum, comparison, cast of categories
    ("f32", np.float32, np.float32, "f32", "lt", "trunc"),
    ("f64", np.float64, np.float64, "f64", "le", "trunc_nonneg"),
    ("f32", np.float64, np.float64, "f64", "le", "trunc"),
    ("f64", np.float64, np.float32, "f64", "lt", "trunc"),
    ("f64", np.float64, np.float64, "f32", "le", "trunc"),
]
EMITS = ["sum", "sum of vectors", "leaf_value", "leaf_index"]


@pytest.mark.parametrize("emit", EMITS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(str(getattr(one, "__name__", one)) for one in kind))
@pytest.mark.parametrize("seed", range(4))
def test_forests_answer_as_natively(emit, kind, seed):
    rng = np.random.default_rng(seed)
    given, threshold, leaf, total, compare, cast = kind
    vectors = emit == "sum of vectors"
    outputs = 3 if emit.startswith("sum") else 1
    forest = Forest(threshold, leaf)
    for tree in range(11):
        splits = int(rng.choice([0, 1, 6, 30]))
        made = random_tree(rng, threshold, splits, (outputs,) if vectors else (), sets=seed % 2 == 0)
        # Outputs of several lengths, and one that starts from -0.0 and may have no other summand.
        forest.add(made, -1 if vectors else 0 if seed == 3 else min(int(tree % 5), outputs - 1))
    features = [Feature(f"x{column}", "float64") for column in range(COLUMNS)]
    builder = Builder(features)
    block = builder.op("concat@1", *(builder.input(one.name) for one in features), origin="input")
    init = rng.choice([0.25, 0.0, -0.0], outputs).astype({"f64": np.float64, "f32": np.float32}[total])
    options = {"input": given, "compare": compare, "acc": total, "category_cast": cast, "emit": emit.split()[0]}
    value = builder.op("forest@1", block, origin="forest", tensors=forest.tensors(init), **options)
    if emit == "leaf_index":
        value = builder.op("cast@1", value, origin="cast", to="f64")
    builder.output("value", value)
    output = Output("value", {"f64": "float64", "f32": "float32"}[value.type], value.width)
    bundle = written_program(builder, features, [output])
    X = rng.choice(np.concatenate([EDGES, rng.normal(size=30), np.arange(70.0)]), (400, COLUMNS))
    native = bundle.predictor().predict_raw(X)["value"]
    made = make_engine("onnx", Source.of_bundle(bundle))
    assert made.bound is None
    for threads in (1, 2):
        plain = PlainOnnx(made.members["models/main/model.onnx"], made.members["models/main/onnx.json"], threads)
        rows = [dict(zip((one.name for one in features), row, strict=True)) for row in X.tolist()]
        answer = plain.answers(rows)["value"]
        np.testing.assert_array_equal(canonical_bits(answer), canonical_bits(native))
        np.testing.assert_array_equal(canonical_bits(plain.answers(rows[:1])["value"]), canonical_bits(native[:1]))
