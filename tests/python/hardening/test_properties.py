"""Whatever is passed as data: an answer that the row path gives too, or one of modelpack's own errors, never another.

The model answers its own features, so an answer shows what became of each value.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
from collections import OrderedDict
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from echo import echo_bundle
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import modelpack
from modelpack import UNSIGNED, Feature

FEATURES = [
    Feature("x", "float64"),
    Feature("f", "float32"),
    Feature("i", "int64"),
    Feature("t", "bool"),
    Feature("s", "string"),
    Feature("w", "timestamp"),
]
NAMES = [feature.name for feature in FEATURES]
ECHOED = NAMES[:-1]  # a time cannot enter arithmetic
GOOD = {"x": 1.5, "f": 0.5, "i": 7, "t": True, "s": "a", "w": datetime.datetime(2026, 1, 1)}

PREDICTOR = modelpack.load(echo_bundle(FEATURES, {"s": ["a", "b"]}), UNSIGNED)


class Colour(enum.IntEnum):
    RED = 1


class Odd:
    """Nothing about it is as it should be."""

    def __repr__(self) -> str:
        return "odd\n\0" * 40

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")


TEXTS = st.text(max_size=8) | st.sampled_from(["a", "b", "17", "\0", "\ud800", "a" * 10_000, "é", "e\u0301"])
TIMES = st.datetimes() | st.datetimes(timezones=st.just(datetime.timezone(datetime.timedelta(hours=14))))
NUMBERS = st.floats() | st.integers() | st.integers(-(2**70), 2**70) | st.booleans() | st.decimals()
SCALARS = st.one_of(
    st.none(),
    NUMBERS,
    TEXTS,
    TIMES,
    st.dates(),
    st.floats(width=32).map(np.float32),
    st.floats(width=16).map(np.float16),
    st.integers(-128, 127).map(np.int8),
    st.integers(0, 2**64 - 1).map(np.uint64),
    st.floats().map(np.longdouble),
    st.booleans().map(np.bool_),
    st.integers(-(2**63), 2**63 - 1).map(lambda ticks: np.datetime64(ticks, "ns")),
    st.integers(-(2**63), 2**63 - 1).map(lambda ticks: np.datetime64(ticks, "W")),
    st.sampled_from(
        [
            pd.NA,
            pd.NaT,
            np.ma.masked,
            np.str_("a"),
            pd.Timestamp("2026-01-01", tz="Europe/Warsaw"),
            pd.Timestamp.max,
            decimal.Decimal("1E+999999999"),
            decimal.Decimal("-1E+999999999"),
            decimal.Decimal("1E-999999999"),
            decimal.Decimal("sNaN"),
        ]
    ),
    st.integers(4_990, 5_000).map(lambda digits: -(10**digits)),
)
OTHERS = st.sampled_from(
    [
        1j,
        b"a",
        (),
        [1.0],
        {},
        {"x": 1},
        {1},
        object(),
        Colour.RED,
        fractions.Fraction(1, 2),
        datetime.timedelta(1),
        datetime.time(1),
        np.timedelta64(1, "s"),
        np.array(1.5),
        np.array([1.5]),
        np.zeros((0,)),
        np.void(b"ab"),
        np.complex128(1),
        range(3),
        pd.Series([1.0]),
        pd.Interval(0, 1),
        pd.Period("2026-01"),
        float,
        len,
    ]
)
VALUES = SCALARS | OTHERS | st.builds(Odd)
ROWS = st.tuples(*(st.just(GOOD[name]) | VALUES for name in NAMES)).map(
    lambda values: dict(zip(NAMES, values, strict=True))
)


def answered(call: Any) -> Any:
    """The answer, or the error's name."""
    try:
        return call()
    except modelpack.ModelpackError as error:
        assert str(error) and "\n" not in str(error)
        assert error.name not in ("INTERNAL", "USAGE")
        return error.name


def bits(values: Any) -> bytes:
    return np.asarray(values, dtype=np.float64).tobytes()


def by_row(row: Any) -> Any:
    """The bits of the answer for one row, or the error's name."""
    return answered(lambda: bits(PREDICTOR.predict_one(row).value))


# ---- rows ----


@settings(max_examples=200)
@given(ROWS)
def test_a_row_has_one_meaning_in_every_form(row: dict[str, Any]) -> None:
    expected = by_row(row)
    assert by_row(OrderedDict(reversed(row.items()))) == expected
    assert by_row(list(row.values())) == expected
    assert by_row(tuple(row.values())) == expected
    assert answered(lambda: bits(PREDICTOR.prepare(NAMES)(list(row.values())).value)) == expected
    assert answered(lambda: bits(PREDICTOR.predict([row])[0])) == expected
    assert answered(lambda: bits(PREDICTOR.predict([OrderedDict(row)])[0])) == expected
    cells = answered(lambda: PREDICTOR.cells([row]))
    assert isinstance(cells, np.ndarray) == isinstance(expected, bytes) or expected == cells


@settings(max_examples=100)
@given(st.lists(ROWS, max_size=5))
def test_a_batch_of_rows_is_its_rows(rows: list[dict[str, Any]]) -> None:
    single = [by_row(row) for row in rows]
    found = PREDICTOR.predict_all(rows, errors="null")
    for expected, value, error in zip(single, found["value"], found["error"], strict=True):
        if isinstance(expected, bytes):
            assert error is None and bits(value) == expected
        else:
            assert isinstance(error, str) and np.isnan(value).all()
    first = next((name for name in single if not isinstance(name, bytes)), None)
    assert answered(lambda: bits(PREDICTOR.predict(rows))) == (first or b"".join(single))


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from([*NAMES, "X", "", 1, None, ("x",)]), VALUES))
def test_rows_with_other_keys(row: dict[Any, Any]) -> None:
    expected = by_row(row)
    assert answered(lambda: bits(PREDICTOR.predict([row])[0])) == expected
    assert isinstance(answered(lambda: PREDICTOR.predict_one(row, strict=True)), str) or set(row) == set(NAMES)


@given(VALUES | st.lists(VALUES, max_size=7) | st.tuples(VALUES, VALUES) | st.sets(st.integers()) | TEXTS)
def test_what_is_no_row(row: Any) -> None:
    by_row(row)


@settings(max_examples=150)
@given(
    VALUES | st.lists(VALUES, max_size=7) | st.lists(st.lists(VALUES, max_size=7), max_size=3) | st.sets(st.floats())
)
def test_what_is_no_batch(data: Any) -> None:
    found = answered(lambda: PREDICTOR.predict(data))
    assert isinstance(found, (str, np.ndarray))
    assert isinstance(answered(lambda: PREDICTOR.predict_arrow(data)), (str, pa.Table))


# ---- arrays ----


NUMERIC = modelpack.load(
    echo_bundle([Feature("x", "float64"), Feature("f", "float32"), Feature("i", "int64")]), UNSIGNED
)
DTYPES = st.one_of(
    arrays.scalar_dtypes(),
    st.just(np.dtype(object)),
    arrays.unicode_string_dtypes(max_len=3),
    arrays.byte_string_dtypes(max_len=3),
    st.sampled_from([np.dtype(np.longdouble), np.dtype("V3"), np.dtype([("x", "f8"), ("f", "f4"), ("i", "i8")])]),
)
SHAPES = st.sampled_from([(), (0,), (3,), (0, 3), (1, 3), (2, 3), (40, 3), (2, 2), (2, 4), (1, 2, 3)])


@st.composite
def any_array(draw: st.DrawFn) -> np.ndarray:
    """Of any dtype, shape and layout."""
    dtype = draw(DTYPES)
    elements = VALUES if dtype.kind == "O" else None
    if dtype.kind == "V":
        array = np.zeros(draw(SHAPES), dtype)
    else:
        array = draw(arrays.arrays(dtype, draw(SHAPES), elements=elements, fill=st.nothing()))
    layout = draw(st.sampled_from(["C", "F", "reversed", "strided", "swapped", "read-only", "masked", "matrix"]))
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "reversed" and array.ndim:
        return array[::-1]
    if layout == "strided" and array.ndim:
        return np.repeat(array, 2, axis=0)[::2]
    if layout == "swapped" and dtype.kind in "fiu":
        return array.astype(dtype.newbyteorder())
    if layout == "read-only":
        array.flags.writeable = False
    if layout == "masked" and dtype.kind != "O":
        return np.ma.MaskedArray(array, mask=draw(st.booleans()))
    if layout == "matrix" and array.ndim == 2 and dtype.kind in "fiu":
        return np.asmatrix(array)
    return array


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@settings(max_examples=200)
@given(any_array())
def test_an_array_answers_as_its_rows_or_is_refused(array: np.ndarray) -> None:
    found = answered(lambda: NUMERIC.predict(array))
    if isinstance(found, str):
        return
    assert found.shape == (len(array), 3)
    rows = array if isinstance(array, np.ma.MaskedArray) else np.asarray(array)  # rows of np.matrix have two dimensions
    for row, answer in zip(rows, found, strict=True):
        assert bits(NUMERIC.predict_one(list(row)).value) == bits(answer)


@settings(max_examples=100)
@given(arrays.arrays(st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.bool_]), (5, 3)))
def test_numeric_arrays_are_answered_by_every_way(array: np.ndarray) -> None:
    found = answered(lambda: bits(NUMERIC.predict(array)))
    assert answered(lambda: bits(NUMERIC.predict(np.asfortranarray(array)))) == found
    assert answered(lambda: bits(NUMERIC.predict(array[::-1])[::-1])) == found
    assert answered(lambda: bits(NUMERIC.predict(pd.DataFrame(array, columns=["x", "f", "i"])))) == found
    assert answered(lambda: bits(NUMERIC.predict(pl.DataFrame(array, schema=["x", "f", "i"])))) == found
    table = pa.table({name: array[:, at] for at, name in enumerate(["x", "f", "i"])})
    assert answered(lambda: bits(NUMERIC.predict(table))) == found
    assert answered(lambda: bits(NUMERIC.predict_arrow(table)["value"].combine_chunks().flatten())) == found


# ---- frames ----


@st.composite
def any_column(draw: st.DrawFn, rows: int) -> Any:
    """What a frame may hold under one name."""
    kind = draw(st.sampled_from(["object", "numbers", "text", "times", "nullable", "categorical"]))
    if kind == "object":
        return pd.Series(draw(st.lists(VALUES, min_size=rows, max_size=rows)), dtype=object)
    if kind == "numbers":
        return pd.Series(draw(arrays.arrays(draw(arrays.scalar_dtypes().filter(lambda d: d.kind in "biuf")), rows)))
    if kind == "text":
        texts = st.lists(st.none() | st.sampled_from(["a", "b", "c", ""]), min_size=rows, max_size=rows)
        return pd.Series(draw(texts), dtype=draw(st.sampled_from([object, "string", "str"])))
    if kind == "times":
        moments = st.lists(st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2200, 1, 1)), min_size=rows)
        return pd.Series(draw(moments)[:rows], dtype=draw(st.sampled_from(["datetime64[us]", "datetime64[us, UTC]"])))
    if kind == "nullable":
        numbers = st.lists(st.none() | st.integers(-100, 100), min_size=rows, max_size=rows)
        return pd.Series(draw(numbers), dtype=draw(st.sampled_from(["Int64", "Int8", "Float64", "Float32"])))
    values = draw(st.lists(st.none() | st.sampled_from(["a", "b", "z"]), min_size=rows, max_size=rows))
    return pd.Series(pd.Categorical(values, categories=["z", "b", "a"]))


@st.composite
def any_frame(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 4))
    names = draw(st.permutations([*NAMES, "extra"]))
    columns = {}
    for name in names:
        good = name != "extra" and draw(st.integers(0, 9)) < 7
        columns[name] = pd.Series([GOOD[name]] * rows) if good else draw(any_column(rows))
    frame = pd.DataFrame(columns)
    return frame.set_index(frame.index[::-1]) if draw(st.booleans()) else frame


def is_null(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


@settings(max_examples=150)
@given(any_frame())
def test_a_frame_answers_as_its_rows_or_is_refused(frame: pd.DataFrame) -> None:
    found = answered(lambda: PREDICTOR.predict(frame))
    if isinstance(found, str):
        return
    assert found.shape == (len(frame), len(ECHOED))
    for number, answer in enumerate(found):
        row = {name: frame[name].iloc[number] for name in NAMES}
        if not any(is_null(value) for value in row.values()):  # a frame has one null where a row has two
            assert by_row(row) == bits(answer)


def kills_pyarrow(frame: pd.DataFrame) -> bool:
    """pyarrow 26 ends the process on objects in which another scalar of numpy follows a numpy.datetime64; polars calls
    it to convert them."""
    objects = [frame[name].tolist() for name in frame if frame[name].dtype == object]
    return any(
        any(isinstance(value, np.datetime64) for value in values)
        and any(isinstance(value, np.generic) and not isinstance(value, np.datetime64) for value in values)
        for values in objects
    )


@settings(max_examples=150)
@given(any_frame().filter(lambda frame: not kills_pyarrow(frame)), st.sampled_from(["polars", "arrow"]))
def test_other_frames_answer_as_their_rows_or_are_refused(frame: pd.DataFrame, kind: str) -> None:
    try:
        data: Any = pl.from_pandas(frame) if kind == "polars" else pa.Table.from_pandas(frame, preserve_index=False)
    except Exception:  # neither library takes every column that pandas holds
        return
    found = answered(lambda: PREDICTOR.predict(data))
    if isinstance(found, str):
        return
    rows = data.to_dicts() if kind == "polars" else data.to_pylist()
    for row, answer in zip(rows, found, strict=True):
        if not any(is_null(value) for value in row.values()):
            assert by_row(row) == bits(answer)


# ---- what users' own objects do ----


def test_a_value_without_a_text_is_named_by_its_type() -> None:
    class Unnamed:
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    with pytest.raises(modelpack.InputError, match="'x' takes float64, not Unnamed: <Unnamed>"):
        PREDICTOR.predict_one({**GOOD, "x": Unnamed()})


@pytest.mark.parametrize("raised", [RuntimeError("own"), KeyboardInterrupt(), MemoryError()])
def test_what_a_value_raises_is_the_callers_and_harms_nothing(raised: BaseException) -> None:
    class Refusing(float):
        def __float__(self) -> float:
            raise raised

    for call in (
        lambda: PREDICTOR.predict_one({**GOOD, "x": Refusing()}),
        lambda: PREDICTOR.predict([GOOD, {**GOOD, "x": Refusing()}]),
        lambda: PREDICTOR.prepare()([Refusing(), *list(GOOD.values())[1:]]),
    ):
        with pytest.raises(type(raised)) as caught:
            call()
        assert caught.value is raised
    assert PREDICTOR.predict_one(GOOD).value == (1.5, 0.5, 7.0, 1.0, 0.0)
