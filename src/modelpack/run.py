"""Running batches through the core: room for the answers, errors by row, and what becomes of rows that are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._codes import CODES
from modelpack._core import NULL, Handle, error_of, ffi, lib, new_error, struct
from modelpack.answered import Answered
from modelpack.errors import InputError, ModelpackError
from modelpack.inputs import ArrowBatch, Batch, Call
from modelpack.inputs.batch import address
from modelpack.outputs import OutputType, describe

__all__ = ["Answers", "of_cells", "reference", "run"]

Raw = dict[str, npt.NDArray[Any]]


@dataclass
class Answers:
    """Raw answers, [rows, columns] per output, the errors of rows that have none, and who answered, if it was asked."""

    raw: Raw
    errors: dict[int, ModelpackError] = field(default_factory=dict)
    answered: Answered | None = None

    @property
    def rows(self) -> int:
        return len(next(iter(self.raw.values())))

    def shaped(self, selected: Sequence[OutputType]) -> dict[str, Any]:
        """Answers as the framework gives them."""
        return {output.name: output.shaped(self.raw[output.name]) for output in selected}

    def with_nulls(self, selected: Sequence[OutputType]) -> dict[str, Any]:
        """Answers as the framework gives them, with NaN or None where a row has none, and why under ``error``."""
        refused = sorted(self.errors)
        found: dict[str, Any] = {}
        for output in selected:
            raw = self.raw[output.name]
            raw[refused] = 0 if output.dtype.kind == "i" else np.nan
            shaped = output.shaped(raw)
            if output.is_label:
                shaped = shaped.astype(object)
                shaped[refused] = None
            found[output.name] = shaped
        found["error"] = self.reasons()
        return found

    def reasons(self) -> npt.NDArray[np.object_]:
        """Per row why it was refused, None where there is an answer."""
        reasons = np.full(self.rows, None, dtype=object)
        for row, error in self.errors.items():
            reasons[row] = str(error)
        return reasons


def run(
    open_handle: Callable[[], Handle],
    batches: Iterable[Batch | ArrowBatch],
    selected: Sequence[OutputType],
    every: bool,
    source: Any,
    nodes: bool = False,
) -> Answers:
    """The answers for all rows of all batches.

    Parameters
    ----------
    open_handle
        Gives the predictor's handle, or raises ClosedError.
    selected
        The outputs wanted.
    every
        Keep the error of each row that is refused; otherwise the first one is raised.
    source
        What the batches were made of: refused rows of Arrow data are asked again from there for their reason.
    nodes
        Also say which partition node answered each row.

    Raises
    ------
    ModelpackError
        The error of the lowest row.
    """
    parts: list[Answers] = []
    offset = 0
    for batch in batches:
        try:
            answer = _with_errors if every else _or_raise
            part = answer(open_handle, batch, selected, Answered.room(batch.rows) if nodes else None)
        except ModelpackError as error:
            if error.row is not None:
                error.row += offset
            raise
        finally:
            if isinstance(batch, ArrowBatch):
                batch.close()
        part.errors = {offset + row: error for row, error in part.errors.items()}
        parts.append(part)
        offset += batch.rows
    answers = _joined(parts, selected, nodes)
    answers.errors = {
        row: _explained(open_handle, selected, source, row, reason) for row, reason in answers.errors.items()
    }
    return answers


def reference(handle: Handle, cells: npt.NDArray[np.uint64], selected: Sequence[OutputType]) -> Raw:
    """The reference interpreter's answers for cells [rows, features]."""
    raw = {output.name: output.empty(len(cells)) for output in selected}
    table = _table(selected, raw)
    error = new_error()
    place = ffi.cast("uint64_t *", address(cells))
    code = lib.mp_predictor_reference(
        handle, place, len(cells), struct("mp_predict_options"), table, len(selected), error
    )
    if code:
        raise error_of(error, code)
    return raw


def of_cells(handle: Handle, cells: npt.NDArray[np.uint64], selected: Sequence[OutputType]) -> Raw:
    """The engine's answers for cells [rows, features], row by row."""
    raw = {output.name: output.empty(len(cells)) for output in selected}
    options, error = struct("mp_predict_options"), new_error()
    for row in range(len(cells)):
        one = {name: answers[row : row + 1] for name, answers in raw.items()}
        place = ffi.cast("uint64_t *", address(cells[row]))
        code = lib.mp_predictor_predict_row(
            handle, place, cells.shape[1], NULL, 0, options, _table(selected, one), len(selected), error
        )
        if code:
            raise error_of(error, code)
    return raw


def _or_raise(
    open_handle: Callable[[], Handle],
    batch: Batch | ArrowBatch,
    selected: Sequence[OutputType],
    answered: Answered | None,
) -> Answers:
    problem = batch.problems.first
    if problem is None or isinstance(batch, ArrowBatch):
        return Answers(_predicted(open_handle, batch, selected, answered=answered), answered=answered)
    # The core may refuse rows before the one that was refused here, and the lowest row's error is the one to raise.
    _predicted(open_handle, batch.part(0, problem.row or 0), selected)
    raise problem


def _with_errors(
    open_handle: Callable[[], Handle],
    batch: Batch | ArrowBatch,
    selected: Sequence[OutputType],
    answered: Answered | None,
) -> Answers:
    status = np.zeros(batch.rows, dtype=np.int32)
    raw = _predicted(open_handle, batch, selected, status, answered)
    errors: dict[int, ModelpackError] = dict(batch.problems.errors)
    for row in np.flatnonzero(status).tolist():
        if row not in errors:
            errors[row] = _reason(open_handle, batch, selected, row, int(status[row]))
    if answered is not None:
        answered.forget(list(batch.problems.errors))
    return Answers(raw, errors, answered)


def _reason(
    open_handle: Callable[[], Handle], batch: Batch | ArrowBatch, selected: Sequence[OutputType], row: int, code: int
) -> ModelpackError:
    """Why the core refused a row: a call on that row alone says it."""
    if not isinstance(batch, ArrowBatch):
        try:
            _predicted(open_handle, batch.part(row, row + 1), selected)
        except ModelpackError as error:
            error.row = row
            return error
    return InputError(f"refused ({CODES[code][0]})", name=CODES[code][0], row=row)


def _explained(
    open_handle: Callable[[], Handle], selected: Sequence[OutputType], source: Any, row: int, error: ModelpackError
) -> ModelpackError:
    """Arrow data is consumed by the call that found the row refused: its reason is asked for from the source."""
    from modelpack.inputs.arrow import arrow_batches, is_arrow

    if error.feature is not None or not is_arrow(source) or not hasattr(source, "slice"):
        return error
    try:
        run(open_handle, arrow_batches(source.slice(row, 1), strict=False), selected, every=False, source=None)
    except ModelpackError as found:
        found.row = row
        return found
    return error


def _predicted(
    open_handle: Callable[[], Handle],
    batch: Batch | ArrowBatch,
    selected: Sequence[OutputType],
    status: npt.NDArray[np.int32] | None = None,
    answered: Answered | None = None,
) -> Raw:
    """One call of the core; without `status` its error is raised."""
    raw = {output.name: output.empty(batch.rows) for output in selected}
    options = struct("mp_predict_options")
    if status is not None:
        options.status = ffi.cast("int32_t *", address(status))
        options.status_count = len(status)
    if answered is not None:
        answered.describe(options)
    call = Call(open_handle(), options, _table(selected, raw), len(selected), new_error())
    try:
        code = batch.predict(call)
    finally:
        call.predictor = NULL  # a traceback that someone keeps must not keep the model
    if code:
        raise error_of(call.error, code)
    return raw


def _table(selected: Sequence[OutputType], raw: Raw) -> Handle:
    table = ffi.new("mp_output[]", len(selected))
    describe(table, selected, [(address(raw[output.name]), raw[output.name].nbytes) for output in selected])
    return table


def _joined(parts: list[Answers], selected: Sequence[OutputType], nodes: bool) -> Answers:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Answers({output.name: output.empty(0) for output in selected}, answered=Answered.room(0))
    answered = Answered.joined([part.answered for part in parts if part.answered is not None]) if nodes else None
    raw = {output.name: np.concatenate([part.raw[output.name] for part in parts]) for output in selected}
    return Answers(raw, {row: error for part in parts for row, error in part.errors.items()}, answered)
