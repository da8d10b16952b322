"""Training by group on Spark: the nodes that `PartitionedModel` trains, packed from the cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import modelpack
from modelpack import UNSIGNED
from modelpack.partitions import PartitionedModel

BY = ("country", "zone")


def rides(count: int = 1_200) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    X = pd.DataFrame(
        {
            "country": rng.choice(["PL", "DE", "FR"], count, p=[0.5, 0.4, 0.1]),
            "zone": rng.integers(1, 4, count),
            "distance": rng.normal(size=count),
        }
    )
    slope = np.where(X.country == "PL", 3.0, np.where(X.zone == 2, -2.0, 1.0))
    X["minutes"] = slope * X.distance + rng.normal(scale=0.1, size=count)
    X["held"] = rng.random(count) < 0.25
    X.loc[X.index % 13 == 0, "country"] = None
    return X


def on_cluster(spark, X: pd.DataFrame):
    """The same rows; a list of plain values, as pyspark 4.1 makes the text "nan" of a null in pandas 3."""
    rows = [tuple(None if value is None or value != value else value for value in row) for row in X.to_numpy(object)]
    return spark.createDataFrame(rows, list(X.columns))


def test_the_nodes_are_those_of_a_partitioned_model(spark, tmp_path):
    X = rides()
    fitted = modelpack.spark.fit_partitions(
        on_cluster(spark, X), LinearRegression(), BY, target="minutes", min_rows=60, margin=0.01, validation="held"
    )
    local = PartitionedModel(LinearRegression(), BY, min_rows=60, margin=0.01, validation=X.held.to_numpy())
    local.fit(X[["country", "zone", "distance"]], X.minutes)
    assert set(fitted.nodes) == set(local.nodes_)
    for key, node in local.nodes_.items():
        other = fitted.nodes[key]
        assert (other.pruned, other.rows, other.reason) == (node.pruned, node.rows, node.reason)
        assert (other.metric or 0.0) == pytest.approx(node.metric or 0.0, rel=1e-9)
        assert (other.parent_metric or 0.0) == pytest.approx(node.parent_metric or 0.0, rel=1e-9)
    assert {node.reason for node in fitted.nodes.values()} == {0, 1, 2}

    sample = X[["country", "zone", "distance"]]
    packed = modelpack.pack_partitions(
        fitted.models(), sample, tmp_path / "m.mpk", partition_by=BY, metric=fitted.metric, name="m", version="1.0.0"
    )
    with modelpack.load(packed, UNSIGNED, name="m") as predictor:
        assert predictor.predict(sample) == pytest.approx(local.predict(sample), rel=1e-9)
        found = predictor.nodes()
        assert {node.key: node.rows for node in found} == {key: node.rows for key, node in local.nodes_.items()}


def test_it_goes_on_where_it_was_stopped(spark, tmp_path):
    df = on_cluster(spark, rides(400).drop(columns="held"))
    told = {"target": "minutes", "min_rows": 20, "checkpoint": str(tmp_path / "kept")}
    first = modelpack.spark.fit_partitions(df, DecisionTreeRegressor(max_depth=2, random_state=0), BY, **told)
    trained = dict(first.models())
    for level in ("level-0", "level-2"):
        assert (tmp_path / "kept" / f"{level}.parquet" / "_SUCCESS").exists()
    (tmp_path / "kept" / "level-2.parquet" / "_SUCCESS").unlink()  # as if it had been stopped while writing

    class Stopped(DecisionTreeRegressor):
        def fit(self, X, y):
            raise AssertionError("trained again")

    with pytest.raises(Exception, match="trained again"):
        modelpack.spark.fit_partitions(df, Stopped(max_depth=2), BY, **told)
    again = modelpack.spark.fit_partitions(df, DecisionTreeRegressor(max_depth=2, random_state=0), BY, **told)
    assert again.nodes == first.nodes
    models = dict(again.models())
    for key, node in trained.items():
        assert node.pruned == models[key].pruned
        if not node.pruned:
            assert node.model.tree_.threshold.tolist() == models[key].model.tree_.threshold.tolist()


def test_a_node_that_lacks_classes_lets_its_parent_answer(spark):
    X = rides(500).drop(columns="held")
    X["minutes"] = np.where(X.country == "FR", "short", np.where(X.distance > 0, "long", "short"))
    fitted = modelpack.spark.fit_partitions(
        on_cluster(spark, X), DecisionTreeClassifier(max_depth=2), ["country"], target="minutes", min_rows=5
    )
    assert str(fitted.nodes["FR",]).startswith("FR: lacks classes")
    assert fitted.metric.name == "log_loss" and not fitted.nodes[()].pruned


def test_a_column_that_is_not_there(spark):
    df = on_cluster(spark, rides(20))
    with pytest.raises(modelpack.InputError, match="'city' is not in the data frame"):
        modelpack.spark.fit_partitions(df, LinearRegression(), ["country", "city"], target="minutes")
    with pytest.raises(modelpack.UsageError, match="validation is 2"):
        modelpack.spark.fit_partitions(df, LinearRegression(), ["country"], target="minutes", validation=2)
