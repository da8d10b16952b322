"""Arrow arrays of every type, with nulls, offsets and dictionaries: pyarrow's own values against what is read."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import modelpack
from modelpack.errors import InputError

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
FEATURES = ("float64", "float64_none", "float32", "int64", "bool", "timestamp", "string", "string_none")
# the column of `value` that shows a feature
SHOWN = {"float64": 0, "float64_none": 1, "float32": 2, "int64": 3, "bool": 4, "string": 5, "string_none": 6}
CATEGORIES = ("JFK", "", "Łódź", "a\0b")
ROWS = 300


@pytest.fixture(scope="module")
def predictor():
    with modelpack.load(VECTORS / "types.mpk", trust=modelpack.UNSIGNED, name="types") as predictor:
        yield predictor


def shown(predictor: Any, feature: str, array: pa.Array) -> np.ndarray:
    columns = {name: pa.nulls(len(array)) for name in FEATURES} | {feature: array}
    return predictor.predict_all(pa.table(columns))["value"][:, SHOWN[feature]]


def same(found: np.ndarray, expected: list[float]) -> None:
    np.testing.assert_array_equal(found.view(np.uint64), np.array(expected, np.float64).view(np.uint64))


def drawn(seed: str, draw: Any) -> list[Any]:
    rng = random.Random(seed)
    return [None if rng.random() < 0.2 else draw(rng) for _ in range(ROWS)]


def number(value: Any) -> float:
    return math.nan if value is None or value != value else float(value)


INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]


@pytest.mark.parametrize("kind", INTEGERS, ids=str)
def test_integers_of_each_width(predictor, kind):
    width = min(kind.bit_width, 53)
    low, high = (0, 2**width - 1) if "uint" in str(kind) else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    values = drawn(str(kind), lambda rng: rng.randint(low, high))
    array = pa.array(values, kind)
    same(shown(predictor, "float64", array), [number(value) for value in values])
    same(shown(predictor, "int64", array), [number(value) for value in values])
    same(shown(predictor, "int64", array[37:211]), [number(value) for value in values[37:211]])


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()], ids=str)
def test_floats_of_each_width(predictor, kind):
    special = [math.nan, math.inf, -math.inf, -0.0, 0.0]
    narrow = {pa.float16(): np.float16, pa.float32(): np.float32, pa.float64(): np.float64}[kind]
    values = drawn(str(kind), lambda rng: narrow(rng.choice([rng.gauss(0, 100), *special])))
    array = pa.array(values, kind)
    same(shown(predictor, "float64", array), [number(value) for value in values])
    same(shown(predictor, "float64_none", array[11:]), [number(value) for value in values[11:]])
    if kind != pa.float64():
        same(shown(predictor, "float32", array), [number(value) for value in values])


def test_bools_are_bits_from_any_offset(predictor):
    values = drawn("bool", lambda rng: rng.random() < 0.5)
    array = pa.array(values, pa.bool_())
    for start in (0, 1, 7, 8, 9, 63):
        same(shown(predictor, "bool", array[start:]), [number(value) for value in values[start:]])
        same(shown(predictor, "float64", array[start:]), [number(value) for value in values[start:]])


def codes(values: list[str | None], missing: float) -> list[float]:
    return [
        missing if value is None else float(CATEGORIES.index(value)) if value in CATEGORIES else -3.0
        for value in values
    ]


TEXTS = [pa.string(), pa.large_string(), pa.string_view()]


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_texts_of_each_layout(predictor, kind):
    choices = [*CATEGORIES, "jfk", "a category longer than twelve bytes", "żółć" * 9]
    values = drawn(str(kind), lambda rng: rng.choice(choices))
    array = pa.array(values, kind)
    same(shown(predictor, "string", array), codes(values, -2.0))
    same(shown(predictor, "string_none", array), codes(values, -1.0))
    same(shown(predictor, "string", array[101:250]), codes(values[101:250], -2.0))


@pytest.mark.parametrize("index", [pa.int8(), pa.int32(), pa.uint16(), pa.int64()], ids=str)
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_dictionaries_of_texts(predictor, index, kind):
    values = drawn(f"{index}{kind}", lambda rng: rng.choice([*CATEGORIES, "elsewhere"]))
    array = pa.array(values, kind).dictionary_encode().cast(pa.dictionary(index, kind))
    same(shown(predictor, "string", array), codes(values, -2.0))
    same(shown(predictor, "string_none", array[5:90]), codes(values[5:90], -1.0))


def test_a_dictionary_may_hold_nulls_numbers_and_more_values_than_rows(predictor):
    nulls = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2], pa.int8()), pa.array(["JFK", None, "x"]))
    same(shown(predictor, "string", nulls), [0.0, -2.0, -2.0, -3.0])
    numbers = pa.DictionaryArray.from_arrays(pa.array([2, 0], pa.int32()), pa.array([1.5, 2.5, -3.0]))
    same(shown(predictor, "float64", numbers), [-3.0, 1.5])
    unused = pa.DictionaryArray.from_arrays(pa.array([0, 0, 0], pa.int8()), pa.array([7, 2**53 + 1]))
    same(shown(predictor, "float64", unused), [7.0, 7.0, 7.0])


@pytest.mark.parametrize("scale", [0, 2, 17, 30])
def test_decimals_are_their_nearest_float(predictor, scale):
    context = decimal.Context(prec=60)

    def draw(rng: random.Random) -> decimal.Decimal:
        return decimal.Decimal(rng.randint(-(10**38) + 1, 10**38 - 1) >> rng.randint(0, 120)).scaleb(-scale, context)

    values = drawn(f"decimal{scale}", draw)
    array = pa.array(values, pa.decimal128(38, scale))
    same(shown(predictor, "float64", array), [number(value) for value in values])


TIMES = [
    (pa.timestamp("s"), dt.datetime(2013, 1, 2, 3, 4, 5)),
    (pa.timestamp("ms", "Europe/Warsaw"), dt.datetime(2013, 1, 2, 3, 4, 5, 678000, dt.timezone.utc)),
    (pa.timestamp("us"), dt.datetime(1900, 1, 1, 0, 0, 0, 1)),
    (pa.timestamp("ns"), dt.datetime(2013, 1, 2, 3, 4, 5, 678901)),
    (pa.date32(), dt.date(1969, 12, 31)),
    (pa.date64(), dt.date(2013, 1, 2)),
]


@pytest.mark.parametrize("kind, value", TIMES, ids=lambda case: str(case))
def test_times_are_taken_as_timestamps_only(predictor, kind, value):
    array = pa.array([value, None], kind)
    columns = {name: pa.nulls(2) for name in FEATURES}
    assert len(predictor.predict_all(pa.table(columns | {"timestamp": array}))["value"]) == 2
    assert predictor.stats()["timestamp"].missing >= 1
    with pytest.raises(InputError, match="float64") as caught:
        predictor.predict_all(pa.table(columns | {"float64": array}))
    assert (caught.value.feature, caught.value.row) == ("float64", 0)


REFUSED = [
    pa.array([b"JFK"], pa.binary()),
    pa.array([b"JFK"], pa.binary_view()),
    pa.array([[1.0]], pa.list_(pa.float64())),
    pa.array([{"a": 1}], pa.struct([("a", pa.int64())])),
    pa.array([dt.time(1)], pa.time64("us")),
    pa.array([dt.timedelta(1)], pa.duration("s")),
    pa.array([decimal.Decimal(1)], pa.decimal256(50, 0)),
    pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array([1.0])),
]


@pytest.mark.parametrize("array", REFUSED, ids=lambda array: str(array.type))
def test_what_no_feature_takes_is_refused_by_name(predictor, array):
    columns = {name: pa.nulls(1) for name in FEATURES} | {"float64": array}
    with pytest.raises(InputError, match="float64") as caught:
        predictor.predict_all(pa.table(columns))
    assert caught.value.feature == "float64"


def test_chunks_are_one_column(predictor):
    values = drawn("chunks", lambda rng: rng.random())
    chunks = pa.chunked_array([values[:1], [], values[1:120], values[120:]], pa.float64())
    columns = {name: pa.nulls(ROWS) for name in FEATURES} | {"float64": chunks}
    same(predictor.predict_all(pa.table(columns))["value"][:, 0], [number(value) for value in values])
