"""What a model's answers are to Spark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from modelpack.outputs import Outputs, OutputType
from modelpack.schema import Classes

if TYPE_CHECKING:
    from modelpack.bundle import Bundle

__all__ = ["answer_fields"]


def answer_fields(bundle: Bundle, outputs: Iterable[str] | None, errors: str, nodes: bool) -> list[Any]:
    """The fields of the answers, all nullable; their metadata, under ``modelpack``, say which bundle answers, and the
    order of the classes."""
    from pyspark.sql import types

    fields = [
        types.StructField(output.name, _type(output), True, {"modelpack": _metadata(bundle, output)})
        for output in Outputs(bundle.schema).select(outputs)
    ]
    told = [*(["error"] if errors == "null" else []), *(["node", "reason"] if nodes else [])]
    return fields + [types.StructField(name, types.StringType(), True) for name in told]


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
    number = numbers[str(output.dtype)]
    return number if output.columns == 1 else types.ArrayType(number)


def _label_type(classes: Classes) -> Any:
    from pyspark.sql import types

    return {
        "int64": types.LongType(),
        "float64": types.DoubleType(),
        "bool": types.BooleanType(),
        "string": types.StringType(),
    }[classes.dtype]
