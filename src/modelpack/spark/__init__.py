"""modelpack on Apache Spark; needs pyspark.

Workers import this package too: what they do not need is imported at first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelpack.spark.fitting import FittedPartitions, fit_partitions
    from modelpack.spark.scoring import predict
    from modelpack.spark.struct_udf import PredictUdf, predict_udf

__all__ = ["FittedPartitions", "PredictUdf", "fit_partitions", "predict", "predict_udf"]

_PLACES = {
    "FittedPartitions": "modelpack.spark.fitting",
    "PredictUdf": "modelpack.spark.struct_udf",
    "fit_partitions": "modelpack.spark.fitting",
    "predict": "modelpack.spark.scoring",
    "predict_udf": "modelpack.spark.struct_udf",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'modelpack.spark' has no attribute {name!r}")
    found = getattr(import_module(_PLACES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
