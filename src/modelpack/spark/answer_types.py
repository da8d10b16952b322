"""What a model's answers are to Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelpack.outputs import Outputs, OutputType
from modelpack.schema import Classes
from modelpack.spark.statistics import STATISTICS, spark_type

if TYPE_CHECKING:
    from modelpack.bundle import Bundle
    from modelpack.spark.worker import Request

__all__ = ["answer_fields", "struct_of"]


def answer_fields(bundle: Bundle, request: Request) -> list[Any]:
    """The fields of the answers, all nullable; their metadata, under ``modelpack``, say which bundle answers, and the
    order of the classes."""
    from pyspark.sql import types

    fields = [
        types.StructField(output.name, _type(output), True, {"modelpack": _metadata(bundle, output)})
        for output in Outputs(bundle.schema).select(request.outputs)
    ]
    fields += [types.StructField(name, types.StringType(), True) for name in request.told]
    return fields + ([types.StructField(STATISTICS, spark_type(), True)] if request.statistics else [])


def struct_of(fields: list[Any]) -> Any:
    """The answers as one struct, as a function of Spark returns it: its fields have no metadata there."""
    from pyspark.sql import types

    return types.StructType([types.StructField(field.name, field.dataType) for field in fields])


def _metadata(bundle: Bundle, output: OutputType) -> dict[str, Any]:
    found: dict[str, Any] = {
        "bundle": bundle.name,
        "version": bundle.version,
        "identity": bundle.identity,
        "output": output.name,
    }
    if len(output.classes) == 1:
        found["classes"] = list(output.classes[0].values)
    elif output.classes:
        # Spark's metadata hold no arrays in arrays.
        found["classes_of"] = {str(place): list(classes.values) for place, classes in enumerate(output.classes)}
    return found


def _type(output: OutputType) -> Any:
    from pyspark.sql import types

    if output.is_label:
        labels = [_label_type(classes) for classes in output.classes]
        if len(labels) == 1:
            return labels[0]
        return types.StructType([types.StructField(str(place), label) for place, label in enumerate(labels)])
    numbers = {"float64": types.DoubleType(), "float32": types.FloatType(), "int64": types.LongType()}
    number = types.DoubleType() if output.name == "probability" else numbers[str(output.dtype)]
    return number if output.columns == 1 else types.ArrayType(number)


def _label_type(classes: Classes) -> Any:
    from pyspark.sql import types

    return {
        "int64": types.LongType(),
        "float64": types.DoubleType(),
        "bool": types.BooleanType(),
        "string": types.StringType(),
    }[classes.dtype]
