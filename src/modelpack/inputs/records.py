"""Batches from lists of rows: dictionaries by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelpack._core import Handle
from modelpack.binding import absent, refuse_extra
from modelpack.encoder import FeatureEncoder, RowEncoder
from modelpack.errors import InputError
from modelpack.inputs.arrow import is_arrow
from modelpack.inputs.batch import Matrix, Problems
from modelpack.values import NULL

__all__ = ["plain_rows", "record_batch", "record_values"]


def record_values(row: Mapping[Any, Any], features: Sequence[FeatureEncoder]) -> list[Any]:
    """The row's values in schema order; an absent optional feature is a null.

    Raises
    ------
    InputError
        FEATURE_ABSENT: a required feature is not there; it suggests the nearest name that is.
    """
    found: list[Any] = []
    for item in features:
        name = item.feature.name
        if name in row:
            found.append(row[name])
        elif item.feature.optional:
            found.append(NULL)
        else:
            raise absent(name, row)
    return found


def record_batch(
    rows: Sequence[Any],
    features: list[FeatureEncoder],
    encoder: RowEncoder,
    bundle: Handle,
    strict: bool,
    problems: Problems,
) -> Matrix:
    """The batch of a sequence of mappings; each row is encoded as a row on its own would be."""
    cells = np.zeros((len(rows), len(features)), dtype=np.uint64)
    for number, row in enumerate(rows):
        if problems.moot(number):
            break
        try:
            if not isinstance(row, Mapping):
                raise InputError(
                    f"a batch of rows is a list of mappings, and this row is {type(row).__name__}",
                    hint="pass numpy.asarray(rows) for rows of numbers in the order of the features",
                )
            if strict:
                refuse_extra(row, [item.feature for item in features], bundle)
            try:
                values = encoder.values(row)
            except KeyError:
                values = record_values(row, features)
            encoder.encode(values, cells[number])
        except InputError as error:
            problems.add(number, error)
            cells[number] = [item.cell(NULL) for item in features]
    return Matrix(cells, cells=True, problems=problems)


def plain_rows(data: Any) -> Any:
    """Arrow data as mappings of Python values, its nulls as `NULL`; everything else as it is."""
    if hasattr(data, "iloc") or not is_arrow(data):
        return data
    listed = getattr(data, "to_pylist", None) or getattr(data, "to_dicts", None)
    if listed is None:
        raise InputError(f"{type(data).__name__} cannot be read row by row", hint="pass a pyarrow.Table")
    return [{name: NULL if value is None else value for name, value in row.items()} for row in listed()]
