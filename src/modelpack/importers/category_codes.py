"""Columns of categories as the numbers by which a booster knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import NUMBERS, Column, gather
from modelpack.program import Builder, Value


def category_codes(
    builder: Builder, column: Column, names: Sequence[Any], origin: str, *, refuse_unseen: bool
) -> Column:
    """The column as f64: the position of its category in `names`; NaN where missing.

    A category that is none of them is refused row by row (`refuse_unseen`), or NaN too.
    """
    code, place = _coded(builder, column, names, origin)
    size = builder.code_count(code)
    if refuse_unseen:
        allowed = np.zeros(size + 3, dtype=np.uint8)
        allowed[list(place)] = 1
        allowed[size : size + 2] = 1
        code = builder.op(
            "require@1", code, origin=f"{origin}.{column.name}", form="allowed", tensors={"allowed": allowed}
        )
    table = np.full((size + 3, 1), np.nan)
    table[list(place), 0] = list(place.values())
    number = builder.op("lookup@1", code, origin=origin, tensors={"table": table})
    return replace(column, value=number, index=0, dtype="float64", categories=None)


def _coded(builder: Builder, column: Column, names: Sequence[Any], origin: str) -> tuple[Value, dict[int, int]]:
    """The column's code, and for each code of one of `names` the position there."""
    value = gather(builder, [column.value], [column.index], origin)
    if value.type == "code":
        assert value.feature is not None
        return value, {builder.code(value.feature, str(name)): index for index, name in enumerate(names)}
    if value.type not in NUMBERS:
        raise UnsupportedModelError(
            origin, f"column {column.name!r} holds categories that are timestamps", "make them strings or integers"
        )
    if value.type not in ("i64", "f64"):
        value = builder.op("cast@1", value, origin=origin, to="f64")
    values = np.array(names, dtype=np.int64 if value.type == "i64" else np.float64)
    code = builder.op("number_code@1", value, origin=origin, tensors={"values": values})
    return code, {index: index for index in range(len(names))}
