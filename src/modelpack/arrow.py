"""Answers as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UsageError
from modelpack.nodes import Nodes
from modelpack.outputs import OutputType
from modelpack.run import Answers

__all__ = ["answers_table"]


def answers_table(selected: Sequence[OutputType], answers: Answers, nodes: Nodes, errors: str) -> Any:
    """A ``pyarrow.Table``, a column per output: numbers, labels as their classes, lists for several columns.

    With ``errors="null"`` refused rows are null, and ``error`` says why; ``node`` and ``reason`` stand there if the
    answers hold them.
    """
    try:
        import pyarrow
    except ImportError:
        raise UsageError("Arrow tables need pyarrow", hint="pip install 'modelpack[arrow]'") from None
    refused = _refused(answers)
    columns = {output.name: _column(pyarrow, output, answers.raw[output.name], refused) for output in selected}
    if errors == "null":
        columns["error"] = pyarrow.array(answers.reasons(), type=pyarrow.string())
    if answers.answered is not None:
        for name, values in answers.answered.columns(nodes).items():
            columns[name] = pyarrow.array(values, type=pyarrow.string())
    return pyarrow.table(columns)


def _refused(answers: Answers) -> npt.NDArray[np.bool_] | None:
    """Rows without an answer; None where all have one."""
    if not answers.errors:
        return None
    refused = np.zeros(answers.rows, dtype=bool)
    refused[list(answers.errors)] = True
    return refused


def _column(pyarrow: Any, output: OutputType, raw: npt.NDArray[Any], refused: npt.NDArray[np.bool_] | None) -> Any:
    if output.is_label:
        labels = [_labels(pyarrow, output, raw, column, refused) for column in range(output.columns)]
        if len(labels) == 1:
            return labels[0]
        return pyarrow.StructArray.from_arrays(labels, names=[str(column) for column in range(output.columns)])
    if output.columns == 1:
        return pyarrow.array(raw[:, 0], mask=refused)
    flat = pyarrow.array(np.ascontiguousarray(raw).reshape(-1))
    mask = None if refused is None else pyarrow.array(refused)
    return pyarrow.FixedSizeListArray.from_arrays(flat, output.columns, mask=mask)


def _labels(
    pyarrow: Any, output: OutputType, raw: npt.NDArray[Any], column: int, refused: npt.NDArray[np.bool_] | None
) -> Any:
    classes = pyarrow.array(list(output.classes[column].values))
    return classes.take(pyarrow.array(raw[:, column], mask=refused))
