"""The type of an operation's result, from its inputs, tensors and options.

It serves the importers, who need widths and types to go on. Whether a program is right is judged by the core alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from modelpack.program.value import Value


@dataclass(frozen=True)
class Call:
    op: str
    inputs: Sequence[Value]
    tensors: Mapping[str, np.ndarray]
    options: Mapping[str, str]

    @property
    def first(self) -> Value:
        return self.inputs[0]


def result_type(call: Call) -> Value:
    """The result's type as a `Value` whose id has yet to be set."""
    return replace(RULES[call.op](call), id=-1)


def _same(call: Call) -> Value:
    return call.first


def _dense(call: Call) -> Value:
    return replace(call.first, sparse=False)


def _block(call: Call, width: int) -> Value:
    kinds = {(value.type, value.sparse) for value in call.inputs}
    if len(kinds) != 1:
        raise ValueError(f"{call.op}: inputs of several kinds: {sorted(kinds)}")
    return replace(call.first, width=width)


def _columns(call: Call) -> Value:
    return _block(call, len(call.tensors["index"]))


def _concat(call: Call) -> Value:
    return _block(call, sum(value.width for value in call.inputs))


def _constant(call: Call) -> Value:
    value = call.tensors["value"]
    return Value(-1, _float_type(value), len(value))


def _float_type(tensor: np.ndarray) -> str:
    return "f32" if tensor.dtype == np.float32 else "f64"


def _cast(call: Call) -> Value:
    return Value(-1, call.options["to"], call.first.width, call.first.sparse)


def _to_sparse(call: Call) -> Value:
    return replace(call.first, sparse=True)


def _is_missing(call: Call) -> Value:
    return Value(-1, "f64", call.first.width)


def _lookup(call: Call) -> Value:
    return Value(-1, "f64", call.tensors["table"].shape[1])


def _one_hot(call: Call) -> Value:
    return Value(-1, "f64", int(call.tensors["width"][0]), sparse=True)


def _number_code(call: Call) -> Value:
    return Value(-1, "code", 1, size=len(call.tensors["values"]))


def _forest(call: Call) -> Value:
    trees = len(call.tensors["tree_output"])
    accumulator = call.options["acc"]
    return {
        "sum": Value(-1, accumulator, len(call.tensors["init"])),
        "leaf_value": Value(-1, accumulator, trees),
        "leaf_index": Value(-1, "i64", trees),
    }[call.options["emit"]]


def _linear(call: Call) -> Value:
    return Value(-1, call.first.type, call.tensors["weight"].shape[1])


def _complement(call: Call) -> Value:
    return replace(call.first, width=2)


def _narrow(call: Call) -> Value:
    return replace(call.first, width=1)


def _argmax(call: Call) -> Value:
    return Value(-1, "i64", 1)


def _compare(call: Call) -> Value:
    return Value(-1, "i64", call.first.width)


RULES: dict[str, Callable[[Call], Value]] = {
    "columns@1": _columns,
    "concat@1": _concat,
    "constant@1": _constant,
    "cast@1": _cast,
    "to_sparse@1": _to_sparse,
    "to_dense@1": _dense,
    "absent_to_nan@1": _dense,
    "missing_as@1": _same,
    "require@1": _same,
    "impute@1": _same,
    "is_missing@1": _is_missing,
    "affine@1": _same,
    "clip@1": _same,
    "lookup@1": _lookup,
    "one_hot@1": _one_hot,
    "number_code@1": _number_code,
    "forest@1": _forest,
    "linear@1": _linear,
    "add@1": _same,
    "mul@1": _same,
    "div@1": _same,
    "math@1": _same,
    "sigmoid@1": _same,
    "softmax@1": _same,
    "complement@1": _complement,
    "row_sum@1": _narrow,
    "normalise_rows@1": _same,
    "sort_row@1": _same,
    "argmax@1": _argmax,
    "compare@1": _compare,
}
