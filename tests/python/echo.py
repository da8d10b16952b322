"""Small bundles whose answers are known without a framework.

`echo_bundle` answers its own features as float64 numbers, so that a test sees what became of each value on its way to
the core; `classifier_bundle` answers label, probability and margin of three classes from two numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from modelpack._core import write_bundle
from modelpack.canonical import canonical_json, safetensors_bytes, typed
from modelpack.golden import golden_member
from modelpack.members import dictionary_member, empty_answers
from modelpack.program import Builder, Value
from modelpack.schema import Classes, Feature, Output, Schema

NONE_CODE, NAN_CODE, UNSEEN_CODE = -1.0, -2.0, -3.0


def echo_bundle(
    features: Sequence[Feature], categories: Mapping[str, Sequence[str]] | None = None, name: str = "echo"
) -> bytes:
    """A model that answers, per feature, the number it was given; for a string its code, or -1 None, -2 NaN, -3 unseen.

    A timestamp cannot enter arithmetic and is not answered.
    """
    builder = Builder(features)
    known = categories or {}
    echoed = [
        _echo(builder, feature, known.get(feature.name, ())) for feature in features if feature.dtype != "timestamp"
    ]
    for feature in features:
        builder.input(feature.name)
    builder.output("value", builder.op("concat@1", *echoed, origin="echo"))
    return bundle_bytes(
        builder, Schema(tuple(features), (Output("value", "float64", len(echoed)),)), "regression", name
    )


def _echo(builder: Builder, feature: Feature, categories: Sequence[str]) -> Value:
    value = builder.input(feature.name)
    if feature.dtype == "string":
        codes = [float(builder.code(feature.name, category)) for category in categories]
        table = np.array([*codes, NONE_CODE, NAN_CODE, UNSEEN_CODE]).reshape(-1, 1)
        return builder.op("lookup@1", value, origin=feature.name, tensors={"table": table})
    return builder.op("cast@1", value, origin=feature.name, to="f64")


def classifier_bundle(classes: Classes | None = None, framework: str = "sklearn") -> bytes:
    """A model of the features a and b with margins (a, b, a + b), softmax probabilities and three classes."""
    features = (Feature("a", "float64"), Feature("b", "float64"))
    found = classes or Classes("string", "<U6", ("low", "middle", "high"))
    builder = Builder(features)
    both = builder.op("concat@1", builder.input("a"), builder.input("b"), origin="all")
    weight = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    margin = builder.op("linear@1", both, origin="model", tensors={"weight": weight}, bias="none", nan="keep")
    probability = builder.op("softmax@1", margin, origin="model", form="numpy")
    builder.output("label", builder.op("argmax@1", margin, origin="model"))
    builder.output("probability", probability)
    builder.output("margin", margin)
    outputs = (
        Output("label", "int64", 1, found),
        Output("probability", "float64", 3, found),
        Output("margin", "float64", 3),
    )
    return bundle_bytes(builder, Schema(features, outputs), "multiclass", "classes", framework)


def bundle_bytes(
    builder: Builder, schema: Schema, task: str, name: str, framework: str = "sklearn", version: str = "1.2.0"
) -> bytes:
    """The bytes of the bundle of a built program, without golden rows."""
    program = builder.finish()
    none = empty_answers(schema)
    members = {
        "schema.json": schema.to_json(),
        "programs.json": canonical_json({program.digest: program.json.decode()}),
        "models/main/tensors.safetensors": safetensors_bytes(program.tensors, {"program": program.digest}),
        "golden.safetensors": golden_member(
            np.zeros((0, len(schema.features)), np.uint64), schema.outputs, none, none, None, "given"
        ),
        "config.json": canonical_json(typed({"framework": framework, "rate": 0.1})),
        "metrics.json": canonical_json(typed({"splits": {"test": {"rmse": 0.25}}})),
        "record.json": canonical_json({"author": "tests"}),
        **dictionary_member(program.dictionaries),
    }
    manifest = {
        "created_at": "2026-01-01T00:00:00Z",
        "engines": [{"name": "native", "requires": sorted([*program.uses, "math@1"])}],
        "format": {"major": 1, "minor": 0},
        "name": name,
        "partition_keys": [],
        "requires": [],
        "task": task,
        "version": version,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.mpk"
        write_bundle(path, canonical_json(manifest), members, False)
        return path.read_bytes()
