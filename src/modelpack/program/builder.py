"""Builds a program operation by operation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from modelpack.canonical import canonical_json
from modelpack.program.inference import Call, result_type
from modelpack.program.registry import OPS
from modelpack.program.value import TYPE_OF_DTYPE, Value
from modelpack.schema import Feature

# Version of the elementary functions that programs are written for.
MATH = 1

# Tensors of forests that decide no answer.
EXPLANATION = ("cover", "leaf_cover", "leaf_id", "node_id")

# The tensors that have a row per code of the input's dictionary, then null, NaN and unseen.
_PER_CODE = {"lookup@1": "table", "one_hot@1": "column", "require@1": "allowed"}


@dataclass(frozen=True)
class BuiltProgram:
    """A finished program.

    `json` is its canonical text, `digest` the hex SHA-256 of that, `tensors` what is fitted, `uses` the operations it
    needs, `dictionaries` the categories of each string feature by the feature's index.
    """

    json: bytes
    digest: str
    tensors: dict[str, np.ndarray]
    uses: list[str]
    dictionaries: dict[int, list[str]]

    def without_explanation(self) -> BuiltProgram:
        """The same program without the covers and numbers of nodes, which only explanations read."""
        program = json.loads(self.json)
        tensors = dict(self.tensors)
        for op in program["ops"]:
            for name in EXPLANATION:
                tensors.pop(op.get("tensors", {}).pop(name, ""), None)
        text = canonical_json(program)
        return replace(self, json=text, digest=hashlib.sha256(text).hexdigest(), tensors=tensors)


@dataclass
class _Op:
    op: str
    inputs: tuple[Value, ...]
    output: Value
    origin: str
    tensors: dict[str, np.ndarray]
    options: dict[str, str]


@dataclass
class Builder:
    """Collects operations; equal operations on equal inputs are kept once.

    Parameters
    ----------
    features : sequence of Feature
        The schema's features, in order.
    codes : mapping of a string feature's name to its categories' codes, optional
        Dictionaries that several programs share, and go on filling: a code once given out stays.
    """

    features: Sequence[Feature]
    codes: dict[str, dict[str, int]] | None = None
    _ops: list[_Op] = field(default_factory=list)
    _known: dict[Any, Value] = field(default_factory=dict)
    _inputs: dict[str, Value] = field(default_factory=dict)
    _codes: dict[str, dict[str, int]] = field(default_factory=dict)
    _outputs: dict[str, Value] = field(default_factory=dict)
    _nulls: dict[str, set[str]] = field(default_factory=dict)
    _next: int = 0

    def __post_init__(self) -> None:
        self._dtypes = {feature.name: feature.dtype for feature in self.features}
        shared = {} if self.codes is None else self.codes
        for feature in self.features:
            if feature.dtype == "string":
                shared.setdefault(feature.name, {})
        self._codes = shared

    def input(self, name: str) -> Value:
        """The value of a feature; the same one each time."""
        if name not in self._inputs:
            kind = TYPE_OF_DTYPE[self._dtypes[name]]
            self._inputs[name] = Value(self._number(), kind, 1, feature=name if kind == "code" else None)
        return self._inputs[name]

    def code(self, name: str, category: str) -> int:
        """The code of a category of a string feature, given out in order of first use."""
        return self._codes[name].setdefault(category, len(self._codes[name]))

    def dictionary(self, name: str) -> list[str]:
        """The categories of a string feature known so far, by code."""
        return list(self._codes[name])

    def knows_null(self, name: str, null_is: str) -> None:
        """Notes that the model knows this null ("none" or "nan") in a string feature: training saw it."""
        self._nulls.setdefault(name, set()).add(null_is)

    def nulls(self, name: str) -> frozenset[str]:
        """The nulls that the model knows in a string feature."""
        return frozenset(self._nulls.get(name, ()))

    def code_count(self, value: Value) -> int:
        """The number of codes known so far in the dictionary of a value of codes."""
        return len(self._codes[value.feature]) if value.feature is not None else int(value.size or 0)

    def op(
        self,
        op: str,
        *inputs: Value,
        origin: str,
        tensors: Mapping[str, np.ndarray] | None = None,
        **options: str,
    ) -> Value:
        """Adds an operation (or finds the equal one) and answers its result.

        A tensor with a row per code (`table`, `column`, `allowed`) may be written for the codes known now: codes that
        come later are unseen to it.
        """
        fitted = {name: np.ascontiguousarray(tensor) for name, tensor in (tensors or {}).items()}
        _check_names(op, fitted, options)
        key = (
            op,
            tuple(value.id for value in inputs),
            tuple(sorted(options.items())),
            tuple((name, _digest(fitted[name])) for name in sorted(fitted)),
        )
        # A check names the place that asks for it, so equal checks of two steps stay two.
        if op == "require@1":
            key = (*key, origin)  # type: ignore[assignment]
        if key not in self._known:
            output = replace(result_type(Call(op, inputs, fitted, options)), id=self._number())
            self._ops.append(_Op(op, inputs, output, origin, fitted, dict(options)))
            self._known[key] = output
        return self._known[key]

    def output(self, name: str, value: Value) -> None:
        """Names a value as an output of the model."""
        self._outputs[name] = value

    def finish(self) -> BuiltProgram:
        """The program without what no output and no check needs."""
        ops = self._live_ops()
        used = {value.id for op in ops for value in op.inputs} | {value.id for value in self._outputs.values()}
        inputs = [f.name for f in self.features if f.name in self._inputs and self._inputs[f.name].id in used]
        names = {self._inputs[name].id: f"x{index}" for index, name in enumerate(inputs)}
        names.update({op.output.id: f"v{index}" for index, op in enumerate(ops)})
        tensors: dict[str, np.ndarray] = {}
        program = {
            "program": 1,
            "math": MATH,
            "uses": sorted({op.op for op in ops}),
            "inputs": [{"feature": name, "value": names[self._inputs[name].id]} for name in inputs],
            "ops": [self._op_json(op, names, tensors) for op in ops],
            "outputs": {name: names[value.id] for name, value in self._outputs.items()},
        }
        text = canonical_json(program)
        dictionaries = {
            index: list(self._codes[feature.name])
            for index, feature in enumerate(self.features)
            if feature.dtype == "string"
        }
        return BuiltProgram(text, hashlib.sha256(text).hexdigest(), tensors, program["uses"], dictionaries)  # type: ignore[arg-type]

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _live_ops(self) -> list[_Op]:
        live = {value.id for value in self._outputs.values()}
        kept = []
        for op in reversed(self._ops):
            if op.output.id in live or op.op == "require@1":
                live.update(value.id for value in op.inputs)
                kept.append(op)
        return kept[::-1]

    def _op_json(self, op: _Op, names: Mapping[int, str], tensors: dict[str, np.ndarray]) -> dict[str, Any]:
        refs = {}
        for name in OPS[op.op].tensors:
            if name in op.tensors:
                refs[name] = f"t{len(tensors)}"
                tensors[refs[name]] = self._padded(op, name)
        entry: dict[str, Any] = {
            "op": op.op,
            "in": [names[value.id] for value in op.inputs],
            "out": [names[op.output.id]],
            "origin": op.origin,
            **op.options,
        }
        return {**entry, "tensors": refs} if refs else entry

    def _padded(self, op: _Op, name: str) -> np.ndarray:
        tensor = op.tensors[name]
        if _PER_CODE.get(op.op) != name:
            return tensor
        later = self.code_count(op.inputs[0]) + 3 - len(tensor)
        return np.concatenate([tensor[:-3], np.repeat(tensor[-1:], later, axis=0), tensor[-3:]])


def _digest(tensor: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    """Equal for equal tensors, and small however large they are."""
    return tensor.dtype.str, tensor.shape, hashlib.sha256(tensor.reshape(-1).view(np.uint8).data).digest()


def _check_names(op: str, tensors: Mapping[str, np.ndarray], options: Mapping[str, str]) -> None:
    """A misspelt option or tensor is a mistake in an importer."""
    known = OPS[op]
    missing = {name for name, optional in known.tensors.items() if not optional} - set(tensors)
    if missing or set(tensors) - set(known.tensors):
        raise ValueError(f"{op} has the tensors {sorted(known.tensors)}, given {sorted(tensors)}")
    if set(options) != set(known.options):
        raise ValueError(f"{op} has the options {sorted(known.options)}, given {sorted(options)}")
    for name, value in options.items():
        if value not in known.options[name]:
            raise ValueError(f"{op} {name}: {value!r} is none of {known.options[name]}")
