"""modelpack on Apache Spark; needs pyspark."""

from modelpack.spark.fitting import FittedPartitions, fit_partitions

__all__ = ["FittedPartitions", "fit_partitions"]
