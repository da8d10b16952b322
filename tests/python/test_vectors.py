"""The vectors that every language runs: hostile files, the coercion table, and valid bundles with their answers."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import modelpack
from modelpack import UNSIGNED

VECTORS = Path(__file__).resolve().parents[1] / "vectors"


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


# ---- hostile files ----

HOSTILE = lines(VECTORS / "hostile" / "index.tsv")


@pytest.mark.parametrize("file, phase, name", [line[1:4] for line in HOSTILE], ids=[line[0] for line in HOSTILE])
def test_hostile_files_are_refused_with_one_error(file, phase, name):
    path = VECTORS / "hostile" / file
    for source in (path, path.read_bytes()):
        if phase == "open":
            with pytest.raises(modelpack.ModelpackError) as caught:
                modelpack.open(source, UNSIGNED)
        else:
            bundle = modelpack.open(source, UNSIGNED)
            with pytest.raises(modelpack.ModelpackError) as caught:
                bundle.predictor()
        assert caught.value.name == name


def test_the_bundle_that_the_hostile_ones_were_made_from_is_good():
    modelpack.load(VECTORS / "hostile" / "base.mpk", UNSIGNED)


NODES = lines(VECTORS / "hostile" / "nodes.tsv")


@pytest.mark.parametrize("file, phase, key, name", [line[1:5] for line in NODES], ids=[line[0] for line in NODES])
def test_a_damaged_node_opens_and_a_full_verification_names_it(file, phase, key, name):
    path = VECTORS / "hostile" / file
    modelpack.open(path, UNSIGNED)
    modelpack.verify(path, UNSIGNED)
    if phase == "entry":
        with pytest.raises(modelpack.ModelpackError) as caught:
            modelpack.verify(path, UNSIGNED, full=True)
        assert caught.value.name == name
        assert caught.value.node == "/".join(map(str, json.loads(key)))


# ---- signed files ----

SIGNED = lines(VECTORS / "hostile" / "signed.tsv")


def judged(line: list[str], from_memory: bool) -> str:
    """The name of the error that refuses the bundle, or "ok"."""
    _, file, policy, *expected, _, _ = line
    name, min_version, identity, engine = (None if text == "-" else text for text in expected)
    path, policy_path = VECTORS / "hostile" / file, VECTORS / "hostile" / policy
    try:
        trust: Any = UNSIGNED if policy == "UNSIGNED" else policy_path.read_bytes() if from_memory else policy_path
        source = path.read_bytes() if from_memory else path
        bundle = modelpack.open(source, trust, name=name, min_version=min_version, identity=identity)
        bundle.predictor(engine=engine)
    except modelpack.ModelpackError as error:
        return error.name
    assert bundle.verified == (policy != "UNSIGNED")
    return "ok"


@pytest.mark.parametrize("line", SIGNED, ids=[line[0] for line in SIGNED])
def test_signed_files_are_judged_alike_in_every_language(line):
    for from_memory in (True, False):
        assert judged(line, from_memory) == line[7]


# ---- the coercion table ----

TYPES = lines(VECTORS / "types.tsv")
NAMES = ("float64", "float64_none", "float32", "int64", "bool", "timestamp", "string", "string_none")


@pytest.fixture(scope="module")
def typed():
    return modelpack.load(VECTORS / "types.mpk", UNSIGNED)


def python_value(text: str) -> Any:
    """The input as Python holds it; LookupError where Python cannot say it."""
    kind, _, rest = text.partition(":")
    if text == f"t:{-(2**63)}":
        raise LookupError("numpy's NaT")
    if kind == "s":
        try:
            return unquote_to_bytes(rest).decode("utf-8")
        except UnicodeDecodeError:
            raise LookupError("Python's text is Unicode") from None
    if kind == "d":
        unscaled, scale = rest.split(":")
        return Decimal((unscaled.startswith("-"), [int(digit) for digit in unscaled.lstrip("-")], -int(scale)))
    makers = {
        "none": lambda: None,
        "nan": lambda: float("nan"),
        "null": lambda: pd.NA,
        "f": lambda: struct.unpack(">d", bytes.fromhex(rest))[0],
        "g": lambda: np.frombuffer(bytes.fromhex(rest), ">f4").astype("f4")[0],
        "h": lambda: np.frombuffer(bytes.fromhex(rest), ">f2").astype("f2")[0],
        "i": lambda: int(rest),
        "u": lambda: np.uint64(rest),
        "b": lambda: rest == "1",
        "t": lambda: np.datetime64(int(rest), "us"),
    }
    return makers[kind]()


def refusal(call: Any) -> str | None:
    try:
        call()
    except modelpack.InputError as error:
        return error.name
    return None


VALUES = [line for line in TYPES if line[1] in ("value", "any")]


@pytest.mark.parametrize(
    "name, text, result", [(line[0], line[2], line[3]) for line in VALUES], ids=lambda v: str(v)[:40]
)
def test_values_one_at_a_time(typed, name, text, result):
    if text.startswith("x:"):
        cells = typed.cells([dict.fromkeys(NAMES)])
        cells[0, NAMES.index(name)] = int(text[2:], 16)
        if result == "WRONG_TYPE":
            assert refusal(lambda: typed.reference(cells)) == result
        else:
            expected = cells.copy()
            expected[0, NAMES.index(name)] = int(result, 16)
            np.testing.assert_array_equal(typed.reference(cells)["value"], typed.reference(expected)["value"])
        return
    try:
        row = {**dict.fromkeys(NAMES), name: python_value(text)}
    except LookupError:
        return
    if len(result) != 16:
        assert refusal(lambda: typed.predict_one(row)) == result
        assert refusal(lambda: typed.predict([row])) == result
        return
    cells = typed.cells([row])
    assert f"{cells[0, NAMES.index(name)]:016x}" == result
    expected = typed.reference(cells)["value"]
    assert np.array(typed.predict_one(row).value).tobytes() == expected.tobytes()
    assert typed.predict([row, row])[1:].tobytes() == expected.tobytes()


def columns(text: str) -> Iterator[tuple[str, Any]]:
    """The input as columns of one value, by the kind of frame that they belong to."""
    kind, value = text.partition(":")[0], python_value(text)
    if kind == "null":
        yield "pandas", pd.array([None], dtype="Float64")
        yield "pandas", pd.array([None], dtype="string")
        yield "pandas", np.array(["NaT"], dtype="M8[us]")
        yield "arrow", pa.nulls(1)
        yield "arrow", pa.array([None], pa.string_view())
        yield "polars", pl.Series([None], dtype=pl.Int8)
    elif kind in "fghiub":
        if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
            return
        array = np.array([value])
        yield "pandas", array
        if kind in "iub":
            yield "pandas", pd.Series(array).convert_dtypes()
        yield "arrow", pa.array(array)
        if kind != "h":
            yield "polars", pl.Series(array)
    elif kind == "s":
        yield "pandas", pd.array([value], dtype="string")
        yield "pandas", pd.Categorical([value])
        yield "pandas", np.array([value], dtype=object)
        for arrow in (pa.string(), pa.large_string(), pa.string_view()):
            yield "arrow", pa.array([value], arrow)
        yield "arrow", pa.array([value]).dictionary_encode()
        yield "polars", pl.Series([value])
        yield "polars", pl.Series([value], dtype=pl.Categorical)
    elif kind == "t":
        yield "pandas", np.array([value])
        yield "pandas", pd.Series(np.array([value])).dt.tz_localize("UTC")
        yield "arrow", pa.array([int(value.astype(np.int64))], pa.timestamp("us"))
        yield "arrow", pa.array([int(value.astype(np.int64))], pa.timestamp("us", "UTC"))
    elif kind == "d":
        scale = max(-value.as_tuple().exponent, 0)
        yield "arrow", pa.array([value], pa.decimal128(38, -value.as_tuple().exponent))
        if scale:
            yield "pandas", pd.array([value], dtype=pd.ArrowDtype(pa.decimal128(38, scale)))


def frame(kind: str, name: str, column: Any) -> Any:
    if kind == "pandas":
        return pd.DataFrame({other: column if other == name else [None] for other in NAMES})
    if kind == "polars":
        return pl.DataFrame({other: column if other == name else [None] for other in NAMES})
    return pa.table({other: column if other == name else pa.nulls(1) for other in NAMES})


COLUMNS = [line for line in TYPES if line[1] in ("column", "any") and not line[2].startswith("x:")]


@pytest.mark.parametrize(
    "name, text, result", [(line[0], line[2], line[3]) for line in COLUMNS], ids=lambda v: str(v)[:40]
)
def test_values_in_columns(typed, name, text, result):
    try:
        python_value(text)
    except LookupError:
        return
    for kind, column in columns(text):
        data = frame(kind, name, column)
        if len(result) != 16:
            assert refusal(lambda data=data: typed.predict(data)) == result, kind
            continue
        cells = typed.cells([dict.fromkeys(NAMES, pd.NA if kind != "pandas" else None)])
        cells[0, NAMES.index(name)] = int(result, 16)
        assert typed.predict(data).tobytes() == typed.reference(cells)["value"].tobytes(), kind


# ---- valid bundles ----


def expected_bits(cells: list[str], output: Any) -> bytes:
    if output.dtype == "int64":
        return np.array([int(cell) for cell in cells], dtype=np.int64).tobytes()
    return b"".join(bytes.fromhex(cell)[::-1] for cell in cells)


def single_bits(answer: Any, output: Any) -> bytes:
    """The bits of an output of a `Prediction`; a label's are those of its class index."""
    cells = np.ravel(np.array(answer, dtype=object)).tolist()
    if output.name == "label":
        classes = output.classes if isinstance(output.classes, tuple) else (output.classes,)
        cells = [columns.values.index(cell) for cell, columns in zip(cells, classes, strict=True)]
    return np.array(cells, dtype=output.dtype).tobytes()


@pytest.mark.parametrize("name", [line[0] for line in lines(VECTORS / "valid" / "index.tsv")])
def test_valid_bundles_answer_to_the_bit(name):
    folder = VECTORS / "valid" / name
    predictor = modelpack.load(folder / "bundle.mpk", UNSIGNED, name=name)
    names, *inputs = lines(folder / "input.tsv")
    assert [unquote_to_bytes(text).decode() for text in names] == list(predictor.schema.feature_names)
    rows = [dict(zip(predictor.schema.feature_names, map(python_value, cells), strict=True)) for cells in inputs]
    _, *expected = lines(folder / "expected.tsv")
    batch = predictor.predict_all(rows, errors="null")
    good = [number for number, cells in enumerate(expected) if cells[0] == "ok"]
    raw = predictor.predict_raw([rows[number] for number in good])
    for number, (status, *_) in enumerate(expected):
        assert (batch["error"][number] is None) == (status == "ok")
        if status != "ok":
            for call in (
                lambda n=number: predictor.predict_one(rows[n]),
                lambda n=number: predictor.predict_raw([rows[n]]),
            ):
                assert refusal(call) == status
    for place, number in enumerate(good):
        single = predictor.predict_raw([rows[number]])
        one = predictor.predict_one(rows[number])
        start = 1
        for output in predictor.schema.outputs:
            bits = expected_bits(expected[number][start : start + output.columns], output)
            start += output.columns
            assert raw[output.name][place].tobytes() == bits
            assert single[output.name][0].tobytes() == bits
            assert single_bits(one.outputs[output.name], output) == bits
