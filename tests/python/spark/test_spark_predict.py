"""Scoring on Spark: the bits of one process, whatever becomes of the workers, and refusals before any task runs."""

from __future__ import annotations

import os
import pickle
import signal
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import modelpack
from modelpack import UNSIGNED, InputError, TrustError, UsageError

CARRIERS = ["AA", "UA", "DL"]
TYPES = "id long, hour long, wind double, carrier string, fare decimal(8,2)"


def flights(count: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "hour": rng.integers(0, 24, count),
            "wind": rng.normal(size=count),
            "carrier": pd.Series(rng.choice(CARRIERS, count), dtype=object),
            "fare": rng.integers(0, 9_999, count) / 100,
        }
    )


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    X = flights()
    y = np.where(X.wind + (X.carrier == "AA") * X.hour / 10 > 0.8, "late", "punctual")
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    model = make_pipeline(
        make_column_transformer((encoder, ["carrier"]), remainder="passthrough"),
        GradientBoostingClassifier(n_estimators=20, random_state=0),
    ).fit(X, y)
    place = tmp_path_factory.mktemp("bundles") / "late.mpk"
    modelpack.pack(model, X, place, name="late", version="1.0.0")
    return place


def rows() -> list[tuple]:
    X = flights(4_000)
    found = []
    for place, row in enumerate(X.itertuples(index=False)):
        carrier = "ZZ" if place % 50 == 0 else None if place % 70 == 0 else row.carrier
        found.append((place, int(row.hour), float(row.wind), carrier, Decimal(str(row.fare))))
    return found


def table(data: list[tuple]) -> pa.Table:
    types = [pa.int64(), pa.int64(), pa.float64(), pa.string(), pa.decimal128(8, 2)]
    names = [part.split()[0] for part in TYPES.split(", ")]
    columns = zip(names, zip(*data, strict=True), types, strict=True)
    return pa.table({name: pa.array(values, type=kind) for name, values, kind in columns})


def bits(values) -> np.ndarray:
    return np.array(values, dtype=np.float64).view(np.uint64)


def test_columns_hold_the_bits_of_one_process(spark, late):
    data = rows()
    df = spark.createDataFrame(data, TYPES).repartition(5)
    scored = modelpack.spark.predict(df, late, UNSIGNED, name="late", prefix="m_")
    assert scored.columns == ["id", "hour", "wind", "carrier", "fare", "m_label", "m_probability", "m_margin"]
    fields = {field.name: field for field in scored.schema}
    assert fields["m_probability"].dataType.simpleString() == "array<double>"
    assert all(fields[name].nullable for name in ("m_label", "m_probability", "m_margin"))
    assert fields["m_probability"].metadata["modelpack"]["classes"] == ["late", "punctual"]

    found = sorted(scored.collect())
    with modelpack.load(late, UNSIGNED) as predictor:
        expected = predictor.predict_all(table(data))
        assert fields["m_label"].metadata["modelpack"]["identity"] == predictor.bundle.identity
    assert [tuple(row)[:5] for row in found] == data
    assert [row.m_label for row in found] == expected["label"].tolist()
    assert (bits([row.m_probability for row in found]) == bits(expected["probability"])).all()
    assert (bits([row.m_margin for row in found]) == bits(expected["margin"])).all()


def test_a_function_of_a_struct_gives_a_struct(spark, late):
    from pyspark import cloudpickle
    from pyspark.sql import functions as F

    data = rows()[:500]
    df = spark.createDataFrame(data, TYPES)
    made = modelpack.spark.predict_udf(late, UNSIGNED, spark=spark, outputs=["probability"])
    with modelpack.load(late, UNSIGNED) as predictor:
        expected = bits(predictor.predict_proba(table(data)))
    for udf in (made, pickle.loads(pickle.dumps(made)), cloudpickle.loads(cloudpickle.dumps(made))):
        # by name: the struct's order is another one
        answer = udf(F.struct("fare", "wind", "id", "carrier", "hour")).alias("answer")
        found = df.select("id", answer).orderBy("id").select("answer.probability").collect()
        assert (bits([row.probability for row in found]) == expected).all()
    spark.udf.register("late", made.udf)
    df.createOrReplaceTempView("flights")
    found = spark.sql("select id, late(struct(*)).probability as p from flights order by id").collect()
    assert (bits([row.p for row in found]) == expected).all()


def test_all_that_does_not_fit_is_told_before_a_task_runs(spark, late):
    df = spark.createDataFrame(
        [("17", 1.0, "AA", [1.0])], "hour string, Wind double, carrier string, fare array<double>"
    )
    with pytest.raises(InputError) as caught:
        modelpack.spark.predict(df, late, UNSIGNED)
    lines = str(caught.value).splitlines()
    assert "3 of 4 features" in lines[0]
    assert "hour" in lines[1] and "int64" in lines[1] and "string" in lines[1]
    assert "'wind' is not present" in lines[2] and "'Wind'" in lines[2]
    assert "fare" in lines[3] and "array<double>" in lines[3]


def test_a_column_that_is_there_is_not_replaced(spark, late):
    df = spark.createDataFrame(rows()[:3], TYPES).withColumnRenamed("id", "Label")
    with pytest.raises(UsageError, match=r"'Label' already.*prefix"):
        modelpack.spark.predict(df, late, UNSIGNED)
    assert "label_label" not in modelpack.spark.predict(df, late, UNSIGNED, outputs=["margin"]).columns


def test_a_row_that_is_refused_fails_its_task_or_is_null(spark, late):
    data = rows()[:40]
    data[7] = (*data[7][:2], float("inf"), *data[7][3:])
    df = spark.createDataFrame(data, TYPES).coalesce(1)
    with pytest.raises(Exception, match=r"InputError.*'wind'"):
        modelpack.spark.predict(df, late, UNSIGNED).collect()
    found = modelpack.spark.predict(df, late, UNSIGNED, errors="null").collect()
    (refused,) = [row for row in found if row.error is not None]
    assert refused.id == 7 and "wind" in refused.error
    assert refused.label is None and refused.probability is None and refused.margin is None
    with modelpack.load(late, UNSIGNED) as predictor:
        expected = predictor.predict_proba(table([row for row in data if row[0] != 7]))
    assert (bits([row.probability for row in found if row.id != 7]) == bits(expected)).all()


def test_counts_of_what_was_met(spark, late):
    from pyspark.sql import Observation

    df = spark.createDataFrame(rows(), TYPES).repartition(3)
    observation = Observation()
    scored = modelpack.spark.predict(df, late, UNSIGNED, outputs=["label"], statistics=observation)
    assert scored.columns[-1] == "label"
    assert scored.count() == 4_000
    unseen, missing = 80, len([i for i in range(0, 4_000, 70) if i % 50])
    told = observation.get
    assert (told["rows"], told["refused"]) == (4_000, 0)
    assert (told["missing:carrier"], told["unseen:carrier"], told["missing:wind"]) == (missing, unseen, 0)

    with_column = modelpack.spark.predict(df, late, UNSIGNED, outputs=["label"], statistics="met")
    sums = with_column.selectExpr("sum(met.rows) as n", "sum(met.features['carrier'].unseen) as unseen").collect()[0]
    assert (sums.n, sums.unseen) == (4_000, unseen)


def test_executors_open_only_the_bundle_that_the_driver_verified(spark, late, tmp_path):
    df = spark.createDataFrame(rows()[:10], TYPES)
    other = flights()
    place = tmp_path / "shared.mpk"
    place.write_bytes(late.read_bytes())
    scored = modelpack.spark.predict(df, place, UNSIGNED, send=False)
    modelpack.pack(
        LinearRegression().fit(other[["hour", "wind", "fare"]], other.wind), other[["hour", "wind", "fare"]],
        place, name="late", version="1.0.0", overwrite=True,
    )  # fmt: skip
    with pytest.raises(Exception, match="TrustError"):
        scored.collect()
    damaged = bytearray(late.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    place.write_bytes(damaged)
    with pytest.raises(Exception, match=r"FormatError|TrustError"):
        scored.collect()
    with pytest.raises(TrustError):  # the driver's own policy comes first
        modelpack.spark.predict(df, late)


def test_models_of_partitions_are_chosen_within_batches(spark, tmp_path):
    rng = np.random.default_rng(3)
    X = pd.DataFrame(
        {"city": pd.Series(rng.choice(["Warsaw", "Gdansk"], 300), dtype=object), "km": rng.normal(size=300)}
    )
    model = modelpack.PartitionedModel(LinearRegression(), by=["city"], min_rows=20)
    slope = np.where(X.city == "Warsaw", 3.0, -1.0)
    packed = modelpack.pack(model.fit(X, slope * X.km), X, tmp_path / "eta.mpk", name="eta", version="1.0.0")
    cities = [*rng.choice(["Warsaw", "Gdansk", "Oslo"], 899).tolist(), None]
    df = spark.createDataFrame(list(zip(cities, rng.normal(size=900).tolist(), strict=True)), "city string, km double")

    from pyspark.sql import Observation

    observation = Observation()
    scored = modelpack.spark.predict(
        df.coalesce(1), packed, UNSIGNED, outputs=["value"], nodes=True, statistics=observation
    )
    found = scored.collect()
    with modelpack.load(packed, UNSIGNED) as predictor:
        arrow = pa.table({"city": pa.array([row.city for row in found], pa.string()), "km": [row.km for row in found]})
        expected = predictor.predict_all(arrow, nodes=True)
    assert (bits([row.value for row in found]) == bits(expected["value"])).all()
    assert [row.node for row in found] == expected["node"].tolist()
    assert [row.reason for row in found] == expected["reason"].tolist()
    assert set(expected["reason"]) == {"exact", "unknown", "missing"}
    told = observation.get
    assert told["node:Warsaw"] == expected["node"].tolist().count("Warsaw")
    assert told["reason:unknown"] == expected["reason"].tolist().count("unknown")


def test_a_worker_that_is_killed_loses_nothing(spark, late, tmp_path):
    data = rows()
    df = spark.createDataFrame(data, TYPES).repartition(4)
    scored = modelpack.spark.predict(df, late, UNSIGNED, outputs=["margin"])
    killed = str(tmp_path / "killed")
    schema = scored.schema

    def dies_once(batches):
        for batch in batches:
            if not os.path.exists(killed):
                with open(killed, "w"):
                    pass
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    found = sorted(scored.mapInArrow(dies_once, schema).collect())
    assert os.path.exists(killed)
    with modelpack.load(late, UNSIGNED) as predictor:
        expected = predictor.decision_function(table(data))
    assert [row.id for row in found] == list(range(len(data)))
    assert (bits([row.margin for row in found]) == bits(expected)).all()
