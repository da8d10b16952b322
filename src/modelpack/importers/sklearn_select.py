"""Feature selectors: some columns, as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFromModel,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    VarianceThreshold,
)
from sklearn.utils import get_tags

from modelpack.importers.frame import Frame
from modelpack.importers.sklearn_array import KEEP, checked_array
from modelpack.importers.sklearn_pipeline import passed
from modelpack.importers.sklearn_step import Cell, transformer
from modelpack.program import Builder


@transformer(
    VarianceThreshold,
    SelectKBest,
    SelectPercentile,
    SelectFpr,
    SelectFdr,
    SelectFwe,
    GenericUnivariateSelect,
    SelectFromModel,
    RFE,
    RFECV,
    SequentialFeatureSelector,
)
def selector(step: Any, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    finite = not get_tags(step).input_tags.allow_nan
    checked = checked_array(builder, frame, origin, dtype=KEEP, finite=finite)
    return passed(checked.take(np.flatnonzero(step.get_support()).tolist()))
