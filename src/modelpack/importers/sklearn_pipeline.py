"""Pipeline and FeatureUnion, to any depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import FeatureUnion, Pipeline

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Frame
from modelpack.importers.sklearn_array import NUMERIC, checked_array
from modelpack.importers.sklearn_step import (
    Cell,
    child,
    quiet,
    transform_step,
    transformer,
)
from modelpack.program import Builder


def pipeline_steps(step: Pipeline) -> list[tuple[str, Any]]:
    return [(name, inner) for name, inner in step.steps if not (inner is None or _is(inner, "passthrough"))]


def _is(step: Any, word: str) -> bool:
    return isinstance(step, str) and step == word


@transformer(Pipeline, children=pipeline_steps)
def pipeline(step: Pipeline, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    return passed(through(step.steps, builder, frame, origin, step))


def through(steps: Sequence[tuple[str, Any]], builder: Builder, frame: Frame, origin: str, owner: Pipeline) -> Frame:
    """The frame after these steps of a pipeline."""
    for name, inner in steps:
        if not (inner is None or _is(inner, "passthrough")):
            frame = transform_step(inner, builder, frame, child(origin, owner, name))
    return frame


def passed(frame: Frame) -> list[Cell]:
    """The cells of a frame, as they are."""
    return [
        Cell(column.value, column.index, column.finite, column.small, column.text_of_nan) for column in frame.columns
    ]


def union_steps(step: FeatureUnion) -> list[tuple[str, Any]]:
    return [(name, inner) for name, inner in step.transformer_list if not isinstance(inner, str)]


@transformer(FeatureUnion, children=union_steps)
def feature_union(step: FeatureUnion, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    weights = step.transformer_weights or {}
    parts = []
    for name, inner in step.transformer_list:
        path = child(origin, step, name)
        if _is(inner, "drop"):
            continue
        part = frame if _is(inner, "passthrough") else transform_step(inner, builder, frame, path)
        parts.append(weighted(part, weights, name, builder, path))
    if any(part.container == "sparse" for part in parts):
        return [cell for part in parts for cell in sparse_cells(part, builder, origin)]
    return [cell for part in parts for cell in dense_cells(part, builder, origin)]


def weighted(part: Frame, weights: Mapping[str, float], name: str, builder: Builder, origin: str) -> Frame:
    """A branch's output times its weight, as numpy multiplies it."""
    weight = weights.get(name)
    if weight is None or not part.columns:
        return part
    with quiet():
        after = part.sample * weight
    dtypes = {str(dtype) for dtype in after.dtypes} if hasattr(after, "dtypes") else {str(after.dtype)}
    if not dtypes <= {"float64", "float32"} or len(dtypes) > 1:
        raise UnsupportedModelError(origin, f"a weight on columns of dtype {sorted(dtypes)}", "convert them to float64")
    checked = checked_array(builder, part, origin, dtype=np.dtype(dtypes.pop()), finite=False)
    block = checked.block(builder, origin)
    factor = np.full(block.width, weight, dtype=block.dtype)
    scaled = builder.op("affine@1", block, origin=origin, form="mul", tensors={"a": factor})
    columns = [type(column)(scaled, index, column.dtype, column.name) for index, column in enumerate(checked.columns)]
    return Frame(tuple(columns), part.container, after)


def sparse_cells(part: Frame, builder: Builder, origin: str) -> list[Cell]:
    """The cells of a branch as scipy stacks them: zeros of a dense branch become absent."""
    if part.container == "sparse" or not part.columns:
        return passed(part)
    checked = checked_array(builder, part, origin, dtype=NUMERIC, finite=False)
    to = "f32" if str(checked.sample.dtype) == "float32" else "f64"
    block = builder.op("to_sparse@1", checked.numbers(builder, to, origin), origin=origin)
    return [Cell(block, index, column.finite, column.small) for index, column in enumerate(checked.columns)]


def dense_cells(part: Frame, builder: Builder, origin: str) -> list[Cell]:
    """The cells of a branch as numpy stacks them: absent cells become 0.0."""
    if part.container != "sparse" or not part.columns:
        return passed(part)
    block = builder.op("to_dense@1", part.block(builder, origin), origin=origin)
    return [Cell(block, index, column.finite, column.small) for index, column in enumerate(part.columns)]
