"""How features become the inputs of an ONNX model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import InputError, UnsupportedModelError
from modelpack.infer import is_null, sample_columns
from modelpack.schema import Feature

__all__ = ["Input", "as_model_takes", "feeds", "inputs_of", "sentinels"]

# ONNX's numbers of element types, by the names that onnx.json has.
DTYPES = {1: "float32", 11: "float64", 7: "int64", 6: "int32", 9: "bool", 8: "string"}
_NUMPY: dict[str, Any] = {"string": object, "bool": np.bool_}
# What a feature's values, and a missing one where the feature may lack it, can be told in.
_FITS = {
    "float64": ("float64", "float32"),
    "float32": ("float64", "float32"),
    "int64": ("float64", "float32", "int64", "int32"),
    "timestamp": ("float64", "int64"),
    "bool": ("float64", "float32", "int64", "int32", "bool"),
    "string": ("string",),
}


@dataclass(frozen=True)
class Input:
    """An input of the graph, and the features that are its columns."""

    name: str
    dtype: str
    features: tuple[str, ...]

    @property
    def shape(self) -> str:
        return "column" if len(self.features) == 1 else "matrix"


def inputs_of(graph: Any, features: Sequence[Feature], origin: str) -> tuple[Input, ...]:
    """The inputs of a graph: by name where an input is called as a feature, else in the order of the columns.

    Raises
    ------
    UnsupportedModelError
        An input is no matrix of rows, of another type than its features, or columns are left over.
    """
    constants = {one.name for one in graph.initializer}
    names = [feature.name for feature in features]
    given = [one for one in graph.input if one.name not in constants]
    by_name = len(given) > 1 and all(one.name in names for one in given)
    rest, found = list(names), []
    for one in given:
        dtype, width = _matrix(one, origin)
        count = len(rest) if width is None and len(given) == 1 else width or 1
        taken = [one.name] if by_name else rest[:count]
        if width not in (None, len(taken)):
            raise UnsupportedModelError(
                origin,
                f"the input {one.name!r} takes {width} columns, and the sample has {len(taken)} for it",
                "give the sample the columns of the model, in its order",
            )
        rest = [name for name in rest if name not in taken]
        found.append(Input(one.name, dtype, tuple(taken)))
    if rest:
        raise UnsupportedModelError(
            origin,
            f"no input of the model takes the column{'s' if len(rest) > 1 else ''} {', '.join(map(repr, rest[:5]))}",
            "leave them out of the sample",
        )
    dtypes = {feature.name: feature.dtype for feature in features}
    for known in found:
        _check(known, dtypes, origin)
    return tuple(found)


def _matrix(one: Any, origin: str) -> tuple[str, int | None]:
    """Element type, and number of columns where the graph states it."""
    tensor = one.type.tensor_type
    dtype = DTYPES.get(tensor.elem_type)
    dimensions = list(tensor.shape.dim)
    if not one.type.HasField("tensor_type") or dtype is None or len(dimensions) != 2:
        raise UnsupportedModelError(
            origin,
            f"the input {one.name!r} is no matrix [rows, columns] of numbers or strings",
            "export the model with such inputs",
        )
    first, width = dimensions[0], dimensions[1]
    if first.HasField("dim_value") and first.dim_value > 0:
        raise UnsupportedModelError(
            origin,
            f"the input {one.name!r} takes {first.dim_value} row(s) at a time",
            "export the model with a dynamic first dimension",
        )
    return dtype, width.dim_value if width.HasField("dim_value") and width.dim_value > 0 else None


def _check(one: Input, dtypes: dict[str, str], origin: str) -> None:
    if one.dtype == "string" and len(one.features) != 1:
        raise UnsupportedModelError(
            origin, f"the input {one.name!r} is a matrix of strings", "export the model with an input for each column"
        )
    for name in one.features:
        if one.dtype not in _FITS[dtypes[name]]:
            raise UnsupportedModelError(
                origin,
                f"the column {name!r} is {dtypes[name]}, and the input {one.name!r} takes {one.dtype}",
                f"give the sample's column the type {one.dtype}",
            )


def as_model_takes(features: Sequence[Feature], inputs: Sequence[Input]) -> tuple[Feature, ...]:
    """Features whose missing values the model can be told pass them on; the others refuse them."""
    tells = {name for one in inputs if one.dtype in ("float32", "float64") for name in one.features}
    return tuple(
        feature
        if feature.name in tells or feature.missing != "model"
        else replace(feature, missing="reject", optional=False)
        for feature in features
    )


def sentinels(texts: Sequence[str]) -> dict[str, str]:
    """What stands for a text that is none: in no dictionary."""
    found = {}
    for kind in ("null", "nan", "unseen"):
        text = f"<{kind}>"
        while text in texts:
            text = f"<{text}>"
        found[kind] = text
    return found


def feeds(inputs: Sequence[Input], X: Any, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Rows as the graph's own inputs, each column cast on its own.

    Raises
    ------
    InputError
        A value is missing where the input's type cannot tell it.
    """
    columns = sample_columns(X, names if not hasattr(X, "columns") else None)
    found = {}
    for one in inputs:
        parts = [_cast(columns[name], name, one.dtype) for name in one.features]
        found[one.name] = np.ascontiguousarray(np.column_stack(parts))
    return found


def _cast(column: Any, name: str, dtype: str) -> npt.NDArray[Any]:
    values = np.asarray(column)
    if dtype in ("float32", "float64") and values.dtype.kind in "iufb":
        return values.astype(dtype)
    listed = [None if is_null(value) else value for value in np.asarray(column, dtype=object).tolist()]
    if dtype in ("float32", "float64"):
        return np.array([np.nan if value is None else value for value in listed], dtype=dtype)
    if None in listed:
        raise InputError(
            f"row {listed.index(None)} of the sample has no {name!r}, which an input of {dtype} cannot tell",
            feature=name,
            row=listed.index(None),
            hint="fill it, or leave such rows out",
        )
    return np.array(listed, dtype=_NUMPY.get(dtype, dtype))
