"""metrics.json: how good a model is on held-out rows, computed by scikit-learn from the bundle's own answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from modelpack.errors import InputError
from modelpack.rows import row_count
from modelpack.schema import Output, Schema

CURVE_POINTS = 201
CALIBRATION_BINS = 10


def evaluation_splits(evaluation: Any) -> dict[str, tuple[Any, Any, Any]]:
    """Splits by name, each (X, y, weight or None)."""
    if evaluation is None:
        return {}
    given = evaluation if isinstance(evaluation, Mapping) else {"test": evaluation}
    splits = {}
    for key, value in given.items():
        if not isinstance(value, (tuple, list)) or len(value) not in (2, 3):
            raise InputError(f"evaluation: split {key!r} is not (X, y) or (X, y, weight)")
        X, y, weight = value if len(value) == 3 else (*value, None)
        if row_count(X) != len(y):
            raise InputError(f"evaluation: split {key!r} has {row_count(X)} rows of X and {len(y)} of y")
        splits[str(key)] = (X, y, weight)
    return splits


def metrics_of(task: str, schema: Schema, predictor: Any, split: tuple[Any, Any, Any]) -> dict[str, Any]:
    X, y, weight = split
    return split_metrics(task, schema.outputs, predictor.predict_raw(X), y, weight)


def split_metrics(
    task: str, outputs: tuple[Output, ...], answers: Mapping[str, np.ndarray], y: Any, weight: Any
) -> dict[str, Any]:
    """Metrics and curves of one split.

    Parameters
    ----------
    task : str
        `regression`, `binary`, `multiclass`, … as in bundle.json.
    outputs : tuple of Output
        Outputs of the schema, for their classes.
    answers : mapping of name to array [rows, columns]
        Answers for the split's rows; `label` as class indices.
    y : array-like [rows]
        What was observed: values, or class labels.
    weight : array-like [rows] or None

    Returns
    -------
    dict with `rows`, `weighted`, `values` (name to number) and `curves`.
    """
    observed = np.asarray(y)
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    result: dict[str, Any] = {"rows": len(observed), "weighted": weights is not None, "values": {}, "curves": {}}
    if len(observed) == 0:
        return result
    if task == "regression":
        result["values"] = regression(observed, answers["value"], weights)
    elif task in ("binary", "multiclass"):
        classes = class_values(outputs)
        if not classes:
            answers, classes = numbered(task, answers)
        indices = class_indices(observed, classes)
        values, curves = classification(indices, answers, classes, weights)
        result["values"], result["curves"] = values, curves
        result["classes"] = [str(value) for value in classes]
    return result


def class_values(outputs: tuple[Output, ...]) -> tuple[Any, ...]:
    for output in outputs:
        if output.name in ("probability", "label") and output.classes is not None:
            classes = output.classes if not isinstance(output.classes, tuple) else output.classes[0]
            return tuple(classes.values)
    return ()


def numbered(task: str, answers: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], tuple[int, ...]]:
    """The answers of a Booster, which knows its classes by number only, as those of a classifier.

    Its value is the probability of class 1, a probability per class, or (multi:softmax) the number of the class itself.
    """
    value = np.asarray(answers["value"], dtype=np.float64).reshape(len(answers["value"]), -1)
    if value.shape[1] > 1:
        return {"probability": value, "label": np.argmax(value, axis=1)}, tuple(range(value.shape[1]))
    if task == "multiclass":
        count = np.asarray(answers["margin"]).reshape(len(value), -1).shape[1]
        return {"label": value.astype(np.int64)}, tuple(range(count))
    if value.size and value.min() >= 0 and value.max() <= 1:
        return {"probability": np.hstack([1 - value, value]), "label": (value > 0.5).astype(np.int64)}, (0, 1)
    return {}, (0, 1)


def class_indices(observed: np.ndarray, classes: tuple[Any, ...]) -> np.ndarray:
    """Position of each label among the classes; a label that is none of them is an error."""
    position = {value: index for index, value in enumerate(classes)}
    try:
        return np.array([position[value] for value in observed.tolist()], dtype=np.int64)
    except KeyError as unknown:
        raise InputError(
            f"evaluation: label {unknown.args[0]!r} is not among the model's classes {list(classes)!r}"
        ) from None


def regression(y: np.ndarray, value: np.ndarray, weight: np.ndarray | None) -> dict[str, float]:
    """R², RMSE and MAE, and RMSLE where it is defined (nothing at or below -1)."""
    from sklearn import metrics

    observed = y.astype(np.float64).reshape(len(y), -1)
    predicted = np.asarray(value, dtype=np.float64).reshape(len(y), -1)
    squared = float(metrics.mean_squared_error(observed, predicted, sample_weight=weight))
    values = {
        "mae": float(metrics.mean_absolute_error(observed, predicted, sample_weight=weight)),
        "rmse": float(np.sqrt(squared)),
    }
    if len(observed) > 1:
        values["r2"] = float(metrics.r2_score(observed, predicted, sample_weight=weight))
    if observed.min() > -1 and predicted.min() > -1:
        logs = metrics.mean_squared_error(np.log1p(observed), np.log1p(predicted), sample_weight=weight)
        values["rmsle"] = float(np.sqrt(logs))
    return values


def classification(
    y: np.ndarray, answers: Mapping[str, np.ndarray], classes: tuple[Any, ...], weight: np.ndarray | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Accuracy and the confusion matrix; with probabilities also AUC, average precision, log loss, Brier score and
    curves."""
    from sklearn import metrics

    every = list(range(len(classes)))
    values: dict[str, Any] = {}
    curves: dict[str, Any] = {}
    label = answers.get("label")
    if label is not None:
        predicted = label.reshape(-1)
        values["accuracy"] = float(metrics.accuracy_score(y, predicted, sample_weight=weight))
        matrix = metrics.confusion_matrix(y, predicted, labels=every, sample_weight=weight)
        curves["confusion_matrix"] = {"observed_by_predicted": matrix.tolist()}
    probability = answers.get("probability")
    if probability is None:
        return values, curves
    p = np.asarray(probability, dtype=np.float64)
    values["log_loss"] = float(
        metrics.log_loss(y, p / p.sum(axis=1, keepdims=True), labels=every, sample_weight=weight)
    )
    positives = [1] if len(classes) == 2 else every
    for k in positives:
        if 0 < np.count_nonzero(y == k) < len(y):
            curves[str(classes[k])] = class_curves(y == k, p[:, k], weight)
    found = [curve for key, curve in curves.items() if key != "confusion_matrix"]
    if found and len(found) == len(positives):
        # several classes: each against the rest, unweighted mean (macro)
        for name in ("auc", "average_precision", "brier"):
            values[name] = float(np.mean([curve[name] for curve in found]))
    return values, curves


def class_curves(positive: np.ndarray, p: np.ndarray, weight: np.ndarray | None) -> dict[str, Any]:
    """ROC and precision-recall points (thinned to 201) and calibration of one class against the rest."""
    from sklearn import metrics

    false_positive, true_positive, roc_threshold = metrics.roc_curve(positive, p, sample_weight=weight)
    precision, recall, pr_threshold = metrics.precision_recall_curve(positive, p, sample_weight=weight)
    roc, pr = thinned(len(roc_threshold)), thinned(len(pr_threshold))
    return {
        "auc": float(metrics.roc_auc_score(positive, p, sample_weight=weight)),
        "average_precision": float(metrics.average_precision_score(positive, p, sample_weight=weight)),
        "brier": float(metrics.brier_score_loss(positive, p, sample_weight=weight)),
        "roc": {
            "false_positive_rate": false_positive[roc].tolist(),
            "true_positive_rate": true_positive[roc].tolist(),
            "threshold": roc_threshold[roc].tolist(),
        },
        "precision_recall": {
            "precision": precision[pr].tolist(),
            "recall": recall[pr].tolist(),
            "threshold": pr_threshold[pr].tolist(),
        },
        "calibration": calibration(positive, p, weight),
    }


def thinned(points: int) -> np.ndarray:
    return np.unique(np.linspace(0, points - 1, min(points, CURVE_POINTS)).round().astype(np.int64))


def calibration(positive: np.ndarray, p: np.ndarray, weight: np.ndarray | None) -> list[dict[str, Any]]:
    """Per tenth of the predicted probability that holds rows: how many, the mean predicted, the share observed."""
    bins = np.minimum((p * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    w = np.ones(len(p)) if weight is None else weight
    result = []
    for b in range(CALIBRATION_BINS):
        chosen = bins == b
        if chosen.any() and w[chosen].sum() > 0:
            result.append(
                {
                    "rows": int(chosen.sum()),
                    "predicted": float(np.average(p[chosen], weights=w[chosen])),
                    "observed": float(np.average(positive[chosen], weights=w[chosen])),
                }
            )
    return result
