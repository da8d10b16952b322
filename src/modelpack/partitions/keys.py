"""The keys of rows: values of the columns that a model is partitioned by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from modelpack.errors import InputError
from modelpack.infer import is_null
from modelpack.partitions.node import Key


def key_columns(X: Any, by: Sequence[str]) -> pd.DataFrame:
    """The key columns of a data frame, in order of levels, as plain values: text, int, bool, or None.

    Raises
    ------
    InputError
        A column is not there, or holds what no key can be.
    """
    columns = getattr(X, "columns", None)
    if columns is None:
        raise InputError(f"rows without column names have no keys {list(by)!r}; give a DataFrame")
    missing = [name for name in by if name not in list(columns)]
    if missing:
        raise InputError(f"the key column {missing[0]!r} is not in the data; it has {list(columns)!r}")
    return pd.DataFrame({name: [key_value(value, name) for value in _values(X[name])] for name in by}, dtype=object)


def _values(column: Any) -> list[Any]:
    found = column.tolist() if hasattr(column, "tolist") else column.to_list()
    return list(found)


def key_value(value: Any, name: str) -> str | int | bool | None:
    """One level of a key: text, an integer or a bool; None where it is missing. A whole float is its integer: pandas
    turns a column of integers with a missing one into floats."""
    if is_null(value):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)
    if isinstance(value, str):
        return str(value)
    raise InputError(f"the key {name!r} is {value!r} of type {type(value).__name__}; keys are text, integers or bools")


def groups(keys: pd.DataFrame, depth: int) -> dict[Key, np.ndarray]:
    """Row numbers by the first `depth` levels, of the rows that lack none of them."""
    if depth == 0:
        return {(): np.arange(len(keys))}
    levels = list(keys.columns[:depth])
    present = np.flatnonzero(keys[levels].notna().all(axis=1).to_numpy())
    codes = np.zeros(len(present), dtype=np.int64)
    for level in levels:
        # True and 1 are two keys, which pandas would take for one.
        told = [(type(value).__name__, value) for value in keys[level].to_numpy()[present]]
        found, _ = pd.factorize(pd.Series(told, dtype=object))
        codes, _ = pd.factorize(codes * (int(found.max(initial=0)) + 1) + found)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    parts = np.split(present[order], starts[1:]) if len(order) else []
    rows = sorted(parts, key=lambda part: int(part[0]))
    return {tuple(keys[level].iat[part[0]] for level in levels): part for part in rows}
