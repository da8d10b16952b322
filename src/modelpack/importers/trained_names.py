"""The names of the columns that a model was trained on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any


def trained_names(model: Any) -> Sequence[str] | None:
    """Names of the features in the order of the training data; None where the model has none.

    Parameters
    ----------
    model : estimator, Pipeline, Booster, or path of a model file
    """
    if isinstance(model, (str, os.PathLike)):
        return _of_file(model)
    for attribute in ("feature_names_in_", "feature_names", "feature_name_", "feature_name"):
        found = getattr(model, attribute, None)
        # LightGBM's Booster has a method of that name.
        names = found() if attribute == "feature_name" and callable(found) else found
        if names is not None and not callable(names) and len(names):
            return [str(name) for name in names]
    return None


def _of_file(path: str | os.PathLike[str]) -> Sequence[str] | None:
    from modelpack.importers.imported import framework_of

    if str(path).endswith(".onnx"):
        return None
    framework = framework_of(path, str(path))
    if framework == "treelite":
        return None
    if framework == "lightgbm":
        from modelpack.importers.lightgbm_source import read_model as read_lightgbm

        return read_lightgbm(path, str(path)).feature_names
    from modelpack.importers.xgboost_source import read_model as read_xgboost

    return read_xgboost(path, str(path)).feature_names or None
