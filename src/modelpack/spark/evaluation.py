"""How Spark runs a scorer: as a function of Arrow data, or, before Spark 4.1, over whole batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelpack.errors import InputError
from modelpack.spark.worker import BatchScorer, StructScorer

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["arrow_function", "has_arrow_functions", "with_answers"]


def has_arrow_functions() -> bool:
    from pyspark.sql import functions

    return hasattr(functions, "arrow_udf")


def arrow_function(scorer: StructScorer, returned: Any) -> Any:
    """The scorer as Spark's own function of a struct."""
    from pyspark.sql import functions

    arrow_udf: Any = vars(functions)["arrow_udf"]
    return arrow_udf(lambda rows: scorer(rows), returned)


def with_answers(df: DataFrame, scorer: StructScorer, returned: Any, name: str) -> DataFrame:
    """The data frame with the column `name` of answers for each row."""
    if not has_arrow_functions():
        return _over_batches(df, scorer, returned, name)
    from pyspark.sql import functions as F

    features = [column for column in df.columns if column in scorer.request.features]
    # Where no feature is there, as all are optional, a column named longer than any tells how many rows there are.
    given: list[Any] = [F.col(quoted(column)) for column in features] or [F.lit(True)]
    names = features or ["_".join(["rows", *scorer.request.features])]
    # Columns rather than a struct of them, which Spark would make for each row.
    arrow_udf: Any = vars(F)["arrow_udf"]
    function = arrow_udf(lambda *columns: scorer.of_columns(columns, names), returned)
    # A deterministic function would run again in each filter on its answers.
    return df.select("*", function.asNondeterministic()(*given).alias(name))


def quoted(name: str) -> str:
    escaped = name.replace("`", "``")
    return f"`{escaped}`"


def _over_batches(df: DataFrame, scorer: StructScorer, returned: Any, name: str) -> DataFrame:
    """By `mapInArrow`, which carries all columns, and takes no names with dots or that stand twice."""
    from pyspark.sql import types

    given = df.schema.fields
    _refuse_types(given)
    places = [f"_{place}" for place in range(len(given))]
    fields = [
        types.StructField(place, field.dataType, field.nullable, field.metadata)
        for place, field in zip(places, given, strict=True)
    ]
    schema = types.StructType([*fields, types.StructField(name, returned)])
    found = df.toDF(*places).mapInArrow(BatchScorer(scorer, tuple(df.columns), name), schema)
    return found.toDF(*df.columns, name)


def _refuse_types(fields: list[Any]) -> None:
    """Raises for columns that Arrow does not carry."""
    from pyspark.sql.pandas.types import to_arrow_type

    for field in fields:
        try:
            to_arrow_type(field.dataType)
        except Exception as error:
            raise InputError(
                f"before 4.1 Spark cannot hand on the column {field.name!r} of type {field.dataType.simpleString()}",
                hint="drop it before, and join it again",
            ) from error
