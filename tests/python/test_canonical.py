"""Canonical JSON and safetensors, and the schema on top of them."""

from __future__ import annotations

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpack import Classes, Default, Feature, FormatError, Output, Schema, UsageError
from modelpack.canonical import canonical_json, f32, f64, i64, parse_json, parse_safetensors, safetensors_bytes, typed

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner, min_size=2),
    max_leaves=20,
)


def bits(value):
    """The value with floats as their bits, so that NaN equals itself and -0.0 differs from 0.0."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else struct.pack(">d", value)
    if isinstance(value, dict):
        return {key: bits(item) for key, item in value.items()}
    return [bits(item) for item in value] if isinstance(value, list) else value


@given(values)
def test_what_is_written_is_read_again_to_the_bit(value):
    assert bits(parse_json(canonical_json(typed(value)))) == bits(value)


@given(values)
def test_json_has_one_spelling(value):
    data = canonical_json(typed(value))
    assert canonical_json(json.loads(data)) == data


def test_keys_are_sorted_by_bytes_and_nothing_is_escaped_needlessly():
    data = canonical_json({"é": 1, "z": 'a"\\\n\x01/é', "Z": [True, None]})
    assert data == '{"Z":[true,null],"z":"a\\"\\\\\\n\\u0001/é","é":1}'.encode()


@pytest.mark.parametrize("value", [0.5, 2**53, {"a": 1.0}, [float("nan")], {1: 2}, {"a": object()}, "\ud800"])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(UsageError):
        canonical_json(value)


def test_numbers_that_json_cannot_carry():
    assert f64(-0.0) == {"f64": "8000000000000000"}
    assert f32(0.5) == {"f32": "3f000000"}
    assert i64(2**60) == {"i64": "1152921504606846976"}
    with pytest.raises(UsageError):
        f32(0.1)


def test_numpy_values_are_typed():
    given_ = {"a": np.float32(0.1), "b": np.arange(2), "c": np.bool_(True), "d": np.array([0.5], np.float32)}
    found = parse_json(canonical_json(typed(given_)))
    assert found == {"a": float(np.float32(0.1)), "b": [0, 1], "c": True, "d": [0.5]}


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1", "u4", "u8", ">f8"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_tensors_stand_without_gaps_and_are_read_again(dtype, shape):
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    data = safetensors_bytes({"b": array, "a": np.ones(5)}, {"k": "v"})
    tensors, metadata = parse_safetensors(data)
    assert metadata == {"k": "v"}
    assert list(tensors) == ["a", "b"]
    np.testing.assert_array_equal(tensors["b"], array)
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    assert (8 + length) % 64 == 0
    assert header["a"]["data_offsets"] == [0, 40]
    assert header["b"]["data_offsets"] == [40, 40 + array.nbytes] and len(data) == 8 + length + 40 + array.nbytes


def test_strided_tensors_are_written_by_value():
    array = np.arange(12.0).reshape(3, 4)[:, ::-2]
    assert safetensors_bytes({"a": array}) == safetensors_bytes({"a": array.copy()})


def test_a_dtype_that_no_bundle_holds_is_refused():
    with pytest.raises(UsageError, match="complex128"):
        safetensors_bytes({"a": np.zeros(1, complex)})


@pytest.mark.parametrize("data", [b"", b"\xff" * 16, struct.pack("<Q", 2) + b"[]"])
def test_bytes_that_are_no_tensors_are_refused(data):
    with pytest.raises(FormatError):
        parse_safetensors(data)


def test_a_schema_survives_its_json():
    schema = Schema(
        features=(
            Feature("x", "float64", missing="reject"),
            Feature("é", "string", unseen=Default("other"), null_is="none", optional=True),
            Feature("n", "int64", missing=Default(-(2**60))),
            Feature("f", "float32", missing=Default(float("inf"))),
            Feature("b", "bool", missing=Default(True)),
        ),
        outputs=(
            Output("label", "int64", 2, (Classes("int64", "<i8", (1, 2**60)), Classes("string", "|O", ("a", "b")))),
            Output("probability", "float64", 2, Classes("float64", "<f8", (0.5, 1.5))),
            Output("margin", "float32", 1),
        ),
    )
    assert Schema.from_json(schema.to_json()) == schema
    assert schema.feature_names == ("x", "é", "n", "f", "b")
    assert schema.output("margin").columns == 1
    assert schema.output("value") is None


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"features":[{}],"outputs":[]}', b"[]"])
def test_json_that_is_no_schema_is_refused(data):
    with pytest.raises(FormatError):
        Schema.from_json(data)
