"""The classes of a label, from what a framework or the caller calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelpack.errors import InputError, UnsupportedModelError
from modelpack.schema import Classes

_DTYPES = {"i": "int64", "u": "int64", "f": "float64", "b": "bool", "U": "string"}


def label_classes(labels: Any, origin: str) -> Classes:
    """Classes in the order of `labels`, with the numpy dtype that the framework's `predict` answers in.

    Raises
    ------
    UnsupportedModelError
        The labels are neither numbers, bools nor strings.
    """
    array = np.asarray(labels)
    values = array.tolist()
    kind = _DTYPES.get(array.dtype.kind) or _object_kind(values)
    if kind is None:
        raise UnsupportedModelError(
            origin,
            f"classes of the types {sorted({type(v).__name__ for v in values})}",
            "train on numbers, bools or strings",
        )
    return Classes(dtype=kind, numpy=array.dtype.str, values=tuple(values))


def given_classes(classes: Sequence[Any], count: int, origin: str) -> Classes:
    """The classes that the caller names for a model that knows only their number."""
    if len(classes) != count:
        raise InputError(f"classes names {len(classes)} classes and the model has {count}")
    return label_classes(classes, origin)


def _object_kind(values: list[Any]) -> str | None:
    for kind, types in (("string", (str,)), ("bool", (bool,)), ("int64", (int,)), ("float64", (float,))):
        if all(isinstance(value, types) for value in values):
            return kind
    return None
