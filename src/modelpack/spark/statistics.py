"""What each batch met: rows, refusals, and per feature and partition node how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelpack.bundle import Bundle
    from modelpack.predictor import Predictor

__all__ = ["MAX_OBSERVED_NODES", "STATISTICS", "Meter", "observed", "spark_type"]

# The field of the answers that holds the counts.
STATISTICS = "statistics"

COUNTS = ("missing", "unseen", "rounded", "absent")
# An Observation has a figure per node up to so many nodes; the statistics column has them all.
MAX_OBSERVED_NODES = 100


class Meter:
    """Counts for one batch: what the predictor has met since the meter was made.

    A Python worker runs one batch at a time, so nobody else counts in between.
    """

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self.partitioned = bool(predictor.schema.keys)
        self._before = predictor.stats()

    def column(self, answers: Any) -> Any:
        """A column with the counts in the batch's first row and null in the others."""
        import pyarrow

        rows: list[dict[str, Any] | None] = [None] * answers.num_rows
        if rows:
            rows[0] = self._counts(answers)
        return pyarrow.array(rows, type=arrow_type())

    def _counts(self, answers: Any) -> dict[str, Any]:
        now = self._predictor.stats()
        features = [
            (name, {count: getattr(now[name], count) - getattr(before, count) for count in COUNTS})
            for name, before in self._before.items()
        ]
        first = answers.column(0)
        told = ("node", "reason") if self.partitioned else ()
        nodes, reasons = ([_frequencies(answers.column(name)) for name in told] or [[], []])[:2]
        refused = first.null_count if "error" in answers.column_names else 0
        return {
            "rows": answers.num_rows,
            "refused": refused,
            "features": features,
            "nodes": nodes,
            "reasons": reasons,
        }


def _frequencies(column: Any) -> list[tuple[str, int]]:
    found = column.drop_null().value_counts()
    return [(item["values"].as_py(), item["counts"].as_py()) for item in found]


def arrow_type() -> Any:
    import pyarrow

    count = pyarrow.int64()
    by_name = pyarrow.map_(pyarrow.string(), count)
    feature = pyarrow.struct([(name, count) for name in COUNTS])
    return pyarrow.struct(
        [
            ("rows", count),
            ("refused", count),
            ("features", pyarrow.map_(pyarrow.string(), feature)),
            ("nodes", by_name),
            ("reasons", by_name),
        ]
    )


def spark_type() -> Any:
    from pyspark.sql import types

    by_name = types.MapType(types.StringType(), types.LongType())
    feature = types.StructType([types.StructField(name, types.LongType()) for name in COUNTS])
    return types.StructType(
        [
            types.StructField("rows", types.LongType()),
            types.StructField("refused", types.LongType()),
            types.StructField("features", types.MapType(types.StringType(), feature)),
            types.StructField("nodes", by_name),
            types.StructField("reasons", by_name),
        ]
    )


def observed(counts: Any, bundle: Bundle) -> list[Any]:
    """The sums over a statistics column that an Observation takes: ``rows``, ``refused``, ``missing:FEATURE``,
    ``unseen:FEATURE`` (texts), ``absent:FEATURE`` (optional ones), ``reason:REASON``, ``node:PATH``."""
    from pyspark.sql import functions as F

    from modelpack.nodes import ANSWER_REASONS

    def total(value: Any, name: str) -> Any:
        return F.coalesce(F.sum(value), F.lit(0)).alias(name)

    def of_feature(name: str, count: str) -> Any:
        return total(counts["features"][F.lit(name)][count], f"{count}:{name}")

    found = [total(counts["rows"], "rows"), total(counts["refused"], "refused")]
    for feature in bundle.schema.features:
        found.append(of_feature(feature.name, "missing"))
        if feature.dtype == "string":
            found.append(of_feature(feature.name, "unseen"))
        if feature.optional:
            found.append(of_feature(feature.name, "absent"))
    if bundle.schema.keys:
        found += [total(counts["reasons"][F.lit(reason)], f"reason:{reason}") for reason in ANSWER_REASONS]
        nodes = bundle.nodes()
        if len(nodes) <= MAX_OBSERVED_NODES:
            found += [total(counts["nodes"][F.lit(node.path)], f"node:{node.path}") for node in nodes]
    return found
