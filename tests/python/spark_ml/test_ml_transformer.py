"""The JVM's transformer as a stage of pipelines in Python: the bits of one process, and Spark's own evaluators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.metrics import accuracy_score, mean_squared_error, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import modelpack
from modelpack import UNSIGNED, UsageError

CARRIERS = ["AA", "UA", "DL"]


def flights(count: int) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    carriers = pd.Series(rng.choice(CARRIERS, count), dtype=object)
    X = pd.DataFrame({"hour": rng.integers(0, 24, count), "wind": rng.normal(size=count), "carrier": carriers})
    X["delay"] = X.wind * 10 + X.hour + (X.carrier == "AA") * 5
    return X


def pipeline(model: Any) -> Any:
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(make_column_transformer((encoder, ["carrier"]), remainder="passthrough"), model)


def packed(place: Path, model: Any, y: pd.Series) -> Path:
    X = flights(500)[["hour", "wind", "carrier"]]
    bundle = place / f"{place.name}.mpk"
    modelpack.pack(pipeline(model).fit(X, y), X, bundle, name="delays", version="1.0.0")
    return bundle


@pytest.fixture(scope="module")
def eta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = GradientBoostingRegressor(n_estimators=20, random_state=0)
    return packed(tmp_path_factory.mktemp("eta"), model, flights(500).delay)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = GradientBoostingClassifier(n_estimators=20, random_state=0)
    y = pd.Series(np.where(flights(500).delay > 15, "late", "punctual"))
    return packed(tmp_path_factory.mktemp("late"), model, y)


@pytest.fixture()
def rides(spark: Any) -> Any:
    rows = [
        (int(row.hour), float(row.wind), str(row.carrier), float(row.delay))
        for row in flights(2_000).itertuples(index=False)
    ]
    return spark.createDataFrame(rows, "hour long, wind double, carrier string, delay double").repartition(5)


def answers(rides: Any, bundle: Path) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    rows = rides.collect()
    X = pd.DataFrame([row.asDict() for row in rows])
    with modelpack.load(bundle, UNSIGNED) as predictor:
        return X, predictor.predict_all(X)


def test_a_regressor_is_scored_and_evaluated(spark, rides, eta):
    from pyspark.ml.evaluation import RegressionEvaluator

    from modelpack.spark.ml import ModelpackTransformer

    scored = ModelpackTransformer(eta, trust=UNSIGNED).transform(rides)
    X, expected = answers(rides, eta)
    assert [row.prediction for row in scored.select("prediction").collect()] == expected["value"].tolist()
    rmse = RegressionEvaluator(labelCol="delay", metricName="rmse").evaluate(scored)
    assert rmse == pytest.approx(mean_squared_error(X.delay, expected["value"]) ** 0.5)


def test_a_classifier_of_texts_is_evaluated_and_read_back(spark, rides, late):
    from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
    from pyspark.ml.feature import IndexToString
    from pyspark.sql import functions as F

    from modelpack.spark.ml import ModelpackTransformer

    scored = ModelpackTransformer(late, trust=UNSIGNED).transform(rides)
    X, expected = answers(rides, late)
    found = IndexToString(inputCol="prediction", outputCol="label").transform(scored).collect()
    assert [row.label for row in found] == expected["label"].tolist()
    assert [row.probability.toArray().tolist() for row in found] == expected["probability"].tolist()

    truth = scored.withColumn("truth", (F.col("delay") <= 15).cast("double"))
    accuracy = MulticlassClassificationEvaluator(labelCol="truth", metricName="accuracy").evaluate(truth)
    assert accuracy == pytest.approx(accuracy_score(X.delay <= 15, expected["label"] == "punctual"))
    area = BinaryClassificationEvaluator(labelCol="truth").evaluate(truth)
    assert area == pytest.approx(roc_auc_score(X.delay <= 15, expected["margin"]), abs=1e-3)


def test_a_saved_pipeline_brings_the_bundle_but_no_trust(spark, rides, eta, tmp_path, monkeypatch):
    from pyspark.ml import PipelineModel

    from modelpack.spark.ml import ModelpackTransformer

    stage = ModelpackTransformer(eta, trust=UNSIGNED, predictionCol="eta", handleInvalid="keep")
    expected = [row.eta for row in stage.transform(rides).select("eta").collect()]
    place = str(tmp_path / "pipeline")
    PipelineModel(stages=[stage]).write().save(place)

    (loaded,) = PipelineModel.load(place).stages
    assert isinstance(loaded, ModelpackTransformer)
    assert (loaded.getPredictionCol(), loaded.getOrDefault("handleInvalid")) == ("eta", "keep")
    with pytest.raises(Exception, match=r"signature|trust"):
        loaded.transform(rides)
    with pytest.raises(Exception, match="fares"):
        loaded.setTrust(UNSIGNED).setName("fares").transform(rides)
    again = PipelineModel(stages=[loaded.setName("delays").setMinVersion("1.0.0")]).transform(rides)
    assert [row.eta for row in again.select("eta").collect()] == expected

    stage.write().overwrite().save(str(tmp_path / "stage"))
    assert ModelpackTransformer.load(str(tmp_path / "stage")).uid == stage.uid


def test_what_is_refused_is_told_before_a_task_runs(spark, rides, eta, tmp_path):
    from modelpack.spark.ml import ModelpackTransformer

    with pytest.raises(Exception, match="carrier"):
        ModelpackTransformer(eta, trust=UNSIGNED).transform(rides.drop("carrier"))
    with pytest.raises(modelpack.NotFoundError):
        ModelpackTransformer(eta, trust=tmp_path / "no.json")
    with pytest.raises(UsageError, match="file"):
        ModelpackTransformer(eta, trust=modelpack.TrustPolicy.of_identity("sha256:" + "0" * 64))


def test_columns_can_be_named_one_for_each_feature(spark, rides, eta):
    from modelpack.spark.ml import ModelpackTransformer

    plain = ModelpackTransformer(eta, trust=UNSIGNED).transform(rides).select("prediction").collect()
    other = rides.toDF("h", "w", "c", "delay")
    named = ModelpackTransformer(eta, trust=UNSIGNED).setFeatureCols(["h", "w", "c"])
    assert named.transform(other).select("prediction").collect() == plain
