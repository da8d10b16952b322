"""Replaying rows through the framework and the packed program: no bundle is written whose answers differ beyond the
stated bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from modelpack.errors import MismatchError
from modelpack.rows import row_count, spread, take_rows

Answers = Mapping[str, np.ndarray]
Progress = Callable[[int, int], None]

SIDES = ("the framework", "the bundle")
EVALUATION_ROWS = 10_000
BLOCK_ROWS = 1_000


@dataclass
class Comparison:
    """One output over the rows replayed.

    Attributes
    ----------
    rows, equal : int
        Rows compared, and those whose every cell has the same bits.
    max_difference : float
        Greatest |framework − bundle| over all cells.
    first_difference : int or None
        First row that is not the same to the bit.
    """

    rows: int = 0
    equal: int = 0
    max_difference: float = 0.0
    first_difference: int | None = None


@dataclass
class EngineReport:
    """What the replay of one engine found, per output."""

    outputs: dict[str, Comparison] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return max((c.rows for c in self.outputs.values()), default=0)

    @property
    def equal(self) -> int:
        """Rows equal in every output (the least over the outputs)."""
        return min((c.equal for c in self.outputs.values()), default=0)

    @property
    def max_difference(self) -> float:
        return max((c.max_difference for c in self.outputs.values()), default=0.0)

    @property
    def first_difference(self) -> int | None:
        found = [c.first_difference for c in self.outputs.values() if c.first_difference is not None]
        return min(found, default=None)


@dataclass
class Report:
    """What `pack` or `compile` compared before it wrote the bundle.

    Attributes
    ----------
    promise : str
        `A`: the same bits as the framework; `B`, `C`, `D`: within the bound that docs/SEMANTICS.md states.
    engines : dict of str to EngineReport
    beside : str
        Whose answers the engines were held against.
    """

    promise: str
    engines: dict[str, EngineReport] = field(default_factory=dict)
    beside: str = "the framework"

    @property
    def first(self) -> EngineReport:
        """That of the native engine where it was asked, else of the only one."""
        return self.engines["native"] if "native" in self.engines else next(iter(self.engines.values()))

    @property
    def rows(self) -> int:
        return self.first.rows

    @property
    def equal(self) -> int:
        return self.first.equal

    @property
    def max_difference(self) -> float:
        return self.first.max_difference

    def __str__(self) -> str:
        lines = []
        for engine, report in self.engines.items():
            lines.append(
                f"{engine}: {report.rows:,} rows replayed, {report.equal:,} with {self.beside}'s bits, "
                f"greatest difference {report.max_difference:.3g}"
            )
        return "\n".join(lines)


def replay(
    imported: Any,
    predictor: Any,
    data: Mapping[str, Any],
    progress: Progress | None,
    engine_bound: Callable[[Answers], Answers] | None = None,
) -> EngineReport:
    """Every row of the sample and up to 10,000 of each split through framework and bundle, block by block.

    `engine_bound` is what the engine may differ from native, beside what native may differ from the framework.
    """
    report = EngineReport()
    chosen = [X if key == "sample" else take_rows(X, spread(row_count(X), EVALUATION_ROWS)) for key, X in data.items()]
    total, done = sum(row_count(X) for X in chosen), 0
    for X in chosen:
        rows = row_count(X)
        for start in range(0, rows, BLOCK_ROWS):
            block = take_rows(X, np.arange(start, min(start + BLOCK_ROWS, rows)))
            framework = imported.reference(block)
            bound = imported.bound(block, framework) if imported.bound is not None else None
            if engine_bound is not None:
                bound = added(bound, engine_bound(framework))
            compare(report, framework, predictor.predict_raw(block), bound, block, done)
            done += row_count(block)
            if progress is not None:
                progress(done, total)
    return report


def added(bound: Answers | None, further: Answers) -> Answers:
    """The sum of two bounds, per output and cell."""
    own = bound or {}
    return {name: own.get(name, np.zeros(())) + allowed for name, allowed in further.items()} | {
        name: allowed for name, allowed in own.items() if name not in further
    }


def canonical_bits(array: np.ndarray) -> np.ndarray:
    """The bits of an array's cells as unsigned integers, every NaN the same one."""
    if array.dtype.kind != "f":
        return np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")
    plain = np.where(np.isnan(array), np.array(np.nan, array.dtype), array)
    return np.ascontiguousarray(plain).view(f"u{array.dtype.itemsize}")


def difference(framework: np.ndarray, bundle: np.ndarray) -> np.ndarray:
    """|framework − bundle| per cell in f64; 0 where both are NaN or the same infinity, inf where only one is."""
    with np.errstate(invalid="ignore", over="ignore"):
        found = np.abs(framework.astype(np.float64) - bundle.astype(np.float64))
    same = canonical_bits(framework) == canonical_bits(bundle)
    return np.where(same, 0.0, np.where(np.isnan(found), np.inf, found))


def compare(
    report: EngineReport,
    framework: Answers,
    bundle: Answers,
    bound: Answers | None,
    data: Any,
    offset: int,
    sides: tuple[str, str] = SIDES,
) -> None:
    """Adds the rows to the report.

    Parameters
    ----------
    framework, bundle : mapping of output name to array [rows, columns]
    bound : mapping of output name to array [rows, columns], or None
        Greatest |difference| allowed per cell; None: the same bits.
    data : the rows as the framework got them, for the message
    offset : int
        Number of rows compared before these.
    sides : two names
        What errors call the two who answered.

    Raises
    ------
    MismatchError
        An output differs beyond the bound; the message shows the first such row.
    """
    for name, expected in framework.items():
        answer = bundle[name]
        expected = aligned(name, expected, answer, sides)
        found = difference(expected, answer)
        same_row = (canonical_bits(expected) == canonical_bits(answer)).all(axis=1)
        allowed = bound[name] if bound is not None and name in bound else None
        refused = (found > allowed if allowed is not None else canonical_bits(expected) != canonical_bits(answer)).any(
            axis=1
        )
        if refused.any():
            row = int(np.argmax(refused))
            raise MismatchError(mismatch_text(name, expected[row], answer[row], data, row, sides), row=offset + row)
        comparison = report.outputs.setdefault(name, Comparison())
        comparison.rows += len(answer)
        comparison.equal += int(same_row.sum())
        comparison.max_difference = max(comparison.max_difference, float(found.max(initial=0.0)))
        if comparison.first_difference is None and not same_row.all():
            comparison.first_difference = offset + int(np.argmin(same_row))


def aligned(name: str, expected: np.ndarray, answer: np.ndarray, sides: tuple[str, str] = SIDES) -> np.ndarray:
    """The framework's answer in the shape and dtype of the bundle's; another shape, or a cast that loses bits, is a
    mismatch."""
    expected = np.asarray(expected)
    if expected.ndim == 1:
        expected = expected.reshape(-1, 1)
    if expected.shape != answer.shape:
        raise MismatchError(f"output {name!r}: {sides[0]} answers {expected.shape}, {sides[1]} {answer.shape}")
    cast = expected.astype(answer.dtype)
    if expected.dtype != answer.dtype and not np.array_equal(
        cast.astype(expected.dtype), expected, equal_nan=expected.dtype.kind == "f"
    ):
        raise MismatchError(f"output {name!r}: {sides[0]} answers {expected.dtype}, {sides[1]} {answer.dtype}")
    return cast


def mismatch_text(
    name: str, expected: np.ndarray, answer: np.ndarray, data: Any, row: int, sides: tuple[str, str]
) -> str:
    return (
        f"{name} is {cells_text(expected)} in {sides[0]} and {cells_text(answer)} in {sides[1]}; "
        f"the row: {row_text(data, row)}; nothing was written. "
        "Please report the model's class, its versions and this row"
    )


def cells_text(cells: np.ndarray) -> str:
    shown = ", ".join(float(cell).hex() if cells.dtype.kind == "f" else str(cell) for cell in cells[:4])
    return f"[{shown}{', …' if len(cells) > 4 else ''}]"


def plain(value: Any) -> Any:
    """A numpy scalar as the Python number that it is."""
    return value.item() if isinstance(value, np.generic) else value


def row_text(data: Any, row: int, limit: int = 12) -> str:
    """The row's values as a person reads them, the first dozen."""
    if hasattr(data, "iloc"):
        pairs = list(zip(data.columns, data.iloc[row].tolist(), strict=True))
    elif hasattr(data, "row") and hasattr(data, "columns"):
        pairs = list(zip(data.columns, data.row(row), strict=True))
    else:
        array = data.toarray() if hasattr(data, "toarray") else np.asarray(data)
        pairs = [(f"f{i}", value) for i, value in enumerate(array[row].tolist())]
    shown = ", ".join(f"{name}={plain(value)!r}" for name, value in pairs[:limit])
    return shown + (f", … ({len(pairs)} features)" if len(pairs) > limit else "")
