"""What the graph takes: features as tensors, and what stands for a value that is missing or unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelpack.engines.onnx.graph import ML_DOMAIN, Graph
from modelpack.engines.onnx.lowering.shape import MISSING_INTEGER
from modelpack.engines.onnx.value import Lowered
from modelpack.engines.source import Source
from modelpack.errors import UnsupportedModelError
from modelpack.program.value import TYPE_OF_DTYPE
from modelpack.schema import Default, Feature

__all__ = ["Input", "feature_inputs", "lowered_inputs"]

MATRIX = "features"

# ONNX types by dtype of a feature; a bool is a number, so that NaN can be its missing value.
_ONNX_DTYPES = {
    "float64": "float64",
    "float32": "float32",
    "int64": "int64",
    "bool": "float64",
    "timestamp": "int64",
    "string": "string",
}
# What stands for a missing or unseen string, which ONNX does not have.
_SENTINELS = {"null": "<null>", "nan": "<nan>", "unseen": "<unseen>"}


@dataclass(frozen=True)
class Input:
    """One input of the graph, as `onnx.json` describes it.

    Attributes
    ----------
    name : str
    dtype : str
        ``float64``, ``float32``, ``int64`` or ``string``.
    shape : str
        ``column`` [N, 1], or ``matrix`` [N, features].
    features : tuple of str
    missing : mapping of str to str
        For strings what stands for ``null``, ``nan``, ``unseen``; for integers for ``null``. Empty where NaN does.
    """

    name: str
    dtype: str
    shape: str
    features: tuple[str, ...]
    missing: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "dtype": self.dtype,
            "features": list(self.features),
            "name": self.name,
            "shape": self.shape,
        }
        return {**found, "missing": dict(self.missing)} if self.missing else found


def features_read(source: Source) -> list[Feature]:
    """The features that the program reads, in its order."""
    by_name = {feature.name: feature for feature in source.schema.features}
    return [by_name[entry["feature"]] for entry in source.program["inputs"]]


def feature_inputs(source: Source) -> list[Input]:
    """One matrix where all features are numbers of one type, else a column for each feature."""
    features = features_read(source)
    dtypes = {feature.dtype for feature in features}
    if len(features) > 1 and len(dtypes) == 1 and dtypes <= {"float64", "float32"}:
        (dtype,) = dtypes
        return [Input(MATRIX, dtype, "matrix", tuple(feature.name for feature in features), {})]
    if not features:
        raise UnsupportedModelError(source.name, "a program that reads no feature has no form in ONNX")
    return [
        Input(feature.name, _ONNX_DTYPES[feature.dtype], "column", (feature.name,), _missing(source, feature))
        for feature in features
    ]


def _missing(source: Source, feature: Feature) -> dict[str, str]:
    if feature.dtype in ("int64", "timestamp"):
        return {"null": str(MISSING_INTEGER)}
    if feature.dtype != "string":
        return {}
    categories = set(_categories(source, feature))
    found = {}
    for kind, text in _SENTINELS.items():
        while text in categories:
            text = f"<{text}>"
        found[kind] = text
    return found


def _categories(source: Source, feature: Feature) -> list[str]:
    return source.dictionaries.get(source.schema.features.index(feature), [])


def lowered_inputs(graph: Graph, source: Source, inputs: list[Input]) -> dict[str, Lowered]:
    """The values of the program's inputs, by the names that the program gives them."""
    graph.columns_to_rows(inputs[0].name)
    columns = {
        name: found.name if found.shape == "column" else graph.gather(found.name, [index], 1)
        for found in inputs
        for index, name in enumerate(found.features)
    }
    missing = {name: found.missing for found in inputs for name in found.features}
    values = {entry["feature"]: entry["value"] for entry in source.program["inputs"]}
    return {
        values[feature.name]: _value(graph, source, feature, columns[feature.name], missing[feature.name])
        for feature in features_read(source)
    }


def _value(graph: Graph, source: Source, feature: Feature, name: str, missing: Mapping[str, str]) -> Lowered:
    kind = TYPE_OF_DTYPE[feature.dtype]
    if kind == "code":
        return _code(graph, source, feature, name, missing)
    if isinstance(feature.missing, Default):
        dtype = {"float32": np.float32, "int64": np.int64, "timestamp": np.int64}.get(feature.dtype, np.float64)
        integer = dtype is np.int64
        absent = graph.op("Equal", name, graph.constant(MISSING_INTEGER, dtype)) if integer else graph.op("IsNaN", name)
        name = graph.op("Where", absent, graph.constant(np.array([feature.missing.value], dtype=dtype)), name)
    return Lowered(name, kind, 1)


def _code(graph: Graph, source: Source, feature: Feature, name: str, missing: Mapping[str, str]) -> Lowered:
    """A category's code; a text that is neither a category nor a sentinel is unseen, as in the core."""
    categories = _categories(source, feature)
    codes = {text: code for code, text in enumerate(categories)}
    unseen = codes.get(str(feature.unseen.value), -3) if isinstance(feature.unseen, Default) else -3
    null, nan = -1, -2
    if isinstance(feature.missing, Default):
        null = nan = codes.get(str(feature.missing.value), unseen)
    code = graph.op(
        "LabelEncoder",
        name,
        domain=ML_DOMAIN,
        keys_strings=[*categories, missing["null"], missing["nan"], missing["unseen"]],
        values_int64s=[*range(len(categories)), null, nan, unseen],
        default_int64=unseen,
    )
    return Lowered(code, "code", 1, size=len(categories))
