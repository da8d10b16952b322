"""golden.safetensors: rows whose answers every engine must reproduce before it answers anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelpack.canonical import safetensors_bytes
from modelpack.errors import InputError
from modelpack.infer import is_null, sample_columns
from modelpack.rows import row_count, spread, take_rows
from modelpack.schema import Feature, Output

MAX_GOLDEN = 64
NUMPY = {"float64": np.float64, "float32": np.float32, "int64": np.int64}


def golden_rows(golden: Any, sample: Any, features: Sequence[Feature]) -> tuple[Any, str]:
    """The rows to keep, and where they come from.

    Parameters
    ----------
    golden : int, frame, or "synthetic"
        How many rows to take from the sample (at most 64); rows given; or rows drawn from the sample's ranges and
        categories, for data that may not leave the house.
    sample : frame or array
    features : sequence of Feature

    Returns
    -------
    rows, source : frame or array like the sample, and `sample`, `given` or `synthetic`
    """
    if isinstance(golden, str):
        if golden != "synthetic":
            raise InputError(f"golden is {golden!r}; give a number of rows, the rows themselves, or 'synthetic'")
        return synthetic_rows(sample, features), "synthetic"
    if isinstance(golden, (int, np.integer)):
        if not 0 < golden <= MAX_GOLDEN:
            raise InputError(f"golden is {golden}; a bundle keeps 1 to {MAX_GOLDEN} golden rows")
        return take_rows(sample, telling_rows(sample, int(golden))), "sample"
    if not 0 < row_count(golden) <= MAX_GOLDEN:
        raise InputError(f"golden holds {row_count(golden)} rows; a bundle keeps 1 to {MAX_GOLDEN}")
    return golden, "given"


def telling_rows(sample: Any, count: int) -> np.ndarray:
    """Row numbers: for each feature with missing values one row that lacks it, the others spread evenly."""
    chosen: list[int] = []
    for column in sample_columns(sample, None).values():
        if len(chosen) >= count // 2:
            break
        values = np.asarray(column, dtype=object)
        missing = next((i for i, value in enumerate(values) if is_null(value)), None)
        if missing is not None and missing not in chosen:
            chosen.append(missing)
    rest = [row for row in spread(row_count(sample), count).tolist() if row not in chosen]
    return np.array(sorted(chosen + rest[: count - len(chosen)]), dtype=np.int64)


def synthetic_rows(sample: Any, features: Sequence[Feature], count: int = 32) -> Any:
    """Rows in the type of the sample whose every column is drawn on its own: numbers between its least and greatest,
    categories and missing values from those that occur. No row of the sample is repeated but by chance."""
    rng = np.random.default_rng(20130101)
    columns = sample_columns(sample, None)
    drawn = {
        name: draw(column, feature, rng, count)
        for (name, column), feature in zip(columns.items(), features, strict=True)
    }
    if hasattr(sample, "iloc"):
        frame = take_rows(sample, np.zeros(count, dtype=np.int64)).reset_index(drop=True)
        for name in frame.columns:
            frame[name] = type(frame[name])(drawn[str(name)], dtype=frame[name].dtype)
        return frame
    if hasattr(sample, "get_columns"):
        return type(sample)(drawn, schema=sample.schema)
    if hasattr(sample, "num_rows"):
        return type(sample).from_pydict(drawn, schema=sample.schema)
    return np.column_stack(list(drawn.values())).astype(np.asarray(sample).dtype)


def draw(column: Any, feature: Feature, rng: np.random.Generator, count: int) -> list[Any]:
    values = np.asarray(column, dtype=object).tolist()
    present = [value for value in values if not is_null(value)]
    null = next((value for value in values if is_null(value)), None)
    share = 1 - len(present) / max(len(values), 1)
    if not present:
        return [null] * count
    if feature.dtype in ("float64", "float32"):
        drawn: list[Any] = rng.uniform(min(present), max(present), count).tolist()
    elif feature.dtype == "int64":
        drawn = rng.integers(min(present), max(present), count, endpoint=True).tolist()
    else:
        distinct = sorted(set(present), key=str)
        drawn = [distinct[i] for i in rng.integers(0, len(distinct), count)]
    return [null if gone else value for value, gone in zip(drawn, rng.random(count) < share, strict=True)]


def golden_member(
    cells: np.ndarray,
    outputs: Sequence[Output],
    framework: Mapping[str, np.ndarray],
    native: Mapping[str, np.ndarray],
    bound: Mapping[str, np.ndarray] | None,
    source: str,
) -> bytes:
    """The bytes of golden.safetensors.

    Parameters
    ----------
    cells : uint64 [rows, features]
        Cells of the row call.
    framework, native : mapping of output name to array [rows, columns]
        The framework's answers, and the reference interpreter's.
    bound : mapping of output name to float64 [rows, columns], or None for the same bits
    source : str
        `sample`, `given` or `synthetic`.
    """
    tensors: dict[str, np.ndarray] = {"cells": np.ascontiguousarray(cells, dtype=np.uint64)}
    for output in outputs:
        dtype, shape = NUMPY[output.dtype], (len(cells), output.columns)
        tensors[f"framework.{output.name}"] = canonical_nan(
            np.asarray(framework[output.name]).reshape(shape).astype(dtype)
        )
        tensors[f"native.{output.name}"] = canonical_nan(np.asarray(native[output.name]).reshape(shape).astype(dtype))
        allowed = bound[output.name] if bound is not None and output.name in bound else np.zeros(shape)
        tensors[f"bound.{output.name}"] = np.broadcast_to(allowed, shape).astype(np.float64)
    return safetensors_bytes(tensors, {"source": source})


def canonical_nan(array: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(array), np.array(np.nan, array.dtype), array) if array.dtype.kind == "f" else array
