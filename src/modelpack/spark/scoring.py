"""`modelpack.spark.predict`: a data frame with the answers of a bundle as further columns."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from modelpack.errors import UsageError
from modelpack.opening import open as open_bundle
from modelpack.outputs import Outputs
from modelpack.spark.answer_types import answer_fields, struct_of
from modelpack.spark.evaluation import with_answers
from modelpack.spark.fitness import check_columns
from modelpack.spark.shipping import ship
from modelpack.spark.statistics import STATISTICS, observed
from modelpack.spark.worker import Model, Request, StructScorer
from modelpack.trust import Trust

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Observation

    from modelpack.bundle import Bundle

__all__ = ["predict"]

# The column of all answers as one struct; it is gone from the result.
ANSWERS = "__mp_answers"


def predict(
    df: DataFrame,
    path: str | os.PathLike[str],
    trust: Trust = None,
    *,
    outputs: Iterable[str] | None = None,
    prefix: str = "",
    errors: str = "raise",
    nodes: bool = False,
    statistics: str | Observation | None = None,
    name: str | None = None,
    min_version: str | None = None,
    identity: str | None = None,
    engine: str | None = None,
    cache_bytes: int | None = None,
    onnxruntime: str | None = None,
    send: bool = True,
) -> DataFrame:
    """The data frame with a column per output, lazily, on classic Spark and Spark Connect.

    The bundle is verified here, under `trust`; executors open exactly the bundle of that identity, once per Python
    worker. Columns are bound to features by name and checked here, before any task runs. Rows stay where they are:
    there is no shuffle, and models of partitions are chosen within each Arrow batch.

    Parameters
    ----------
    df : DataFrame
    path : path
        Of the bundle, on the driver (on Spark Connect: on the client).
    trust, name, min_version, identity, engine, cache_bytes
        As for `modelpack.load`.
    outputs : names, optional
        The outputs wanted: ``label`` (its class), ``probability`` (array<double>), ``value``, ``margin``.
    prefix : str
        Put before the names of all columns that are added, but for the statistics column.
    errors : "raise" or "null"
        ``"null"``: a row that is refused has null in every output, and the reason in the further column ``error``.
    nodes : bool
        Also add ``node`` and ``reason``: the partition node that answered, and why.
    statistics : str or Observation, optional
        A name: a column is added that has, in the first row of each batch, the counts of that batch: ``rows``,
        ``refused``, ``features`` (per feature ``missing``, ``unseen``, ``rounded``, ``absent``), ``nodes``,
        ``reasons``. An Observation: it has the sums after the first action, such as ``observation.get["missing:age"]``.
    onnxruntime : str, optional
        For the engine ``onnx``: the path, on the executors, of ONNX Runtime's shared library; else they look as
        `modelpack.load` does.
    send : bool
        Send the file to the executors, once per session. False: they read `path` themselves, on storage that all share.

    Returns
    -------
    DataFrame
        Columns added are nullable. Their metadata hold, under ``modelpack``, the bundle's identity and ``classes``, the
        order of the classes in ``probability``.

    Raises
    ------
    InputError
        Columns do not fit the features; a line for each. A row that is refused fails its task with an InputError.
    UsageError
        A column has the name of one that would be added.
    TrustError
        No policy permits the bundle, or it is not the one expected.

    Examples
    --------
    >>> scored = modelpack.spark.predict(rides, "eta-1.4.0.mpk", trust="trust.json", name="eta")  # doctest: +SKIP
    >>> scored.schema["probability"].metadata["modelpack"]["classes"]  # doctest: +SKIP
    """
    from pyspark.sql import functions as F

    with open_bundle(path, trust, name=name, min_version=min_version, identity=identity) as bundle:
        request = request_for(bundle, outputs, errors, nodes, statistics is not None)
        fields = answer_fields(bundle, request)
        names = {field.name: prefix + field.name for field in fields}
        if isinstance(statistics, str):
            names[STATISTICS] = statistics
        elif statistics is not None:
            del names[STATISTICS]
        case_sensitive = df.sparkSession.conf.get("spark.sql.caseSensitive") == "true"
        check_columns(bundle, df.schema.fields, case_sensitive)
        check_names(df.schema.names, list(names.values()))
        model = shipped_model(df.sparkSession, bundle, engine, cache_bytes, onnxruntime, send)
        found = with_answers(df, StructScorer(model, request), struct_of(fields), ANSWERS)
        if statistics is not None and not isinstance(statistics, str):
            found = found.observe(statistics, *observed(F.col(ANSWERS)[STATISTICS], bundle))
    columns = [
        F.col(ANSWERS)[field.name].alias(names[field.name], metadata=field.metadata)
        for field in fields
        if field.name in names
    ]
    return found.select("*", *columns).drop(ANSWERS)


def shipped_model(
    session: Any, bundle: Bundle, engine: str | None, cache_bytes: int | None, onnxruntime: str | None, send: bool
) -> Model:
    """The model as workers load it.

    Raises
    ------
    UsageError
        The policy does not permit the engine.
    """
    if engine is not None and engine not in bundle.permitted_engines:
        permitted = ", ".join(bundle.permitted_engines)
        raise UsageError(
            f"the engine {engine!r:.64} is not permitted for {bundle.name}", hint=f"permitted: {permitted}"
        )
    return Model(ship(session, bundle, send), engine, cache_bytes, onnxruntime)


def request_for(
    bundle: Bundle, outputs: Iterable[str] | None, errors: str, nodes: bool, statistics: bool = False
) -> Request:
    if errors not in ("raise", "null"):
        raise UsageError(f"errors is {errors!r:.64}", hint="pass 'raise' or 'null'")
    selected = tuple(output.name for output in Outputs(bundle.schema).select(outputs))
    return Request(selected, errors, nodes, frozenset(bundle.schema.feature_names), statistics)


def check_names(present: list[str], added: list[str]) -> None:
    """Refuses to add columns that are there; Spark does not tell upper from lower case.

    Raises
    ------
    UsageError
    """
    taken: dict[str, str] = {}
    for name in present:
        taken.setdefault(name.casefold(), name)
    for name in added:
        if name.casefold() in taken:
            raise UsageError(
                f"the data frame has a column {taken[name.casefold()]!r} already, and {name!r} would be added",
                hint="give a prefix, such as prefix='model_', name the outputs= wanted, or drop the column",
            )
        taken[name.casefold()] = name
