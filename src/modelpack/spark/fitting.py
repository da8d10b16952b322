"""`modelpack.spark.fit_partitions`: one model per key, each trained in a Spark task of its own."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack.errors import InputError, UsageError
from modelpack.partitions.metric import Metric, metric_of
from modelpack.partitions.node import KEPT, NOT_BETTER, Key, Node
from modelpack.spark.training import DEPTH, HELD_OUT, LEVEL, ORDER, RESULT, NodeTask, text_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# The share of held-out rows is taken of so many parts.
PARTS = 1_000_000


@dataclass(frozen=True)
class FittedPartitions:
    """Trained nodes; their models stay on the cluster until they are asked for.

    Attributes
    ----------
    by : tuple of str
    metric : Metric
    nodes : dict of key to Node
        All nodes, pruned ones too, without models: `Node.model` is the key where there is one, else None.
    """

    by: tuple[str, ...]
    metric: Metric
    nodes: dict[Key, Node]
    _results: DataFrame

    def models(self) -> Iterator[tuple[Key, Node]]:
        """Every node with its model, the root first, as `modelpack.pack_partitions` takes them; one model at a time
        comes to the driver."""
        trained = self._results.where("model is not null").select("key", "model")
        root = trained.where(trained.key == text_of(())).collect()[0]
        yield (), self._with_model((), root.model)
        yield from ((key, node) for key, node in self.nodes.items() if node.pruned)
        kept = [(text_of(key),) for key, node in self.nodes.items() if key != () and not node.pruned]
        if not kept:
            return
        wanted = trained.sparkSession.createDataFrame(kept, "key string")
        for row in trained.join(wanted, "key", "left_semi").orderBy("key").toLocalIterator():
            key = tuple(json.loads(row.key))
            yield key, self._with_model(key, row.model)

    def _with_model(self, key: Key, pickled: bytes) -> Node:
        return replace(self.nodes[key], model=pickle.loads(pickled))


def fit_partitions(
    df: DataFrame,
    estimator: Any,
    by: Sequence[str],
    *,
    target: str,
    features: Sequence[str] | None = None,
    weight: str | None = None,
    min_rows: int = 100,
    metric: str | Metric | None = None,
    margin: float = 0.0,
    validation: float | str = 0.2,
    random_state: int = 0,
    checkpoint: str | None = None,
) -> FittedPartitions:
    """Train what `modelpack.PartitionedModel` trains, one Spark task per node.

    Every row goes to the node of its key and to each of that node's ancestors, once. A task trains its node and judges
    it on the validation rows of all nodes below, so that no node waits for its parent; the driver gets figures, no
    rows. The root's task holds all rows of `df`.

    Parameters
    ----------
    df : DataFrame
    estimator : estimator
        Cloned and fitted for each node, on a pandas DataFrame of `features`.
    by : sequence of str
        The key columns, outermost first: text, integers or bools. A null stops at the level before it.
    target : str
        What is learned.
    features : sequence of str, optional
        The columns that models are given; by default all but the keys, target and weight.
    weight : str, optional
        Column of sample weights.
    min_rows, metric, margin, random_state
        As for `modelpack.PartitionedModel`.
    validation : float or str
        The share of rows held out, drawn by a hash of the row's content (equal rows are on one side), or the name of a
        column of bools.
    checkpoint : path, optional
        A folder that Spark writes to: each level is kept there when it is done, and a later call with the same data and
        arguments goes on from there. The files hold pickles: let nobody else write there.

    Returns
    -------
    FittedPartitions

    Raises
    ------
    InputError
        A column is not there.
    UsageError
        An argument is not of its kind.

    Examples
    --------
    >>> fitted = modelpack.spark.fit_partitions(  # doctest: +SKIP
    ...     rides, HistGradientBoostingRegressor(), by=("country", "city"), target="minutes"
    ... )
    >>> modelpack.pack_partitions(  # doctest: +SKIP
    ...     fitted.models(), X_sample, partition_by=fitted.by, metric=fitted.metric, name="eta", version="1.0.0"
    ... )
    """
    by = tuple(by)
    if not by:
        raise UsageError("by is empty; name the key columns, outermost first")
    held = [validation] if isinstance(validation, str) else []
    own = [name for name in (target, weight, *by, *held) if name is not None]
    chosen = [name for name in df.columns if name not in own] if features is None else list(features)
    absent = [name for name in [*chosen, *own] if name not in df.columns]
    if absent:
        raise InputError(f"the column {absent[0]!r} is not in the data frame; it has {df.columns!r}")
    rows = df.select(list(dict.fromkeys([*chosen, *own]))).transform(lambda one: marked(one, validation, random_state))
    task = NodeTask(
        estimator=estimator,
        by=by,
        features=chosen,
        target=target,
        weight=weight,
        min_rows=min_rows,
        metric=metric_of(metric, estimator),
        classes=classes_of(df, target, estimator),
    )
    levels = [trained(rows, task, depth, checkpoint) for depth in range(len(by) + 1)]
    found = reduce(lambda one, other: one.unionByName(other), levels)
    return FittedPartitions(by, task.metric, judged(found, task.metric, margin), found)


def marked(rows: DataFrame, validation: float | str, random_state: int) -> DataFrame:
    """Rows with an order of their own, and whether they are held out."""
    from pyspark.sql import functions as F

    content = F.xxhash64(F.lit(random_state), *[F.col(f"`{name}`") for name in sorted(rows.columns)])
    rows = rows.withColumn(ORDER, content)
    if isinstance(validation, str):
        return rows.withColumn(HELD_OUT, F.col(f"`{validation}`").cast("boolean"))
    if isinstance(validation, bool) or not 0 < validation < 1:
        raise UsageError(f"validation is {validation!r}; give a share between 0 and 1, or the name of a column")
    # Another hash than that of the order, or the rows held out would be the first ones.
    part = F.pmod(F.xxhash64(content, F.lit("validation")), F.lit(PARTS))
    return rows.withColumn(HELD_OUT, part < int(validation * PARTS))


def classes_of(df: DataFrame, target: str, estimator: Any) -> np.ndarray | None:
    from sklearn.base import is_classifier

    if not is_classifier(estimator):
        return None
    return np.array(sorted(row[0] for row in df.select(f"`{target}`").distinct().collect()))


def trained(rows: DataFrame, task: NodeTask, depth: int, checkpoint: str | None) -> DataFrame:
    """The results of one level, which are made once."""
    from pyspark import StorageLevel
    from pyspark.sql import functions as F

    place = None if checkpoint is None else f"{checkpoint.rstrip('/')}/level-{depth}.parquet"
    if place is not None and (kept := read_kept(rows, place)) is not None:
        return kept
    for level, name in enumerate(task.by):
        value = F.col(f"`{name}`")
        rows = rows.withColumn(
            f"{LEVEL}{level}", value if level < depth else F.lit(None).cast(rows.schema[name].dataType)
        )
        if level < depth:
            rows = rows.where(value.isNotNull())
    keys = [DEPTH, *(f"{LEVEL}{level}" for level in range(len(task.by)))]
    made = (
        rows.withColumn(DEPTH, F.lit(depth)).groupBy(*keys).applyInPandas(lambda key, group: task(key, group), RESULT)
    )
    if place is None:
        return made.persist(StorageLevel.DISK_ONLY)
    made.write.mode("overwrite").parquet(place)
    return rows.sparkSession.read.parquet(place)


def read_kept(rows: DataFrame, place: str) -> DataFrame | None:
    """A level that was written whole; Spark leaves the mark of success last."""
    from pyspark.errors import AnalysisException

    session = rows.sparkSession
    try:
        session.read.text(f"{place}/_SUCCESS").schema  # noqa: B018
        return session.read.parquet(place)
    except AnalysisException:
        return None


def judged(results: DataFrame, metric: Metric, margin: float) -> dict[Key, Node]:
    """All nodes in order of levels, each kept where it beats the nearest ancestor that is."""
    told = results.selectExpr("key", "judged", "rows", "reason", "metric", "model is not null as trained")
    own: dict[Key, Any] = {}
    reached: dict[tuple[Key, Key], float] = {}
    for row in told.toLocalIterator():
        key, other = tuple(json.loads(row.key)), tuple(json.loads(row.judged))
        if key == other:
            own[key] = row
        else:
            reached[key, other] = row.metric
    nodes: dict[Key, Node] = {}
    for key in sorted(own, key=lambda key: (len(key), text_of(key))):
        row = own[key]
        if key == () or row.reason != KEPT:
            nodes[key] = Node(key, key if row.trained else None, row.rows, reason=row.reason)
            continue
        parent = next(key[:depth] for depth in reversed(range(len(key))) if not nodes[key[:depth]].pruned)
        theirs = reached[parent, key]
        kept = metric.gain(row.metric, theirs) > margin
        nodes[key] = Node(key, key if kept else None, row.rows, row.metric, theirs, KEPT if kept else NOT_BETTER)
    return nodes
