"""Whether XGBoost, LightGBM and Treelite models can be reproduced: what their importers refuse, asked without data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers.imported import Verdict
from modelpack.program import Builder, Value

# What LightGBM's estimators train for when they are not told.
_DEFAULTS = {"LGBMClassifier": "binary"}


def judge_xgboost(model: Any, origin: str) -> Iterator[Verdict]:
    """Objective, booster and trees of a fitted model; before fit the objective alone."""
    from modelpack.importers.xgboost_objective import prediction, prediction_bound
    from modelpack.importers.xgboost_source import source_of
    from modelpack.importers.xgboost_trees import forest_of

    def fitted() -> str:
        source = source_of(model, origin)
        prediction(*_margin(source.model.columns, np.float32), source.model.objective, source.library, origin)
        if source.model.linear is None:
            forest_of(source.model, source.rounds, None, origin)
        return promised(source.model.objective)

    def unfitted() -> str:
        objective = getattr(model, "objective", None)
        if not isinstance(objective, str):
            return "A"
        columns = 3 if objective.startswith("multi:") else 1
        prediction(*_margin(columns, np.float32), objective, (0, 0), origin)
        return promised(objective)

    def promised(objective: str) -> str:
        # multi:softmax answers a class, but its estimator's probabilities go through scipy's softmax.
        return "A" if prediction_bound(objective) is None and objective != "multi:softmax" else "B"

    yield _verdict(model, origin, fitted if _is_fitted(model) else unfitted)


def judge_lightgbm(model: Any, origin: str) -> Iterator[Verdict]:
    """Objective and trees of a fitted model; before fit nothing speaks against one."""
    from modelpack.importers.lightgbm_objective import prediction, prediction_bound
    from modelpack.importers.lightgbm_source import source_of
    from modelpack.importers.lightgbm_trees import forest_of

    def fitted() -> str:
        read = source_of(model, origin).model
        prediction(*_margin(read.columns, np.float64), read, origin)
        forest_of(read, True, origin)
        return promised(read.objective)

    def unfitted() -> str:
        objective = getattr(model, "objective", None)
        return promised(objective if isinstance(objective, str) else _DEFAULTS.get(type(model).__name__, ""))

    def promised(objective: str) -> str:
        return "A" if prediction_bound(objective) is None else "B"

    yield _verdict(model, origin, fitted if _is_fitted(model) else unfitted)


def judge_treelite(model: Any, origin: str) -> Iterator[Verdict]:
    """Postprocessor and trees."""
    from modelpack.importers.treelite_postprocessor import prediction, prediction_bound
    from modelpack.importers.treelite_source import source_of
    from modelpack.importers.treelite_trees import forest_of

    def fitted() -> str:
        source = source_of(model, origin)
        prediction(*_margin(source.columns, source.dtype), source, origin)
        forest_of(source, origin)
        return "A" if prediction_bound(source) is None else "B"

    yield _verdict(model, origin, fitted)


def _margin(columns: int, dtype: Any) -> tuple[Builder, Value]:
    """A builder, and a margin of that width for an objective to work on."""
    builder = Builder(())
    return builder, builder.op("constant@1", origin="check", tensors={"value": np.zeros(columns, dtype)})


def _is_fitted(model: Any) -> bool:
    asked = getattr(model, "__sklearn_is_fitted__", None)
    return asked is None or bool(asked())


def _verdict(model: Any, origin: str, attempt: Callable[[], str]) -> Verdict:
    name = os.path.basename(model) if isinstance(model, (str, os.PathLike)) else type(model).__name__
    try:
        promise = attempt()
    except UnsupportedModelError as error:
        return Verdict.refusal(name, error)
    return Verdict.of_promise(origin, name, promise)
