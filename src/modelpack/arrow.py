"""Answers as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UsageError
from modelpack.outputs import OutputType

__all__ = ["answers_table"]


def answers_table(selected: Sequence[OutputType], raw: dict[str, npt.NDArray[Any]]) -> Any:
    """A ``pyarrow.Table``, a column per output: numbers, labels as their classes, lists for several columns."""
    try:
        import pyarrow
    except ImportError:
        raise UsageError("Arrow tables need pyarrow", hint="pip install 'modelpack[arrow]'") from None
    return pyarrow.table({output.name: _column(pyarrow, output, raw[output.name]) for output in selected})


def _column(pyarrow: Any, output: OutputType, raw: npt.NDArray[Any]) -> Any:
    if output.is_label:
        labels = [_labels(pyarrow, output, raw, column) for column in range(output.columns)]
        if len(labels) == 1:
            return labels[0]
        return pyarrow.StructArray.from_arrays(labels, names=[str(column) for column in range(output.columns)])
    flat = pyarrow.array(np.ascontiguousarray(raw).reshape(-1))
    return flat if output.columns == 1 else pyarrow.FixedSizeListArray.from_arrays(flat, output.columns)


def _labels(pyarrow: Any, output: OutputType, raw: npt.NDArray[Any], column: int) -> Any:
    classes = pyarrow.array(list(output.classes[column].values))
    return classes.take(pyarrow.array(raw[:, column]))
