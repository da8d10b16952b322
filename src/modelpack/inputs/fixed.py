"""The key of a whole call: its features have the same values in every row, whatever the data hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelpack.binding import unnamed
from modelpack.encoder import FeatureEncoder
from modelpack.errors import UsageError
from modelpack.inputs.batch import Column
from modelpack.nodes import plain_key
from modelpack.values import NULL

__all__ = ["FixedKey"]

_LIMIT = 1 << 64


class FixedKey:
    """Values of the key's features; a key with fewer values than there are levels lacks the others.

    Parameters
    ----------
    key : tuple
    levels : sequence of FeatureEncoder
        The features that are the keys, outermost first.
    features : sequence of FeatureEncoder
        All features.

    Attributes
    ----------
    values : dict
        By feature name; `NULL` where a level has no value.
    cells : dict
        Signed cells by the feature's position.
    free : list of FeatureEncoder
        The features that the data must hold.

    Raises
    ------
    UsageError
        The model has no partitions, or the key is too long or no tuple.
    InputError
        A value does not fit its level.
    """

    def __init__(self, key: Any, levels: Sequence[FeatureEncoder], features: Sequence[FeatureEncoder]) -> None:
        if not levels:
            raise UsageError("the model has no partitions, so it takes no key", hint="leave key out")
        given = plain_key(key)
        if len(given) > len(levels):
            names = ", ".join(item.feature.name for item in levels)
            raise UsageError(f"the key has {len(given)} values, the model {len(levels)} levels", hint=f"give {names}")
        whole = [NULL if value is None else value for value in given] + [NULL] * (len(levels) - len(given))
        self.values = {item.feature.name: value for item, value in zip(levels, whole, strict=True)}
        self.cells = {item.index: item.signed(value) for item, value in zip(levels, whole, strict=True)}
        self.free = [item for item in features if item.index not in self.cells]
        self._count = len(features)

    def column(self, index: int, rows: int) -> Column:
        """The column of one of the key's features."""
        cell = np.array([self.cells[index] % _LIMIT], dtype=np.uint64)
        return Column.cells(np.broadcast_to(cell, rows))

    def places(self, columns: int) -> list[int]:
        """Where columns without names hold the free features: such data have all features, or the free ones alone.

        Raises
        ------
        InputError
            WRONG_SHAPE.
        """
        if columns == self._count:
            return [item.index for item in self.free]
        unnamed(columns, [item.feature for item in self.free])
        return list(range(columns))

    def mapping(self, row: Mapping[Any, Any]) -> dict[Any, Any]:
        """The row with the key's values."""
        return {**row, **self.values}

    def in_order(self, row: Sequence[Any]) -> list[Any]:
        """The values of all features from a row that has all of them, or the free ones alone.

        Raises
        ------
        InputError
            WRONG_SHAPE.
        """
        found: list[Any] = [None] * self._count
        for item, place in zip(self.free, self.places(len(row)), strict=True):
            found[item.index] = row[place]
        for index, value in zip(self.cells, self.values.values(), strict=True):
            found[index] = value
        return found

    def table(self, data: Any) -> Any:
        """Arrow data as a ``pyarrow.Table`` with the key's columns."""
        try:
            import pyarrow
        except ImportError:
            raise UsageError(
                "key= with Arrow data needs pyarrow",
                hint="pip install 'modelpack[arrow]', or put the key's columns into the data",
            ) from None
        table = data if isinstance(data, pyarrow.Table) else pyarrow.table(data)
        table = table.drop_columns([name for name in self.values if name in table.column_names])
        for name, value in self.values.items():
            if value is NULL:
                column = pyarrow.nulls(len(table), pyarrow.string())
            else:
                positions = pyarrow.array(np.zeros(len(table), dtype=np.int32))
                column = pyarrow.DictionaryArray.from_arrays(positions, pyarrow.array([value]))
            table = table.append_column(name, column)
        return table
