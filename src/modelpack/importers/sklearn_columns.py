"""ColumnTransformer: columns to branches, by name or by position, and the branches side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.utils import _safe_indexing

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import FRAMES, Frame
from modelpack.importers.sklearn_pipeline import dense_cells, sparse_cells, weighted
from modelpack.importers.sklearn_step import Cell, child, transform_step, transformer
from modelpack.program import Builder


def branches(step: ColumnTransformer) -> list[tuple[str, Any]]:
    """The transformers inside, fitted ones where there are."""
    listed = getattr(step, "transformers_", None) or [*step.transformers, ("remainder", step.remainder, [])]
    return [(name, inner) for name, inner, _ in listed if not isinstance(inner, str)]


@transformer(ColumnTransformer, children=branches)
def column_transformer(step: ColumnTransformer, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    weights = step.transformer_weights or {}
    cells: list[Cell] = []
    for name, inner, _ in step.transformers_:
        path = child(origin, step, name)
        positions = _positions(step, name, frame, path)
        if (isinstance(inner, str) and inner == "drop") or not positions:
            continue
        branch = _branch(frame, positions)
        if not (isinstance(inner, str) and inner == "passthrough"):
            branch = transform_step(inner, builder, branch, path)
        branch = weighted(branch, weights, name, builder, path)
        arranged = sparse_cells if step.sparse_output_ else dense_cells
        cells += arranged(branch, builder, path)
    return cells


def _positions(step: ColumnTransformer, name: str, frame: Frame, origin: str) -> list[int]:
    """Positions in the frame of the columns that a branch was fitted on: found by name if both are data frames."""
    fitted = [int(index) for index in step._transformer_to_input_indices[name]]
    if not hasattr(step, "feature_names_in_") or frame.container not in FRAMES:
        return fitted
    places = {column.name: position for position, column in enumerate(frame.columns)}
    names = [str(step.feature_names_in_[index]) for index in fitted]
    absent = [wanted for wanted in names if wanted not in places]
    if absent:
        raise UnsupportedModelError(origin, f"the sample has no column {absent[0]!r}", "give rows as at training")
    return [places[wanted] for wanted in names]


def _branch(frame: Frame, positions: list[int]) -> Frame:
    sample = _safe_indexing(frame.sample, np.array(positions), axis=1)
    return Frame(frame.take(positions).columns, frame.container, sample)
