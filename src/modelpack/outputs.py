"""What a predictor answers: where each output lies in memory, and what its cells mean to a Python user."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._core import Handle, ffi, lib
from modelpack.errors import UsageError
from modelpack.schema import Classes, Output, Scalar, Schema

__all__ = ["OutputType", "Outputs"]

CELL_BYTES = 8
# dtype of an output: the core's number, numpy's dtype, struct's letter
_TYPES: dict[str, tuple[int, np.dtype[Any], str]] = {
    "float64": (lib.MP_DTYPE_FLOAT64, np.dtype(np.float64), "d"),
    "float32": (lib.MP_DTYPE_FLOAT32, np.dtype(np.float32), "f"),
    "int64": (lib.MP_DTYPE_INT64, np.dtype(np.int64), "q"),
}

Plain = float | int | bool | str | tuple[Any, ...]


class OutputType:
    """One output of the schema.

    Attributes
    ----------
    index : int
        Position in the schema.
    name : str
    columns : int
    dtype : numpy dtype
        Of the raw answer: a class index for `label`.
    classes : tuple of Classes
        One per label column; empty where the output has no classes.
    class_arrays : tuple of arrays
        The classes in the framework's dtype.
    """

    def __init__(self, index: int, output: Output) -> None:
        self.index = index
        self.name = output.name
        self.columns = output.columns
        self.code, self.dtype, self._letter = _TYPES[output.dtype]
        found = output.classes
        self.classes: tuple[Classes, ...] = () if found is None else (found,) if isinstance(found, Classes) else found
        self.class_arrays = tuple(_class_array(classes) for classes in self.classes)
        self.is_label = output.name == "label" and bool(self.classes)
        self._row = struct.Struct(f"={self.columns}{self._letter}")

    @property
    def row_bytes(self) -> int:
        return self.columns * self.dtype.itemsize

    # ---- batches ----

    def empty(self, rows: int) -> npt.NDArray[Any]:
        """Room for the raw answers, [rows, columns]."""
        return np.empty((rows, self.columns), dtype=self.dtype)

    def shaped(self, raw: npt.NDArray[Any]) -> Any:
        """The answers as the framework gives them: labels; one dimension where there is one column; a list of arrays
        for the probabilities of several labels."""
        if self.is_label:
            columns = [classes.take(raw[:, column]) for column, classes in enumerate(self.class_arrays)]
            return columns[0] if len(columns) == 1 else np.stack(columns, axis=1)
        if self.name == "probability":
            return raw if len(self.classes) <= 1 else np.split(raw, self._splits(), axis=1)
        return raw[:, 0] if self.columns == 1 else raw

    def _splits(self) -> list[int]:
        return list(accumulate(len(classes.values) for classes in self.classes))[:-1]

    # ---- rows ----

    def plain(self, memory: bytes, offset: int) -> Plain:
        """One row's answer as Python values: a label or number, or a tuple of them."""
        cells = self._row.unpack_from(memory, offset)
        if self.is_label:
            labels: tuple[Scalar, ...] = tuple(
                classes.values[cell] for classes, cell in zip(self.classes, cells, strict=True)
            )
            return labels[0] if len(labels) == 1 else labels
        if self.name == "probability":
            return cells if len(self.classes) <= 1 else self._by_label_column(cells)
        return cells[0] if self.columns == 1 else cells

    def _by_label_column(self, cells: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
        edges = [0, *self._splits(), len(cells)]
        return tuple(cells[start:stop] for start, stop in pairwise(edges))


def _class_array(classes: Classes) -> npt.NDArray[Any]:
    return np.array(classes.values, dtype=np.dtype(classes.numpy))


class Outputs:
    """All outputs of a schema, and where they lie in the memory of one row."""

    def __init__(self, schema: Schema) -> None:
        self.all = tuple(OutputType(index, output) for index, output in enumerate(schema.outputs))
        self.names = tuple(output.name for output in self.all)
        self._by_name = {output.name: output for output in self.all}
        self.offsets: dict[str, int] = {}
        self.row_bytes = 0
        for output in self.all:
            self.offsets[output.name] = self.row_bytes
            self.row_bytes += -(-output.row_bytes // CELL_BYTES) * CELL_BYTES

    def get(self, name: str) -> OutputType | None:
        return self._by_name.get(name)

    def select(self, names: Iterable[str] | None) -> tuple[OutputType, ...]:
        """The outputs of those names, all for None.

        Raises
        ------
        UsageError
            The model has no output of a name, or none is named.
        """
        if names is None:
            return self.all
        wanted = dict.fromkeys((names,) if isinstance(names, str) else names)
        for name in wanted:
            if name not in self._by_name:
                raise UsageError(f"the model has no output {name!r}", hint=f"it answers {', '.join(self.names)}")
        if not wanted:
            raise UsageError("no output is named", hint=f"name some of {', '.join(self.names)}")
        return tuple(self._by_name[name] for name in wanted)

    @property
    def main(self) -> OutputType:
        """What ``predict`` answers: the label, or else the value."""
        return self._by_name.get("label") or self._by_name.get("value") or self.all[0]


def describe(table: Handle, selected: Sequence[OutputType], places: Sequence[tuple[Any, int]]) -> None:
    """Fills ``mp_output`` structs: each output goes to a place (pointer or address, capacity in bytes)."""
    for entry, output, (place, capacity) in zip(table, selected, places, strict=True):
        entry.struct_size = ffi.sizeof("mp_output")
        entry.index = output.index
        entry.dtype = output.code
        entry.data = ffi.cast("void *", place)
        entry.capacity = capacity
