"""That every node answers as its framework: what that said is kept while models pass by, and compared in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelpack.canonical import safetensors_bytes
from modelpack.errors import MismatchError
from modelpack.importers.imported import Imported
from modelpack.partitions.importing import of_columns, path_text
from modelpack.partitions.keys import groups, key_columns
from modelpack.partitions.node import Key
from modelpack.replay import Answers, Report, compare
from modelpack.rows import row_count, spread, take_rows

# Rows of the sample on which a node is compared.
ROWS = 8
# Nodes that are compared in one call.
BATCH = 1_000


class Proof:
    """Rows and answers per node.

    Parameters
    ----------
    X : DataFrame
        The sample.
    by : sequence of str
    explain : bool
        Whether programs keep the tensors that only explanations read.
    """

    def __init__(self, X: Any, by: Sequence[str], explain: bool) -> None:
        self._X, self._by, self._explain = X, tuple(by), explain
        keys = key_columns(X, self._by)
        self._rows = {key: rows for depth in range(1, len(by) + 1) for key, rows in groups(keys, depth).items()}
        self._spread = spread(row_count(X), ROWS)
        self._inputs: dict[tuple[str, ...], Any] = {}
        self._nodes: list[tuple[Key, np.ndarray, Answers, Answers | None]] = []
        self.uses: set[str] = set()

    def entry(self, key: Key, imported: Imported, columns: Sequence[str]) -> tuple[bytes, bytes]:
        """The program's text and the node's tensors; what the framework answers is kept."""
        rows = self._rows.get(key, self._spread)[:ROWS]
        asked = self._asked(key, rows, tuple(columns))
        framework = imported.reference(asked)
        bound = None if imported.bound is None else imported.bound(asked, framework)
        self._nodes.append((key, rows, framework, bound))
        program = imported.program if self._explain else imported.program.without_explanation()
        self.uses.update(program.uses)
        return program.json, safetensors_bytes(program.tensors, {"program": program.digest})

    def _asked(self, key: Key, rows: np.ndarray, columns: tuple[str, ...]) -> Any:
        """What the framework is given: without key columns rows of the sample as they are."""
        if not set(columns).isdisjoint(self._by):
            return of_columns(self._with_keys(rows, [key] * len(rows)), columns)
        if columns not in self._inputs:
            self._inputs[columns] = of_columns(self._X, columns)
        return take_rows(self._inputs[columns], rows)

    def _with_keys(self, rows: np.ndarray, keys: Sequence[Key]) -> Any:
        """Rows of the sample, each with the key of a node; the levels that it does not have are missing."""
        levels = {}
        for level, name in enumerate(self._by):
            levels[name] = np.empty(len(rows), dtype=object)
            levels[name][:] = [key[level] if level < len(key) else None for key in keys]
        return take_rows(self._X, rows).assign(**levels)

    def check(self, predictor: Any, report: Report) -> None:
        """Compares the answers of all nodes.

        Raises
        ------
        MismatchError
            A node answers otherwise than its framework, or another node answers for it.
        """
        for start in range(0, len(self._nodes), BATCH):
            batch = self._nodes[start : start + BATCH]
            rows_of_all = np.concatenate([rows for _, rows, _, _ in batch])
            asked = self._with_keys(rows_of_all, [key for key, rows, _, _ in batch for _ in rows])
            answers, nodes = predictor.predict_nodes(asked)
            end = 0
            for key, rows, framework, bound in batch:
                own = slice(end, end + len(rows))
                end += len(rows)
                other = next((node for node in nodes[own] if node.key != key), None)
                if other is not None:
                    raise MismatchError(f"{path_text(key)}: {other.path} answers for it ({other.reason})")
                part = {name: answer[own] for name, answer in answers.items()}
                try:
                    compare(report.engines["native"], framework, part, bound, asked.iloc[own], 0)
                except MismatchError as error:
                    raise MismatchError(f"{path_text(key)}: {error}", row=error.row) from None
