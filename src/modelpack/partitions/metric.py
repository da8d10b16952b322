"""How a child is compared with its parent on the rows that neither was trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelpack.errors import UsageError

Score = Callable[[np.ndarray, np.ndarray, "np.ndarray | None"], float]


@dataclass(frozen=True)
class Metric:
    """A figure of answers against what was observed.

    Attributes
    ----------
    name : str
    method : str
        The estimator's method whose answers it takes.
    score : callable (y, answers, classes) to float
    greater_is_better : bool
    """

    name: str
    method: str
    score: Score
    greater_is_better: bool

    def gain(self, child: float, parent: float) -> float:
        """By how much the child is better; negative where it is worse."""
        return child - parent if self.greater_is_better else parent - child


def _rmse(y: np.ndarray, answers: np.ndarray, classes: Any) -> float:
    return float(np.sqrt(np.mean(np.square(np.asarray(y, dtype=np.float64) - answers))))


def _mae(y: np.ndarray, answers: np.ndarray, classes: Any) -> float:
    return float(np.mean(np.abs(np.asarray(y, dtype=np.float64) - answers)))


def _log_loss(y: np.ndarray, answers: np.ndarray, classes: Any) -> float:
    from sklearn.metrics import log_loss

    return float(log_loss(y, answers, labels=classes))


def _brier(y: np.ndarray, answers: np.ndarray, classes: Any) -> float:
    observed = np.asarray(y).reshape(-1, 1) == np.asarray(classes).reshape(1, -1)
    return float(np.mean(np.sum(np.square(answers - observed), axis=1)))


def _accuracy(y: np.ndarray, answers: np.ndarray, classes: Any) -> float:
    return float(np.mean(np.asarray(y) == answers))


METRICS = {
    "rmse": Metric("rmse", "predict", _rmse, False),
    "mae": Metric("mae", "predict", _mae, False),
    "log_loss": Metric("log_loss", "predict_proba", _log_loss, False),
    "brier": Metric("brier", "predict_proba", _brier, False),
    "accuracy": Metric("accuracy", "predict", _accuracy, True),
}


def metric_of(given: str | Metric | None, estimator: Any) -> Metric:
    """The metric asked for; by default the root mean squared error, and of classifiers the logarithmic loss (without
    probabilities the accuracy)."""
    from sklearn.base import is_classifier

    if isinstance(given, Metric):
        return given
    if given is None:
        if not is_classifier(estimator):
            return METRICS["rmse"]
        return METRICS["log_loss" if hasattr(estimator, "predict_proba") else "accuracy"]
    if given not in METRICS:
        raise UsageError(f"metric {given!r} is not known; it is one of {', '.join(METRICS)}, or a Metric")
    return METRICS[given]
