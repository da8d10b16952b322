"""Rows from Parquet, CSV and JSON lines, chunk by chunk, as a predictor takes them (docs/TYPES.md)."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from modelpack.cli.fields import PARSERS, parse_time
from modelpack.errors import InputError, NotFoundError, UsageError
from modelpack.schema import Schema
from modelpack.values import NULL

FORMATS = ("parquet", "csv", "jsonl")
_SUFFIXES = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
STANDARD = "-"

Row = Mapping[str, Any]


@dataclass
class Chunk:
    """Some rows of a file.

    Attributes
    ----------
    rows : int
    data : object
        What `Predictor.predict_all` takes.
    kept : mapping of column name to values
        Columns that go to the output as they are.
    faults : mapping of row in the chunk to message
        Rows that could not be read at all; an empty row stands in their place.
    share : float or None
        Part of the file that was read so far, 0 to 1.
    """

    rows: int
    data: Any
    kept: dict[str, Any]
    share: float | None
    faults: dict[int, str] = field(default_factory=dict)


def format_of(path: str, given: str | None, option: str) -> str:
    """The format of a file, by its name unless it is given."""
    if given is not None:
        return given
    found = _SUFFIXES.get(Path(path).suffix.lower())
    if found is None:
        raise UsageError(
            f"the format of {path!r} cannot be told by its name", hint=f"say it with {option} {'|'.join(FORMATS)}"
        )
    return found


def read_chunks(path: str, form: str, schema: Schema, keep: Sequence[str] | None, size: int) -> Iterator[Chunk]:
    """The rows of a file (`-`: standard input) in chunks of `size`.

    Parameters
    ----------
    keep : sequence of str or None
        Columns to hand on; None: all.
    """
    if form == "parquet":
        yield from _parquet(path, keep, size)
        return
    with _opened(path) as raw:
        total = os.fstat(raw.fileno()).st_size if path != STANDARD else 0
        records = _csv_records if form == "csv" else _json_records
        yield from _chunked(records(raw, schema), lambda: raw.tell() / total if total else None, keep, size)


def _opened(path: str) -> BinaryIO:
    if path == STANDARD:
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


@dataclass
class _Record:
    """One row: what the model takes, what may be kept, or why it could not be read."""

    features: Row
    columns: Row
    fault: str | None = None


def _chunked(
    records: Iterator[_Record], share: Callable[[], float | None], keep: Sequence[str] | None, size: int
) -> Iterator[Chunk]:
    batch: list[_Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield _chunk(batch, keep, share())
            batch = []
    if batch:
        yield _chunk(batch, keep, share())


def _chunk(batch: Sequence[_Record], keep: Sequence[str] | None, share: float | None) -> Chunk:
    names = keep if keep is not None else list(dict.fromkeys(name for record in batch for name in record.columns))
    return Chunk(
        rows=len(batch),
        data=[record.features for record in batch],
        kept={name: [record.columns.get(name) for record in batch] for name in names},
        share=share,
        faults={row: record.fault for row, record in enumerate(batch) if record.fault is not None},
    )


# ---- CSV ----


def _csv_records(raw: BinaryIO, schema: Schema) -> Iterator[_Record]:
    rows = csv.reader(_text_lines(raw), strict=True)
    header = next(rows, [])
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"the column {twice!r} stands twice in the header")
    parsers = {feature.name: PARSERS[feature.dtype] for feature in schema.features}
    wanted = [(index, name, parsers[name]) for index, name in enumerate(header) if name in parsers]
    try:
        for row in rows:
            if len(row) != len(header):
                yield _Record({}, {}, f"the row has {len(row)} fields and the header {len(header)}")
                continue
            yield _Record(
                {name: parse(row[index]) for index, name, parse in wanted}, dict(zip(header, row, strict=True))
            )
    except csv.Error as error:
        raise InputError(f"line {rows.line_num} is no CSV: {error}") from None


def _text_lines(raw: BinaryIO) -> Iterator[str]:
    """Lines with their ends, so that a quoted field may go over several. The file stays open: its position is asked."""
    for number, line in enumerate(raw):
        try:
            yield line.decode("utf-8-sig" if number == 0 else "utf-8")
        except UnicodeDecodeError:
            raise InputError(f"line {number + 1} is no UTF-8") from None


# ---- JSON lines ----


def _json_records(raw: BinaryIO, schema: Schema) -> Iterator[_Record]:
    times = [feature.name for feature in schema.features if feature.dtype == "timestamp"]
    for line in raw:
        if not line.strip():
            continue
        try:
            columns = json.loads(line, parse_int=_json_integer, parse_float=_json_float, parse_constant=_refused)
        except ValueError as error:
            yield _Record({}, {}, f"the line cannot be read: {error}")
            continue
        if not isinstance(columns, dict):
            yield _Record({}, {}, "the line is no JSON object")
            continue
        features = {name: NULL if value is None else value for name, value in columns.items()}
        for name in times:
            text = features.get(name)
            if isinstance(text, str):
                features[name] = parse_time(text)
        yield _Record(features, columns)


def _json_integer(text: str) -> Any:
    value = int(text)
    return value if -(2**63) <= value < 2**64 else _json_float(text)


def _json_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text} is beyond float64")
    return value


def _refused(text: str) -> Any:
    raise ValueError(f"{text} stands where JSON has a number")


# ---- Parquet ----


def _parquet(path: str, keep: Sequence[str] | None, size: int) -> Iterator[Chunk]:
    parquet = parquet_module()
    if path == STANDARD:
        raise UsageError("Parquet cannot be read from standard input", hint="give the path of a file")
    if not Path(path).exists():
        raise NotFoundError(f"{path}: there is no such file")
    try:
        file = parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no Parquet file: {error}") from None
    with file:
        total, done = file.metadata.num_rows, 0
        for batch in file.iter_batches(batch_size=size):
            done += batch.num_rows
            names = batch.schema.names if keep is None else [name for name in keep if name in batch.schema.names]
            kept = {name: batch.column(name) for name in names}
            yield Chunk(batch.num_rows, batch, kept, done / total if total else None)


def parquet_module() -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow", hint="pip install 'modelpack[arrow]'") from None
    return pyarrow.parquet
