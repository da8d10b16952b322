"""The importer of scikit-learn: pipelines, and bare estimators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sklearn.pipeline import Pipeline

from modelpack.errors import UnsupportedModelError, UsageError

# Each of these modules enters its classes into the registry.
from modelpack.importers import (  # noqa: F401
    sklearn_boosting,
    sklearn_columns,
    sklearn_encode,
    sklearn_function,
    sklearn_hist,
    sklearn_impute,
    sklearn_linear,
    sklearn_linear_classifier,
    sklearn_polynomial,
    sklearn_scale,
    sklearn_select,
    sklearn_tree,
)
from modelpack.importers.frame import Frame
from modelpack.importers.imported import Answers, Outputs, framework_of, import_estimator
from modelpack.importers.sklearn_config import configuration
from modelpack.importers.sklearn_pipeline import through
from modelpack.importers.sklearn_step import (
    child,
    quiet,
    refuse_parameters,
    refuse_unfitted,
    support_of,
)
from modelpack.program import Builder


def import_sklearn(
    model: Any, builder: Builder, frame: Frame, origin: str, *, classes: Sequence[Any] | None = None
) -> Outputs:
    """Adds a fitted scikit-learn model to the program."""
    if type(model) is Pipeline:
        return import_pipeline(model, builder, frame, origin, classes)
    support = support_of(model, origin)
    if support.kind != "estimator":
        raise UnsupportedModelError(origin, f"{type(model).__name__} does not predict", "add a predictor after it")
    if classes is not None:
        raise UsageError(f"{type(model).__name__} has its own classes", hint="leave classes out")
    refuse_parameters(model, support, origin)
    refuse_unfitted(model, origin)
    found: Outputs = support.handler(model, builder, frame, origin)
    return found


def import_pipeline(
    model: Pipeline, builder: Builder, frame: Frame, origin: str, classes: Sequence[Any] | None
) -> Outputs:
    """All steps but the last as transformers, the last by its own framework's importer."""
    name, last = model.steps[-1]
    path = child(origin, model, name)
    if last is None or isinstance(last, str):
        raise UnsupportedModelError(path, "the last step passes its input through", "end the pipeline with a predictor")
    framework_of(last, path)
    frame = through(model.steps[:-1], builder, frame, origin, model)
    found = import_estimator(last, builder, frame, path, classes=classes)

    def before_last(data: Any) -> Any:
        with quiet():
            for _, step in model.steps[:-1]:
                data = data if step is None or isinstance(step, str) else step.transform(data)
        return data

    def reference(data: Any) -> Answers:
        return found.reference(before_last(data))

    def bound(data: Any, answers: Answers) -> Answers:
        return {} if found.bound is None else found.bound(before_last(data), answers)

    return replace(
        found,
        reference=reference,
        bound=None if found.bound is None else bound,
        config=with_last_step(configuration(model), found.config),
    )


def with_last_step(config: dict[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a pipeline whose last step has been described by its own framework's importer."""
    steps = config["steps"]
    return {**config, "steps": [*steps[:-1], {"name": steps[-1]["name"], **last}]}
