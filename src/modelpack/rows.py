"""Rows of whatever holds them: pandas, polars and Arrow frames, arrays and sparse matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def row_count(data: Any) -> int:
    if hasattr(data, "num_rows"):
        return int(data.num_rows)
    shape = getattr(data, "shape", None)
    return int(shape[0]) if shape is not None else len(data)


def take_rows(data: Any, indices: Sequence[int] | np.ndarray) -> Any:
    """The rows at `indices`, in that order, in the type of `data`."""
    wanted = np.asarray(indices, dtype=np.int64)
    if hasattr(data, "iloc"):
        return data.iloc[wanted]
    if hasattr(data, "num_rows"):
        return data.take(wanted)
    if hasattr(data, "get_columns"):
        return data[wanted.tolist()]
    if hasattr(data, "tocsr"):
        return data.tocsr()[wanted]
    return np.asarray(data)[wanted]


def spread(rows: int, count: int) -> np.ndarray:
    """`count` row numbers spread evenly over `rows`, ascending and distinct."""
    return (
        np.unique(np.linspace(0, rows - 1, min(rows, count)).round().astype(np.int64))
        if rows
        else np.empty(0, np.int64)
    )
