"""A node that saw fewer classes than the root answers in the root's: absent classes have the probability 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from modelpack.errors import InputError
from modelpack.importers.imported import Answers, Outputs
from modelpack.program import Builder, Value
from modelpack.schema import Classes, Output

ORIGIN = "classes"


def in_classes_of_root(found: Outputs, builder: Builder, root: Sequence[Output]) -> Outputs:
    """The same estimator, whose label and probability are those of the root's classes.

    Unchanged where the classes are equal, or where one of them is not the root's, which is refused later.

    Raises
    ------
    InputError
        It has a margin, whose columns speak of its own classes.
    """
    own, other = classes_in(found.outputs), classes_in(root)
    if own is None or other is None or own == other or not set(own.values) <= set(other.values):
        return found
    if any(output.name == "margin" for output in found.outputs):
        raise InputError(
            f"it saw the classes {list(own.values)!r} of {list(other.values)!r}; the others have no margin",
            hint="train it on rows of every class, or leave it out: its parent then answers",
        )
    # The position of each of the root's classes among its own; its own width stands for none.
    places = {value: position for position, value in enumerate(own.values)}
    index = np.array([places.get(value, len(own.values)) for value in other.values])
    labels = np.array([other.values.index(value) for value in own.values], dtype=np.int64)
    values = dict(found.values)
    values["label"] = label_of_root(builder, values["label"], index)
    if "probability" in values:
        values["probability"] = widened(builder, values["probability"], index)

    def spread(name: str, answer: Any) -> Any:
        if name == "label":
            return labels[answer]
        return np.concatenate([answer, np.zeros((len(answer), 1), answer.dtype)], axis=1)[:, index]

    def answers(data: Any) -> Answers:
        return {name: spread(name, answer) for name, answer in found.reference(data).items()}

    def bound(data: Any, answered: Answers) -> Answers:
        # The estimator's own bound speaks of its own columns.
        told = {name: answer if name == "label" else answer[:, labels] for name, answer in answered.items()}
        allowed = found.bound(data, told) if found.bound is not None else {}
        return {name: spread(name, one) for name, one in allowed.items() if name != "label"}

    return replace(
        found,
        outputs=tuple(next(one for one in root if one.name == output.name) for output in found.outputs),
        values=values,
        reference=answers,
        bound=None if found.bound is None else bound,
    )


def classes_in(outputs: Sequence[Output]) -> Classes | None:
    """Of a single label."""
    label = next((output for output in outputs if output.name == "label"), None)
    return label.classes if label is not None and isinstance(label.classes, Classes) else None


def widened(builder: Builder, value: Value, index: np.ndarray) -> Value:
    zero = builder.op("constant@1", origin=ORIGIN, tensors={"value": np.zeros(1, value.dtype)})
    return builder.op("columns@1", value, zero, origin=ORIGIN, tensors={"index": index.astype(np.uint32)})


def label_of_root(builder: Builder, label: Value, index: np.ndarray) -> Value:
    """The position of the label's index in `index`: the first greatest -|label - index|, which is 0 there only."""
    number = builder.op("cast@1", label, origin=ORIGIN, to="f64")
    wide = builder.op("columns@1", number, origin=ORIGIN, tensors={"index": np.zeros(len(index), np.uint32)})
    apart = builder.op("affine@1", wide, origin=ORIGIN, form="sub", tensors={"a": index.astype(np.float64)})
    distance = builder.op("math@1", apart, origin=ORIGIN, function="abs")
    nearness = builder.op("math@1", distance, origin=ORIGIN, function="neg")
    return builder.op("argmax@1", nearness, origin=ORIGIN)
