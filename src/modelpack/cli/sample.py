"""Data frames for packing, from Parquet, CSV and JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelpack.cli.reading import format_of
from modelpack.errors import InputError, NotFoundError, UsageError


def read_frame(path: str) -> Any:
    """The file as a pandas data frame."""
    try:
        import pandas
    except ImportError:
        raise UsageError("packing from files needs pandas", hint="pip install 'modelpack[pandas]'") from None
    if not Path(path).exists():
        raise NotFoundError(f"{path}: there is no such file")
    form = format_of(path, None, "a name that ends in")
    try:
        if form == "parquet":
            return pandas.read_parquet(path)
        if form == "csv":
            return pandas.read_csv(path)
        return pandas.read_json(path, lines=True, precise_float=True)
    except (ValueError, OSError, ImportError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None


def with_categories(frame: Any, categories: Sequence[str]) -> Any:
    """The frame with its text columns, and those named, as categories: boosters take text in no other form."""
    text = [name for name in frame.columns if str(frame[name].dtype) in ("object", "str", "string")]
    chosen = list(dict.fromkeys([*text, *categories]))
    unknown = [name for name in chosen if name not in frame.columns]
    if unknown:
        raise UsageError(f"--categories: {unknown[0]!r} is not a column of the sample")
    return frame.astype(dict.fromkeys(chosen, "category"))


def feature_frame(frame: Any, names: Sequence[str] | None, without: Sequence[str]) -> Any:
    """The columns that the model takes, in its order; all but `without` where it has no names that are in the data."""
    if names is not None:
        lacking = [name for name in names if name not in frame.columns]
        if not lacking:
            return frame[list(names)]
        if len(lacking) < len(names):
            raise InputError(
                f"the model was trained on {lacking[0]!r}, which the data do not have",
                hint="name the columns in the model's order with --features",
            )
    return frame.drop(columns=[name for name in without if name in frame.columns])
