"""The block of float64 on which a LightGBM model decides."""

from __future__ import annotations

from dataclasses import replace

from modelpack.errors import UnsupportedModelError
from modelpack.importers.category_codes import category_codes
from modelpack.importers.frame import Frame
from modelpack.importers.lightgbm_model import LightgbmModel
from modelpack.program import Builder, Value

_KEPT = ("float64", "float32")


def input_block(builder: Builder, frame: Frame, model: LightgbmModel, origin: str) -> Value:
    """All columns as float64, categories by the model's own numbers (NaN for one that it does not know)."""
    if len(frame) != model.feature_count:
        raise UnsupportedModelError(
            origin,
            f"the model was trained on {model.feature_count} columns and the sample has {len(frame)}",
            "give the sample the columns of the training data",
        )
    block = _coded(builder, frame, model, origin)
    if frame.container == "array" and not all(column.dtype in _KEPT for column in frame.columns):
        # LightGBM copies an array of anything but floats to float32 first.
        single = block.numbers(builder, "f32", origin)
        return builder.op("cast@1", single, origin=origin, to="f64")
    return block.numbers(builder, "f64", origin)


def _coded(builder: Builder, frame: Frame, model: LightgbmModel, origin: str) -> Frame:
    categorical = [index for index, column in enumerate(frame.columns) if column.dtype == "category"]
    names = model.categories or ()
    if len(categorical) != len(names):
        raise UnsupportedModelError(
            origin,
            f"the model was trained on {len(names)} category columns and the sample has {len(categorical)}",
            "give the sample the dtypes that the training data had",
        )
    columns = list(frame.columns)
    for index, known in zip(categorical, names, strict=True):
        columns[index] = category_codes(builder, columns[index], known, origin, refuse_unseen=False)
    return replace(frame, columns=tuple(columns))
