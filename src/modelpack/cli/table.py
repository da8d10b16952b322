"""Text for people: aligned tables, headings, numbers with units."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

GAP = "  "
WIDEST = 160
ELLIPSIS = "…"


def styled(stream: TextIO | None = None) -> bool:
    """Whether bold and dim may be used on the stream."""
    out = stream or sys.stdout
    return out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def heading(text: str) -> str:
    return f"\033[1m{text}\033[0m" if styled() else text


def table(rows: Iterable[Sequence[Any]], headers: Sequence[str] = (), right: Iterable[int] = ()) -> str:
    """Columns aligned under their headers.

    Parameters
    ----------
    rows : iterable of sequences
        Cells of one row each; None is an empty cell.
    headers : sequence of str
    right : iterable of int
        Columns that stand to the right, as numbers do.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    lines = [list(headers), *cells] if headers else cells
    if not lines:
        return ""
    widths = fitted([max(len(line[i]) for line in lines) for i in range(len(lines[0]))], _width())
    numbers = set(right)
    text = [
        GAP.join(_aligned(cell, width, i in numbers) for i, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    text = [line.rstrip() for line in text]
    if headers:
        rule = GAP.join("─" * width for width in widths).rstrip()
        text[0:1] = [heading(text[0]), rule]
    return "\n".join(text)


def fitted(widths: Sequence[int], available: int) -> list[int]:
    """Widths that fit: the widest column gives way first."""
    fitting = list(widths)
    while sum(fitting) + len(GAP) * (len(fitting) - 1) > available and max(fitting) > 12:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _width() -> int:
    return shutil.get_terminal_size((WIDEST, 24)).columns if sys.stdout.isatty() else WIDEST


def _cell(value: Any) -> str:
    return "" if value is None else str(value).replace("\n", " ")


def _aligned(cell: str, width: int, right: bool) -> str:
    cut = cell if len(cell) <= width else cell[: width - 1] + ELLIPSIS
    return cut.rjust(width) if right else cut.ljust(width)


def size(count: int) -> str:
    """Bytes with a unit, in powers of 1000."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{count} B" if unit == "B" else f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def count(number: int, noun: str) -> str:
    """`1 row`, `12,345 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def number(value: Any) -> str:
    """A metric, in six digits."""
    return f"{value:.6g}" if isinstance(value, float) else f"{value:,}" if type(value) is int else str(value)
