"""Predictions from a bundle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack._core import NULL, ffi, lib, new_error, raise_error, text_of
from modelpack.answered import NodeAnswer
from modelpack.bundle import Bundle
from modelpack.encoder import FeatureEncoder, RowEncoder
from modelpack.errors import UsageError
from modelpack.framework import has_decision_function
from modelpack.inputs import ArrowBatch, FixedKey, Reader, plain_rows, record_values
from modelpack.inputs.batch import address
from modelpack.native import NativePredictor
from modelpack.node_stats import CacheStats, NodeStats, cache_stats, node_stats
from modelpack.nodes import Key, Nodes
from modelpack.outputs import Outputs, OutputType
from modelpack.prediction import Prediction, RowLayout
from modelpack.row import RowPath, RowPredictor
from modelpack.run import Answers, of_cells, reference, run
from modelpack.schema import Schema
from modelpack.single_row import SingleRow
from modelpack.stats import FeatureStats, feature_stats
from modelpack.trust import pickled_trust

__all__ = ["Predictor"]


class _Method:
    """A method that a predictor has only where its framework's model has it; elsewhere the attribute is absent."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__doc__ = function.__doc__
        self._name = function.__name__

    def __get__(self, predictor: Predictor | None, owner: type) -> Any:
        if predictor is None:
            return self
        if self._name not in predictor._methods:
            raise AttributeError(
                f"this predictor has no {self._name}, as the model it was packed from; "
                f"its outputs are {', '.join(predictor._outputs.names)}"
            )
        return self._function.__get__(predictor, owner)


class Predictor:
    """A model that answers. Made by `modelpack.load` or `Bundle.predictor`; immutable, safe to share between threads.

    Attributes
    ----------
    bundle : Bundle
    schema : Schema
    engine : str
        The engine that answers: ``native``, ``onnx`` or ``compiled``.
    classes_ : array
        Class labels of a classifier, in the framework's dtype; a list of arrays where there are several label columns.
    n_features_in_ : int
    feature_names_in_ : array of str
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        engine: str | None = None,
        threads: int | str = 1,
        cache_bytes: int | None = None,
        onnxruntime: str | os.PathLike[str] | None = None,
    ) -> None:
        self._native = NativePredictor(bundle, engine, threads, cache_bytes, onnxruntime)
        self._arguments = (engine, threads)
        self._cache_bytes = cache_bytes
        self._nodes = bundle.nodes()
        self.bundle = bundle
        self.schema: Schema = bundle.schema
        self.engine = self._native.engine
        layout = RowLayout(self.schema, bundle.identity, self._nodes if self.schema.keys else None)
        self._outputs = layout.outputs
        self._methods = _methods(self._outputs, bundle)
        self._features = [FeatureEncoder(bundle.handle, i, feature) for i, feature in enumerate(self.schema.features)]
        by_name = {item.feature.name: item for item in self._features}
        self._levels = [by_name[name] for name in self.schema.keys]
        in_order = RowEncoder(self._features, range(len(self._features)))
        self._reader = Reader(bundle.handle, self._features, in_order)
        self._rows = RowPath(self._native, self.schema, self._features, in_order, bundle.handle, layout)
        self._single = {output.name: SingleRow(self._native, layout, output) for output in self._outputs.all}
        self._main = self._single[self._outputs.main.name]

    def __repr__(self) -> str:
        state = "closed" if self._native.closed else self.engine
        return f"<modelpack.Predictor of {self.bundle.name} {self.bundle.version} ({state})>"

    # ---- as the framework's model ----

    @property
    def n_features_in_(self) -> int:
        return len(self.schema.features)

    @property
    def feature_names_in_(self) -> npt.NDArray[np.object_]:
        return np.array(self.schema.feature_names, dtype=object)

    @property
    def classes_(self) -> Any:
        label = self._outputs.get("label")
        if label is None or not label.class_arrays:
            raise AttributeError(f"a model that answers {', '.join(self._outputs.names)} has no classes_")
        copies = [classes.copy() for classes in label.class_arrays]
        return copies[0] if len(copies) == 1 else copies

    def predict(self, X: Any, *, key: Key | None = None, strict: bool = False) -> Any:
        """What the framework's ``predict`` gives: class labels or values, in its dtype.

        Parameters
        ----------
        X : array [rows, features], data frame (pandas, polars), Arrow data, or list of dictionaries
            Named columns are bound by name, whatever their order; others by position.
        key : tuple, optional
            The partition key of all rows, such as ``("PL", "Warsaw")``, in place of the key's columns, which the data
            need not hold then. A shorter key lacks the deeper levels.
        strict : bool
            Refuse columns that no feature takes.

        Returns
        -------
        array [rows] or [rows, columns]

        Raises
        ------
        InputError
            A value, a column or the shape does not fit the schema; `feature` and `row` say where.
        """
        return self._answer(self._main, X, key, strict)

    @_Method
    def predict_proba(self, X: Any, *, key: Key | None = None, strict: bool = False) -> Any:
        """Probabilities, [rows, classes] in the order of `classes_`; a list of such for several labels."""
        return self._answer(self._single["probability"], X, key, strict)

    @_Method
    def decision_function(self, X: Any, *, key: Key | None = None, strict: bool = False) -> Any:
        """The raw score, [rows] for two classes, else [rows, classes]."""
        return self._answer(self._single["margin"], X, key, strict)

    # ---- all outputs ----

    def predict_all(
        self,
        X: Any,
        outputs: Iterable[str] | None = None,
        errors: str = "raise",
        *,
        key: Key | None = None,
        nodes: bool = False,
        strict: bool = False,
    ) -> dict[str, Any]:
        """Every output by name: ``label``, ``probability``, ``value``, ``margin``, as far as the model has them.

        Parameters
        ----------
        X
            As for `predict`.
        outputs : names, optional
            The outputs wanted; those left out are not computed.
        errors : "raise" or "null"
            ``"raise"``: the first error (of the lowest row) is raised. ``"null"``: a row that is refused gets NaN
            (labels: None, in an array of objects), and the further entry ``"error"`` holds the reason per row, None
            where there is an answer.
        key
            As for `predict`.
        nodes : bool
            Also give, under ``"node"`` and ``"reason"``, the path of the partition node that answered each row, and
            why: see `Prediction`. Both are None where the model has no partitions, and for rows that were refused
            before their key was read.
        strict : bool
            Refuse columns that no feature takes.

        Returns
        -------
        dict of str to array
            In the framework's shapes: [rows] for one column, [rows, columns] for more.
        """
        selected = self._outputs.select(outputs)
        answers = self._run(X, selected, key, strict, every=_keeps_errors(errors), nodes=nodes)
        found = answers.shaped(selected) if errors == "raise" else answers.with_nulls(selected)
        return found if answers.answered is None else found | answers.answered.columns(self._nodes)

    def predict_raw(
        self, X: Any, outputs: Iterable[str] | None = None, *, key: Key | None = None, strict: bool = False
    ) -> dict[str, npt.NDArray[Any]]:
        """The outputs as the schema states them: arrays [rows, columns], `label` as int64 index of the class."""
        return self._run(X, self._outputs.select(outputs), key, strict).raw

    def predict_nodes(
        self, X: Any, *, key: Key | None = None, strict: bool = False
    ) -> tuple[dict[str, npt.NDArray[Any]], list[NodeAnswer]]:
        """All outputs as `predict_raw` gives them, and per row the node that answered and why."""
        answers = self._run(X, self._outputs.all, key, strict, nodes=True)
        assert answers.answered is not None, "it was asked for"
        return answers.raw, answers.answered.listed(self._nodes)

    def predict_arrow(
        self,
        data: Any,
        outputs: Iterable[str] | None = None,
        errors: str = "raise",
        *,
        key: Key | None = None,
        nodes: bool = False,
        strict: bool = False,
    ) -> Any:
        """Answers as a ``pyarrow.Table``, a column per output (a fixed-size list where the output has several columns).

        Parameters
        ----------
        data
            Anything with ``__arrow_c_stream__`` or ``__arrow_c_array__``: pyarrow, polars, DuckDB, pandas, …
        errors : "raise" or "null"
            ``"null"``: a row that is refused is null in every output, and the column ``error`` says why.
        key
            As for `predict`.
        nodes : bool
            Also give the columns ``node`` and ``reason``, as `predict_all` does.
        """
        from modelpack.arrow import answers_table

        selected = self._outputs.select(outputs)
        every = _keeps_errors(errors)
        answers = self._run(data, selected, key, strict, every=every, nodes=nodes)
        return answers_table(selected, answers, self._nodes, errors)

    # ---- one row ----

    def predict_one(
        self, row: Mapping[str, Any] | Sequence[Any], *, key: Key | None = None, strict: bool = False
    ) -> Prediction:
        """The answer for one row.

        Parameters
        ----------
        row : mapping of feature name to value, or sequence of values in the order of the features
            A pandas Series does as well. Keys that no feature takes are ignored unless `strict`.
        key : tuple, optional
            The partition key, as for `predict`.

        Raises
        ------
        InputError
            A required feature is not there, or a value is refused; `feature` says which.

        Examples
        --------
        >>> predictor.predict_one({"hour": 17, "carrier": "AA", "wind": None}).probability("late")  # doctest: +SKIP
        """
        return self._rows.predict(row, strict, None if key is None else self._fixed(key))

    def prepare(
        self, columns: Sequence[str] | None = None, *, key: Key | None = None, strict: bool = False
    ) -> RowPredictor:
        """A faster way for many rows whose values come in the same order.

        Parameters
        ----------
        columns : names, optional
            Names of the values, in order; by default the features in the order of the schema.
        key : tuple, optional
            The partition key of all rows, as for `predict`: the values need not hold it then.
        strict : bool
            Refuse names that no feature takes.

        Examples
        --------
        >>> predict_row = predictor.prepare(["hour", "carrier"])  # doctest: +SKIP
        >>> predict_row([17, "AA"]).label  # doctest: +SKIP
        """
        return self._rows.prepare(columns, strict, None if key is None else self._fixed(key))

    # ---- cells, for those who write bundles and vectors ----

    def cells(self, X: Any) -> npt.NDArray[np.uint64]:
        """The cells of every value, [rows, features]: what the row call of the core takes.

        Each value goes through the core's own coercion, one at a time.
        """
        rows = plain_rows(X)
        if isinstance(rows, (list, tuple)) and rows and isinstance(rows[0], Mapping):
            found = [
                [
                    item.cell(value)
                    for item, value in zip(self._features, record_values(row, self._features), strict=True)
                ]
                for row in rows
            ]
        else:
            (batch,) = self._reader.batches(rows, strict=False, every=False)
            assert not isinstance(batch, ArrowBatch), "plain_rows left none"
            if batch.problems.first is not None:
                raise batch.problems.first
            found = [[batch.cell(row, item) for item in self._features] for row in range(batch.rows)]
        return np.array(found, dtype=np.uint64).reshape(len(found), len(self._features))

    def reference(self, cells: npt.NDArray[np.uint64]) -> dict[str, npt.NDArray[Any]]:
        """The answers of the reference interpreter, which defines every bit, for cells [rows, features]."""
        return reference(self._native.open_handle(), np.ascontiguousarray(cells, dtype=np.uint64), self._outputs.all)

    def answers(self, cells: npt.NDArray[np.uint64]) -> dict[str, npt.NDArray[Any]]:
        """The answers of this predictor's engine for cells [rows, features]."""
        return of_cells(self._native.open_handle(), np.ascontiguousarray(cells, dtype=np.uint64), self._outputs.all)

    # ---- partitions ----

    def nodes(self) -> Nodes:
        """All nodes, each with its key, size and figures; see `Nodes`."""
        return self._nodes

    def preload(self, keys: Iterable[Key] | None = None) -> None:
        """Loads the models that answer for these keys now, rather than when a row first needs them.

        Parameters
        ----------
        keys : iterable of tuple, optional
            None: all nodes, as many as fit into the cache.

        Raises
        ------
        FormatError
            A node's model is damaged; `node` says which. The others are loaded all the same.
        """
        error, handle = new_error(), self._native.open_handle()
        if keys is None:
            code = lib.mp_predictor_preload(handle, NULL, 0, error)
        else:
            wanted = np.array([self._nodes.find(key)[0].number for key in keys], dtype=np.int64)
            code = lib.mp_predictor_preload(handle, ffi.cast("int64_t *", address(wanted)), len(wanted), error)
        if code:
            raise_error(error, code)

    def node_stats(self, key: Key) -> NodeStats:
        """What the node of exactly this key has done since the predictor was made; ``()`` is the root.

        Raises
        ------
        UsageError
            There is no such node.
        """
        number = self._nodes.number(key)
        if number is None:
            answers = self._nodes.find(key)[0].path
            raise UsageError(f"no node has the key {key!r:.64}", hint=f"{answers} answers for it")
        return node_stats(self._native.open_handle(), number)

    def cache_stats(self) -> CacheStats:
        """The models of nodes that are in memory."""
        return cache_stats(self._native.open_handle())

    # ---- what it is and has done ----

    def plan(self) -> str:
        """The steps that the engine runs, and the proof behind each rewrite of the program."""
        return text_of(lib.mp_predictor_plan, self._native.open_handle())

    def stats(self) -> dict[str, FeatureStats]:
        """Per feature what this predictor has met since it was made."""
        handle = self._native.open_handle()
        return {feature.name: feature_stats(handle, index) for index, feature in enumerate(self.schema.features)}

    # ---- life ----

    def close(self) -> None:
        """Returns at once; calls in flight finish, the last one frees the model. Later calls raise `ClosedError`."""
        self._native.close()

    def close_and_wait(self, timeout: float | None = None) -> bool:
        """Closes and waits until the calls in flight are done; False if they are not after `timeout` seconds."""
        self.close()
        return self._native.wait(timeout)

    def __enter__(self) -> Predictor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __copy__(self) -> Predictor:
        return self

    def __deepcopy__(self, memo: Any) -> Predictor:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle holds path, identity and the policy's place: the file is verified again where it is read."""
        path = self.bundle.path
        if path is None:
            raise UsageError(
                "a predictor that was loaded from memory cannot be pickled",
                hint="load it from a file, which is opened again",
            )
        engine, threads = self._arguments
        trust = self.bundle.trust
        assert trust is not None, "what was opened to be looked at has no predictor"
        from modelpack.opening import reopen

        return reopen, (path, self.bundle.identity, engine, threads, *pickled_trust(trust), self._cache_bytes)

    def __dir__(self) -> list[str]:
        absent = {"predict_proba", "decision_function"} - self._methods
        if self._outputs.get("label") is None:
            absent.add("classes_")
        return [name for name in super().__dir__() if name not in absent]

    # ---- inside ----

    def _answer(self, single: SingleRow, X: Any, key: Key | None, strict: bool) -> Any:
        if key is None:
            found = single.answer(X)
            if found is not None:
                return found
        output = single.output
        return output.shaped(self._run(X, (output,), key, strict).raw[output.name])

    def _run(
        self,
        X: Any,
        selected: Sequence[OutputType],
        key: Key | None,
        strict: bool,
        every: bool = False,
        nodes: bool = False,
    ) -> Answers:
        fixed = None
        if key is not None:
            fixed = self._fixed(key)
            X = self._reader.with_key(X, fixed)
        batches = self._reader.batches(X, strict, every, fixed)
        return run(self._native.open_handle, batches, selected, every, X, nodes)

    def _fixed(self, key: Key) -> FixedKey:
        return FixedKey(key, self._levels, self._features)


def _methods(outputs: Outputs, bundle: Bundle) -> frozenset[str]:
    found = set()
    if outputs.get("probability") is not None:
        found.add("predict_proba")
    if outputs.get("margin") is not None and has_decision_function(bundle.config):
        found.add("decision_function")
    return frozenset(found)


def _keeps_errors(errors: str) -> bool:
    """Whether refused rows are told one by one, rather than the first of them raised."""
    if errors not in ("raise", "null"):
        raise UsageError(f"errors is {errors!r:.64}", hint="pass 'raise' or 'null'")
    return errors == "null"
