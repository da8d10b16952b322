"""Golden rows as people read them, for errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from modelpack.schema import Feature, Schema

__all__ = ["GoldenRows"]

_MISSING_TEXT = {-1: None, -2: float("nan")}


class GoldenRows:
    """Rows of cells, [rows, features], with the values that the cells stand for."""

    def __init__(self, cells: np.ndarray, schema: Schema, dictionaries: Mapping[int, list[str]]) -> None:
        self.columns = list(schema.feature_names)
        self._cells = cells
        self._features = schema.features
        self._dictionaries = dictionaries

    def row(self, number: int) -> list[Any]:
        """The values of one row, in the order of the features."""
        return [self._value(index, feature, self._cells[number, index]) for index, feature in enumerate(self._features)]

    def _value(self, index: int, feature: Feature, cell: np.uint64) -> Any:
        if feature.dtype in ("float64", "float32"):
            return float(np.array(cell).view(np.float64))
        integer = int(np.array(cell).view(np.int64))
        if feature.dtype == "string":
            known = self._dictionaries.get(index, [])
            return known[integer] if 0 <= integer < len(known) else _MISSING_TEXT.get(integer, "an unseen text")
        if feature.dtype == "bool":
            return None if integer == 2 else bool(integer)
        return None if integer == np.iinfo(np.int64).min else integer
