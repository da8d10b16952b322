"""Estimators that the program does not know, converted by skl2onnx, with scikit-learn as the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from modelpack.engines.onnx_model.net import Net, bound_of, net_of_model
from modelpack.errors import UnsupportedModelError
from modelpack.importers.imported import Answers, class_index
from modelpack.importers.plain import plain
from modelpack.rows import take_rows
from modelpack.schema import Feature, Output

__all__ = ["nets_of_estimator"]


def nets_of_estimator(
    model: Any, features: Sequence[Feature], sample: Any, origin: str, tolerance: float | None
) -> Iterator[Net]:
    """The estimator as ONNX in double precision, then in single: not all converters know the first.

    Raises
    ------
    UnsupportedModelError
        It is no classifier or regressor, or skl2onnx does not convert it in either.
    """
    from sklearn.base import is_classifier, is_regressor

    if not is_classifier(model) and not is_regressor(model):
        raise UnsupportedModelError(
            origin, "it is neither a classifier nor a regressor", "convert it yourself and pack the .onnx file"
        )
    failed: UnsupportedModelError | None = None
    worked = False
    for dtype in ("float64", "float32"):
        try:
            net = _converted(model, features, sample, origin, dtype, is_classifier(model), tolerance)
        except UnsupportedModelError as error:
            failed = failed or error
            continue
        worked = True
        yield net
    if not worked and failed is not None:
        raise failed


def _converted(
    model: Any,
    features: Sequence[Feature],
    sample: Any,
    origin: str,
    dtype: str,
    classifies: bool,
    tolerance: float | None,
) -> Net:
    try:
        from skl2onnx import to_onnx
    except ImportError:
        raise UnsupportedModelError(
            origin, "converting an estimator to ONNX takes skl2onnx", "pip install skl2onnx"
        ) from None
    options = {"zipmap": False} if classifies else None
    try:
        converted = to_onnx(model, initial_types=_types(model, features, dtype), options=options)
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        raise UnsupportedModelError(origin, f"skl2onnx does not convert it ({reason:.300})") from None
    names = [one.name for one in converted.graph.output]
    probable = classifies and hasattr(model, "predict_proba")
    outputs = {"label": names[0], **({"probability": names[1]} if probable else {})} if classifies else None
    classes = np.asarray(model.classes_).tolist() if classifies else None
    net = net_of_model(converted, features, sample, origin, classes=classes, outputs=outputs, as_double=True)
    known = _as_trained(net.outputs, model) if classifies else net.outputs
    return replace(
        net,
        features=_as_refused(model, net.features, sample),
        outputs=known,
        reference=_reference(model, known),
        bound=bound_of(known, 0.0, tolerance or 0.0),
        reader_bound=bound_of(known, net.spread, tolerance or 0.0),
        config=_config(model, net, dtype),
    )


def _as_refused(model: Any, features: Sequence[Feature], sample: Any) -> tuple[Feature, ...]:
    """What scikit-learn raises for is refused: asked with a missing value, and an unknown text, in each column."""

    def refused(index: int, value: Any) -> bool:
        row = take_rows(sample, np.zeros(1, dtype=np.int64))
        try:
            if hasattr(row, "iloc"):
                row = row.copy()
                row.isetitem(index, type(row.iloc[:, index])([value], index=row.index, dtype=row.dtypes.iloc[index]))
            else:
                row = np.array(row)
                row[0, index] = value
            model.predict(row)
        except Exception:  # whatever scikit-learn or the column's dtype says, it does not take the value
            return True
        return False

    def settled(index: int, feature: Feature) -> Feature:
        if feature.missing == "model" and feature.dtype != "string" and refused(index, np.nan):
            feature = replace(feature, missing="reject", optional=False)
        if feature.unseen == "model" and feature.dtype == "string" and refused(index, "<no category>"):
            feature = replace(feature, unseen="reject")
        return feature

    if not hasattr(sample, "iloc") and hasattr(sample, "columns"):
        return tuple(features)  # polars and Arrow, whose cells cannot be set
    return tuple(settled(index, feature) for index, feature in enumerate(features))


def _types(model: Any, features: Sequence[Feature], dtype: str) -> list[tuple[str, Any]]:
    """One matrix where the estimator takes numbers by position; an input a column where it picks them by name."""
    from skl2onnx.common import data_types

    number = data_types.DoubleTensorType if dtype == "float64" else data_types.FloatTensorType
    by_dtype = {"string": data_types.StringTensorType, "int64": data_types.Int64TensorType}
    first = model.steps[0][1] if hasattr(model, "steps") else model
    if all(feature.dtype not in by_dtype for feature in features) and not hasattr(first, "transformers"):
        return [("X", number([None, len(features)]))]
    return [(feature.name, by_dtype.get(feature.dtype, number)([None, 1])) for feature in features]


def _as_trained(outputs: Sequence[Output], model: Any) -> tuple[Output, ...]:
    """Classes with the dtype that `predict` answers in."""
    from modelpack.importers.labels import label_classes

    classes = label_classes(model.classes_, type(model).__name__)
    return tuple(replace(output, classes=classes) if output.classes is not None else output for output in outputs)


def _reference(model: Any, outputs: Sequence[Output]) -> Callable[[Any], Answers]:
    """scikit-learn's own answers in the dtypes of the model."""

    def answer(X: Any) -> Answers:
        found: Answers = {}
        for output in outputs:
            if output.name == "label":
                classes = np.asarray(model.classes_).tolist()
                found["label"] = class_index(np.asarray(model.predict(X)), classes)
            elif output.name == "probability":
                found["probability"] = np.asarray(model.predict_proba(X)).astype(output.dtype)
            else:
                predicted = np.asarray(model.predict(X))
                found["value"] = predicted.reshape(len(predicted), -1).astype(output.dtype)
        return found

    return answer


def _config(model: Any, net: Net, dtype: str) -> dict[str, Any]:
    import skl2onnx
    import sklearn

    return {
        "class": f"{type(model).__module__}.{type(model).__qualname__}",
        "framework": "sklearn",
        "version": sklearn.__version__,
        "hyperparameters": plain(model.get_params(deep=False)),
        "model": {**net.config["model"], "converter": f"skl2onnx {skl2onnx.__version__}", "precision": dtype},
    }
