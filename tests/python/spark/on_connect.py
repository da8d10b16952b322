"""What test_connect.py runs: a model scored through Spark Connect. Prints a word for each thing that held."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import Observation, SparkSession
from pyspark.sql import functions as F
from sklearn.linear_model import LogisticRegression

import modelpack
from modelpack import UNSIGNED, InputError


def main() -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(200, 3)), columns=["a", "b", "c"])
    packed = modelpack.pack(
        LogisticRegression().fit(X, X.a + X.b > 0), X, Path("m.mpk").resolve(), name="m", version="1.0.0"
    )
    with modelpack.load(packed, UNSIGNED) as predictor:
        expected = predictor.predict_proba(X).tolist()
    spark = SparkSession.builder.remote("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        data = [(place, *map(float, row)) for place, row in enumerate(X.to_numpy())]
        df = spark.createDataFrame(data, "id long, a double, b double, c double").repartition(3)

        scored = modelpack.spark.predict(df, packed, UNSIGNED, name="m")
        assert scored.schema["probability"].metadata["modelpack"]["classes"] == [False, True]
        assert [row.probability for row in scored.orderBy("id").collect()] == expected
        print("predict")

        udf = modelpack.spark.predict_udf(packed, UNSIGNED, outputs=["probability"])
        found = df.select("id", udf(F.struct("*")).alias("answer")).orderBy("id").collect()
        assert [row.answer.probability for row in found] == expected
        print("udf")

        observation = Observation()
        modelpack.spark.predict(df, packed, UNSIGNED, statistics=observation).collect()
        assert observation.get["rows"] == len(X)
        print("observation")

        try:
            modelpack.spark.predict(df.drop("b"), packed, UNSIGNED)
        except InputError as error:
            assert error.feature == "b"
            print("refused")
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
