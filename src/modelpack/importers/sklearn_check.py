"""Which steps of a scikit-learn model can be reproduced, by their classes and hyperparameters, before or after fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sklearn.pipeline import Pipeline

import modelpack.importers.sklearn  # noqa: F401  (enters every class into the registry)
from modelpack.errors import UnsupportedModelError
from modelpack.importers.imported import Verdict, judge
from modelpack.importers.sklearn_step import child, support_of


def judge_sklearn(model: Any, origin: str) -> Iterator[Verdict]:
    """One verdict per step; a container (a pipeline, a ColumnTransformer) has none but where it is refused itself."""
    try:
        support = support_of(model, origin)
    except UnsupportedModelError as error:
        yield Verdict.refusal(name_of(model), error)
        return
    refusals = list(support.refusals(model))
    for refusal in refusals:
        yield Verdict(origin, name_of(model), "refused", refusal.reason, refusal.hint)
    children = list(support.children(model))
    for name, step in children:
        yield from judge(step, child(origin, model, name))
    if type(model) is not Pipeline and not children and not refusals:
        yield Verdict.of_promise(origin, name_of(model), support.promise)


def name_of(step: Any) -> str:
    return type(step).__name__
