"""FunctionTransformer: without a function, and with those of numpy that round correctly everywhere."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import FunctionTransformer

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Frame
from modelpack.importers.sklearn_array import NUMERIC, checked_array
from modelpack.importers.sklearn_pipeline import passed
from modelpack.importers.sklearn_step import Cell, Refusal, cells_of, transformer
from modelpack.program import Builder

# numpy's exp, log and their kin differ between processors; these do not.
EXACT = {np.sqrt: "sqrt", np.square: "square", np.absolute: "abs", np.fabs: "abs", np.negative: "neg"}


def function_refusals(step: FunctionTransformer) -> list[Refusal]:
    if step.func is None or (_is_exact(step.func) and not step.kw_args):
        return []
    name = getattr(step.func, "__name__", repr(step.func))
    if isinstance(step.func, np.ufunc):
        return [Refusal(f"numpy's {name} differs between processors", "apply it before the model")]
    return [Refusal(f"the function {name} is arbitrary code", "apply it before the model, or use func=None")]


def _is_exact(function: object) -> bool:
    return isinstance(function, np.ufunc) and function in EXACT


@transformer(FunctionTransformer, refusals=function_refusals)
def function(step: FunctionTransformer, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    if step.validate:
        frame = checked_array(builder, frame, origin, dtype=NUMERIC, finite=True)
    if step.func is None:
        return passed(frame)
    dtypes = {column.dtype for column in frame.columns}
    if frame.container == "sparse" or len(dtypes) != 1 or not dtypes <= {"float64", "float32"}:
        held = sorted(dtypes) if frame.container != "sparse" else "a sparse matrix"
        raise UnsupportedModelError(origin, f"{step.func.__name__} of {held}", "convert the columns to float64")
    block = frame.numbers(builder, "f32" if dtypes == {"float32"} else "f64", origin)
    return cells_of(builder.op("math@1", block, origin=origin, function=EXACT[step.func]))
