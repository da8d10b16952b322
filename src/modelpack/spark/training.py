"""What a Spark task does: one node is trained on its rows, and judged on those of every node below it."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import is_classifier

from modelpack.nodes import key_json
from modelpack.partitions.growing import answers_of, fitted
from modelpack.partitions.keys import groups, key_columns, key_value
from modelpack.partitions.metric import Metric
from modelpack.partitions.node import KEPT, LACKS_CLASSES, TOO_FEW, Key
from modelpack.rows import take_rows

# Columns that rows have beside their own.
DEPTH, HELD_OUT, ORDER, LEVEL = "__mp_depth", "__mp_held_out", "__mp_order", "__mp_level_"

# One row with a model (or the reason why there is none) per node, and one per node that it was judged on: then `judged`
# is the key of that node and `metric` what this one reaches on that one's validation rows.
RESULT = "key string, judged string, model binary, rows long, reason int, metric double"


@dataclass(frozen=True)
class NodeTask:
    """What all tasks know.

    Attributes
    ----------
    estimator : estimator
    by, features : sequence of str
        Key columns, and the columns that models are given.
    target : str
    weight : str or None
    min_rows : int
    metric : Metric
    classes : array or None
        Of the whole target, for classifiers.
    """

    estimator: Any
    by: Sequence[str]
    features: Sequence[str]
    target: str
    weight: str | None
    min_rows: int
    metric: Metric
    classes: np.ndarray | None

    def __call__(self, group: tuple[Any, ...], rows: pd.DataFrame) -> pd.DataFrame:
        """The results of one node, whose key the group's levels are."""
        depth = int(group[0])
        levels = zip(group[1:], self.by, strict=True)
        key = tuple(key_value(value, name) for value, name in levels)[:depth]
        # Tasks get their rows in any order; a model should not depend on it.
        rows = rows.sort_values(ORDER, kind="stable").reset_index(drop=True)
        held_out = rows[HELD_OUT].to_numpy(dtype=bool)
        training = np.flatnonzero(~held_out)
        reason = self._refusal(depth, rows, held_out)
        if reason != KEPT:
            return results([(key, key, None, len(training), reason, None)])
        weight = None if self.weight is None else rows[self.weight].to_numpy()[training]
        X, y = rows[list(self.features)], rows[self.target].to_numpy()
        model = fitted(self.estimator, take_rows(X, training), y[training], weight)
        judged = self.judged(key, model, rows.loc[held_out])
        own = judged.pop(key, None)
        made = [(key, key, pickle.dumps(model), len(training), KEPT, own)]
        return results(made + [(key, other, None, 0, KEPT, metric) for other, metric in judged.items()])

    def _refusal(self, depth: int, rows: pd.DataFrame, held_out: np.ndarray) -> int:
        """Why there is no model; the root is always trained."""
        if depth == 0:
            return KEPT
        if (~held_out).sum() < self.min_rows or not held_out.any():
            return TOO_FEW
        if is_classifier(self.estimator):
            seen = set(np.unique(rows[self.target].to_numpy()[~held_out]))
            if seen != set(self.classes):  # type: ignore[arg-type]
                return LACKS_CLASSES
        return KEPT

    def judged(self, key: Key, model: Any, rows: pd.DataFrame) -> dict[Key, float]:
        """The metric on the held-out rows of each node below `key`, and on its own."""
        if len(rows) == 0:
            return {}
        answers = answers_of(model, self.metric.method, rows[list(self.features)])
        y, keys = rows[self.target].to_numpy(), key_columns(rows, self.by)
        return {
            node: self.metric.score(y[own], answers[own], self.classes)
            for depth in range(len(key), len(self.by) + 1)
            for node, own in groups(keys, depth).items()
        }


def results(found: Sequence[tuple[Key, Key, bytes | None, int, int, float | None]]) -> pd.DataFrame:
    names = [column.split()[0] for column in RESULT.split(", ")]
    told = [(text_of(key), text_of(judged), *rest) for key, judged, *rest in found]
    return pd.DataFrame(told, columns=names)


def text_of(key: Key) -> str:
    return key_json(key).decode("utf-8")
