"""The registry of scikit-learn classes, and how one step of a model is taken into the program.

A class is looked up exactly: a subclass may override anything, so it is refused until it is known.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import joblib
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Column, Frame
from modelpack.importers.imported import Outputs
from modelpack.program import Builder, Value

WAY_OUT = "train with a step that is supported (docs/SEMANTICS.md); modelpack.check(model) lists them all"
BY_ONNX = "or let ONNX Runtime answer: engines=('onnx',)"


@dataclass(frozen=True)
class Cell:
    """One column that a step puts out: cell `index` of `value`; the rest as in `Column`."""

    value: Value
    index: int
    finite: bool = False
    small: bool = False
    text_of_nan: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a step cannot be reproduced, and what to do instead."""

    reason: str
    hint: str


TransformHandler = Callable[[Any, Builder, Frame, str], "list[Cell]"]
EstimatorHandler = Callable[[Any, Builder, Frame, str], Outputs]
Judge = Callable[[Any], "Iterable[Refusal]"]
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Support:
    """How a class is imported.

    `refusals` reads hyperparameters only, so that it can be asked before fit. `children` names the steps inside.
    """

    handler: Callable[..., Any]
    kind: str
    promise: str
    refusals: Judge
    children: Callable[[Any], Sequence[tuple[str, Any]]]


def nothing_refused(step: Any) -> Iterable[Refusal]:
    return ()


def no_children(step: Any) -> Sequence[tuple[str, Any]]:
    return ()


SUPPORT: dict[type, Support] = {}


def transformer(
    *classes: type,
    refusals: Judge = nothing_refused,
    children: Callable[[Any], Sequence[tuple[str, Any]]] = no_children,
) -> Callable[[Handler], Handler]:
    """Registers how transformers are imported: (step, builder, frame, origin) to the cells that it puts out."""
    return _register(classes, "transformer", "A", refusals, children)


def estimator(*classes: type, promise: str = "A", refusals: Judge = nothing_refused) -> Callable[[Handler], Handler]:
    """Registers how predictors are imported: (step, builder, frame, origin) to `Outputs`."""
    return _register(classes, "estimator", promise, refusals, no_children)


def _register(
    classes: Sequence[type],
    kind: str,
    promise: str,
    refusals: Judge,
    children: Callable[[Any], Sequence[tuple[str, Any]]],
) -> Callable[[Handler], Handler]:
    def enter(handler: Handler) -> Handler:
        for one in classes:
            SUPPORT[one] = Support(handler, kind, promise, refusals, children)
        return handler

    return enter


def support_of(step: Any, origin: str) -> Support:
    """How exactly this class is imported, or the refusal."""
    found = SUPPORT.get(type(step))
    if found is None:
        name = type(step).__qualname__
        base = next((one.__name__ for one in type(step).__mro__ if one in SUPPORT), None)
        reason = f"{name} is not supported" if base is None else f"{name}, a subclass of {base}, may compute otherwise"
        raise UnsupportedModelError(origin, reason, _hint(step))
    return found


def _hint(step: Any) -> str:
    if hasattr(step, "best_estimator_") or type(step).__name__.endswith("SearchCV"):
        return "pack its best_estimator_"
    return f"{WAY_OUT}; {BY_ONNX}" if hasattr(step, "predict") else WAY_OUT


def refuse_parameters(step: Any, support: Support, origin: str) -> None:
    for refusal in support.refusals(step):
        name = type(step).__name__
        raise UnsupportedModelError(origin, f"{name}: {refusal.reason}".removeprefix(f"{origin}: "), refusal.hint)


def refuse_unfitted(step: Any, origin: str) -> None:
    try:
        check_is_fitted(step)
    except NotFittedError:
        name = type(step).__name__
        raise UnsupportedModelError(origin, f"{name} is not fitted", "call fit before packing") from None


def transform_step(step: Any, builder: Builder, frame: Frame, origin: str) -> Frame:
    """Takes a transformer into the program; the frame after it.

    What the framework holds afterwards is asked of the framework itself, on the sample.
    """
    support = support_of(step, origin)
    if support.kind != "transformer":
        raise UnsupportedModelError(origin, f"{type(step).__name__} stands where a transformer is needed", WAY_OUT)
    refuse_parameters(step, support, origin)
    refuse_unfitted(step, origin)
    cells = support.handler(step, builder, frame, origin)
    with quiet():
        after = step.transform(frame.sample)
    return held(cells, after, origin)


def held(cells: Sequence[Cell], after: Any, origin: str) -> Frame:
    """The frame of the cells that a step put out, which the framework holds as `after`."""
    if after.shape[1] != len(cells):
        raise UnsupportedModelError(
            origin, f"puts out {after.shape[1]} columns where {len(cells)} were expected", "report this as a defect"
        )
    if hasattr(after, "iloc"):
        container, dtypes, names = "pandas", [str(dtype) for dtype in after.dtypes], [str(name) for name in after]
    elif hasattr(after, "get_columns"):
        container, dtypes, names = "arrow", [str(dtype) for dtype in after.dtypes], list(after.columns)
    else:
        container = "sparse" if sparse.issparse(after) else "array"
        dtypes = [str(after.dtype)] * len(cells)
        names = [f"{origin}[{index}]" for index in range(len(cells))]
    columns = tuple(
        Column(cell.value, cell.index, dtype, name, None, cell.finite, cell.small, cell.text_of_nan)
        for cell, dtype, name in zip(cells, dtypes, names, strict=True)
    )
    return Frame(columns, container, after)


def cells_of(value: Value, finite: bool = False, small: bool = False) -> list[Cell]:
    """Every cell of a value."""
    return [Cell(value, index, finite, small) for index in range(value.width)]


def child(origin: str, step: Any, name: str) -> str:
    """The path of a step inside `step`; the outermost container is not named."""
    return name if origin == type(step).__name__ else f"{origin}.{name}"


@contextmanager
def quiet() -> Iterator[None]:
    """Asks the framework in this process alone, and keeps its warnings about the data to itself."""
    with warnings.catch_warnings(), joblib.parallel_config(backend="sequential"):
        warnings.simplefilter("ignore")
        yield
