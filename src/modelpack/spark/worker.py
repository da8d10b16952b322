"""What a Python worker on an executor does: it opens the bundle once, and answers Arrow batches.

Workers unpickle these classes by name, so modelpack has to be installed there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpack.opening import load
from modelpack.spark.shipping import Shipped
from modelpack.spark.statistics import Meter
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
    """

    outputs: tuple[str, ...]
    errors: str
    nodes: bool
    features: frozenset[str]

    def answers(self, predictor: Predictor, batch: Any, nodes: bool) -> Any:
        """A ``pyarrow.Table`` of the answers for a record batch."""
        places = [place for place, name in enumerate(batch.schema.names) if name in self.features]
        return predictor.predict_arrow(batch.select(places), self.outputs, self.errors, nodes=nodes or self.nodes)


@dataclass(frozen=True)
class BatchScorer:
    """For ``mapInArrow``: each batch with the columns that `names` says, one per column of the answers."""

    model: Model
    request: Request
    names: tuple[str, ...]
    statistics: str | None

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow

        predictor = self.model.predictor()
        for batch in batches:
            meter = Meter(predictor) if self.statistics else None
            answers = self.request.answers(predictor, batch, nodes=meter is not None and meter.partitioned)
            columns = [*batch.columns, *_columns(answers)[: len(self.names)]]
            names = [*batch.schema.names, *self.names]
            if meter is not None:
                columns.append(meter.column(answers))
                names.append(self.statistics)
            yield pyarrow.RecordBatch.from_arrays(columns, names=names)


@dataclass(frozen=True)
class StructScorer:
    """For a function of a struct: a struct of the answers."""

    model: Model
    request: Request

    def __call__(self, rows: Any) -> Any:
        import pyarrow

        names = [field.name for field in rows.type]
        batch = pyarrow.RecordBatch.from_arrays(rows.flatten(), names=names)
        answers = self.request.answers(self.model.predictor(), batch, nodes=False)
        return pyarrow.StructArray.from_arrays(_columns(answers), names=answers.column_names)


def _columns(answers: Any) -> list[Any]:
    return [_plain_list(answers.column(place).combine_chunks()) for place in range(answers.num_columns)]


def _plain_list(column: Any) -> Any:
    """Spark knows no lists of fixed size."""
    import numpy as np
    import pyarrow

    if not pyarrow.types.is_fixed_size_list(column.type):
        return column
    width = column.type.list_size
    offsets = pyarrow.array(np.arange(0, (len(column) + 1) * width, width, dtype=np.int32))
    return pyarrow.ListArray.from_arrays(offsets, column.values, mask=column.is_null() if column.null_count else None)
