"""Answers to Parquet, CSV and JSON lines."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TextIO

import numpy as np

from modelpack.cli.reading import STANDARD, parquet_module
from modelpack.errors import UsageError
from modelpack.schema import Classes, Output

ERROR = "error"
_ARROW = {"float64": "float64", "float32": "float32", "int64": "int64", "bool": "bool_", "string": "string"}


def output_columns(output: Output) -> list[str]:
    """Names of the columns of an output: its own, or with the class or the number behind it where there are several."""
    if output.columns == 1:
        return [output.name]
    if isinstance(output.classes, Classes) and len(output.classes.values) == output.columns:
        return [f"{output.name}_{value}" for value in output.classes.values]
    return [f"{output.name}_{index}" for index in range(output.columns)]


def answer_columns(outputs: Sequence[Output], answers: Mapping[str, Any]) -> dict[str, Any]:
    """One one-dimensional array per column of the output file."""
    columns: dict[str, Any] = {}
    for output in outputs:
        found = answers[output.name]
        joined = np.concatenate(found, axis=1) if isinstance(found, list) else np.asarray(found)
        block = joined.reshape(len(joined), -1)
        columns.update({name: block[:, index] for index, name in enumerate(output_columns(output))})
    return columns


def column_types(outputs: Sequence[Output]) -> dict[str, str]:
    """dtype per column: that of the classes for labels."""
    types = {}
    for output in outputs:
        several = output.classes if isinstance(output.classes, tuple) else (output.classes,) * output.columns
        for index, name in enumerate(output_columns(output)):
            classes = several[index] if output.name == "label" else None
            types[name] = output.dtype if classes is None else classes.dtype
    return types


class Writer(Protocol):
    def write(self, kept: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        """Adds rows: columns of the input that are kept, then answers (null where they are None)."""
        ...

    def close(self) -> None: ...


class OutputFile:
    """A file that is there whole or not at all: written beside its place and renamed at the end.

    Parameters
    ----------
    path : str
        `-` for standard output.
    form : str
        `parquet`, `csv` or `jsonl`.
    types : mapping of column to dtype
    overwrite : bool
    """

    def __init__(self, path: str, form: str, types: Mapping[str, str], overwrite: bool) -> None:
        self._types = types
        self._empty = True
        self._target = None if path == STANDARD else Path(path)
        if self._target is not None and self._target.exists() and not overwrite:
            raise UsageError(f"{path} exists", hint="choose another name, or pass --overwrite")
        self._draft = None if self._target is None else _draft(self._target)
        self._stream: TextIO | None = None
        if form == "parquet":
            if self._draft is None:
                raise UsageError("Parquet cannot be written to standard output", hint="name a file with --output")
            self._writer: Writer = _ParquetWriter(self._draft, types)
            return
        self._stream = sys.stdout if self._draft is None else self._draft.open("w", encoding="utf-8", newline="")
        self._writer = _CsvWriter(self._stream) if form == "csv" else _JsonWriter(self._stream)

    def write(self, kept: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        self._empty = False
        self._writer.write(kept, columns)

    def __enter__(self) -> OutputFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._empty and kind is None:
            # No row came, but whoever reads the file still finds its columns.
            self._writer.write({}, {name: np.empty(0, dtype=object) for name in self._types})
        self._writer.close()
        if self._draft is None or self._target is None:
            sys.stdout.flush()
            return
        if self._stream is not None:
            self._stream.close()
        if kind is None:
            os.replace(self._draft, self._target)
        else:
            self._draft.unlink(missing_ok=True)


def _draft(target: Path) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from None
    os.close(handle)
    os.chmod(name, 0o666 & ~_umask())
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class _CsvWriter:
    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._began = False

    def write(self, kept: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        every = {**kept, **columns}
        if not self._began:
            self._writer.writerow(every)
            self._began = True
        self._writer.writerows(zip(*(_plain(values) for values in every.values()), strict=True))

    def close(self) -> None:
        pass


class _JsonWriter:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, kept: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        every = {**kept, **columns}
        for row in zip(*(_plain(values) for values in every.values()), strict=True):
            finite = (None if isinstance(v, float) and not math.isfinite(v) else v for v in row)
            self._stream.write(
                json.dumps(dict(zip(every, finite, strict=True)), ensure_ascii=False, default=str) + "\n"
            )

    def close(self) -> None:
        pass


class _ParquetWriter:
    def __init__(self, path: Path, types: Mapping[str, str]) -> None:
        self._path = path
        self._types = types
        self._parquet = parquet_module()
        self._writer: Any = None

    def write(self, kept: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        import pyarrow

        arrays = {name: pyarrow.array(values) for name, values in kept.items()}
        for name, values in columns.items():
            dtype = getattr(pyarrow, _ARROW[self._types[name]])()
            # NaN is an answer, null is none: only None becomes null.
            arrays[name] = pyarrow.array(values.tolist(), type=dtype, from_pandas=False)
        batch = pyarrow.table(arrays)
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self._path, batch.schema)
        self._writer.write_table(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _plain(values: Any) -> list[Any]:
    """Python values; a float32 as the float whose shortest text it is."""
    if isinstance(values, list):
        return values
    if hasattr(values, "to_pylist"):
        found: list[Any] = values.to_pylist()
        return found
    array = np.asarray(values)
    if array.dtype == np.float32:
        return [float(str(value)) for value in array]
    if array.dtype == object:
        return [float(str(value)) if isinstance(value, np.float32) else value for value in array.tolist()]
    found = array.tolist()
    return found
