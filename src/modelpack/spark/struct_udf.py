"""`modelpack.spark.predict_udf`: a function of a struct, for expressions and SQL."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpack.errors import UsageError
from modelpack.opening import open as open_bundle
from modelpack.spark.answer_types import answer_fields, struct_of
from modelpack.spark.evaluation import arrow_function, has_arrow_functions
from modelpack.spark.scoring import request_for, shipped_model
from modelpack.spark.worker import StructScorer
from modelpack.trust import Trust

if TYPE_CHECKING:
    from pyspark.sql import Column, SparkSession

    from modelpack.bundle import Bundle

__all__ = ["PredictUdf", "predict_udf"]


@dataclass(frozen=True)
class PredictUdf:
    """A bundle as a function of a struct column. Can be pickled; its bundle is where the session that made it sent it.

    Attributes
    ----------
    scorer : StructScorer
    schema : str
        JSON of the struct that it returns.
    """

    scorer: StructScorer
    schema: str

    def __call__(self, row: Column) -> Column:
        """The answers for a struct of features, which are bound by name."""
        column: Column = self.udf(row)
        return column

    @property
    def udf(self) -> Any:
        """The function as Spark's own object: ``spark.udf.register("eta", function.udf)`` makes it known to SQL."""
        from pyspark.sql import functions, types

        returned = types.StructType.fromJson(json.loads(self.schema))
        if has_arrow_functions():
            return arrow_function(self.scorer, returned)
        pandas_udf: Any = vars(functions)["pandas_udf"]
        return pandas_udf(_on_pandas(self.scorer), returned)


def predict_udf(
    path: str | os.PathLike[str],
    trust: Trust = None,
    *,
    spark: SparkSession | None = None,
    outputs: Iterable[str] | None = None,
    errors: str = "raise",
    nodes: bool = False,
    name: str | None = None,
    min_version: str | None = None,
    identity: str | None = None,
    engine: str | None = None,
    cache_bytes: int | None = None,
    onnxruntime: str | None = None,
    send: bool = True,
) -> PredictUdf:
    """A bundle as a function of a struct, which gives a struct of the outputs.

    Features are bound by the names of the struct's fields; Spark tells a function nothing of its argument beforehand,
    so that what does not fit is found by the first task. `predict` looks before.

    Parameters
    ----------
    path, trust, outputs, errors, nodes, name, min_version, identity, engine, cache_bytes, onnxruntime, send
        As for `modelpack.spark.predict`.
    spark : SparkSession, optional
        The session that sends the bundle; by default the active one.

    Raises
    ------
    UsageError
        No session is active, or the model takes timestamps and Spark is older than 4.1, which hands them to functions
        without their zone.
    TrustError
        No policy permits the bundle, or it is not the one expected.

    Examples
    --------
    >>> eta = modelpack.spark.predict_udf("eta-1.4.0.mpk", trust="trust.json", name="eta")  # doctest: +SKIP
    >>> rides.select("id", eta(F.struct("*")).alias("eta")).where("eta.value > 30")  # doctest: +SKIP
    """
    from pyspark.sql import SparkSession

    session = spark or SparkSession.getActiveSession()
    if session is None:
        raise UsageError("no Spark session is active", hint="give spark=")
    with open_bundle(path, trust, name=name, min_version=min_version, identity=identity) as bundle:
        _refuse_timestamps(bundle)
        request = request_for(bundle, outputs, errors, nodes)
        model = shipped_model(session, bundle, engine, cache_bytes, onnxruntime, send)
        returned = struct_of(answer_fields(bundle, request))
    return PredictUdf(StructScorer(model, request), returned.json())


def _refuse_timestamps(bundle: Bundle) -> None:
    times = [feature.name for feature in bundle.schema.features if feature.dtype == "timestamp"]
    if times and not has_arrow_functions():
        raise UsageError(
            f"before 4.1 Spark hands the timestamp {times[0]!r} to functions without its zone",
            hint="use modelpack.spark.predict",
        )


def _on_pandas(scorer: StructScorer) -> Any:
    """The function over data frames, for Spark before 4.1."""
    import pandas as pd

    def answer(rows):  # type: ignore[no-untyped-def]
        import pyarrow

        batch = pyarrow.RecordBatch.from_pandas(rows, preserve_index=False)
        found = scorer(batch.to_struct_array())
        return pyarrow.RecordBatch.from_struct_array(found).to_pandas()

    # Spark reads the kind of function from these.
    answer.__annotations__ = {"rows": pd.DataFrame, "return": pd.DataFrame}
    return answer
