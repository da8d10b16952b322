"""OneHotEncoder, OrdinalEncoder and TargetEncoder: a table over the codes of each column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder
from sklearn.utils import _safe_indexing
from sklearn.utils._missing import is_scalar_nan
from sklearn.utils.validation import check_array

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import FRAMES, Column, Frame
from modelpack.importers.sklearn_array import KEEP, checked_array, require_finite
from modelpack.importers.sklearn_step import Cell, quiet, transformer
from modelpack.program import Builder, Value

Array = npt.NDArray[Any]
UNKNOWN = -1


@dataclass(frozen=True)
class Places:
    """Where each code of `value` stands in the encoder's categories, then null, NaN and unseen; UNKNOWN: nowhere."""

    value: Value
    place: npt.NDArray[np.int64]


@transformer(OneHotEncoder)
def one_hot(step: OneHotEncoder, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    cells: list[Cell] = []
    for index, column in enumerate(encoder_columns(builder, frame, origin)):
        places = category_places(builder, column, step.categories_[index], origin)
        unknown = _one_hot_unknown(step, index)
        if unknown is None:
            require_known(builder, places, origin)
        width = int(step._n_features_outs[index])
        targets = np.array([_one_hot_column(step, index, place) for place in range(len(step.categories_[index]))])
        hot = np.append(targets, UNKNOWN if unknown is None else unknown)[places.place].astype(np.int32)
        tensors = {"column": hot, "width": np.array([width], dtype=np.uint32)}
        block = builder.op("one_hot@1", places.value, origin=origin, tensors=tensors)
        if not step.sparse_output:
            block = builder.op("to_dense@1", block, origin=origin)
        cells += [Cell(block, cell, finite=True, small=True) for cell in range(width)]
    return cells


def _one_hot_column(step: OneHotEncoder, index: int, place: int) -> int:
    """The output column of the category at `place`, after infrequent ones are joined and one is dropped; -1: none."""
    column = _grouped(step, index, place)
    dropped = step._drop_idx_after_grouping
    drop = None if dropped is None else dropped[index]
    if drop is None or column < drop:
        return column
    return UNKNOWN if column == drop else column - 1


def _grouped(step: Any, index: int, place: int) -> int:
    mapping = step._default_to_infrequent_mappings[index] if step._infrequent_enabled else None
    return place if mapping is None else int(mapping[place])


def _one_hot_unknown(step: OneHotEncoder, index: int) -> int | None:
    """The output column of an unknown category (-1: none), or None where it is refused."""
    if step.handle_unknown == "error":
        return None
    infrequent = step._infrequent_indices[index] if step._infrequent_enabled else None
    joins = step.handle_unknown == "infrequent_if_exist" or (step.handle_unknown == "warn" and _warn_joins_infrequent())
    if infrequent is None or not joins:
        return UNKNOWN
    return _one_hot_column(step, index, int(infrequent[0]))


@cache
def _warn_joins_infrequent() -> bool:
    """Whether handle_unknown="warn" counts unknown categories among the infrequent: it depends on the version."""
    with quiet():
        probe = OneHotEncoder(handle_unknown="warn", min_frequency=2, sparse_output=False)
        probe.fit(np.array([["often"], ["often"], ["seldom"]], dtype=object))
        return bool(probe.transform(np.array([["never"]], dtype=object)).any())


@transformer(OrdinalEncoder)
def ordinal(step: OrdinalEncoder, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    cells: list[Cell] = []
    for index, column in enumerate(encoder_columns(builder, frame, origin)):
        places = category_places(builder, column, step.categories_[index], origin)
        known = step.handle_unknown == "error"
        if known:
            require_known(builder, places, origin)
        count = len(step.categories_[index])
        numbers = np.array([_ordinal_number(step, index, place) for place in range(count)] + [0], dtype=step.dtype)
        numbers[-1] = 0 if known else step.unknown_value
        table = numbers.astype(np.float64)[places.place].reshape(-1, 1)
        block = builder.op("lookup@1", places.value, origin=origin, tensors={"table": table})
        small = bool(np.isfinite(table.astype(np.float32)).all())
        cells.append(Cell(block, 0, finite=small, small=small))
    return cells


def _ordinal_number(step: OrdinalEncoder, index: int, place: int) -> Any:
    if step._missing_indices.get(index) == place:
        return step.encoded_missing_value
    return _grouped(step, index, place)


@transformer(TargetEncoder)
def target(step: TargetEncoder, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    """Per category what training saw of the target, per class where there are several; unknown ones get its mean."""
    several = len(step.classes_) if step.target_type_ == "multiclass" else 1
    means = np.ravel(step.target_mean_)
    cells: list[Cell] = []
    for index, column in enumerate(encoder_columns(builder, frame, origin)):
        places = category_places(builder, column, step.categories_[index], origin)
        encodings = step.encodings_[index * several : (index + 1) * several]
        known = [np.append(encoding, mean) for encoding, mean in zip(encodings, means, strict=True)]
        table = np.column_stack(known).astype(np.float64)[places.place]
        block = builder.op("lookup@1", places.value, origin=origin, tensors={"table": table})
        cells += [Cell(block, cell) for cell in range(several)]
    return cells


def require_known(builder: Builder, places: Places, origin: str) -> None:
    allowed = (places.place != UNKNOWN).astype(np.uint8)
    builder.op("require@1", places.value, origin=origin, form="allowed", tensors={"allowed": allowed})


def encoder_columns(builder: Builder, frame: Frame, origin: str) -> list[Column]:
    """The columns as an encoder holds them: each of a data frame on its own, an array as a whole."""
    if frame.container not in FRAMES:
        return list(checked_array(builder, frame, origin, dtype=KEEP, finite="allow-nan").columns)
    columns = []
    for position, column in enumerate(frame.columns):
        with quiet():
            series = _safe_indexing(frame.sample, position, axis=1)
            held = check_array(series, ensure_2d=False, dtype=None, ensure_all_finite=False)
        dtype = "object" if held.dtype.kind in "OU" else str(held.dtype)
        alone = replace(column, dtype=dtype, categories=None)
        require_finite(builder, Frame((alone,), "array"), origin, "allow-nan")
        columns.append(alone)
    return columns


def category_places(builder: Builder, column: Column, categories: Array, origin: str) -> Places:
    """Maps the column's cells to their places in the categories that the encoder was fitted on."""
    if column.is_text:
        return _text_places(builder, column, categories, origin)
    if column.value.type == "time":
        raise UnsupportedModelError(origin, f"column {column.name!r} holds timestamps", "convert them to strings")
    return _number_places(builder, column, categories, origin)


def _text_places(builder: Builder, column: Column, categories: Array, origin: str) -> Places:
    feature = column.value.feature
    if feature is None:
        raise UnsupportedModelError(origin, f"column {column.name!r} is encoded already", "encode it once")
    known = {builder.code(feature, str(text)): at for at, text in enumerate(categories) if isinstance(text, str)}
    place = np.full(builder.code_count(column.value) + 3, UNKNOWN, dtype=np.int64)
    for code, at in known.items():
        place[code] = at
    place[-3] = _none_place(categories)
    place[-2] = _nan_place(categories)
    for null_is, at in (("none", place[-3]), ("nan", place[-2])):
        if at != UNKNOWN:
            builder.knows_null(feature, null_is)
    return Places(column.value, place)


def _number_places(builder: Builder, column: Column, categories: Array, origin: str) -> Places:
    numbers = [(at, one) for at, one in enumerate(categories.tolist()) if _is_number(one)]
    value = Frame((column,), "array").block(builder, origin)
    if value.sparse or value.type not in ("i64",) or any(isinstance(one, float) for _, one in numbers):
        value = Frame((column,), "array").numbers(builder, "f64", origin)
    values = np.array([one for _, one in numbers], dtype=value.dtype)
    code = builder.op("number_code@1", value, origin=origin, tensors={"values": values})
    missing = _missing_number(column, categories, origin)
    return Places(code, np.array([at for at, _ in numbers] + [missing, missing, UNKNOWN], dtype=np.int64))


def _missing_number(column: Column, categories: Array, origin: str) -> int:
    """The place of a missing number, which to the program is one thing and to Python None, NaN or what replaced it."""
    if column.text_of_nan is not None:
        return next((at for at, one in enumerate(categories.tolist()) if one == column.text_of_nan), UNKNOWN)
    none, nan = _none_place(categories), _nan_place(categories)
    if none != UNKNOWN and nan != UNKNOWN:
        raise UnsupportedModelError(
            origin,
            f"column {column.name!r} of numbers has both None and NaN as categories",
            "use one of them for missing numbers",
        )
    return max(none, nan)


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) and not is_scalar_nan(value)


def _none_place(categories: Array) -> int:
    return next((at for at, one in enumerate(categories.tolist()) if one is None), UNKNOWN)


def _nan_place(categories: Array) -> int:
    return next((at for at, one in enumerate(categories.tolist()) if is_scalar_nan(one)), UNKNOWN)
