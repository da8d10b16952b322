"""What score.py times: each job takes a data frame and gives one with an answer for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import models
import nodes
import pandas as pd

import modelpack
from modelpack import UNSIGNED

ANSWER = "answer"


@dataclass(frozen=True)
class Job:
    """A job by its name.

    Attributes
    ----------
    run : function of a data frame
    keyed : bool
        Whether it takes the partition keys beside the features.
    bundle : function, optional
        Makes the bundle that answers; None for those that modelpack has no part in.
    """

    run: Callable[[Any], Any]
    keyed: bool = False
    bundle: Callable[[], modelpack.Packed] | None = None


def identity(df: Any) -> Any:
    def same(batches):  # type: ignore[no-untyped-def]
        yield from batches

    return df.mapInArrow(same, df.schema)


def forest_bundle() -> modelpack.Packed:
    return models.packed("xgboost")


def forest(df: Any) -> Any:
    return modelpack.spark.predict(df, forest_bundle(), UNSIGNED, name="xgboost", outputs=["probability"])


def forest_by_xgboost(df: Any) -> Any:
    """As people do it: the booster broadcast, loaded once per worker process, called per batch."""
    loaded = {"bytes": bytes(models.xgboost_model().get_booster().save_raw("ubj"))}
    shared = df.sparkSession.sparkContext.broadcast(loaded)

    def answer(batches):  # type: ignore[no-untyped-def]
        import pandas
        import xgboost

        kept = shared.value  # lives as long as the worker
        if "booster" not in kept:
            kept["booster"] = xgboost.Booster({"nthread": 1}, model_file=bytearray(kept["bytes"]))
        for rows in batches:
            yield pandas.Series(kept["booster"].inplace_predict(rows.to_numpy()).astype("float64"))

    return with_series(df, answer, nodes.NAMES)


def per_city(df: Any) -> Any:
    return modelpack.spark.predict(df, nodes.packed(), UNSIGNED, name="nodes", outputs=["value"])


def per_city_by_xgboost(df: Any) -> Any:
    """Grouped in the same way: the rows of a batch by key, a booster for each, the answers in the rows' order."""
    shared = df.sparkSession.sparkContext.broadcast((nodes.boosters(), {}))
    keys, names = list(nodes.KEYS), nodes.NAMES

    def answer(batches):  # type: ignore[no-untyped-def]
        import numpy
        import pandas
        import xgboost

        saved, loaded = shared.value
        for rows in batches:
            values = rows[names].to_numpy()
            found = numpy.empty(len(rows))
            for key, places in rows.groupby(keys, sort=False).indices.items():
                if key not in loaded:
                    loaded[key] = xgboost.Booster({"nthread": 1}, model_file=bytearray(saved[key]))
                found[places] = loaded[key].inplace_predict(values[places])
            yield pandas.Series(found)

    return with_series(df, answer, [*nodes.KEYS, *nodes.NAMES])


def with_series(df: Any, answer: Any, columns: list[str]) -> Any:
    from pyspark.sql import functions as F

    answer.__annotations__ = {"batches": Iterator[pd.DataFrame], "return": Iterator[pd.Series]}
    return df.withColumn(ANSWER, F.pandas_udf(answer, "double")(F.struct(*columns)))


JOBS = {
    "identity": Job(identity),
    "forest": Job(forest, bundle=forest_bundle),
    "forest-xgboost": Job(forest_by_xgboost),
    "cities": Job(per_city, keyed=True, bundle=nodes.packed),
    "cities-xgboost": Job(per_city_by_xgboost, keyed=True),
}


def differing(written: Path, job: Job) -> tuple[int, int]:
    """Rows of a job's answers, and how many have other bits than one process gives them."""
    import numpy as np
    import pyarrow.dataset

    assert job.bundle is not None
    rows = wrong = 0
    with modelpack.load(job.bundle(), UNSIGNED) as predictor:
        output = "value" if job.keyed else "probability"
        for batch in pyarrow.dataset.dataset(written).to_batches(batch_size=50_000):
            expected = predictor.predict_all(batch, [output])[output]
            column = batch.column(output)
            found = column.flatten() if output == "probability" else column
            same = found.to_numpy(zero_copy_only=False).reshape(expected.shape)
            expected = expected.astype(same.dtype)  # Spark has doubles for XGBoost's float32: the same numbers
            unequal = same.view(f"u{same.itemsize}") != expected.view(f"u{same.itemsize}")
            wrong += int(np.any(unequal.reshape(len(expected), -1), axis=1).sum())
            rows += batch.num_rows
    return rows, wrong
