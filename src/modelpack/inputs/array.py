"""Batches from numpy arrays: columns without names, the features in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy import ma

from modelpack.binding import unnamed
from modelpack.encoder import FeatureEncoder
from modelpack.errors import InputError
from modelpack.inputs.batch import Batch, Columns, Matrix, Problems, dtype_code
from modelpack.inputs.column import array_column
from modelpack.inputs.fixed import FixedKey

__all__ = ["array_batch"]


def array_batch(
    array: npt.NDArray[Any], features: list[FeatureEncoder], problems: Problems, fixed: FixedKey | None = None
) -> Batch:
    """The batch of an array of rows by features, of any dtype, byte order and strides.

    With a fixed key the array may lack the key's columns; they are not read.

    Raises
    ------
    InputError
        WRONG_SHAPE: the array has not two dimensions, or not a column per feature; WRONG_TYPE: a structured array.
    """
    if array.dtype.names is not None:
        raise InputError(
            "a structured array is not taken, since its fields have names and types of their own",
            hint="pass pandas.DataFrame(X)",
        )
    if array.ndim != 2:
        raise InputError(
            f"the array has {array.ndim} dimension{'s' if array.ndim != 1 else ''}, a batch has two: rows and features",
            name="WRONG_SHAPE",
            hint="pass X.reshape(1, -1) for one row, or use predict_one",
        )
    if fixed is not None:
        return _around(array, features, problems, fixed)
    unnamed(array.shape[1], [item.feature for item in features])
    if isinstance(array, ma.MaskedArray):
        return _by_column(array, features, problems)
    array = np.asarray(array)  # np.matrix is two-dimensional even by column
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if dtype_code(array) is not None:
        return Matrix(array)
    return _by_column(array, features, problems)


def _by_column(array: npt.NDArray[Any], features: list[FeatureEncoder], problems: Problems) -> Columns:
    columns = [array_column(array[:, item.index], item, problems) for item in features]
    return Columns(len(array), columns, problems)


def _around(array: npt.NDArray[Any], features: list[FeatureEncoder], problems: Problems, fixed: FixedKey) -> Columns:
    """The columns of the features that have no fixed value, and the others'."""
    places = fixed.places(array.shape[1])
    if not isinstance(array, ma.MaskedArray):
        array = np.asarray(array)
    free = {
        item.index: array_column(array[:, place], item, problems)
        for item, place in zip(fixed.free, places, strict=True)
    }
    rows = len(array)
    columns = [free[item.index] if item.index in free else fixed.column(item.index, rows) for item in features]
    return Columns(rows, columns, problems)
