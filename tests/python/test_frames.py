"""Data frames and Arrow data: columns bound by name, every dtype that pandas, polars and pyarrow have."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from echo import echo_bundle
from hypothesis import given
from hypothesis import strategies as st

import modelpack
from modelpack import UNSIGNED, Feature

NAN = float("nan")


def echo(dtype, categories=(), **fields):
    return modelpack.load(echo_bundle([Feature("x", dtype, **fields)], {"x": list(categories)}), UNSIGNED)


@pytest.fixture(scope="module")
def number():
    return echo("float64")


@pytest.fixture(scope="module")
def text():
    return echo("string", ["a", "b", "ü", ""])


@pytest.fixture(scope="module")
def moment():
    return modelpack.load(echo_bundle([Feature("x", "timestamp"), Feature("y", "float64", optional=True)]), UNSIGNED)


@pytest.fixture(scope="module")
def mixed():
    features = [
        Feature("price", "float64"),
        Feature("count", "int64"),
        Feature("open", "bool"),
        Feature("city", "string", null_is="none"),
    ]
    return modelpack.load(echo_bundle(features, {"city": ["Warsaw", "Kraków"]}), UNSIGNED)


NULLABLE = ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt64", "Float32", "Float64"]
ARROW = ["int8", "int64", "uint32", "float", "double"]


@pytest.mark.parametrize("dtype", [*NULLABLE, *(f"{name}[pyarrow]" for name in ARROW)])
def test_pandas_nullable_numbers(number, dtype):
    series = pd.Series([1, None, 3], dtype=dtype)
    np.testing.assert_array_equal(number.predict(pd.DataFrame({"x": series})), [1.0, NAN, 3.0])
    np.testing.assert_array_equal(number.predict(pd.DataFrame({"x": series[::2]})), [1.0, 3.0])


@pytest.mark.parametrize("dtype", ["boolean", "bool[pyarrow]", "object"])
def test_pandas_nullable_bools(dtype):
    frame = pd.DataFrame({"x": pd.Series([True, None, False], dtype=dtype)})
    for predictor in (echo("bool"), echo("float64"), echo("int64")):
        np.testing.assert_array_equal(predictor.predict(frame), [1.0, NAN, 0.0])


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "int32", "int64", "uint8", "uint64", "float16", "float32", "float64", ">f8", ">i4"]
)
def test_pandas_plain_numbers(number, dtype):
    frame = pd.DataFrame({"y": ["text"] * 3, "x": np.array([1, 0, 1], dtype=dtype)})
    np.testing.assert_array_equal(number.predict(frame), [1.0, 0.0, 1.0])


def test_pandas_sparse_columns(number):
    frame = pd.DataFrame({"x": pd.arrays.SparseArray([0.0, 2.0, NAN])})
    np.testing.assert_array_equal(number.predict(frame), [0.0, 2.0, NAN])


TEXT_DTYPES = [
    "string",
    "string[python]",
    "string[pyarrow]",
    pd.ArrowDtype(pa.string()),
    pd.ArrowDtype(pa.large_string()),
    "category",
]
if int(pd.__version__.partition(".")[0]) >= 3:  # before, "str" was object
    TEXT_DTYPES.append("str")


@pytest.mark.parametrize("dtype", TEXT_DTYPES, ids=str)
@pytest.mark.parametrize("null_is", ["none", "nan"])
def test_pandas_text(dtype, null_is):
    predictor = echo("string", ["a", "b", "ü", ""], null_is=null_is)
    series = pd.Series(["b", None, "ü", "", "new", "b"], dtype=dtype)
    null = -1.0 if null_is == "none" else -2.0
    np.testing.assert_array_equal(predictor.predict(pd.DataFrame({"x": series})), [1.0, null, 2.0, 3.0, -3.0, 1.0])
    np.testing.assert_array_equal(predictor.predict(pd.DataFrame({"x": series[::-2]})), [1.0, 3.0, null])


def test_pandas_objects_tell_none_from_nan(text):
    frame = pd.DataFrame({"x": pd.Series(["a", None, NAN, pd.NA, "b"], dtype=object)})
    np.testing.assert_array_equal(text.predict(frame), [0.0, -1.0, -2.0, -2.0, 1.0])


def test_pandas_categories_of_numbers(number):
    series = pd.Series([3.5, 1.5, None, 3.5], dtype="category")
    np.testing.assert_array_equal(number.predict(pd.DataFrame({"x": series})), [3.5, 1.5, NAN, 3.5])


def test_pandas_categories_that_no_row_uses_do_not_matter(number, text):
    series = pd.Series(pd.Categorical(["a", "b"], categories=["b", "unused", "a"]))
    assert text.predict(pd.DataFrame({"x": series})).tolist() == [0.0, 1.0]
    series = pd.Series(pd.Categorical([1, 2], categories=[1, 2, "text"]))
    assert number.predict(pd.DataFrame({"x": series})).tolist() == [1.0, 2.0]
    with pytest.raises(modelpack.InputError) as caught:
        number.predict(pd.DataFrame({"x": pd.Series(pd.Categorical([1, "text", "text"]))}))
    assert (caught.value.feature, caught.value.row) == ("x", 1)


INSTANT = pd.Timestamp("2013-05-06 07:08:09.123456")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_times_are_the_instants_that_they_name(moment, unit, zone):
    series = pd.Series([INSTANT, pd.NaT]).astype(f"datetime64[{unit}]")
    if zone:
        series = series.dt.tz_localize(zone)
    expected = [series[0].as_unit("us").value // 1000, np.iinfo(np.int64).min]
    frame = pd.DataFrame({"x": series})
    for data in (
        frame,
        frame.astype(object),
        pa.Table.from_pandas(frame),
        pl.from_pandas(frame),
        frame.to_dict("records"),
    ):
        assert moment.cells(data)[:, 0].view(np.int64).tolist() == expected
        assert moment.predict(data).shape == (2,)


def test_dates_are_midnights(moment):
    day = datetime.date(2013, 5, 6)
    expected = (day - datetime.date(1970, 1, 1)).days * 86_400_000_000
    for data in (pd.DataFrame({"x": [day]}), pl.DataFrame({"x": [day]}), pa.table({"x": [day]})):
        assert moment.cells(data)[0, 0] == expected
        moment.predict(data)


def test_nanoseconds_are_refused_where_they_matter(moment):
    frame = pd.DataFrame({"x": pd.Series([0, 1000, 1], dtype="datetime64[ns]")})
    for data in (frame, pa.Table.from_pandas(frame), pl.from_pandas(frame)):
        with pytest.raises(modelpack.InputError) as caught:
            moment.predict(data)
        assert (caught.value.name, caught.value.feature, caught.value.row) == ("NOT_EXACT", "x", 2)


DATA = {"price": [1.5, NAN, 3.0], "count": [1, 2, 3], "open": [True, False, True], "city": ["Kraków", None, "Gdańsk"]}
ANSWERS = [[1.5, 1.0, 1.0, 1.0], [NAN, 2.0, 0.0, -1.0], [3.0, 3.0, 1.0, -3.0]]


def frames():
    table = pa.table(DATA)
    frame = pd.DataFrame(DATA)
    yield "pandas", frame
    yield "pandas_objects", pd.DataFrame(DATA, dtype=object)
    yield "pandas_dtypes", frame.convert_dtypes()
    yield "pandas_arrow", frame.convert_dtypes(dtype_backend="pyarrow")
    yield "polars", pl.DataFrame(DATA)
    yield "polars_categorical", pl.DataFrame(DATA).with_columns(pl.col("city").cast(pl.Categorical))
    yield "pyarrow", table
    yield "pyarrow_batch", table.to_batches()[0]
    yield "pyarrow_chunks", pa.concat_tables([table.slice(0, 1), table.slice(1)])
    yield "pyarrow_reader", table.to_reader(max_chunksize=2)
    yield "pyarrow_struct", pa.StructArray.from_arrays(table.to_batches()[0].columns, names=table.column_names)
    yield "pyarrow_dictionary", table.set_column(3, "city", table["city"].dictionary_encode())


@pytest.mark.parametrize(("kind", "data"), list(frames()), ids=[kind for kind, _ in frames()])
def test_every_frame_means_the_same(mixed, kind, data):
    np.testing.assert_array_equal(mixed.predict(data), ANSWERS, err_msg=kind)


@pytest.mark.parametrize(
    ("kind", "data"),
    [(k, d) for k, d in frames() if hasattr(d, "columns")],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_columns_are_bound_by_name(mixed, kind, data):
    names = ["open", "city", "price", "count"]
    reordered = data.select(names) if hasattr(data, "select") and "pandas" not in kind else data[names]
    np.testing.assert_array_equal(mixed.predict(reordered), ANSWERS)


@pytest.mark.parametrize("to_frame", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_names_that_do_not_fit(mixed, to_frame):
    extra = to_frame({**DATA, "when": [1, 2, 3]})
    np.testing.assert_array_equal(mixed.predict(extra), ANSWERS)
    with pytest.raises(modelpack.InputError, match="when") as caught:
        mixed.predict(extra, strict=True)
    assert caught.value.name == "FEATURE_UNKNOWN"
    misspelt = to_frame({{"city": "City"}.get(name, name): values for name, values in DATA.items()})
    with pytest.raises(modelpack.InputError, match=r"'city'.*'City'") as caught:
        mixed.predict(misspelt)
    assert (caught.value.name, caught.value.feature) == ("FEATURE_ABSENT", "city")


@pytest.mark.parametrize("to_frame", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_empty_frames_give_empty_answers(mixed, to_frame):
    for data in (to_frame({name: values[:0] for name, values in DATA.items()}), to_frame(DATA)[:0]):
        answers = mixed.predict(data)
        assert (answers.shape, answers.dtype) == ((0, 4), np.float64)


@pytest.mark.parametrize("to_frame", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("price", ["1", "2", "3"], "WRONG_TYPE"),
        ("price", [datetime.timedelta(1)] * 3, "WRONG_TYPE"),
        ("count", [1.0, 2.0, 2.5], "NOT_EXACT"),
        ("open", [0, 1, 2], "NOT_EXACT"),
        ("city", [1, 2, 3], "WRONG_TYPE"),
        ("city", [True, False, True], "WRONG_TYPE"),
        ("price", [[1.0], [2.0], [3.0]], "WRONG_TYPE"),
    ],
)
def test_values_that_do_not_fit_are_named(mixed, to_frame, name, values, code):
    with pytest.raises(modelpack.InputError, match=f"'{name}'") as caught:
        mixed.predict(to_frame({**DATA, name: values}))
    arrow_type = to_frame is not pd.DataFrame and isinstance(values[0], (list, datetime.timedelta))
    assert (caught.value.name, caught.value.feature) == ("ARROW" if arrow_type else code, name)
    if not arrow_type:
        assert caught.value.row == (2 if code == "NOT_EXACT" else 0)


def test_pandas_columns_without_names_are_taken_by_position(mixed):
    X = pd.DataFrame(DATA).astype(object).to_numpy()
    np.testing.assert_array_equal(mixed.predict(pd.DataFrame(X)), ANSWERS)
    with pytest.raises(modelpack.InputError, match="3 columns, the model 4"):
        mixed.predict(pd.DataFrame(X[:, :3]))
    with pytest.raises(modelpack.InputError, match="price"):
        mixed.predict(pd.DataFrame(X, columns=pd.MultiIndex.from_product([["a"], list("wxyz")])))


def test_a_name_that_stands_twice(mixed):
    frame = pd.DataFrame(DATA)
    with pytest.raises(modelpack.InputError, match="'price'") as caught:
        mixed.predict(pd.concat([frame, frame[["price"]]], axis=1))
    assert caught.value.feature == "price"
    np.testing.assert_array_equal(
        mixed.predict(pd.concat([frame.assign(z=1), frame.assign(z=1)[["z"]]], axis=1)), ANSWERS
    )
    table = pa.table(DATA)
    with pytest.raises(modelpack.InputError, match="price"):
        mixed.predict(table.append_column("price", table["price"]))


def test_a_text_column_that_is_missing_throughout():
    predictor = modelpack.load(echo_bundle([Feature("x", "float64"), Feature("s", "string")], {"s": ["a"]}), UNSIGNED)
    frame = pd.DataFrame({"x": [1.0, 2.0], "s": [NAN, NAN]})
    np.testing.assert_array_equal(predictor.predict(frame), [[1.0, -2.0], [2.0, -2.0]])
    np.testing.assert_array_equal(predictor.predict(frame.astype({"s": object})), [[1.0, -2.0], [2.0, -2.0]])
    with pytest.raises(modelpack.InputError, match="'s'"):
        predictor.predict(frame.fillna(0.0))


def test_a_series_is_no_batch(mixed):
    for data in (pd.DataFrame(DATA).iloc[0], pd.DataFrame(DATA)["price"]):
        with pytest.raises(modelpack.InputError, match="predict_one"):
            mixed.predict(data)
    for column in (pl.Series("price", [1.0]), pa.chunked_array([[1.0]]), pa.array([1.0])):
        with pytest.raises(modelpack.InputError) as caught:
            mixed.predict(column)
        assert caught.value.name == "ARROW"


def test_a_lazy_frame_is_told_to_collect(mixed):
    with pytest.raises(modelpack.InputError, match="collect"):
        mixed.predict(pl.DataFrame(DATA).lazy())


def test_a_stream_that_fails_midway_says_why(mixed):
    table = pa.table(DATA)

    def batches():
        yield from table.to_batches()
        raise OSError("the disk is gone")

    with pytest.raises(modelpack.InputError, match="the disk is gone") as caught:
        mixed.predict(pa.RecordBatchReader.from_batches(table.schema, batches()))
    assert caught.value.name == "ARROW"


def test_arrow_data_stays_the_caller_s(mixed):
    table = pa.table(DATA)
    batch = table.to_batches()[0]
    for data in (table, batch, pl.DataFrame(DATA)):
        for _ in range(3):
            np.testing.assert_array_equal(mixed.predict(data), ANSWERS)
        with pytest.raises(modelpack.InputError):
            mixed.predict(
                data.rename_columns(["a", "b", "c", "d"])
                if hasattr(data, "rename_columns")
                else data.rename({"city": "c"})
            )
    assert table.to_pydict()["city"] == DATA["city"]


@pytest.mark.parametrize("values", [[Decimal("0.1"), None, Decimal("-2.50")]])
def test_decimals_are_the_nearest_doubles(number, values):
    for data in (
        pd.DataFrame({"x": values}, dtype=object),
        pl.DataFrame({"x": values}),
        pa.table({"x": values}),
        pa.table({"x": values}).to_pandas(types_mapper=pd.ArrowDtype),
    ):
        np.testing.assert_array_equal(number.predict(data), [0.1, NAN, -2.5])


def test_float32_columns_and_features():
    predictor = echo("float32")
    exact = np.array([0.1, 2.0], dtype=np.float32)
    for to_frame in (pd.DataFrame, pl.DataFrame, pa.table):
        np.testing.assert_array_equal(predictor.predict(to_frame({"x": exact})), exact.astype(np.float64))
        with pytest.raises(modelpack.InputError) as caught:
            predictor.predict(to_frame({"x": np.array([2.0, 0.1])}))
        assert (caught.value.name, caught.value.feature, caught.value.row) == ("NOT_EXACT", "x", 1)


columns = st.lists(
    st.fixed_dictionaries(
        {
            "price": st.none() | st.floats(allow_nan=False),
            "count": st.integers(-(2**53), 2**53),
            "open": st.booleans(),
            "city": st.none() | st.sampled_from(["Warsaw", "Kraków", "Łódź", ""]),
        }
    ),
    min_size=1,
    max_size=20,
)


@given(columns)
def test_frames_agree_with_rows(mixed, rows):
    expected = np.array([mixed.predict_one(row).value for row in rows])
    data = {name: [row[name] for row in rows] for name in DATA}
    types = {"price": pl.Float64, "count": pl.Int64, "open": pl.Boolean, "city": pl.String}
    polars = pl.DataFrame(data, schema=types)
    frame = pd.DataFrame(data).astype({"price": "Float64", "city": "string"})
    for given_ in (
        rows,
        polars,
        polars.to_arrow(),
        frame,
        frame.astype({"city": "category"}),
        pd.DataFrame(data, dtype=object),
    ):
        np.testing.assert_array_equal(mixed.predict(given_), expected)


def test_a_frame_of_one_dtype_is_read_without_a_copy_of_its_meaning():
    features = [Feature(name, "float64") for name in "abc"]
    predictor = modelpack.load(echo_bundle(features), UNSIGNED)
    X = np.random.default_rng(3).normal(size=(50, 3))
    frame = pd.DataFrame(X, columns=list("abc"))
    np.testing.assert_array_equal(predictor.predict(frame), X)
    np.testing.assert_array_equal(predictor.predict(frame[["c", "a", "b"]]), X)
    np.testing.assert_array_equal(predictor.predict(frame.assign(d=1.0)[["d", "c", "b", "a"]]), X)
    np.testing.assert_array_equal(predictor.predict(frame[::-3]), X[::-3])
    np.testing.assert_array_equal(predictor.predict(frame.astype("int32")), X.astype("int32"))
