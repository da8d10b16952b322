"""`modelpack predict`: a row of answers for each row of a file, the same as in Python."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

import modelpack

HEADER = "label,probability_late,probability_on time,margin"


@pytest.fixture
def files(shelf: Any, tmp_path: Path) -> dict[str, Path]:
    """The data in each format."""
    frame = shelf.frame.assign(id=np.arange(len(shelf.frame)))
    paths = {form: tmp_path / f"rows.{form}" for form in ("csv", "jsonl", "parquet")}
    frame.to_csv(paths["csv"], index=False)
    frame.to_json(paths["jsonl"], orient="records", lines=True, double_precision=15)
    frame.to_parquet(paths["parquet"])
    return paths


@pytest.fixture
def expected(shelf: Any) -> dict[str, Any]:
    return modelpack.load(shelf.first, modelpack.UNSIGNED).predict_all(shelf.frame)


def columns(path: Path) -> dict[str, list[Any]]:
    """The columns of a file of answers."""
    if path.suffix == ".parquet":
        return dict(pyarrow.parquet.read_table(path).to_pydict())
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        return {name: [row[name] for row in rows] for name in rows[0]}
    frame = pd.read_csv(path)
    return {name: frame[name].tolist() for name in frame.columns}


@pytest.mark.parametrize("source", ["csv", "parquet"])
@pytest.mark.parametrize("target", ["csv", "jsonl", "parquet"])
def test_every_format_gives_the_same_bits(
    source: str, target: str, run: Any, shelf: Any, files: dict[str, Path], expected: dict[str, Any], tmp_path: Path
) -> None:
    output = tmp_path / f"answers.{target}"
    answer = run("predict", shelf.first, files[source], "--unsigned", "--name", "delay", "-o", output)
    assert answer.code == 0
    assert answer.out == ""
    assert answer.err == f"300 rows by delay 1.0.0, not verified → {output}\n"
    found = columns(output)
    assert found["label"] == expected["label"].tolist()
    assert found["margin"] == expected["margin"].tolist()
    assert found["probability_late"] == expected["probability"][:, 0].tolist()
    assert found["probability_on time"] == expected["probability"][:, 1].tolist()


def test_json_lines_in(run: Any, shelf: Any, files: dict[str, Path], expected: dict[str, Any]) -> None:
    """pandas writes fifteen digits; what the command reads is what the line says."""
    rows = [json.loads(line) for line in files["jsonl"].read_text().splitlines()]
    predictor = modelpack.load(shelf.first, modelpack.UNSIGNED)
    margins = [predictor.predict_one(row).margin for row in rows]
    answer = run("predict", shelf.first, files["jsonl"], "--unsigned", "--outputs", "margin")
    assert [json.loads(line)["margin"] for line in answer.out.splitlines()] == margins


def test_columns_of_the_input_go_along(run: Any, shelf: Any, files: dict[str, Path]) -> None:
    lines = run("predict", shelf.first, files["csv"], "--unsigned", "--keep", "id,carrier").out.splitlines()
    assert lines[0] == f"id,carrier,{HEADER}"
    assert lines[8].startswith("7,")
    every = run("predict", shelf.first, files["parquet"], "--unsigned", "--keep", "all", "--to", "csv").out
    assert every.splitlines()[0] == f"carrier,hour,wind,night,id,{HEADER}"


def test_a_kept_column_is_never_overwritten(run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    shelf.frame.assign(label="observed").to_csv(path, index=False)
    answer = run("predict", shelf.first, path, "--unsigned", "--keep", "label")
    assert answer.code == 2
    assert "--prefix" in answer.err
    lines = run(
        "predict", shelf.first, path, "--unsigned", "--keep", "label", "--prefix", "predicted_"
    ).out.splitlines()
    assert lines[0].startswith("label,predicted_label,predicted_probability_late")


def test_chosen_outputs(run: Any, shelf: Any, files: dict[str, Path]) -> None:
    lines = run("predict", shelf.first, files["csv"], "--unsigned", "--outputs", "margin,label").out.splitlines()
    assert lines[0] == "margin,label"
    refused = run("predict", shelf.first, files["csv"], "--unsigned", "--outputs", "value")
    assert refused.code == 2
    assert "it answers label, probability, margin" in refused.err


def test_without_trust_nothing_is_predicted(run: Any, shelf: Any, files: dict[str, Path]) -> None:
    answer = run("predict", shelf.first, files["csv"])
    assert answer.code == 3
    assert answer.out == ""
    assert "--unsigned" in answer.err


@pytest.mark.parametrize(
    "expectation", [("--name", "other"), ("--min-version", "1.0.1"), ("--identity", f"sha256:{'0' * 64}")]
)
def test_another_bundle_than_expected(
    expectation: tuple[str, str], run: Any, shelf: Any, files: dict[str, Path]
) -> None:
    assert run("predict", shelf.first, files["csv"], "--unsigned", *expectation).code == 3


BAD = """\
carrier,hour,wind,night
AA,7,,true
DL,x,3,false
DL,7
DL,7,1e999,0
,8.0,-1.5,1
"""


def test_the_first_bad_row_ends_the_command(run: Any, shelf: Any, tmp_path: Path) -> None:
    path, output = tmp_path / "bad.csv", tmp_path / "answers.csv"
    path.write_text(BAD)
    answer = run("predict", shelf.first, path, "--unsigned", "-o", output)
    assert answer.code == 1
    assert answer.err.startswith("modelpack: row 1: feature 'hour' (int64)")
    assert str(path) in answer.err
    assert list(tmp_path.iterdir()) == [path], "no half-written file stays"


@pytest.mark.parametrize("target", ["csv", "jsonl", "parquet"])
def test_bad_rows_may_go_to_a_column(target: str, run: Any, shelf: Any, tmp_path: Path) -> None:
    path, output = tmp_path / "bad.csv", tmp_path / f"answers.{target}"
    path.write_text(BAD)
    answer = run("predict", shelf.first, path, "--unsigned", "--errors", "column", "-o", output)
    assert answer.code == 0
    assert "5 rows" in answer.err and "3 refused" in answer.err
    found = columns(output)
    reasons = [None if isinstance(reason, float) else reason for reason in found["error"]]
    assert [reason is None for reason in reasons] == [True, False, False, False, True]
    assert "'hour'" in reasons[1] and "2 fields" in reasons[2] and "'wind'" in reasons[3]
    assert [label in ("late", "on time") for label in found["label"]] == [True, False, False, False, True]


def test_bad_lines_of_json(run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = '{"carrier":"AA","hour":7,"wind":null,"night":true}'
    path.write_text(
        f'{good}\n\nnot json\n[1]\n{{"hour":7}}\n{good.replace("7", "1e999")}\n{good.replace("7", "NaN")}\n'
    )
    answer = run("predict", shelf.first, path, "--unsigned", "--errors", "column")
    errors = [json.loads(line)["error"] for line in answer.out.splitlines()]
    assert errors[0] is None
    assert "cannot be read" in errors[1]
    assert errors[2] == "the line is no JSON object"
    assert "'carrier' is not present" in errors[3]
    assert "1e999 is beyond float64" in errors[4]
    assert "NaN" in errors[5]


def test_rows_are_counted_over_chunks(run: Any, shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelpack.cli.predict.CHUNK_ROWS", 7)
    path = tmp_path / "rows.csv"
    path.write_text("carrier,hour,wind,night\n" + "AA,7,1,1\n" * 20 + "AA,7,one,1\n" + "AA,7,1,1\n" * 5)
    assert "row 20: feature 'wind'" in run("predict", shelf.first, path, "--unsigned").err
    lines = run("predict", shelf.first, path, "--unsigned", "--errors", "column").out.splitlines()
    assert len(lines) == 27
    assert [number for number, line in enumerate(lines[1:]) if "wind" in line] == [20]


def test_quoted_fields_over_lines_and_a_byte_order_mark(run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b'\xef\xbb\xbfcarrier,hour,wind,night,note\nAA,7,1,1,"two\nlines, one field"\n')
    lines = run("predict", shelf.first, path, "--unsigned", "--keep", "note", "--to", "jsonl").out.splitlines()
    assert json.loads(lines[0])["note"] == "two\nlines, one field"


def test_an_absent_column(run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("carier,hour,wind,night\nAA,7,1,1\n")
    answer = run("predict", shelf.first, path, "--unsigned")
    assert answer.code == 1
    assert "'carrier'" in answer.err


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_no_rows(suffix: str, run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / f"rows.{suffix}"
    path.write_text("carrier,hour,wind,night\n" if suffix == "csv" else "")
    answer = run("predict", shelf.first, path, "--unsigned")
    assert answer.code == 0
    assert answer.err == "0 rows by delay 1.0.0, not verified\n"


def test_no_rows_to_a_file(run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("carrier,hour,wind,night\n")
    for target in ("csv", "jsonl", "parquet"):
        output = tmp_path / f"answers.{target}"
        assert run("predict", shelf.first, path, "--unsigned", "-o", output).code == 0
        assert output.exists()
    assert pyarrow.parquet.read_table(tmp_path / "answers.parquet").schema.names == HEADER.split(",")
    assert (tmp_path / "answers.csv").read_text() == HEADER + "\n"


def test_standard_input(run: Any, shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO(b"carrier,hour,wind,night\nAA,7,1,1\n"))
    monkeypatch.setattr(sys, "stdin", text)
    assert run("predict", shelf.first, "-", "--from", "csv", "--unsigned").out.startswith(HEADER)


def test_an_existing_output_is_kept(run: Any, shelf: Any, files: dict[str, Path], tmp_path: Path) -> None:
    output = tmp_path / "answers.csv"
    output.write_text("precious")
    refused = run("predict", shelf.first, files["csv"], "--unsigned", "-o", output)
    assert refused.code == 2
    assert output.read_text() == "precious"
    assert run("predict", shelf.first, files["csv"], "--unsigned", "-o", output, "--overwrite").code == 0
    assert output.read_text().startswith(HEADER)


def test_a_summary_for_machines(run: Any, shelf: Any, files: dict[str, Path], tmp_path: Path) -> None:
    output = tmp_path / "answers.csv"
    answer = run("predict", shelf.first, files["csv"], "--unsigned", "-o", output, "--json")
    summary = json.loads(answer.out)
    assert (summary["rows"], summary["refused"], summary["verified"]) == (300, 0, False)
    assert summary["identity"] == modelpack.inspect(shelf.first).identity
    assert run("predict", shelf.first, files["csv"], "--unsigned", "--json").code == 2


@pytest.mark.parametrize("name", ["rows.xlsx", "rows"])
def test_a_format_that_is_not_known(name: str, run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("x")
    answer = run("predict", shelf.first, path, "--unsigned")
    assert answer.code == 2
    assert "--from parquet|csv|jsonl" in answer.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.parquet", b"no parquet"),
        ("rows.csv", b"a,a\n1,2\n"),
        ("rows.csv", b'carrier,hour\n"open'),
        ("rows.csv", b"\xff\xfe"),
    ],
)
def test_a_file_that_is_not_what_it_is_called(name: str, content: bytes, run: Any, shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    answer = run("predict", shelf.first, path, "--unsigned")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
