"""The configuration of a scikit-learn model: every hyperparameter of every step, as JSON can hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sklearn
from sklearn.pipeline import Pipeline


def configuration(model: Any) -> dict[str, Any]:
    """Framework, version, class and hyperparameters; of a pipeline also its steps, in order."""
    return {"framework": "sklearn", "version": sklearn.__version__, **described(model)}


def described(step: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"class": f"{type(step).__module__}.{type(step).__qualname__}"}
    parameters = step.get_params(deep=False)
    if isinstance(step, Pipeline):
        found["steps"] = [{"name": name, **described_step(inner)} for name, inner in parameters.pop("steps")]
    found["hyperparameters"] = {name: plain(value) for name, value in sorted(parameters.items())}
    return found


def described_step(step: Any) -> dict[str, Any]:
    return described(step) if hasattr(step, "get_params") else {"class": plain(step)}


def plain(value: Any) -> Any:
    """Numbers, text, lists and mappings as they are; estimators by their configuration; anything else by its name."""
    if value is None or isinstance(value, (bool, int, float, str, np.bool_, np.integer, np.floating)):
        return value
    if hasattr(value, "get_params") and not isinstance(value, type):
        return described(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, slice):
        return {"start": plain(value.start), "step": plain(value.step), "stop": plain(value.stop)}
    return getattr(value, "__qualname__", None) or type(value).__qualname__
