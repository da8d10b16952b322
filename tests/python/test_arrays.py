"""numpy arrays: every dtype, order and stride gives the numbers that it holds, or is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
from echo import echo_bundle
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import modelpack
from modelpack import UNSIGNED, Feature

WIDTH = 3


def echo(dtype, width=WIDTH, **fields):
    return modelpack.load(echo_bundle([Feature(f"x{i}", dtype, **fields) for i in range(width)]), UNSIGNED)


@pytest.fixture(scope="module")
def doubles():
    return echo("float64")


@pytest.fixture(scope="module")
def floats():
    return echo("float32")


@pytest.fixture(scope="module")
def integers():
    return echo("int64")


@pytest.mark.parametrize(
    "dtype", ["f8", ">f8", "f4", ">f4", "f2", "i8", ">i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]
)
@pytest.mark.parametrize("rows", [0, 1, 2, 700])
def test_numbers_of_every_dtype(doubles, dtype, rows):
    X = (np.arange(rows * WIDTH).reshape(rows, WIDTH) % 5).astype(dtype)
    answers = doubles.predict(X)
    np.testing.assert_array_equal(answers, X.astype(np.float64))
    assert (answers.dtype, answers.shape) == (np.float64, (rows, WIDTH))


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "u1", "?"])
def test_arrays_are_read_where_they_stand(doubles, dtype):
    whole = (np.arange(600).reshape(20, 30) % 7).astype(dtype)
    views = [
        whole[:, :3],
        whole[::-2, 5:8],
        whole[:, 8:5:-1],
        np.asfortranarray(whole[:, :3]),
        whole.T[:3].T,
        np.broadcast_to(whole[0, :3], (4, 3)),
        np.lib.stride_tricks.as_strided(whole, (5, 3), (whole.strides[0], 0)),
    ]
    unaligned = np.frombuffer(b"x" + whole[:, :3].tobytes(), dtype, offset=1).reshape(20, 3)
    for view in [*views, unaligned]:
        before = view.copy()
        np.testing.assert_array_equal(doubles.predict(view), before.astype(np.float64))
        np.testing.assert_array_equal(view, before)


def test_read_only_arrays(doubles):
    X = np.ones((2, 3))
    X.flags.writeable = False
    np.testing.assert_array_equal(doubles.predict(X), X)
    np.testing.assert_array_equal(doubles.predict(X[:1]), X[:1])


@given(hnp.arrays(np.float64, (2, WIDTH), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_doubles_keep_their_bits(doubles, X):
    for rows in (X, X[:1]):
        answers = doubles.predict(rows)
        np.testing.assert_array_equal(answers, rows)
        assert np.array_equal(np.signbit(answers), np.signbit(np.where(np.isnan(rows), np.nan, rows)))


@given(hnp.arrays(np.float32, (2, WIDTH), elements=st.floats(width=32)))
def test_float32_features_take_float32(floats, X):
    for rows in (X, X[:1]):
        np.testing.assert_array_equal(floats.predict(rows), rows.astype(np.float64))
        np.testing.assert_array_equal(floats.predict(rows.astype(np.float64)), rows.astype(np.float64))


@given(hnp.arrays(np.float32, (1, WIDTH), elements=st.floats(width=32)))
def test_float32_is_exact_for_float64_features(doubles, X):
    np.testing.assert_array_equal(doubles.predict(X), X.astype(np.float64))


@pytest.mark.parametrize("rows", [1, 5])
def test_a_double_that_is_no_float32_is_refused_in_a_matrix(floats, rows):
    X = np.ones((rows, WIDTH))
    X[-1, 1] = 0.1
    with pytest.raises(modelpack.InputError, match=r"0\.1") as caught:
        floats.predict(X)
    assert (caught.value.name, caught.value.feature, caught.value.row) == ("NOT_EXACT", "x1", rows - 1)
    assert floats.predict_one(X[-1]).value[1] == np.float32(0.1)


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=WIDTH, max_size=WIDTH))
def test_integers_are_whole_and_in_range(integers, values):
    X = np.array([values], dtype=np.int64)
    np.testing.assert_array_equal(integers.predict(X), X.astype(np.float64))
    np.testing.assert_array_equal(integers.predict(X.astype(object)), X.astype(np.float64))


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(-(2**63), np.int64), (2**63, np.uint64), (1.5, np.float64), (np.inf, np.float64), (2.0**63, float)],
)
def test_what_no_int64_feature_holds(integers, value, dtype):
    X = np.zeros((2, WIDTH), dtype)
    X[1, 2] = value
    with pytest.raises(modelpack.InputError) as caught:
        integers.predict(X)
    assert (caught.value.name, caught.value.feature, caught.value.row) == ("NOT_EXACT", "x2", 1)


def test_an_integer_that_no_double_holds_is_refused(doubles):
    for X in (np.full((1, WIDTH), 2**53 + 1), np.full((1, WIDTH), 2**53 + 1, dtype=object)):
        with pytest.raises(modelpack.InputError, match="9007199254740993") as caught:
            doubles.predict(X)
        assert (caught.value.name, caught.value.feature) == ("NOT_EXACT", "x0")
    np.testing.assert_array_equal(doubles.predict(np.full((1, WIDTH), 2**53)), 2.0**53)


def test_nan_is_missing_for_integers(integers):
    assert np.isnan(integers.predict(np.array([[np.nan, 2.0, 3.0]]))[0, 0])


@pytest.mark.parametrize("seed", range(3))
def test_longdoubles_are_taken_if_exact(doubles, seed):
    X = np.random.default_rng(seed).normal(size=(2, WIDTH))
    np.testing.assert_array_equal(doubles.predict(X.astype(np.longdouble)), X)
    with pytest.raises(modelpack.InputError) as caught:
        doubles.predict(np.full((2, WIDTH), np.longdouble(1) / 3))
    assert (caught.value.name, caught.value.feature, caught.value.row) == ("NOT_EXACT", "x0", 0)


def test_objects_are_taken_one_by_one(doubles):
    X = np.array([[1, 2.5, True], [None, np.float32(0.5), np.int8(3)]], dtype=object)
    np.testing.assert_array_equal(doubles.predict(X), [[1, 2.5, 1], [np.nan, 0.5, 3]])
    np.testing.assert_array_equal(doubles.predict(X.tolist()), [[1, 2.5, 1], [np.nan, 0.5, 3]])


def test_masked_values_are_missing(doubles, integers):
    X = np.ma.masked_array(np.arange(6).reshape(2, 3), mask=[[0, 1, 0], [0, 0, 1]])
    expected = [[0, np.nan, 2], [3, 4, np.nan]]
    np.testing.assert_array_equal(doubles.predict(X), expected)
    np.testing.assert_array_equal(integers.predict(X), expected)
    np.testing.assert_array_equal(doubles.predict(X.astype(float)), expected)


@pytest.mark.parametrize(
    "X",
    [
        np.full((2, WIDTH), "1"),
        np.full((2, WIDTH), b"1"),
        np.full((2, WIDTH), 1j),
        np.full((2, WIDTH), np.timedelta64(1, "s")),
        np.full((2, WIDTH), np.datetime64("2026-01-01")),
        np.full((2, WIDTH), "1", dtype=object),
        np.full((2, WIDTH), None, dtype=object) == 1,
    ],
    ids=lambda X: str(X.dtype),
)
def test_what_is_no_number_is_refused(X):
    bools = X.dtype == bool
    predictor = echo("string" if bools else "float64")
    with pytest.raises(modelpack.InputError) as caught:
        predictor.predict(X)
    assert (caught.value.name, caught.value.feature) == ("WRONG_TYPE", "x0")
    if not bools:
        assert caught.value.row == 0


def test_text_arrays_are_categories():
    predictor = modelpack.load(
        echo_bundle([Feature("s", "string"), Feature("t", "string")], {"s": ["a"], "t": ["ü", ""]}), UNSIGNED
    )
    X = np.array([["a", "ü"], ["b", ""]])
    np.testing.assert_array_equal(predictor.predict(X), [[0, 0], [-3, 1]])
    np.testing.assert_array_equal(predictor.predict(X.astype(object)), [[0, 0], [-3, 1]])


def test_none_and_nan_are_told_apart_in_objects():
    predictor = modelpack.load(echo_bundle([Feature("s", "string")], {"s": ["a"]}), UNSIGNED)
    X = np.array([["a"], [None], [float("nan")], [np.float32("nan")]], dtype=object)
    assert predictor.predict(X)[:].tolist() == [0.0, -1.0, -2.0, -2.0]


@pytest.mark.parametrize(
    ("X", "text"),
    [
        (np.zeros(WIDTH), "reshape"),
        (np.zeros((1, 1, WIDTH)), "3 dimensions"),
        (np.float64(1.0), "0 dimensions"),
        (np.zeros((2, WIDTH + 1)), "4 columns, the model 3"),
        (np.zeros((2, WIDTH - 1)), "2 columns, the model 3"),
        (np.zeros((0, 1)), "1 columns"),
        ([1.0, 2.0, 3.0], "reshape"),
        ([[1.0, 2.0, 3.0], [1.0]], "dimension"),
    ],
)
def test_shapes_that_are_no_batch(doubles, X, text):
    X = np.asarray(X) if isinstance(X, np.float64) else X
    with pytest.raises(modelpack.InputError, match=text) as caught:
        doubles.predict(X)
    assert caught.value.name == "WRONG_SHAPE"


def test_structured_arrays_are_refused(doubles):
    X = np.zeros(2, dtype=[("x0", "f8"), ("x1", "f8"), ("x2", "f8")])
    with pytest.raises(modelpack.InputError, match="DataFrame"):
        doubles.predict(X)
    with pytest.raises(modelpack.InputError, match="predict"):
        doubles.predict_one(X)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ({"x0": [1.0]}, "predict_one"),
        ("x", "array"),
        (5, "array"),
        (None, "array"),
        ({1, 2}, "array"),
        ((row for row in [[1.0]]), "array"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_batch_is_refused_with_the_way_out(doubles, data, hint):
    with pytest.raises(modelpack.InputError, match=hint):
        doubles.predict(data)


def test_sparse_matrices_are_refused(doubles):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(modelpack.InputError, match="toarray"):
        doubles.predict(scipy_sparse.csr_matrix(np.eye(3)))


def test_empty_batches_give_empty_answers(doubles):
    for X in (np.zeros((0, WIDTH)), [], (), np.zeros((0, WIDTH), dtype=object)):
        answers = doubles.predict(X)
        assert (answers.shape, answers.dtype) == ((0, WIDTH), np.float64)
        assert doubles.predict_all(X, errors="null")["error"].shape == (0,)


def test_whatever_gives_an_array_is_one(doubles):
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.ones((2, WIDTH))

    np.testing.assert_array_equal(doubles.predict(Tensor()), np.ones((2, WIDTH)))


def test_times_of_every_unit():
    predictor = modelpack.load(echo_bundle([Feature("w", "timestamp"), Feature("x", "float64")]), UNSIGNED)
    moment = np.datetime64("2013-05-06T07:00:00")
    for unit in ("s", "ms", "us", "ns", "m", "h"):
        X = np.array([[moment.astype(f"M8[{unit}]"), None]], dtype=object)
        assert predictor.cells(X)[0, 0] == moment.astype("M8[us]").astype(np.int64)
    for inexact in (np.datetime64(1, "ns"), np.datetime64(2**62, "s"), np.datetime64(10**15, "D")):
        with pytest.raises(modelpack.InputError) as caught:
            predictor.predict(np.array([[inexact, 0.0]], dtype=object))
        assert (caught.value.name, caught.value.feature, caught.value.row) == ("NOT_EXACT", "w", 0)


def test_arrays_of_times():
    predictor = modelpack.load(
        echo_bundle([Feature("w", "timestamp"), Feature("v", "timestamp"), Feature("x", "float64", optional=True)]),
        UNSIGNED,
    )
    times = np.array([["2013-05-06", "NaT"], ["1969-12-31T23:59:59.999999", "2100-01-01"]], dtype="M8[us]")
    frame = {"w": times[:, 0], "v": times[:, 1]}
    pandas = pytest.importorskip("pandas")
    cells = predictor.cells(pandas.DataFrame(frame)).view(np.int64)
    missing = np.iinfo(np.int64).min
    expected = [[times[0, 0].astype(np.int64), missing], [-1, times[1, 1].astype(np.int64)]]
    np.testing.assert_array_equal(cells[:, :2], expected)
