"""`modelpack.PartitionedModel`: a scikit-learn estimator that trains one model per key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from modelpack.errors import InputError, UsageError
from modelpack.partitions.answers import answered
from modelpack.partitions.growing import Data, grow
from modelpack.partitions.keys import key_columns
from modelpack.partitions.metric import Metric, metric_of
from modelpack.partitions.node import Node
from modelpack.rows import row_count


def _offers(method: str) -> Callable[[Any], bool]:
    return lambda model: hasattr(model.estimator, method)


class PartitionedModel(BaseEstimator):  # type: ignore[misc]
    """One model per key, such as a country and a city, each kept only where it beats its parent.

    The root is trained on all rows, each node of a level on the rows of its key. Every level is trained on the same
    training rows and judged on the same validation rows, so that no model is judged on rows that another of them was
    trained on. A child whose metric on its validation rows does not beat its parent's by `margin` is pruned: its parent
    answers. A row whose key is unknown or missing is answered by the nearest ancestor.

    Parameters
    ----------
    estimator : estimator
        Cloned and fitted for each node.
    by : sequence of str
        The key columns of X, outermost first; text, integers or bools.
    min_rows : int
        A node with fewer training rows is not trained.
    metric : str or Metric, optional
        "rmse", "mae", "log_loss", "brier", "accuracy"; by default rmse, for classifiers log_loss.
    margin : float
        By how much a child must beat its parent, in units of the metric.
    validation : float or array of bool [rows]
        The share of rows held out, or which rows they are.
    drop_keys : bool
        Train without the key columns, which are constant within a node of the last level.
    n_jobs : int, optional
        Processes that train nodes side by side (joblib's); None: one.
    random_state : int
        Draws the validation rows.
    checkpoint : path, optional
        A folder that keeps each node as it is done; a later `fit` on the same data goes on from there. The files are
        pickles: let nobody else write there.
    progress : bool or callable (done, total)
        Called after each node; True: a line on stderr.

    Attributes
    ----------
    nodes_ : dict of key to Node
        All nodes, pruned ones too; `()` is the root.
    metric_ : Metric
    classes_ : array
        The root's, for classifiers.
    feature_names_in_ : array of str

    Examples
    --------
    >>> model = PartitionedModel(HistGradientBoostingRegressor(), by=("country", "city"))  # doctest: +SKIP
    >>> model.fit(X, y)  # doctest: +SKIP
    >>> modelpack.pack(model, X.head(1000), name="eta", version="1.0.0")  # doctest: +SKIP
    """

    def __init__(
        self,
        estimator: Any,
        by: Sequence[str] = (),
        *,
        min_rows: int = 100,
        metric: str | Metric | None = None,
        margin: float = 0.0,
        validation: Any = 0.2,
        drop_keys: bool = True,
        n_jobs: int | None = None,
        random_state: int = 0,
        checkpoint: Any = None,
        progress: Any = False,
    ) -> None:
        self.estimator = estimator
        self.by = by
        self.min_rows = min_rows
        self.metric = metric
        self.margin = margin
        self.validation = validation
        self.drop_keys = drop_keys
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.checkpoint = checkpoint
        self.progress = progress

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.estimator)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> PartitionedModel:
        """Trains every level.

        Parameters
        ----------
        X : DataFrame [rows, columns]
            With the key columns.
        y : array [rows]
        sample_weight : array [rows], optional

        Raises
        ------
        InputError
            A key column is missing or holds what no key can be; X and y differ in length.
        """
        if not self.by:
            raise UsageError("by is empty; name the key columns, outermost first")
        observed = np.asarray(y)
        if row_count(X) != len(observed):
            raise InputError(f"X has {row_count(X)} rows, y {len(observed)}")
        keys = key_columns(X, tuple(self.by))
        held_out = self._held_out(len(observed))
        self.metric_ = metric_of(self.metric, self.estimator)
        weight = None if sample_weight is None else np.asarray(sample_weight)
        data = Data(self._inputs(X), observed, weight, keys, held_out)
        self.nodes_: dict[tuple[Any, ...], Node] = grow(self, data)
        root = self.nodes_[()].model
        if is_classifier(self.estimator):
            self.classes_ = root.classes_
        self.feature_names_in_ = np.array([str(name) for name in X.columns], dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The answers of each row's nearest model."""
        return self._answers(X, "predict")

    @available_if(_offers("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities [rows, classes] of each row's nearest model."""
        return self._answers(X, "predict_proba")

    @available_if(_offers("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> np.ndarray:
        """Margins of each row's nearest model."""
        return self._answers(X, "decision_function")

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² of `predict`; accuracy for classifiers."""
        from sklearn.metrics import accuracy_score, r2_score

        measure = accuracy_score if is_classifier(self.estimator) else r2_score
        return float(measure(y, self.predict(X), sample_weight=sample_weight))

    def _answers(self, X: Any, method: str) -> np.ndarray:
        check_is_fitted(self, "nodes_")
        keys = key_columns(X, tuple(self.by))
        return answered(self.nodes_, self._inputs(X), keys, method)

    def _inputs(self, X: Any) -> Any:
        """What the nodes' models are given."""
        if not self.drop_keys:
            return X
        kept = [name for name in X.columns if name not in tuple(self.by)]
        return X[kept] if not hasattr(X, "column_names") else X.select(kept)

    def _held_out(self, rows: int) -> np.ndarray:
        if isinstance(self.validation, (int, float)) and not isinstance(self.validation, bool):
            if not 0 < self.validation < 1:
                raise UsageError(f"validation is {self.validation}; give a share between 0 and 1, or a mask of rows")
            # A stream of its own: synthetic data are often drawn with the same small seed.
            return np.random.default_rng([self.random_state, *b"modelpack"]).random(rows) < self.validation
        mask = np.asarray(self.validation)
        if mask.dtype != bool or mask.shape != (rows,):
            raise UsageError(f"validation is no mask of {rows} rows")
        return mask
