"""What a program's forest is given: the part of the program before it, run by the core for the golden rows."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack import canonical
from modelpack.drafting import open_draft, write_bundle
from modelpack.engines.source import PROGRAMS, TENSORS, Source
from modelpack.golden import golden_member
from modelpack.members import dictionary_member, empty_answers
from modelpack.program.inference import Call, result_type
from modelpack.program.value import TYPE_OF_DTYPE, Value
from modelpack.schema import Output, Schema

__all__ = ["ForestInput"]

# Operations that hand on whole columns.
_SAME = ("cast@1", "require@1", "absent_to_nan@1", "to_dense@1")


@dataclass(frozen=True)
class ForestInput:
    """The value that a forest reads.

    Attributes
    ----------
    value : str
        Its name in the program.
    width : int
    features : tuple of str, or None
        The features that its columns are, where they are features and nothing that was computed from them.
    """

    source: Source
    value: str
    width: int
    features: tuple[str, ...] | None

    @classmethod
    def of(cls, source: Source, value: str) -> ForestInput:
        columns: dict[str, tuple[str, ...] | None] = {}
        types: dict[str, Value] = {}
        dtypes = {feature.name: feature.dtype for feature in source.schema.features}
        for index, entry in enumerate(source.program["inputs"]):
            kind = TYPE_OF_DTYPE[dtypes[entry["feature"]]]
            feature = entry["feature"] if kind == "code" else None
            types[entry["value"]] = Value(index, kind, 1, feature=feature)
            columns[entry["value"]] = None if kind == "code" else (entry["feature"],)
        for op in source.program["ops"]:
            if value in types:
                break
            tensors = {name: source.tensors[key] for name, key in op.get("tensors", {}).items()}
            inputs = [types[name] for name in op["in"]]
            types[op["out"][0]] = replace(result_type(Call(op["op"], inputs, tensors, _options(op))), id=-1)
            columns[op["out"][0]] = _passed(op, [columns[name] for name in op["in"]], tensors)
        return cls(source, value, types[value].width, columns[value])

    def rows(self, cells: npt.NDArray[np.uint64], dtype: str) -> npt.NDArray[Any]:
        """The forest's input for rows of cells, [rows, width], in `dtype` ("float64" or "float32").

        A bundle of the program before the forest is made and asked, so that policies and pipeline are the core's own.
        """
        output = Output("value", dtype, self.width)
        schema = Schema(self.source.schema.features, (output,))
        members = {"schema.json": schema.to_json(), **self._program(dtype)}
        members |= dictionary_member(self.source.dictionaries)
        none = np.zeros((0, len(schema.features)), np.uint64)
        members["golden.safetensors"] = golden_member(
            none, schema.outputs, empty_answers(schema), empty_answers(schema), None, "given"
        )
        with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
            path = Path(folder) / "before.mpk"
            write_bundle(path, self._head(members), members, overwrite=False)
            with open_draft(path) as predictor:
                found: npt.NDArray[Any] = predictor.answers(cells)["value"]
        return found

    def _program(self, dtype: str) -> dict[str, bytes]:
        ops = [*self._needed(), self._cast(dtype)]
        used = {name for op in ops for name in op["in"]}
        tensors = {name: self.source.tensors[name] for op in ops for name in op.get("tensors", {}).values()}
        program = {
            **{key: self.source.program[key] for key in ("program", "math")},
            "inputs": [entry for entry in self.source.program["inputs"] if entry["value"] in used],
            "ops": ops,
            "outputs": {"value": "before_forest"},
            "uses": sorted({op["op"] for op in ops}),
        }
        text = canonical.canonical_json(program)
        digest = hashlib.sha256(text).hexdigest()
        return {
            PROGRAMS: canonical.canonical_json({digest: text.decode("utf-8")}),
            TENSORS: canonical.safetensors_bytes(tensors, {"program": digest}),
        }

    def _needed(self) -> list[Mapping[str, Any]]:
        """The operations that the value comes from, in order; checks of values that it does not read are not among
        them."""
        live, kept = {self.value}, []
        for op in reversed(self.source.program["ops"]):
            if op["out"][0] in live:
                live.update(op["in"])
                kept.append(op)
        return kept[::-1]

    def _cast(self, dtype: str) -> Mapping[str, Any]:
        to = {"float64": "f64", "float32": "f32"}[dtype]
        return {"op": "cast@1", "in": [self.value], "out": ["before_forest"], "origin": "forest", "to": to}

    def _head(self, members: Mapping[str, bytes]) -> dict[str, Any]:
        programs = canonical.parse_json(members[PROGRAMS])
        uses = canonical.parse_json(next(iter(programs.values())).encode("utf-8"))["uses"]
        return {
            "created_at": "1980-01-01T00:00:00Z",
            "engines": [{"name": "native", "requires": sorted([*uses, f"math@{self.source.program['math']}"])}],
            "format": {"major": 1, "minor": 0},
            "name": self.source.name,
            "partition_keys": [],
            "requires": [],
            "task": "regression",
            "version": self.source.version,
        }


def _options(op: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in op.items() if key not in ("op", "in", "out", "origin", "tensors")}


def _passed(
    op: Mapping[str, Any], inputs: list[tuple[str, ...] | None], tensors: Mapping[str, np.ndarray]
) -> tuple[str, ...] | None:
    """The features that the columns of an operation's result are; None where one is something else."""
    known = [columns for columns in inputs if columns is not None]
    if len(known) != len(inputs):
        return None
    joined = tuple(name for columns in known for name in columns)
    if op["op"] in _SAME or op["op"] == "concat@1":
        return joined
    if op["op"] == "columns@1":
        return tuple(joined[index] for index in tensors["index"].tolist())
    return None
