"""Rows by name: every Python value is taken exactly, rounded and counted, or refused by feature and value."""

from __future__ import annotations

import datetime
import enum
from collections import OrderedDict, namedtuple
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from echo import echo_bundle
from hypothesis import given
from hypothesis import strategies as st

import modelpack
from modelpack import UNSIGNED, Default, Feature

FEATURES = [
    Feature("x", "float64"),
    Feature("f", "float32"),
    Feature("i", "int64"),
    Feature("t", "bool"),
    Feature("s", "string"),
    Feature("w", "timestamp"),
]
ROW = {"x": 1.5, "f": 0.5, "i": 7, "t": True, "s": "b", "w": datetime.datetime(2026, 1, 2)}
MISSING_INTEGER = -(2**63)


@pytest.fixture(scope="module")
def predictor():
    return modelpack.load(echo_bundle(FEATURES, {"s": ["a", "b", "ü", ""]}), UNSIGNED)


def value_of(predictor, name, value):
    """What the model gets for one feature, by the row path, by a list of rows and by a prepared row: the same."""
    row = {**ROW, name: value}
    one = predictor.predict_one(row).value
    many = predictor.predict([ROW, row])[1]
    prepared = predictor.prepare(list(row)[::-1])(list(row.values())[::-1]).value
    np.testing.assert_array_equal(one, many)
    np.testing.assert_array_equal(one, prepared)
    return one[[f.name for f in FEATURES].index(name)]


def cell_of(predictor, name, value):
    cells = predictor.cells([{**ROW, name: value}]).view(np.int64)
    return int(cells[0, [f.name for f in FEATURES].index(name)])


class Colour(str, enum.Enum):
    RED = "a"


class Level(enum.IntEnum):
    HIGH = 3


class MyFloat(float):
    pass


class MyText(str):
    pass


EXACT = [
    ("x", 2, 2.0),
    ("x", True, 1.0),
    ("x", -0.0, -0.0),
    ("x", float("inf"), float("inf")),
    ("x", np.float64(0.1), 0.1),
    ("x", np.float32(0.1), float(np.float32(0.1))),
    ("x", np.float16(0.1), float(np.float16(0.1))),
    ("x", np.longdouble(0.5), 0.5),
    ("x", np.int8(-3), -3.0),
    ("x", np.uint64(2**63), 2.0**63),
    ("x", 2**70, 2.0**70),
    ("x", np.bool_(True), 1.0),
    ("x", Decimal("0.1"), 0.1),
    ("x", MyFloat(2.5), 2.5),
    ("x", np.array(4.0)[()], 4.0),
    ("f", 0.1, float(np.float32(0.1))),
    ("f", Decimal("0.1"), float(np.float32(0.1))),
    ("f", 3, 3.0),
    ("i", 17.0, 17.0),
    ("i", np.float32(17), 17.0),
    ("i", Decimal("17.00"), 17.0),
    ("i", False, 0.0),
    ("i", np.uint8(200), 200.0),
    ("i", -0.0, 0.0),
    ("t", 1, 1.0),
    ("t", 0.0, 0.0),
    ("t", np.bool_(False), 0.0),
    ("s", "a", 0.0),
    ("s", "ü", 2.0),
    ("s", "", 3.0),
    ("s", "b\0", -3.0),
    ("s", np.str_("b"), 1.0),
    ("s", MyText("b"), 1.0),
    ("s", "new", -3.0),
    ("s", "A", -3.0),
]


@pytest.mark.parametrize(("name", "value", "expected"), EXACT, ids=lambda v: repr(v)[:30])
def test_values_that_are_taken(predictor, name, value, expected):
    found = value_of(predictor, name, value)
    assert found == expected and np.signbit(found) == np.signbit(expected)


NULLS = [
    None,
    float("nan"),
    np.nan,
    np.float32("nan"),
    pd.NA,
    pd.NaT,
    np.datetime64("NaT", "us"),
    np.ma.masked,
    Decimal("NaN"),
]


@pytest.mark.parametrize("value", NULLS, ids=lambda v: f"{type(v).__name__}")
@pytest.mark.parametrize("name", ["x", "f", "i", "t", "s", "w"])
def test_what_is_missing(predictor, name, value):
    row = {**ROW, name: value}
    assert predictor.predict_one(row).missing == (name,)
    assert predictor.predict([row] * 2).shape == (2, 5)
    if name != "w":
        found = value_of(predictor, name, value)
        assert found == (-1.0 if value is None else -2.0) if name == "s" else np.isnan(found)


@pytest.mark.parametrize("null_is", ["none", "nan"])
@pytest.mark.parametrize(
    "value", [pd.NA, pd.NaT, np.ma.masked, np.datetime64("NaT", "us")], ids=lambda v: type(v).__name__
)
def test_the_one_null_is_what_training_saw(null_is, value):
    predictor = modelpack.load(echo_bundle([Feature("s", "string", null_is=null_is)], {"s": ["a"]}), UNSIGNED)
    expected = -1.0 if null_is == "none" else -2.0
    assert predictor.predict_one({"s": value}).value == expected
    assert predictor.predict([{"s": value}]).tolist() == [expected]
    assert predictor.predict_one({"s": None}).value == -1.0
    assert predictor.predict_one({"s": float("nan")}).value == -2.0


REFUSED = [
    ("x", "17", "WRONG_TYPE"),
    ("x", b"17", "WRONG_TYPE"),
    ("x", 1j, "WRONG_TYPE"),
    ("x", [1.0], "WRONG_TYPE"),
    ("x", np.zeros(1), "WRONG_TYPE"),
    ("x", {}, "WRONG_TYPE"),
    ("x", Level.HIGH, "WRONG_TYPE"),
    ("x", Fraction(1, 2), "WRONG_TYPE"),
    ("x", datetime.datetime(2026, 1, 1), "WRONG_TYPE"),
    ("x", datetime.timedelta(1), "WRONG_TYPE"),
    ("x", 2**53 + 1, "NOT_EXACT"),
    ("x", 2**70 + 1, "NOT_EXACT"),
    ("x", 10**400, "NOT_EXACT"),
    ("x", np.longdouble(1) / 3, "NOT_EXACT"),
    ("f", 1e300, "NOT_EXACT"),
    ("i", 1.5, "NOT_EXACT"),
    ("i", Decimal("1.00000000000000000000001"), "NOT_EXACT"),
    ("i", -(2**63), "NOT_EXACT"),
    ("i", 2**63, "NOT_EXACT"),
    ("i", float("inf"), "NOT_EXACT"),
    ("i", "7", "WRONG_TYPE"),
    ("t", 2, "NOT_EXACT"),
    ("t", "True", "WRONG_TYPE"),
    ("s", 1, "WRONG_TYPE"),
    ("s", True, "WRONG_TYPE"),
    ("s", 2**70, "WRONG_TYPE"),
    ("s", Colour.RED, "WRONG_TYPE"),
    ("s", b"a", "WRONG_TYPE"),
    ("s", "\ud800", "WRONG_TYPE"),
    ("s", Decimal(1), "WRONG_TYPE"),
    ("w", 5, "WRONG_TYPE"),
    ("w", 5.0, "WRONG_TYPE"),
    ("w", True, "WRONG_TYPE"),
    ("w", "2026-01-01", "WRONG_TYPE"),
    ("w", datetime.timedelta(1), "WRONG_TYPE"),
    ("w", datetime.time(1), "WRONG_TYPE"),
    ("w", np.timedelta64(1, "s"), "WRONG_TYPE"),
    ("w", pd.Timestamp("2026-01-01 00:00:00.000000001"), "NOT_EXACT"),
]


@pytest.mark.parametrize(("name", "value", "code"), REFUSED, ids=lambda v: repr(v)[:30])
def test_values_that_are_refused(predictor, name, value, code):
    row = {**ROW, name: value}
    with pytest.raises(modelpack.InputError, match=f"'{name}'") as caught:
        predictor.predict_one(row)
    assert (caught.value.name, caught.value.feature, caught.value.row) == (code, name, None)
    with pytest.raises(modelpack.InputError) as caught:
        predictor.predict([ROW, ROW, row, row])
    assert (caught.value.name, caught.value.feature, caught.value.row) == (code, name, 2)


def test_a_long_value_is_cut_in_the_error(predictor):
    for value in ("y" * 10_000, ["y"] * 10_000):
        with pytest.raises(modelpack.InputError) as caught:
            predictor.predict_one({**ROW, "x": value})
        assert len(str(caught.value)) < 250


def test_a_value_that_cannot_be_shown_is_still_refused(predictor):
    class Broken:
        def __repr__(self):
            raise RuntimeError("no")

    with pytest.raises(modelpack.InputError, match="Broken"):
        predictor.predict_one({**ROW, "x": Broken()})


EPOCH = datetime.datetime(1970, 1, 1)


@given(st.datetimes())
def test_times_are_instants_in_microseconds(predictor, moment):
    expected = (moment - EPOCH) // datetime.timedelta(microseconds=1)
    east = datetime.timezone(datetime.timedelta(hours=2))
    assert cell_of(predictor, "w", moment) == expected
    assert cell_of(predictor, "w", moment.replace(tzinfo=datetime.timezone.utc)) == expected
    assert cell_of(predictor, "w", moment.replace(tzinfo=east)) == expected - 7_200_000_000
    assert cell_of(predictor, "w", np.datetime64(moment, "us")) == expected
    assert cell_of(predictor, "w", moment.date()) == expected - expected % 86_400_000_000


def test_pandas_timestamps(predictor):
    stamp = pd.Timestamp("2013-05-06 07:08:09.123456", tz="Europe/Warsaw")
    assert cell_of(predictor, "w", stamp) == stamp.value // 1000
    assert cell_of(predictor, "w", stamp.as_unit("s")) == stamp.as_unit("s").value // 1000
    assert cell_of(predictor, "w", pd.NaT) == MISSING_INTEGER


@given(
    st.floats(), st.integers(-(2**63) + 1, 2**63 - 1), st.booleans(), st.text(st.characters(exclude_categories=["Cs"]))
)
def test_a_row_means_the_same_by_every_way(predictor, x, i, t, s):
    row = {**ROW, "x": x, "i": i, "t": t, "s": s}
    expected = predictor.predict_one(row)
    assert predictor.predict_one(OrderedDict(reversed(row.items()))) == expected
    assert predictor.predict_one(MappingProxyType(row)) == expected
    assert predictor.predict_one(pd.Series(row, dtype=object)) == expected
    assert predictor.predict_one(list(row.values())) == expected
    assert predictor.predict_one({**row, "extra": object()}) == expected
    np.testing.assert_array_equal(predictor.predict([row])[0], expected.value)
    frame = pd.DataFrame([row], columns=list(row)[::-1]).astype({"f": "float32"})
    np.testing.assert_array_equal(predictor.predict(frame)[0], expected.value)


# ---- names ----


def test_an_absent_feature_suggests_the_nearest_key(predictor):
    row = {key: value for key, value in ROW.items() if key != "x"}
    with pytest.raises(modelpack.InputError, match=r"'x' is not present.*'X'") as caught:
        predictor.predict_one({**row, "X": 1.0})
    assert (caught.value.name, caught.value.feature) == ("FEATURE_ABSENT", "x")
    with pytest.raises(modelpack.InputError, match="None where it is missing"):
        predictor.predict_one(row)
    with pytest.raises(modelpack.InputError) as caught:
        predictor.predict([ROW, row])
    assert (caught.value.feature, caught.value.row) == ("x", 1)


def test_extra_keys_are_refused_only_if_strict(predictor):
    row = {**ROW, "hour": 1}
    assert predictor.predict_one(row) == predictor.predict_one(ROW) == predictor.predict_one(ROW, strict=True)
    for call in (lambda: predictor.predict_one(row, strict=True), lambda: predictor.predict([ROW, row], strict=True)):
        with pytest.raises(modelpack.InputError, match="hour") as caught:
            call()
        assert caught.value.name == "FEATURE_UNKNOWN"


def test_an_optional_feature_may_be_absent():
    features = [Feature("x", "float64"), Feature("o", "string", optional=True, null_is="none")]
    predictor = modelpack.load(echo_bundle(features, {"o": ["a"]}), UNSIGNED)
    expected = predictor.predict_one({"x": 1.0, "o": None})
    assert predictor.predict_one({"x": 1.0}) == expected
    assert predictor.prepare(["x"])([1.0]) == expected
    assert predictor.predict([{"x": 1.0}, {"x": 1.0, "o": "a"}]).tolist() == [[1.0, -1.0], [1.0, 0.0]]
    assert predictor.predict(pd.DataFrame({"x": [1.0]})).tolist() == [[1.0, -1.0]]
    with pytest.raises(modelpack.InputError, match="'x'"):
        predictor.predict_one({"o": "a"})


@pytest.mark.parametrize(
    "row", [5, "row", None, np.zeros((1, 6)), pd.DataFrame([ROW]), {1}, iter([1])], ids=lambda r: type(r).__name__
)
def test_what_is_no_row(predictor, row):
    with pytest.raises(modelpack.InputError, match="a row is"):
        predictor.predict_one(row)


def test_named_tuples_are_bound_by_name(predictor):
    expected = predictor.predict_one(ROW)
    backwards = namedtuple("Backwards", list(ROW)[::-1])(**ROW)
    assert predictor.predict_one(backwards) == expected
    np.testing.assert_array_equal(predictor.predict([backwards, backwards])[1], expected.value)
    frame = pd.DataFrame([ROW])[list(ROW)[::-1]]
    assert predictor.predict_one(next(frame.itertuples())) == expected
    with pytest.raises(modelpack.InputError, match="'w'"):
        predictor.predict_one(next(frame.drop(columns="w").itertuples()))


def test_a_row_by_position_has_a_value_per_feature(predictor):
    for row in ([1.0], (1.0,) * 7, np.zeros(5)):
        with pytest.raises(modelpack.InputError, match="features") as caught:
            predictor.predict_one(row)
        assert caught.value.name == "WRONG_SHAPE"


def test_a_list_of_rows_holds_rows(predictor):
    with pytest.raises(modelpack.InputError, match="list of mappings") as caught:
        predictor.predict([ROW, list(ROW.values())])
    assert caught.value.row == 1


# ---- policies ----


def test_policies_decide_on_missing_and_unseen():
    features = [
        Feature("x", "float64", missing="reject"),
        Feature("d", "float64", missing=Default(7.5)),
        Feature("s", "string", unseen="reject"),
        Feature("e", "string", unseen=Default("b"), missing=Default("a")),
    ]
    predictor = modelpack.load(echo_bundle(features, {"s": ["a"], "e": ["a", "b"]}), UNSIGNED)
    row = {"x": 1.0, "d": None, "s": "a", "e": "new"}
    found = predictor.predict_one(row)
    assert found.value == (1.0, 7.5, 0.0, 1.0)
    assert predictor.predict_one({**row, "e": None}).value[3] == 0.0
    assert (found.missing, found.unseen) == (("d",), ("e",))
    for name, value, code in (("x", None, "MISSING"), ("x", float("nan"), "MISSING"), ("s", "zürich", "UNSEEN")):
        bad = {**row, name: value}
        for call, number in (
            (lambda bad=bad: predictor.predict_one(bad), None),
            (lambda bad=bad: predictor.predict([row, bad]), 1),
        ):
            with pytest.raises(modelpack.InputError, match=f"'{name}'") as caught:
                call()
            assert (caught.value.name, caught.value.feature, caught.value.row) == (code, name, number)
    with pytest.raises(modelpack.InputError, match="zürich"):
        predictor.predict_one({**row, "s": "zürich"})


def test_names_that_are_no_identifiers():
    names = ["class", "a b", "1", "def f(): pass", "', '", "v0", "\n", "é" * 100]
    predictor = modelpack.load(echo_bundle([Feature(name, "float64") for name in names]), UNSIGNED)
    row = {name: float(number) for number, name in enumerate(names)}
    assert predictor.predict_one(row).value == tuple(row.values())
    assert predictor.prepare(names[::-1])(list(row.values())[::-1]).value == tuple(row.values())


def test_many_unseen_categories_are_not_kept(predictor):
    codes = predictor._features[4].codes
    for number in range(100):
        predictor.predict_one({**ROW, "s": f"unseen {number}"})
    assert len(codes) <= 4
