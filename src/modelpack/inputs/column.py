"""Columns from numpy arrays and from Python values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy import ma

from modelpack._core import lib
from modelpack.encoder import EXACT_INTEGER, INT64_MIN, FeatureEncoder
from modelpack.errors import InputError
from modelpack.inputs.batch import Column, Problems, dtype_code
from modelpack.values import NULL, micros, shown

__all__ = ["array_column", "coded_column", "object_column"]


def array_column(
    array: npt.NDArray[Any],
    encoder: FeatureEncoder,
    problems: Problems,
    valid: npt.NDArray[np.bool_] | None = None,
) -> Column:
    """The column of a one-dimensional array of any dtype; `valid`: False for null."""
    if isinstance(array, ma.MaskedArray):
        unmasked = ~ma.getmaskarray(array)
        return array_column(array.data, encoder, problems, unmasked if valid is None else valid & unmasked)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    code = dtype_code(array)
    if code is not None:
        return Column(array, code, None if valid is None else np.ascontiguousarray(valid))
    if array.dtype.kind == "M":
        return time_column(array, encoder, problems, valid)
    if array.dtype.kind in "mcSV":
        return refused_column(array, encoder, problems)
    values = array.tolist() if array.dtype.kind in "OUT" else list(array)
    if valid is not None:
        values = [value if kept else NULL for value, kept in zip(values, valid.tolist(), strict=True)]
    return object_column(values, encoder, problems)


def time_column(
    times: npt.NDArray[Any], encoder: FeatureEncoder, problems: Problems, valid: npt.NDArray[np.bool_] | None
) -> Column:
    ticks, inexact = micros(times)
    for row in np.flatnonzero(inexact).tolist():
        name = encoder.feature.name
        message = f"{name!r}: {shown(times[row])} is no whole microsecond within 64 bits"
        problems.add(row, InputError(message, name="NOT_EXACT", feature=name))
    present = ~(np.isnat(times) | inexact)
    if valid is not None:
        present &= valid
    return Column(ticks, lib.MP_DTYPE_TIMESTAMP, present)


def refused_column(array: npt.NDArray[Any], encoder: FeatureEncoder, problems: Problems) -> Column:
    """Types that no feature takes: every row is refused, as its value would be on its own."""
    return object_column(list(array), encoder, problems)


def object_column(values: Sequence[Any], encoder: FeatureEncoder, problems: Problems) -> Column:
    """The cells of Python values, each by its own type; refused ones go to `problems` and stand as missing."""
    try:
        cells = _cells(values, encoder)
    except InputError:
        cells = _cells([_or_null(value, row, encoder, problems) for row, value in enumerate(values)], encoder)
    return Column(cells, lib.MP_DTYPE_CELL)


def coded_column(
    codes: npt.NDArray[np.integer[Any]], categories: Any, encoder: FeatureEncoder, problems: Problems
) -> Column:
    """A column of positions in `categories`, an array or list (-1: null); each that occurs is looked up once."""
    used = np.unique(codes)
    table = np.zeros(len(categories) + 1, dtype=np.uint64)
    table[-1] = encoder.cell(NULL)
    for code in used[used >= 0].tolist():
        try:
            table[code] = encoder.cell(categories[code])
        except InputError as error:
            table[code] = table[-1]
            rows = np.flatnonzero(codes == code).tolist()
            for row in rows if problems.every else rows[:1]:
                problems.add(row, _copy(error))
    return Column(table[codes], lib.MP_DTYPE_CELL)


def _cells(values: Sequence[Any], encoder: FeatureEncoder) -> npt.NDArray[np.uint64]:
    """As the row encoder: values of exact types here, all others through the core."""
    if encoder.is_number:
        number = encoder.number
        floats = [
            value
            if type(value) is float or (type(value) is int and -EXACT_INTEGER <= value <= EXACT_INTEGER)
            else number(value)
            for value in values
        ]
        return np.array(floats, dtype=np.float64).view(np.uint64)
    integer, codes, dtype = encoder.integer, encoder.codes, encoder.feature.dtype
    if dtype == "string":
        cells = [codes[value] if type(value) is str else integer(value) for value in values]
    elif dtype == "int64":
        cells = [value if type(value) is int and INT64_MIN < value < -INT64_MIN else integer(value) for value in values]
    elif dtype == "bool":
        cells = [value if type(value) is bool else integer(value) for value in values]
    else:
        cells = [integer(value) for value in values]
    return np.array(cells, dtype=np.int64).view(np.uint64)


def _or_null(value: Any, row: int, encoder: FeatureEncoder, problems: Problems) -> Any:
    if problems.moot(row):
        return NULL
    try:
        encoder.cell(value)
    except InputError as error:
        problems.add(row, error)
        return NULL
    return value


def _copy(error: InputError) -> InputError:
    copied = InputError(error.args[0], name=error.name, feature=error.feature)
    copied.hint = error.hint
    return copied
