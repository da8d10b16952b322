"""What an importer answers, and which one is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Frame
from modelpack.importers.sample import frame_of_sample
from modelpack.infer import is_null, sample_columns
from modelpack.program import Builder, BuiltProgram, Value
from modelpack.schema import Feature, Output

Answers = dict[str, npt.NDArray[Any]]
# (what the framework was given, what it answered) to the greatest |difference| allowed per output name and cell.
Bound = Callable[[Any, Answers], Answers]

# What each class of promise is called where a step is judged, and why it is no better (docs/SEMANTICS.md).
_PROMISES = {
    "A": ("exact", "the same bits"),
    "B": ("bound", "1 ulp per exp or log: the framework's own are not always rounded correctly"),
    "C": ("bound", "a reordered sum of x * w: the framework's own sums differ between batch sizes"),
}

OLDEST_SKLEARN = (1, 6)

# Framework (the top package of the model's class) to module and function; files are read by their framework's importer.
_IMPORTERS = {
    "sklearn": ("modelpack.importers.sklearn", "import_sklearn"),
    "xgboost": ("modelpack.importers.xgboost", "import_xgboost"),
    "lightgbm": ("modelpack.importers.lightgbm", "import_lightgbm"),
    "treelite": ("modelpack.importers.treelite", "import_treelite"),
}

# Whose file it is by its ending; all others are XGBoost's.
_FRAMEWORKS_OF_FILES = {".txt": "lightgbm", ".tl": "treelite", ".treelite": "treelite"}

# The same for `modelpack.check`, which asks before a model is fitted: (model, origin) to verdicts.
_JUDGES = {
    "sklearn": ("modelpack.importers.sklearn_check", "judge_sklearn"),
    "xgboost": ("modelpack.importers.booster_check", "judge_xgboost"),
    "lightgbm": ("modelpack.importers.booster_check", "judge_lightgbm"),
    "treelite": ("modelpack.importers.booster_check", "judge_treelite"),
}


@dataclass(frozen=True)
class Outputs:
    """What an estimator adds to a program, and what it answers itself.

    Attributes
    ----------
    outputs : tuple of Output
    values : mapping of an output's name to its value (`label`: class indices)
    task : str
        As in `bundle.json`.
    reference : callable
        The framework's answers per output name, [rows, columns], for the estimator's own input; one thread.
    config : mapping
        Class, version and hyperparameters.
    bound : callable or None
        Greatest |difference| allowed per output name and cell; None where all bits are the same.
    promise : str
        "A", "B" or "C" (docs/SEMANTICS.md).
    """

    outputs: tuple[Output, ...]
    values: Mapping[str, Value]
    task: str
    reference: Callable[[Any], Answers]
    config: Mapping[str, Any]
    bound: Bound | None = None
    promise: str = "A"


@dataclass(frozen=True)
class Imported:
    """A model as a program, with all that `pack` needs to prove and describe it."""

    features: tuple[Feature, ...]
    outputs: tuple[Output, ...]
    program: BuiltProgram
    task: str
    config: dict[str, Any]
    reference: Callable[[Any], Answers]
    bound: Bound | None
    promise: str


def import_model(
    model: Any,
    features: Sequence[Feature],
    sample: Any,
    *,
    classes: Sequence[Any] | None = None,
    builder: Builder | None = None,
    adapt: Callable[[Outputs, Builder], Outputs] | None = None,
) -> Imported:
    """The program of a trained model.

    Parameters
    ----------
    model
        A fitted estimator, a booster, or the path of a model file.
    features
        The schema's features, one per column of `sample`.
    sample
        Rows as the model is given them; their container and dtypes decide how the framework computes.
    classes
        Class labels where the model itself does not have them.
    builder
        Of a program whose schema has further features, or whose dictionaries others share.
    adapt : callable, optional
        What becomes of the estimator's outputs before they are the program's.

    Raises
    ------
    UnsupportedModelError
        Names the step that cannot be reproduced exactly, and the way out.
    """
    builder = Builder(features) if builder is None else builder
    frame = frame_of_sample(builder, features, sample)
    found = import_estimator(model, builder, frame, origin_of(model), classes=classes)
    if adapt is not None:
        found = adapt(found, builder)
    for output in found.outputs:
        builder.output(output.name, found.values[output.name])
    return Imported(
        features=_with_known_nulls(features, builder, sample),
        outputs=found.outputs,
        program=builder.finish(),
        task=found.task,
        config=dict(found.config),
        reference=found.reference,
        bound=found.bound,
        promise=found.promise,
    )


def _with_known_nulls(features: Sequence[Feature], builder: Builder, sample: Any) -> tuple[Feature, ...]:
    """A string feature whose sample holds no null takes what a null is from the one that the model knows."""

    def settled(feature: Feature) -> Feature:
        known = builder.nulls(feature.name)
        if feature.dtype != "string" or len(known) != 1 or feature.null_is in known:
            return feature
        column = sample_columns(sample, [one.name for one in features])[feature.name]
        if any(is_null(value) for value in np.asarray(column, dtype=object)):
            return feature
        return replace(feature, null_is=next(iter(known)))

    return tuple(settled(feature) for feature in features)


def import_estimator(
    model: Any, builder: Builder, frame: Frame, origin: str, *, classes: Sequence[Any] | None = None
) -> Outputs:
    """Adds a bare model, or the last step of a pipeline, to the program by its framework's importer."""
    framework = framework_of(model, origin)
    refuse_old(framework, origin)
    module, function = _IMPORTERS[framework]
    found: Outputs = getattr(import_module(module), function)(model, builder, frame, origin, classes=classes)
    return found


@dataclass(frozen=True)
class Verdict:
    """Whether one step of a model can be reproduced.

    Attributes
    ----------
    step : str
        Path of the step, such as `prep.num.scale`.
    name : str
        Its class.
    verdict : str
        "exact" (the same bits), "bound" (within a stated bound) or "refused".
    reason : str
    hint : str or None
        The way out of a refusal.
    """

    step: str
    name: str
    verdict: str
    reason: str
    hint: str | None = None

    @staticmethod
    def of_promise(step: str, name: str, promise: str) -> Verdict:
        """The verdict on a step whose answers hold the promise "A", "B" or "C"."""
        return Verdict(step, name, *_PROMISES[promise])

    @staticmethod
    def refusal(name: str, error: UnsupportedModelError) -> Verdict:
        """The verdict that an importer's refusal of a step amounts to."""
        step = error.step or name
        reason = str(error).removeprefix(f"{step}: ").removesuffix(f"; {error.hint}")
        return Verdict(step, name, "refused", reason, error.hint)

    def __str__(self) -> str:
        text = f"{self.name}: {self.verdict} ({self.reason})"
        return f"{text}; {self.hint}" if self.hint else text


def judge(model: Any, origin: str) -> Iterator[Verdict]:
    """A verdict per step of a model, by its framework's rules, without importing it."""
    try:
        framework = framework_of(model, origin)
    except UnsupportedModelError as error:
        yield Verdict.refusal(type(model).__name__, error)
        return
    refuse_old(framework, origin)
    module, function = _JUDGES[framework]
    yield from getattr(import_module(module), function)(model, origin)


def origin_of(model: Any) -> str:
    """What errors call the whole model: its class, or its file."""
    return os.path.basename(model) if isinstance(model, (str, os.PathLike)) else type(model).__name__


def refuse_old(framework: str, origin: str) -> None:
    """Refuses a scikit-learn whose inside is laid out otherwise."""
    module = import_module(framework) if framework == "sklearn" else None
    if module is not None and tuple(int(part) for part in module.__version__.split(".")[:2]) < OLDEST_SKLEARN:
        oldest = ".".join(str(part) for part in OLDEST_SKLEARN)
        raise UnsupportedModelError(
            origin,
            f"scikit-learn {module.__version__} is older than {oldest}",
            f"train with scikit-learn {oldest} or newer",
        )


def framework_of(model: Any, origin: str) -> str:
    """The framework whose class `model` is; a path's is told by its suffix."""
    if isinstance(model, (str, os.PathLike)):
        if os.fspath(model).endswith(".onnx"):
            raise UnsupportedModelError(
                origin, "ONNX files are answered by ONNX Runtime alone, not by a program", "pass engines=('onnx',)"
            )
        return _FRAMEWORKS_OF_FILES.get(os.path.splitext(os.fspath(model))[1], "xgboost")
    package = type(model).__module__.partition(".")[0]
    if package not in _IMPORTERS:
        name = f"{type(model).__module__}.{type(model).__qualname__}"
        base = next((one for one in type(model).__mro__ if one.__module__.partition(".")[0] in _IMPORTERS), None)
        raise UnsupportedModelError(
            origin,
            f"{name} is not supported"
            if base is None
            else f"{name} may compute otherwise than its base {base.__name__}",
            f"use a class of {', '.join(_IMPORTERS)} itself",
        )
    return package


def class_index(labels: npt.NDArray[Any], classes: Sequence[Any]) -> npt.NDArray[np.int64]:
    """Position of each label in `classes`, as one column."""
    places = {value: index for index, value in enumerate(classes)}
    return np.array([places[label] for label in labels.tolist()], dtype=np.int64).reshape(-1, 1)
