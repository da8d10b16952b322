"""Kinds of models on Spark: a thousand partition nodes, several labels, other engines; bundles that were changed."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

import modelpack
from modelpack import UNSIGNED, TrustPolicy, UsageError

NAMES = ["a", "b"]
ENGINES = ("native", "onnx", "compiled")


def numbers(count: int = 300) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(21).normal(size=(count, 2)), columns=NAMES)


def on_cluster(spark, X: pd.DataFrame):
    rows = [(place, *map(float, row)) for place, row in enumerate(X.to_numpy())]
    return spark.createDataFrame(rows, "id long, a double, b double").repartition(3)


def column(df, name: str) -> list:
    return [row[name] for row in df.orderBy("id").select(name).collect()]


def test_a_thousand_nodes(spark, tmp_path):
    rng = np.random.default_rng(8)
    cities = [(f"c{i % 20}", f"t{i}") for i in range(1_000)]
    fitted = [LinearRegression().fit(X := rng.normal(size=(20, 1)), X @ [slope]) for slope in rng.normal(size=50)]
    models = [((), fitted[0]), *((key, fitted[i % 50]) for i, key in enumerate(cities))]
    for _, model in models:
        model.feature_names_in_ = np.array(["km"], dtype=object)
    sample = pd.DataFrame(cities[:50], columns=["country", "city"]).assign(km=rng.normal(size=50))
    packed = modelpack.pack_partitions(
        models, sample, tmp_path / "m.mpk", partition_by=("country", "city"), name="m", version="1.0.0"
    )
    chosen = [*(cities[i] for i in rng.integers(0, 1_000, 8_000)), ("c1", "unknown"), ("nowhere", "t1"), (None, None)]
    rows = [
        (place, *key, float(km)) for place, (key, km) in enumerate(zip(chosen, rng.normal(size=8_003), strict=True))
    ]
    df = spark.createDataFrame(rows, "id long, country string, city string, km double").repartition(3)
    found = modelpack.spark.predict(df, packed, UNSIGNED, nodes=True, statistics="met").orderBy("id").collect()
    arrow = pa.table(dict(zip(["country", "city", "km"], list(map(list, zip(*rows, strict=True)))[1:], strict=True)))
    with modelpack.load(packed, UNSIGNED) as predictor:
        expected = predictor.predict_all(arrow, nodes=True)
    assert np.array([row.value for row in found]).tobytes() == expected["value"].tobytes()
    assert [row.node for row in found] == expected["node"].tolist()
    met = [row.met for row in found if row.met is not None]
    assert sum(sum(batch.nodes.values()) for batch in met) == sum(batch.rows for batch in met) == len(rows)


def test_several_label_columns(spark, tmp_path):
    X = numbers()
    y = pd.DataFrame({"sign": np.where(X.a > 0, "plus", "minus"), "sum": np.where(X.a + X.b > 0, "up", "down")})
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
    packed = modelpack.pack(model, X, tmp_path / "m.mpk", name="m", version="1.0.0")
    scored = modelpack.spark.predict(on_cluster(spark, X), packed, UNSIGNED)
    with modelpack.load(packed, UNSIGNED) as predictor:
        expected = predictor.predict(X)
    assert [list(label) for label in column(scored, "label")] == expected.tolist()
    classes = scored.schema["probability"].metadata["modelpack"]["classes_of"]
    assert classes == {"0": ["minus", "plus"], "1": ["down", "up"]}


def test_probabilities_of_float32_are_the_same_numbers_as_doubles(spark, tmp_path):
    X = numbers()
    model = XGBClassifier(n_estimators=5, max_depth=2).fit(X, X.a > 0)
    packed = modelpack.pack(model, X, tmp_path / "m.mpk", name="m", version="1.0.0")
    scored = modelpack.spark.predict(on_cluster(spark, X), packed, UNSIGNED)
    assert scored.schema["probability"].dataType.simpleString() == "array<double>"
    assert column(scored, "probability") == model.predict_proba(X).tolist()


def test_a_model_whose_features_are_all_optional_and_absent(spark, tmp_path):
    X = numbers()
    X.loc[0, "a"] = X.loc[1, "b"] = np.nan
    model = make_pipeline(SimpleImputer(), LinearRegression()).fit(X, X.b.fillna(1))
    packed = modelpack.pack(model, X, tmp_path / "m.mpk", name="m", version="1.0.0", optional=NAMES)
    missing = model.predict(pd.DataFrame({"a": [np.nan], "b": [np.nan]})).tolist()
    assert column(modelpack.spark.predict(spark.range(3), packed, UNSIGNED), "value") == missing * 3


def test_each_engine_that_the_policy_permits(spark, tmp_path):
    X = numbers()
    model = LogisticRegression().fit(X, X.a > 0)
    packed = modelpack.pack(model, X, tmp_path / "m.mpk", name="m", version="1.0.0", engines=ENGINES)
    trust = TrustPolicy.of_identity(packed.identity, ENGINES)
    df = on_cluster(spark, X)
    for engine in ENGINES:
        with modelpack.load(packed, trust, engine=engine) as predictor:
            expected = predictor.predict_proba(X)
        scored = modelpack.spark.predict(df, packed, trust, engine=engine)
        assert np.array(column(scored, "probability")).tobytes() == expected.tobytes()
        with pytest.raises(UsageError, match=f"'{engine}' is not permitted for m"):
            other = TrustPolicy.of_identity(packed.identity, [one for one in ENGINES if one != engine])
            modelpack.spark.predict(df, packed, other, engine=engine)
    absent = modelpack.spark.predict(df, packed, trust, engine="onnx", onnxruntime="/nowhere/libonnxruntime.so")
    with pytest.raises(Exception, match=r"/nowhere/libonnxruntime\.so"):
        absent.collect()


def test_a_bundle_that_the_application_sent_already_is_not_sent_again(spark, tmp_path):
    X = numbers()
    packed = modelpack.pack(LogisticRegression().fit(X, X.a > 0), X, tmp_path / "m.mpk", name="m", version="1.0.0")
    name = f"modelpack-{packed.identity.removeprefix('sha256:')}.mpk"
    elsewhere = tmp_path / "sent" / name
    elsewhere.parent.mkdir()
    shutil.copyfile(packed.path, elsewhere)
    spark.sparkContext.addFile(str(elsewhere))
    assert len(column(modelpack.spark.predict(on_cluster(spark, X), packed, UNSIGNED), "label")) == len(X)
    assert sum(sent.endswith(name) for sent in spark.sparkContext.listFiles) == 1


def test_a_sent_bundle_that_is_changed_on_its_way_fails_the_task(spark, tmp_path):
    from pyspark import SparkFiles

    X = numbers()
    packed = modelpack.pack(LinearRegression().fit(X, X.a - 3 * X.b), X, tmp_path / "m.mpk", name="m", version="1.0.0")
    scored = modelpack.spark.predict(on_cluster(spark, X), packed, UNSIGNED)
    spark.range(1).collect()  # the executor fetches the file; what it finds when it fetches Spark itself compares
    sent = SparkFiles.get(f"modelpack-{packed.identity.removeprefix('sha256:')}.mpk")
    right = packed.path.read_bytes()
    other = modelpack.pack(LinearRegression().fit(X, X.a), X, tmp_path / "o.mpk", name="m", version="1.0.0")
    for changed in (
        right[:-1],
        right[: len(right) // 2] + b"\0" + right[len(right) // 2 + 1 :],
        other.path.read_bytes(),
    ):
        replaced(sent, changed)
        with pytest.raises(Exception, match=r"modelpack\S*\.(FormatError|TrustError)"):
            scored.select("value").collect()  # a new plan: one that failed once is not run again
    replaced(sent, right)
    assert len(scored.select("value").collect()) == len(X)


def replaced(path: str, data: bytes) -> None:
    with open(f"{path}.new", "wb") as file:
        file.write(data)
    os.replace(f"{path}.new", path)
