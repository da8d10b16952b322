"""What scikit-learn's predictors answer, in the form of a bundle's outputs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers.imported import Answers
from modelpack.importers.sklearn_step import quiet
from modelpack.schema import Classes, Output

Array = npt.NDArray[Any]


def label_indices(labels: Array, classes: Sequence[Array]) -> npt.NDArray[np.int64]:
    """Per label column the position of each label in its classes, [rows, columns]."""
    columns = np.asarray(labels).reshape(len(labels), -1)
    places = [{value: index for index, value in enumerate(one.tolist())} for one in classes]
    indices = [[place[label] for label in columns[:, at].tolist()] for at, place in enumerate(places)]
    return np.asarray(np.array(indices, dtype=np.int64).reshape(len(classes), len(columns)).T)


def columns_of(answer: Any) -> Array:
    """A framework's answer as [rows, columns]; a list of them (one per label) side by side."""
    if isinstance(answer, list):
        return np.hstack([columns_of(one) for one in answer])
    array = np.asarray(answer)
    return array.reshape(len(array), -1)


def one_thread(model: Any) -> Any:
    """The same fitted model, asked with one thread: with more, forests sum in another order."""
    if getattr(model, "n_jobs", None) in (None, 1):
        return model
    single = copy.copy(model)
    single.n_jobs = 1
    return single


def c_ordered(data: Any) -> Any:
    """An array in C order: numpy sums rows of F-ordered arrays differently."""
    return np.ascontiguousarray(data) if isinstance(data, np.ndarray) else data


class Reference:
    """Calls the framework's own methods; `methods` maps an output's name to the method that gives it.

    An object rather than a closure, so that a test may ask it for a single output.
    """

    def __init__(self, model: Any, methods: Mapping[str, str], classes: Sequence[Array] = ()) -> None:
        self.model = one_thread(model)
        self.methods = dict(methods)
        self.classes = list(classes)

    def __call__(self, data: Any) -> Answers:
        with quiet():
            return {name: self.answer(name, method, c_ordered(data)) for name, method in self.methods.items()}

    def answer(self, name: str, method: str, data: Any) -> Array:
        found = getattr(self.model, method)(data)
        return label_indices(found, self.classes) if name == "label" else columns_of(found)


def label_outputs(
    classes: Sequence[Classes], *, margin: int | None, probability: bool, dtype: str = "float64"
) -> tuple[Output, ...]:
    """The outputs of a classifier: label, then probability and margin where it has them."""
    described: Any = classes[0] if len(classes) == 1 else tuple(classes)
    outputs = [Output("label", "int64", len(classes), described)]
    if probability:
        outputs.append(Output("probability", dtype, sum(len(one.values) for one in classes), described))
    if margin is not None:
        outputs.append(Output("margin", dtype, margin))
    return tuple(outputs)


def refuse_single_class(classes: Sequence[Classes], origin: str) -> None:
    """A margin tells two classes apart or several."""
    if len(classes[0].values) < 2:
        raise UnsupportedModelError(origin, "training saw one class only", "train on rows of two classes at least")


def task_of(classes: Sequence[Classes]) -> str:
    if len(classes) > 1:
        return "multioutput"
    return "binary" if len(classes[0].values) <= 2 else "multiclass"
