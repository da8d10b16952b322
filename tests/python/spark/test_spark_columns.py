"""What becomes of a data frame's own columns, and of its plan, when answers are added."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

import modelpack
from modelpack import UNSIGNED, InputError

functions = pytest.importorskip("pyspark.sql.functions")
ONLY_FEATURES_LEAVE = hasattr(functions, "arrow_udf")

MOMENT = datetime(2026, 3, 29, 1, 30, 0, 123_456, tzinfo=timezone.utc)
FIELDS = (
    "*", "array(1, 2) as numbers", "named_struct('inner', map('a', x)) as nested", "date'2026-01-01' as day",
    "timestamp_ntz'2026-03-29 02:30:00.5' as wall", "interval '2' day as days", "binary('b') as bytes",
    "cast(null as string) as `a dot.and ``tick`", "decimal('1.10') as price",
)  # fmt: skip


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    X = pd.DataFrame({"x": [1.0, 2.0, 3.0], "at": pd.to_datetime(["2026-03-29T01:30Z", "2026-06-01T00:00Z", None])})
    X["at"] = X["at"].dt.tz_localize(None)
    model = make_pipeline(make_column_transformer(("passthrough", ["x"])), LinearRegression())
    place = tmp_path_factory.mktemp("bundles") / "timed.mpk"
    modelpack.pack(model.fit(X, [2.0, 4.0, 6.0]), X, place, name="timed", version="1.0.0")
    return place


def moments(spark):
    return spark.createDataFrame([(MOMENT, 1.5), (None, 2.5)], "at timestamp, x double")


def plan(df, capsys) -> str:
    capsys.readouterr()
    df.explain()
    return capsys.readouterr().out


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Australia/Lord_Howe"])
def test_columns_that_are_no_features_pass_unchanged(spark, timed, zone):
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        df = moments(spark).selectExpr(*FIELDS)
        scored = modelpack.spark.predict(df, timed, UNSIGNED)
        assert scored.schema.fields[:-1] == df.schema.fields
        found, given = scored.collect(), df.collect()
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)
    assert [tuple(row)[:-1] for row in found] == [tuple(row) for row in given]
    with modelpack.load(timed, UNSIGNED) as predictor:
        expected = predictor.predict([{"x": row.x, "at": row["at"]} for row in given])
    assert np.array([row.value for row in found]).tobytes() == expected.tobytes()


def test_columns_of_types_that_features_cannot_have(spark, timed):
    from pyspark.ml.linalg import Vectors

    df = spark.createDataFrame([(Vectors.dense(1.0, 2.0), 1.5, MOMENT)], ["vector", "x", "at"])
    (row,) = modelpack.spark.predict(df, timed, UNSIGNED).collect()
    assert row.vector == Vectors.dense(1.0, 2.0) and row.value == pytest.approx(3.0)

    df = df.selectExpr("*", "interval '14' month as months")
    if not ONLY_FEATURES_LEAVE:  # all columns go through Arrow, which has no type for this one
        with pytest.raises(InputError, match=r"'months' of type interval month.*drop it"):
            modelpack.spark.predict(df, timed, UNSIGNED)
        return
    df = df.selectExpr("*", "parse_json('{\"a\": [1, 2.5]}') as variant", "make_interval(1, 2, 3) as calendar")
    scored = modelpack.spark.predict(df, timed, UNSIGNED)
    assert scored.schema.fields[:-1] == df.schema.fields
    (row,) = scored.selectExpr(
        "to_json(variant) as v", "cast(calendar as string) as c", "cast(months as int) as m"
    ).collect()
    assert tuple(row) == ('{"a":[1,2.5]}', "1 years 2 months 21 days", 14)


def test_columns_of_one_name_that_no_feature_takes(spark, timed):
    df = moments(spark).selectExpr("*", "1 as twice", "2 as twice")
    scored = modelpack.spark.predict(df, timed, UNSIGNED)
    assert scored.columns == ["at", "x", "twice", "twice", "value"]
    assert [tuple(row)[2:4] for row in scored.collect()] == [(1, 2), (1, 2)]


def test_columns_that_spark_cannot_tell_apart(spark, timed):
    df = moments(spark).selectExpr("*", "x as X")
    with pytest.raises(InputError, match=r"x: Spark cannot tell the columns 'x', 'X' apart"):
        modelpack.spark.predict(df, timed, UNSIGNED)
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        assert modelpack.spark.predict(df, timed, UNSIGNED).columns == ["at", "x", "X", "value"]
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_the_model_runs_once_per_batch_whatever_is_asked_of_its_answers(spark, timed, capsys):
    scored = modelpack.spark.predict(moments(spark), timed, UNSIGNED, nodes=True, errors="null", statistics="met")
    runs = "ArrowEvalPython" if ONLY_FEATURES_LEAVE else "MapInArrow"
    asked = scored.where("value > 1 and error is null").selectExpr(
        "x", "value", "2 * value as twice", "met.rows", "node"
    )
    for df in (scored, asked, asked.where("twice < 100").orderBy("value")):
        assert plan(df, capsys).count(runs) == 1
    twice = modelpack.spark.predict(scored.drop("met"), timed, UNSIGNED, prefix="again_")
    assert plan(twice, capsys).count(runs) == 2
    assert [row.twice for row in asked.collect()] == [pytest.approx(6.0), pytest.approx(10.0)]


def test_only_features_leave_the_jvm(spark, timed, capsys):
    if not ONLY_FEATURES_LEAVE:
        pytest.skip("mapInArrow carries all columns")
    df = moments(spark).selectExpr("*", "array(1, 2) as numbers")
    told = plan(modelpack.spark.predict(df, timed, UNSIGNED), capsys)
    (line,) = [line for line in told.splitlines() if "ArrowEvalPython" in line]
    assert "x#" in line and "at#" in line and "numbers" not in line
