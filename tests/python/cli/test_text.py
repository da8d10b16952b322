"""Tables, numbers with units, the progress bar, and fields of text files."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from modelpack.cli.fields import PARSERS, parse_time
from modelpack.cli.progress import Progress
from modelpack.cli.table import count, fitted, number, size, table
from modelpack.values import NULL


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_stand_under_their_headers() -> None:
    text = table([["a", 1], ["bcd", None], ["é", 1000]], ("name", "rows"), right=(1,))
    assert text.splitlines() == ["name  rows", "────  ────", "a        1", "bcd", "é     1000"]


def test_no_rows_are_no_table() -> None:
    assert table([]) == ""


def test_the_widest_column_gives_way() -> None:
    assert fitted([10, 100, 20], 80) == [10, 46, 20]
    assert fitted([10, 20], 80) == [10, 20]


@pytest.mark.parametrize(
    ("bytes_", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1536, "1.54 kB"), (50_000_000, "50 MB"), (10**12, "1.0 TB")],
)
def test_sizes(bytes_: int, text: str) -> None:
    assert size(bytes_) == text


def test_counts_and_metrics() -> None:
    assert (count(1, "row"), count(12345, "row")) == ("1 row", "12,345 rows")
    assert (number(0.123456789), number(12345), number(True), number("x")) == ("0.123457", "12,345", "True", "x")


def test_progress_is_drawn_on_a_terminal_and_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 1.0, 2.0])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    terminal = Terminal()
    with Progress("rows", stream=terminal) as progress:
        progress.update(500, 0.25)
        progress.update(2000, 1.0)
    frames = terminal.getvalue().split("\r")
    assert frames[1].startswith("████████░░")
    assert "25%  500 rows  500/s" in frames[1]
    assert "100%  2,000 rows  1,000/s" in frames[2]
    assert frames[3].strip() == ""


@pytest.mark.parametrize("shown", [True, False])
def test_progress_says_nothing_elsewhere(shown: bool) -> None:
    stream = io.StringIO() if shown else Terminal()
    with Progress("rows", shown=shown, stream=stream) as progress:
        progress.update(1, 0.5)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("dtype", "text", "value"),
    [
        ("float64", "1.5", 1.5),
        ("float64", "1e3", 1000.0),
        ("float64", "-inf", float("-inf")),
        ("float64", "1_000", "1_000"),
        ("float64", "1e999", "1e999"),
        ("float64", "١", "١"),
        ("float64", "", NULL),
        ("int64", "7", 7),
        ("int64", "9223372036854775807", 2**63 - 1),
        ("int64", "7.0", 7.0),
        ("int64", "seven", "seven"),
        ("bool", "True", True),
        ("bool", "0", False),
        ("bool", "yes", "yes"),
        ("string", " 7 ", " 7 "),
        ("string", "", NULL),
    ],
)
def test_fields(dtype: str, text: str, value: Any) -> None:
    found = PARSERS[dtype](text)
    assert found is value if value is NULL else (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026-01-31T12:30", datetime(2026, 1, 31, 12, 30)),
        ("2026-01-31T12:30:15Z", datetime(2026, 1, 31, 12, 30, 15, tzinfo=timezone.utc)),
        ("2026-01-31 12:30:15.25+01:00", datetime(2026, 1, 31, 12, 30, 15, 250_000, timezone(timedelta(hours=1)))),
        ("2026-01-31T12:30:15.123456000", datetime(2026, 1, 31, 12, 30, 15, 123_456)),
        ("2026-01-31T12:30:15.123456001", "2026-01-31T12:30:15.123456001"),
        ("2026-13-01", "2026-13-01"),
        ("31.1.2026", "31.1.2026"),
        ("1769817600", "1769817600"),
    ],
)
def test_times(text: str, value: Any) -> None:
    assert parse_time(text) == value
