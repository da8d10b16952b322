"""From what users hold (arrays, data frames, Arrow data, rows) to batches that the core reads.

What a value means is decided by the core (docs/TYPES.md); the code here only brings it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from modelpack._core import Handle
from modelpack.encoder import FeatureEncoder, RowEncoder
from modelpack.errors import InputError
from modelpack.inputs.array import array_batch
from modelpack.inputs.arrow import ArrowBatch, arrow_batches, is_arrow
from modelpack.inputs.batch import Batch, Call, Column, Columns, Matrix, Problems
from modelpack.inputs.fixed import FixedKey
from modelpack.inputs.frame import is_pandas, pandas_batch
from modelpack.inputs.records import plain_rows, record_batch, record_values

__all__ = [
    "ArrowBatch",
    "Batch",
    "Call",
    "Column",
    "Columns",
    "FixedKey",
    "Matrix",
    "Problems",
    "Reader",
    "plain_rows",
    "record_values",
]


class Reader:
    """Turns whatever a user passes as rows into batches for one schema."""

    def __init__(self, bundle: Handle, features: list[FeatureEncoder], encoder: RowEncoder) -> None:
        self._bundle = bundle
        self._features = features
        self._encoder = encoder

    def batches(
        self, data: Any, strict: bool, every: bool, fixed: FixedKey | None = None
    ) -> Iterator[Batch | ArrowBatch]:
        """The rows of `data`, in order.

        Parameters
        ----------
        data
            Array, pandas frame, Arrow data (pyarrow, polars, …), list of mappings or of rows.
        strict
            Refuse columns that no feature takes.
        every
            Keep the errors of all rows, not only of the lowest one.
        fixed
            The key of all rows, which the data need not hold. Arrow data must hold it (`with_key`).
        """
        problems = Problems(every)
        if isinstance(data, np.ndarray):
            yield array_batch(data, self._features, problems, fixed)
        elif is_pandas(data):
            yield pandas_batch(data, self._features, self._bundle, strict, problems, fixed)
        elif hasattr(data, "iloc") or isinstance(data, (Mapping, str, bytes)):
            raise _not_rows(data)
        elif is_arrow(data):
            yield from arrow_batches(data, strict)
        elif isinstance(data, (list, tuple)):
            yield self._listed(data, strict, problems, fixed)
        elif hasattr(data, "tocsr") or not hasattr(data, "__array__"):
            raise _not_rows(data)
        else:
            yield array_batch(np.asarray(data), self._features, problems, fixed)

    def with_key(self, data: Any, fixed: FixedKey) -> Any:
        """Arrow data with the key's columns; what else there is gets them when it is read."""
        arrow = is_arrow(data) and not isinstance(data, np.ndarray) and not hasattr(data, "iloc")
        return fixed.table(data) if arrow else data

    def _listed(
        self, rows: list[Any] | tuple[Any, ...], strict: bool, problems: Problems, fixed: FixedKey | None
    ) -> Batch:
        if rows and hasattr(rows[0], "_fields"):  # named tuples, whose names say more than their order
            rows = [row._asdict() if hasattr(row, "_fields") else row for row in rows]
        if rows and isinstance(rows[0], Mapping):
            if fixed is not None:
                rows = [fixed.mapping(row) if isinstance(row, Mapping) else row for row in rows]
            return record_batch(rows, self._features, self._encoder, self._bundle, strict, problems)
        if not rows:
            return Matrix(np.zeros((0, len(self._features))))
        # as objects: numpy would turn mixed rows into text, and large integers into floats
        return array_batch(np.array(rows, dtype=object), self._features, problems, fixed)


def _not_rows(data: Any) -> InputError:
    """Why `data` is no batch, and what to pass instead."""
    if isinstance(data, Mapping):
        hint = "use predict_one for one row, or pandas.DataFrame(data) for columns"
    elif hasattr(data, "iloc"):
        hint = "use predict_one(row.to_dict()) for one row, or frame[[name]] for one column"
    elif hasattr(data, "tocsr"):
        hint = "pass X.toarray(), with the cells that are absent as the model should see them"
    elif hasattr(data, "collect"):
        hint = "pass data.collect()"
    else:
        hint = "pass an array, a data frame, Arrow data or a list of dictionaries"
    return InputError(f"{type(data).__module__}.{type(data).__qualname__} is no batch of rows", hint=hint)
