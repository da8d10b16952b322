"""From an imported model to the members of its bundle, after its answers were compared with the framework's."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack import canonical
from modelpack.errors import ModelpackError
from modelpack.golden import golden_member, golden_rows
from modelpack.members import empty_answers, model_members
from modelpack.metrics import evaluation_splits, metrics_of
from modelpack.record import make_record
from modelpack.replay import EngineReport, Progress, Report, replay
from modelpack.schema import Schema
from modelpack.signing import Signing, cause, handles

if TYPE_CHECKING:
    from modelpack.engines.source import Source


def replayed_members(
    imported: Any,
    schema: Schema,
    head: Mapping[str, Any],
    sample: Any,
    *,
    explain: bool,
    golden: Any,
    evaluation: Any,
    reported: Mapping[str, Any] | None,
    progress: Progress | None,
) -> tuple[dict[str, bytes], Report]:
    """Members with golden rows and metrics, and what the replay of sample and evaluation rows found.

    Raises
    ------
    MismatchError
        An answer of the bundle differs from the framework's.
    """
    members = model_members(imported, schema, explain)
    kept, source = golden_rows(golden, sample, imported.features)
    splits = evaluation_splits(evaluation)
    report = Report(promise=imported.promise)
    replayed = {"sample": sample, **{key: split[0] for key, split in splits.items()}}
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        draft = Path(folder) / "draft.mpk"
        none = empty_answers(schema)
        cells = np.zeros((0, len(schema.features)), np.uint64)
        empty = golden_member(cells, imported.outputs, none, none, None, source)
        write_bundle(draft, head, {**members, "golden.safetensors": empty}, overwrite=False)
        with open_draft(draft) as predictor:
            report.engines["native"] = replay(imported, predictor, replayed, progress)
            cells = predictor.cells(kept)
            native = predictor.reference(cells)
            found = {key: metrics_of(imported.task, schema, predictor, split) for key, split in splits.items()}
    framework = imported.reference(kept)
    bound = imported.bound(kept, framework) if imported.bound is not None else None
    members["golden.safetensors"] = golden_member(cells, imported.outputs, framework, native, bound, source)
    members["metrics.json"] = metrics_member(found, reported)
    return members, report


def with_engine(
    engine: str,
    imported: Any,
    head: Mapping[str, Any],
    members: Mapping[str, bytes],
    sample: Any,
    *,
    evaluation: Any,
    progress: Progress | None,
) -> tuple[dict[str, Any], dict[str, bytes], EngineReport]:
    """Manifest and members with a further engine, and what the replay of sample and evaluation rows through it found.

    Raises
    ------
    MismatchError
        An answer of the engine differs from the framework's beyond the bound.
    UnsupportedModelError
        The engine has no form for an operation of the program.
    """
    from modelpack.engines.adding import Draft, add_engine
    from modelpack.engines.made import make_engine

    data = {"sample": sample, **{key: split[0] for key, split in evaluation_splits(evaluation).items()}}
    made = make_engine(engine, source_of(head, members))
    draft, report = add_engine(
        Draft(head, members), made, lambda predictor, bound: replay(imported, predictor, data, progress, bound)
    )
    return dict(draft.head), dict(draft.members), report


def source_of(head: Mapping[str, Any], members: Mapping[str, bytes]) -> Source:
    """What an engine is made from, with the digest of the model, which the writer computes."""
    from modelpack.engines.source import Source
    from modelpack.opening import inspect

    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "draft.mpk"
        write_bundle(path, head, members, overwrite=False)
        with inspect(path) as bundle:
            return Source.of_bundle(bundle)


def metrics_member(splits: Mapping[str, Any], reported: Mapping[str, Any] | None) -> bytes:
    return canonical.canonical_json(canonical.typed({"reported": dict(reported or {}), "splits": splits}))


def record_member(record: Mapping[str, Any] | None, model: Any, schema: Schema, sample: Any, statistics: bool) -> bytes:
    made = make_record(record, schema.features, sample, statistics=statistics, importance=importance(model, schema))
    return canonical.canonical_json(canonical.typed(made))


def importance(model: Any, schema: Schema) -> dict[str, float] | None:
    """The framework's own importance per feature, where the model itself (not a step of a pipeline) has one."""
    try:
        found = getattr(model, "feature_importances_", None)
    except Exception:  # a framework says in its own way that this model has none
        return None
    if found is None or np.shape(found) != (len(schema.features),):
        return None
    return {feature.name: float(value) for feature, value in zip(schema.features, found, strict=True)}


def write_bundle(
    path: Path,
    manifest: Mapping[str, Any],
    members: Mapping[str, bytes],
    *,
    overwrite: bool,
    signing: tuple[Signing, ...] | list[Signing] = (),
) -> str:
    from modelpack._core import write_bundle as write

    try:
        head = canonical.canonical_json(dict(manifest))
        return write(path, head, members, overwrite, handles(signing), len(signing))
    except ModelpackError as failed:
        raise cause(failed, signing) from None


def prove(head: Mapping[str, Any], members: Mapping[str, bytes], engines: Sequence[str] = ()) -> None:
    """Opens the finished bundle as any reader will, golden rows and all, in native and in each of the engines, before
    it stands where it was asked for."""
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "finished.mpk"
        identity = write_bundle(path, head, members, overwrite=False)
        open_draft(path).close()
        for engine in engines:
            load_as(path, identity, engine).close()


def open_draft(path: Path) -> Any:
    from modelpack.opening import load
    from modelpack.trust import UNSIGNED

    return load(path, trust=UNSIGNED)


def load_as(path: Path, identity: str, engine: str) -> Any:
    """The bundle of exactly these bytes, which we wrote ourselves, in an engine that needs a permission."""
    from modelpack.opening import load
    from modelpack.trust_policy import TrustPolicy

    return load(path, TrustPolicy.of_identity(identity, ("native", engine)), engine=engine)
