"""What a Python worker on an executor does: it opens the bundle once, and answers Arrow batches.

Workers unpickle these classes by name, so modelpack has to be installed there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpack.opening import load
from modelpack.spark.shipping import Shipped
from modelpack.spark.statistics import STATISTICS, Meter
from modelpack.trust_policy import TrustPolicy

if TYPE_CHECKING:
    from modelpack.predictor import Predictor

__all__ = ["BatchScorer", "Model", "StructScorer"]

# A worker lives through many queries: predictors of bundles used longest ago give way.
MAX_OPEN = 8
_open: OrderedDict[Model, Predictor] = OrderedDict()


@dataclass(frozen=True)
class Model:
    """A bundle and how it is used: what is loaded once per worker."""

    shipped: Shipped
    engine: str | None
    cache_bytes: int | None
    onnxruntime: str | None

    def predictor(self) -> Predictor:
        """This process's predictor.

        Raises
        ------
        TrustError
            The file is not the bundle that the driver verified.
        FormatError
            The file is damaged.
        """
        if self not in _open:
            identity = self.shipped.identity
            _open[self] = load(
                self.shipped.path(),
                TrustPolicy.of_identity(identity, self.shipped.engines),
                identity=identity,
                engine=self.engine,
                cache_bytes=self.cache_bytes,
                onnxruntime=self.onnxruntime,
            )
            while len(_open) > MAX_OPEN:
                _open.popitem(last=False)
        _open.move_to_end(self)
        return _open[self]


@dataclass(frozen=True)
class Request:
    """What is asked of a batch.

    Attributes
    ----------
    outputs : tuple of str
    errors : str
        ``raise`` or ``null``.
    nodes : bool
    features : frozenset of str
        Columns that the model takes; others may be of types that it knows nothing of.
    statistics : bool
        Whether counts of what was met are given too.
    """

    outputs: tuple[str, ...]
    errors: str
    nodes: bool
    features: frozenset[str]
    statistics: bool = False

    @property
    def told(self) -> tuple[str, ...]:
        """The texts that are answered beside the outputs."""
        return (*(["error"] if self.errors == "null" else []), *(["node", "reason"] if self.nodes else []))


@dataclass(frozen=True)
class StructScorer:
    """A struct of features in, a struct of answers out."""

    model: Model
    request: Request

    def __call__(self, rows: Any) -> Any:
        return self.of_columns(rows.flatten(), [field.name for field in rows.type])

    def of_columns(self, columns: Sequence[Any], names: Sequence[str]) -> Any:
        """What every way through Spark comes to: the struct of answers for the columns of these names."""
        import pyarrow

        predictor, request = self.model.predictor(), self.request
        batch = pyarrow.RecordBatch.from_arrays(list(columns), names=list(names))
        features = batch.select([place for place, name in enumerate(names) if name in request.features])
        meter = Meter(predictor) if request.statistics else None
        nodes = request.nodes or (meter is not None and meter.partitioned)
        answers = predictor.predict_arrow(features, request.outputs, request.errors, nodes=nodes)
        wanted = [*request.outputs, *request.told]
        columns = [_as_spark(name, answers.column(name).combine_chunks()) for name in wanted]
        if meter is not None:
            wanted.append(STATISTICS)
            columns.append(meter.column(answers))
        return pyarrow.StructArray.from_arrays(columns, names=wanted)


@dataclass(frozen=True)
class BatchScorer:
    """For ``mapInArrow``: each batch, whose columns are called `names`, with a further column, `added`, of answers."""

    scorer: StructScorer
    names: tuple[str, ...]
    added: str

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow

        features = self.scorer.request.features
        # Where no feature is there, as all are optional, any column tells how many rows there are.
        places = [place for place, name in enumerate(self.names) if name in features] or [0]
        names = [self.names[place] for place in places]
        for batch in batches:
            answers = self.scorer.of_columns([batch.column(place) for place in places], names)
            columns = [*batch.columns, answers]
            yield pyarrow.RecordBatch.from_arrays(columns, names=[*batch.schema.names, self.added])


def _as_spark(name: str, column: Any) -> Any:
    """Spark knows no lists of fixed size; a probability is a double to it, also where the framework has float32."""
    import numpy as np
    import pyarrow

    wide = name == "probability"
    if not pyarrow.types.is_fixed_size_list(column.type):
        return column.cast(pyarrow.float64()) if wide else column
    width = column.type.list_size
    numbers = column.values.cast(pyarrow.float64()) if wide else column.values
    offsets = pyarrow.array(np.arange(0, (len(column) + 1) * width, width, dtype=np.int32))
    return pyarrow.ListArray.from_arrays(offsets, numbers, mask=column.is_null() if column.null_count else None)
