"""That every node answers as its framework: what that said is kept while models pass by, and compared in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelpack.errors import MismatchError
from modelpack.importers.imported import Imported
from modelpack.importers.kept import once_per_input
from modelpack.partitions.importing import of_columns, path_text
from modelpack.partitions.keys import groups, key_columns
from modelpack.partitions.node import Key
from modelpack.replay import Answers, Report, compare
from modelpack.rows import row_count, spread, take_rows

# Rows of the sample on which a node is compared.
ROWS = 8
# Nodes that are compared in one call.
BATCH = 1_000


@dataclass(frozen=True)
class Answered:
    """What a node's framework answers to rows of the sample."""

    key: Key
    rows: np.ndarray
    framework: Answers
    bound: Answers | None


class Questions:
    """Rows of the sample that the framework of a node is asked.

    Parameters
    ----------
    X : DataFrame
        The sample.
    by : sequence of str
    """

    def __init__(self, X: Any, by: Sequence[str]) -> None:
        self._X, self._by = X, tuple(by)
        keys = key_columns(X, self._by)
        self._rows = {key: rows[:ROWS] for depth in range(1, len(by) + 1) for key, rows in groups(keys, depth).items()}
        self._spread = spread(row_count(X), ROWS)
        self._spread_inputs: dict[tuple[str, ...], Any] = {}

    def ask(self, key: Key, imported: Imported, columns: Sequence[str]) -> Answered:
        """The node's own rows, or some of the sample where it has none there."""
        rows = self._rows.get(key)
        asked = self._spread_input(key, tuple(columns)) if rows is None else self._input(key, rows, columns)
        if is_linear(imported.reference):
            asked = once_per_input(plain_numbers, asked)
        framework = imported.reference(asked)
        bound = None if imported.bound is None else imported.bound(asked, framework)
        return Answered(key, self._spread if rows is None else rows, framework, bound)

    def _input(self, key: Key, rows: np.ndarray, columns: Sequence[str]) -> Any:
        """What the framework is given: without key columns rows of the sample as they are."""
        if not set(columns).isdisjoint(self._by):
            return of_columns(self.with_keys(rows, [key] * len(rows)), columns)
        return take_rows(of_columns(self._X, columns), rows)

    def _spread_input(self, key: Key, columns: tuple[str, ...]) -> Any:
        """The same object for all nodes that have no rows of their own and do not look at keys."""
        if not set(columns).isdisjoint(self._by):
            return self._input(key, self._spread, columns)
        if columns not in self._spread_inputs:
            self._spread_inputs[columns] = self._input(key, self._spread, columns)
        return self._spread_inputs[columns]

    def with_keys(self, rows: np.ndarray, keys: Sequence[Key]) -> Any:
        """Rows of the sample, each with the key of a node; the levels that it does not have are missing."""
        levels = {}
        for level, name in enumerate(self._by):
            levels[name] = np.empty(len(rows), dtype=object)
            levels[name][:] = [key[level] if level < len(key) else None for key in keys]
        return take_rows(self._X, rows).assign(**levels)


def is_linear(reference: Any) -> bool:
    """Whether it asks one of scikit-learn's linear models, with no step before it."""
    model = getattr(reference, "model", None)
    return type(model).__module__.startswith("sklearn.linear_model.")


def plain_numbers(X: Any) -> Any:
    """A frame of one float type as the array that scikit-learn makes of it; other data as they are.

    Its look at the names of a frame takes ten times as long as a linear model's answer, and the columns here are those
    that the model was trained on, in its order.
    """
    types = set(getattr(X, "dtypes", ()))
    return np.asarray(X) if types in ({np.dtype(np.float64)}, {np.dtype(np.float32)}) else X


class Proof:
    """What the frameworks of all nodes answered, to be compared in one go."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._answered: list[Answered] = []

    def keep(self, answered: Answered) -> None:
        self._answered.append(answered)

    def check(self, predictor: Any, report: Report) -> None:
        """Compares the answers of all nodes.

        Raises
        ------
        MismatchError
            A node answers otherwise than its framework, or another node answers for it.
        """
        for start in range(0, len(self._answered), BATCH):
            batch = self._answered[start : start + BATCH]
            rows_of_all = np.concatenate([one.rows for one in batch])
            asked = self._questions.with_keys(rows_of_all, [one.key for one in batch for _ in one.rows])
            answers, nodes = predictor.predict_nodes(asked)
            end = 0
            for one in batch:
                own = slice(end, end + len(one.rows))
                end += len(one.rows)
                other = next((node for node in nodes[own] if node.key != one.key), None)
                if other is not None:
                    raise MismatchError(f"{path_text(one.key)}: {other.path} answers for it ({other.reason})")
                part = {name: answer[own] for name, answer in answers.items()}
                try:
                    compare(report.engines["native"], one.framework, part, one.bound, asked.iloc[own], 0)
                except MismatchError as error:
                    raise MismatchError(f"{path_text(one.key)}: {error}", row=error.row) from None
