"""The answers of a tree of models: each row's by the nearest node that has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from modelpack.partitions.keys import groups
from modelpack.partitions.node import Key, Node
from modelpack.rows import take_rows


def nearest(nodes: Mapping[Key, Node], keys: pd.DataFrame) -> dict[Key, np.ndarray]:
    """Row numbers by the key of the node that answers them."""
    owner: np.ndarray = np.empty(len(keys), dtype=object)
    owner.fill(())
    for depth in range(1, keys.shape[1] + 1):
        for key, rows in groups(keys, depth).items():
            node = nodes.get(key)
            if node is not None and not node.pruned:
                for row in rows:
                    owner[row] = key
    found: dict[Key, list[int]] = {}
    for row, key in enumerate(owner):
        found.setdefault(key, []).append(row)
    return {key: np.array(rows, dtype=np.int64) for key, rows in found.items()}


def answered(nodes: Mapping[Key, Node], X: Any, keys: pd.DataFrame, method: str) -> np.ndarray:
    """[rows] or [rows, columns]: what the method of each row's node answers."""
    answers: np.ndarray | None = None
    for key, rows in nearest(nodes, keys).items():
        part = np.asarray(getattr(nodes[key].model, method)(take_rows(X, rows)))
        if answers is None:
            answers = np.empty((len(keys), *part.shape[1:]), dtype=part.dtype)
        elif answers.dtype != part.dtype:
            answers = answers.astype(np.result_type(answers.dtype, part.dtype))
        answers[rows] = part
    if answers is None:
        return np.asarray(getattr(nodes[()].model, method)(X))
    return answers
