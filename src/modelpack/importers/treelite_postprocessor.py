"""What each postprocessor of Treelite makes of the margin, as GTIL computes it."""

from __future__ import annotations

import numpy as np

from modelpack.errors import UnsupportedModelError
from modelpack.importers import bound as bounds
from modelpack.importers.booster_bound import Spread
from modelpack.importers.treelite_source import TreeliteSource
from modelpack.program import Builder, Value

_PLAIN = ("identity", "identity_multiclass")
_LOGISTIC = ("sigmoid", "multiclass_ova")
_SINGLE = float(np.finfo(np.float32).eps)


def prediction(builder: Builder, margin: Value, source: TreeliteSource, origin: str) -> Value:
    """What GTIL's `predict` answers, from the margin.

    Raises
    ------
    UnsupportedModelError
        The postprocessor is not known, or not in this precision.
    """
    name, single = source.postprocessor, margin.type == "f32"
    if name in _PLAIN:
        return margin
    if name in _LOGISTIC:
        return builder.op("sigmoid@1", _scaled(builder, margin, source, origin), origin=origin, form="expit")
    if name == "signed_square":
        size = builder.op("math@1", margin, origin=origin, function="abs")
        return builder.op("mul@1", size, margin, origin=origin)
    if name == "exponential":
        return builder.op("math@1", margin, origin=origin, function="exp")
    if name == "hinge":
        zero = np.zeros(1, dtype=source.dtype)
        above = builder.op("compare@1", margin, origin=origin, comparison="gt", tensors={"constant": zero})
        return builder.op("cast@1", above, origin=origin, to=margin.type)
    if name == "softmax" and source.targets == 1:
        return builder.op("softmax@1", margin, origin=origin, form="xgboost_f32" if single else "lightgbm")
    if name == "logarithm_one_plus_exp" and not single:
        return builder.op(
            "math@1", builder.op("math@1", margin, origin=origin, function="exp"), origin=origin, function="log1p"
        )
    if name == "exponential_standard_ratio" and not single:
        opposite = builder.op("math@1", margin, origin=origin, function="neg")
        ratio = np.array([source.ratio_c], dtype=np.float64)
        depth = builder.op("div@1", opposite, origin=origin, tensors={"operand": ratio})
        return builder.op("math@1", depth, origin=origin, function="exp2")
    where = f"in {source.dtype} with {source.targets} targets"
    raise UnsupportedModelError(
        origin, f"the postprocessor {name!r} {where} is not supported", "build the model with 'identity'"
    )


def _scaled(builder: Builder, margin: Value, source: TreeliteSource, origin: str) -> Value:
    """alpha * x in the precision of x; alpha itself is a float32."""
    if source.sigmoid_alpha == 1:
        return margin
    alpha = np.array([source.sigmoid_alpha], dtype=source.dtype)
    return builder.op("mul@1", margin, origin=origin, tensors={"operand": alpha})


def prediction_bound(source: TreeliteSource) -> Spread | None:
    """How far GTIL may lie from the program's answer; None: the same bits."""
    name = source.postprocessor
    eps = _SINGLE if source.dtype == np.float32 else bounds.EPSILON
    if name in _LOGISTIC:
        return lambda p: bounds.logistic(p, eps=eps)
    if name == "softmax":
        # GTIL keeps the exponentials and their sum in float32, whatever the precision of the model.
        return lambda p: bounds.softmax(p, eps=_SINGLE)
    if name in ("exponential", "exponential_standard_ratio"):
        return lambda value: bounds.exponential(value, eps=eps)
    return bounds.softplus if name == "logarithm_one_plus_exp" else None
