"""Training of a tree of models, level by level."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone, is_classifier

from modelpack.errors import InputError
from modelpack.partitions.checkpoint import Checkpoint
from modelpack.partitions.keys import groups
from modelpack.partitions.metric import Metric
from modelpack.partitions.node import KEPT, LACKS_CLASSES, NOT_BETTER, TOO_FEW, Key, Node
from modelpack.rows import take_rows


@dataclass(frozen=True)
class Data:
    """All rows: what models are given, what was observed, keys, and which rows are held out."""

    X: Any
    y: np.ndarray
    weight: np.ndarray | None
    keys: pd.DataFrame
    held_out: np.ndarray


@dataclass(frozen=True)
class Task:
    """One node to train: its rows, and what its parent answers on those held out."""

    key: Key
    X: Any
    y: np.ndarray
    weight: np.ndarray | None
    held_out: np.ndarray
    parent_answers: np.ndarray | None
    classes: np.ndarray | None


def grow(model: Any, data: Data) -> dict[Key, Node]:
    """All nodes by key, in order of levels."""
    checkpoint = Checkpoint.of(model, data)
    report = reporter(model.progress)
    total = sum(len(groups(data.keys, depth)) for depth in range(data.keys.shape[1] + 1))
    root = checkpoint.or_make((), lambda: train_root(model.estimator, data))
    nodes: dict[Key, Node] = {(): root}
    report(1, total)
    metric: Metric = model.metric_
    parents = answers_of(root.model, metric.method, data.X)
    for depth in range(1, data.keys.shape[1] + 1):
        level = groups(data.keys, depth)
        tasks = (task(data, key, rows, parents, root) for key, rows in level.items())
        work = (delayed(checkpointed)(checkpoint, model, one) for one in tasks)
        for node in Parallel(n_jobs=model.n_jobs, return_as="generator")(work):
            nodes[node.key] = node
            report(len(nodes), total)
        for key, rows in level.items():
            if not nodes[key].pruned:
                parents[rows] = answers_of(nodes[key].model, metric.method, take_rows(data.X, rows))
    return nodes


def task(data: Data, key: Key, rows: np.ndarray, parents: np.ndarray, root: Node) -> Task:
    held_out = data.held_out[rows]
    return Task(
        key=key,
        X=take_rows(data.X, rows),
        y=data.y[rows],
        weight=None if data.weight is None else data.weight[rows],
        held_out=held_out,
        parent_answers=parents[rows[held_out]],
        classes=getattr(root.model, "classes_", None),
    )


def train_root(estimator: Any, data: Data) -> Node:
    rows = np.flatnonzero(~data.held_out)
    if len(rows) == 0:
        raise InputError("no rows are left for training")
    weight = None if data.weight is None else data.weight[rows]
    return Node((), fitted(estimator, take_rows(data.X, rows), data.y[rows], weight), len(rows))


def checkpointed(checkpoint: Checkpoint, model: Any, one: Task) -> Node:
    return checkpoint.or_make(one.key, lambda: train(model, one))


def train(model: Any, one: Task) -> Node:
    """The node's model and what becomes of it."""
    training, validation = np.flatnonzero(~one.held_out), np.flatnonzero(one.held_out)
    metric: Metric = model.metric_
    if len(training) < model.min_rows or len(validation) == 0:
        return Node(one.key, None, len(training), reason=TOO_FEW)
    if is_classifier(model.estimator) and set(np.unique(one.y[training])) != set(one.classes):  # type: ignore[arg-type]
        return Node(one.key, None, len(training), reason=LACKS_CLASSES)
    weight = None if one.weight is None else one.weight[training]
    made = fitted(model.estimator, take_rows(one.X, training), one.y[training], weight)
    observed = one.y[validation]
    own = metric.score(observed, answers_of(made, metric.method, take_rows(one.X, validation)), one.classes)
    parent = metric.score(observed, one.parent_answers, one.classes)  # type: ignore[arg-type]
    kept = metric.gain(own, parent) > model.margin
    return Node(one.key, made if kept else None, len(training), own, parent, KEPT if kept else NOT_BETTER)


def fitted(estimator: Any, X: Any, y: np.ndarray, weight: np.ndarray | None) -> Any:
    made = clone(estimator)
    return made.fit(X, y) if weight is None else made.fit(X, y, sample_weight=weight)


def answers_of(model: Any, method: str, X: Any) -> np.ndarray:
    return np.asarray(getattr(model, method)(X))


def reporter(progress: Any) -> Callable[[int, int], None]:
    if callable(progress):
        found: Callable[[int, int], None] = progress
        return found
    return _on_stderr if progress else lambda done, total: None


def _on_stderr(done: int, total: int) -> None:
    """One line that is written over; nothing where it would fill a log."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{done:,} of {total:,} nodes", end=end, file=sys.stderr, flush=True)
