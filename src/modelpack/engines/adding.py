"""Adds an engine to the members of a bundle, after its answers were compared through the core."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack import canonical
from modelpack.drafting import load_as, write_bundle
from modelpack.engines.golden_rows import GoldenRows
from modelpack.engines.made import Made
from modelpack.engines.source import categories_of
from modelpack.golden import canonical_nan
from modelpack.replay import Answers, EngineReport, compare

if TYPE_CHECKING:
    from modelpack.predictor import Predictor

__all__ = ["Draft", "add_engine", "opened_draft"]

GOLDEN = "golden.safetensors"

# Compares the engine's predictor over rows beyond the golden ones: (predictor, bound of the engine) to what was found.
Replayed = Callable[["Predictor", Callable[[Answers], Answers] | None], EngineReport]


@dataclass(frozen=True)
class Draft:
    """A bundle in the making: its manifest without what the writer computes, and its members."""

    head: Mapping[str, Any]
    members: Mapping[str, bytes]

    def with_engine(self, made: Made) -> Draft:
        """The same with the engine's entry and members in place of those it had."""
        others = [entry for entry in self.head["engines"] if entry["name"] != made.name]
        kept = {name: data for name, data in self.members.items() if not _belongs(name, made.name)}
        return Draft({**self.head, "engines": [*others, made.entry]}, {**kept, **made.members})

    def with_golden(self, tensors: Mapping[str, np.ndarray]) -> Draft:
        """The same with further tensors in the golden rows."""
        old, metadata = canonical.parse_safetensors(self.members[GOLDEN])
        golden = canonical.safetensors_bytes({**old, **tensors}, metadata)
        return replace(self, members={**self.members, GOLDEN: golden})

    def without_golden(self) -> Draft:
        """The same with no golden rows: what nothing has answered yet."""
        old, metadata = canonical.parse_safetensors(self.members[GOLDEN])
        return replace(
            self,
            members={
                **self.members,
                GOLDEN: canonical.safetensors_bytes({name: tensor[:0] for name, tensor in old.items()}, metadata),
            },
        )


def _belongs(member: str, engine: str) -> bool:
    """Whether a member is of that engine alone."""
    if engine == "onnx":
        return member in ("models/main/model.onnx", "models/main/onnx.json")
    return member.startswith("models/main/") and member.count("/") > 2


def add_engine(draft: Draft, made: Made, replayed: Replayed | None = None) -> tuple[Draft, EngineReport]:
    """The bundle with the engine, whose answers for the golden rows (and those of `replayed`) were compared.

    The golden rows are compared with native's answers, within the engine's own bound.

    Raises
    ------
    MismatchError
        An answer differs beyond the bound; it shows the row.
    """
    with_it = draft.with_engine(replace(made, members={**made.members, **made.proof}))
    golden, _ = canonical.parse_safetensors(draft.members[GOLDEN])
    empty = with_it.without_golden()
    if made.keeps_answers:
        empty = empty.with_golden(_kept(made, golden, golden, 0))
    report = EngineReport()
    with opened_draft(empty, made.name) as predictor:
        native = {output.name: golden[f"native.{output.name}"] for output in predictor.schema.outputs}
        answers = predictor.answers(golden["cells"])
        allowed = made.bound(native) if made.bound is not None else None
        rows = GoldenRows(golden["cells"], predictor.schema, categories_of(draft.members))
        compare(report, native, answers, allowed, rows, 0, ("native", made.name))
        if replayed is not None:
            report = replayed(predictor, made.bound)
    measured = {**made.facts, "measured": measured_json(report)}
    finished = draft.with_engine(replace(made, facts=measured))
    if made.keeps_answers:
        own = {f"{made.name}.{name}": answer for name, answer in answers.items()}
        finished = finished.with_golden(_kept(made, golden, own, len(golden["cells"])))
    return finished, report


def _kept(
    made: Made, golden: Mapping[str, np.ndarray], own: Mapping[str, np.ndarray], rows: int
) -> dict[str, np.ndarray]:
    """The engine's answers and their bound against the framework, for the first `rows` golden rows."""
    names = [name.partition(".")[2] for name in golden if name.startswith("native.")]
    native = {name: golden[f"native.{name}"] for name in names}
    allowed = made.bound(native) if made.bound is not None else {}
    kept = {}
    for name in names:
        answer = own.get(f"{made.name}.{name}", native[name])
        bound = golden[f"bound.{name}"] + allowed.get(name, np.zeros(native[name].shape))
        kept[f"{made.name}.{name}"] = canonical_nan(answer[:rows])
        kept[f"{made.name}_bound.{name}"] = bound[:rows].astype(np.float64)
    return kept


def measured_json(report: EngineReport) -> dict[str, Any]:
    """What was measured per output, as the manifest holds it."""
    return {
        name: {
            "equal_rows": found.equal,
            "max_abs_difference": canonical.f64(found.max_difference),
            "rows": found.rows,
        }
        for name, found in report.outputs.items()
    }


@contextmanager
def opened_draft(draft: Draft, engine: str) -> Iterator[Predictor]:
    """The draft as any reader opens it, under a policy that permits this engine for exactly these bytes."""
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "draft.mpk"
        identity = write_bundle(path, draft.head, draft.members, overwrite=False)
        predictor = load_as(path, identity, engine)
        try:
            yield predictor
        finally:
            predictor.close()
