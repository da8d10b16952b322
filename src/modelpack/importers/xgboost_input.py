"""The block of float32 on which an XGBoost model decides."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers.category_codes import category_codes
from modelpack.importers.frame import Column, Frame
from modelpack.importers.xgboost_model import Category, XgboostModel
from modelpack.program import Builder, Value


def input_block(
    builder: Builder, frame: Frame, model: XgboostModel, missing: float, refuses_infinity: bool, origin: str
) -> Value:
    """All columns as float32, categories by the model's own numbers, missing values as NaN.

    Parameters
    ----------
    missing : float
        The number that means missing beside NaN, compared in float32; NaN for none.
    refuses_infinity : bool
        Whether XGBoost goes by way of a DMatrix here, which refuses what is infinite in float32.
    """
    if len(frame) != model.feature_count:
        raise UnsupportedModelError(
            origin,
            f"the model was trained on {model.feature_count} columns and the sample has {len(frame)}",
            "give the sample the columns of the training data (without `qid`)",
        )
    columns = tuple(_number_column(builder, frame, model, index, origin) for index in range(len(frame)))
    block = replace(frame, columns=columns).numbers(builder, "f32", origin, absent="nan")
    if refuses_infinity and not math.isinf(missing):
        block = builder.op("require@1", block, origin=origin, form="finite_or_nan")
    if math.isnan(missing):
        return block
    tensors = {
        "fill": np.full(block.width, np.nan, dtype=np.float32),
        "value": np.array([missing], dtype=np.float64).astype(np.float32),
    }
    return builder.op("impute@1", block, origin=origin, missing="value", tensors=tensors)


def _number_column(builder: Builder, frame: Frame, model: XgboostModel, index: int, origin: str) -> Column:
    column = frame.columns[index]
    categorical = index < len(model.feature_types) and model.feature_types[index] == "c"
    names = _category_names(column, model, index)
    if not column.is_text and column.dtype != "category":
        if names is not None and frame.container == "pandas":
            raise UnsupportedModelError(
                origin,
                f"column {column.name!r} was a category in training and holds numbers in the sample",
                "give the sample the dtype that the training data had",
            )
        return column
    if not categorical or names is None:
        raise UnsupportedModelError(
            origin,
            f"column {column.name!r} holds categories, which the model was not trained on",
            "encode it in the pipeline, or train on a pandas category column with enable_categorical=True",
        )
    # XGBoost 3.3 refuses a category that training did not see; 3.1 and 3.2 take it for a neighbouring one, silently.
    return category_codes(builder, column, names, origin, refuse_unseen=True)


def _category_names(column: Column, model: XgboostModel, index: int) -> tuple[Category, ...] | None:
    """Names by code: the model's own; a model that keeps none (before 3.1) takes the order of the data frame."""
    if model.categories:
        return model.categories[index]
    return column.categories if column.dtype == "category" else None
