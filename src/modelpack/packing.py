"""`modelpack.pack`: a trained model becomes one file, after its answers were compared with the framework's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from modelpack import canonical
from modelpack.errors import InputError, ModelpackError, UnsupportedModelError
from modelpack.golden import golden_member, golden_rows
from modelpack.infer import infer_features, with_declared_nulls
from modelpack.members import empty_answers, manifest, model_members
from modelpack.metrics import evaluation_splits, metrics_of
from modelpack.record import make_record
from modelpack.replay import Progress, Report, replay
from modelpack.rows import row_count
from modelpack.schema import Feature, Schema
from modelpack.signing import Signers, Signing, cause, handles, signing_of


@dataclass(frozen=True)
class Packed(os.PathLike[str]):
    """A bundle that was written.

    Attributes
    ----------
    path : Path
    identity : str
        `sha256:…` of bundle.json: covers every byte but the signatures.
    schema : Schema
    report : Report
        What was replayed: rows, rows equal to the bit, greatest difference, per engine.
    """

    path: Path
    identity: str
    schema: Schema
    report: Report

    def __fspath__(self) -> str:
        return str(self.path)


def pack(
    model: Any,
    X_sample: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    name: str,
    version: str,
    evaluation: Any = None,
    metrics: Mapping[str, Any] | None = None,
    record: Mapping[str, Any] | None = None,
    engines: Sequence[str] = ("native",),
    partition_by: Sequence[str] = (),
    signers: Signers = (),
    passphrase: str | None = None,
    schema: Schema | Sequence[Feature] | Mapping[str, Mapping[str, Any]] | None = None,
    classes: Sequence[Any] | None = None,
    optional: Iterable[str] = (),
    feature_names: Sequence[str] | None = None,
    golden: Any = 32,
    statistics: bool = True,
    explain: bool = True,
    overwrite: bool = False,
    created_at: str | int | None = None,
    progress: Progress | None = None,
) -> Packed:
    """Pack a trained model with its pre-processing, schema, configuration, metrics and record into one file.

    The sample (and up to 10,000 rows of `evaluation`) is replayed through the framework and through the bundle;
    nothing is
    written where an answer differs beyond the bound of docs/SEMANTICS.md (for most models: in any bit).

    Parameters
    ----------
    model : estimator, Booster, or path of a model file
        A fitted scikit-learn estimator or Pipeline, an XGBoost or LightGBM model (also its .json, .ubj or .txt file).
    X_sample : DataFrame or array [rows, features]
        Rows as the model was trained on: they give the names and types of the features.
    path : path, optional
        Where to write; `NAME-VERSION.mpk` in the working directory otherwise.
    name, version : str
        `[a-z0-9][a-z0-9._-]{0,63}`, and a semantic version such as 1.4.0.
    evaluation : (X, y), (X, y, weight) or {split: such a tuple}, optional
        Held-out rows; metrics are computed on them.
    metrics : mapping, optional
        Further metrics, kept as they are.
    record : mapping, optional
        author, trained_start, trained_end, data (references, see `data_reference`), code_revision, host, notes.
    signers : "default", path of a private key as PEM, PrivateKey, Signer; or several of them
        Who signs; nobody by default. ``"default"`` is the user's key (`modelpack.keygen`). See `modelpack.sign`.
    passphrase : str, optional
        Of encrypted key files; by default that of the environment variable MODELPACK_KEY_PASSPHRASE.
    schema : Schema, features, or {feature: fields}, optional
        What is declared instead of inferred, such as `{"city": {"unseen": "reject"}}`.
    classes : sequence, optional
        Class labels that live outside the model (a Booster that was trained on 0, 1, …).
    optional : iterable of str
        Features whose absence means missing.
    feature_names : sequence of str, optional
        Names for the columns of an array.
    golden : int, DataFrame or "synthetic"
        Rows kept in the bundle, at most 64, and replayed by every reader.
    statistics : bool
        Keep ranges, quartiles and frequent values of the sample in the record.
    explain : bool
        Keep covers and node numbers of trees, which explanations need.
    overwrite : bool
        Replace an existing file.
    created_at : str (2026-01-31T12:00:00Z) or int (seconds), optional
        Time written into the bundle; SOURCE_DATE_EPOCH or the clock otherwise.
    progress : callable (done, total), optional
        Called while rows are replayed.

    Returns
    -------
    Packed

    Raises
    ------
    UnsupportedModelError
        A step that cannot be reproduced exactly; it names the step and the way out.
    MismatchError
        An answer of the bundle differs from the framework's; it shows the row.
    InputError
        The sample, the schema or another argument does not fit.
    TrustError
        A key cannot sign.

    Examples
    --------
    >>> packed = modelpack.pack(  # doctest: +SKIP
    ...     pipeline, X.head(1000), name="eta", version="1.0.0", signers="default"
    ... )
    >>> modelpack.load(packed, name="eta").predict_one(X.iloc[0].to_dict())  # doctest: +SKIP
    """
    refuse_later(engines, partition_by)
    signing = signing_of(signers, passphrase)
    target = Path(path) if path is not None else Path(f"{name}-{version}.mpk")
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists; choose another path or version, or pass overwrite=True")
    from modelpack.importers import import_model
    from modelpack.importers.trained_names import trained_names

    if row_count(X_sample) == 0:
        raise InputError("the sample is empty; give rows as the model was trained on")
    X_sample, names = named_sample(X_sample, feature_names, trained_names(model))
    inferred = infer_features(X_sample, feature_names=names, optional=optional, schema=schema)
    imported = import_model(model, inferred, X_sample, classes=classes)
    imported = replace(imported, features=with_declared_nulls(imported.features, schema))
    built = Schema(features=imported.features, outputs=imported.outputs)
    members = model_members(imported, built, explain)
    head = manifest(imported, name, version, created_at)
    kept, source = golden_rows(golden, X_sample, imported.features)
    splits = evaluation_splits(evaluation)
    report = Report(promise=imported.promise)
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        draft = Path(folder) / "draft.mpk"
        empty = golden_member(
            np.zeros((0, len(imported.features)), np.uint64),
            imported.outputs,
            empty_answers(built),
            empty_answers(built),
            None,
            source,
        )
        write_bundle(draft, head, {**members, "golden.safetensors": empty}, overwrite=False)
        with open_draft(draft) as predictor:
            replayed = {"sample": X_sample, **{key: split[0] for key, split in splits.items()}}
            report.engines["native"] = replay(imported, predictor, replayed, progress)
            cells = predictor.cells(kept)
            native = predictor.reference(cells)
            found = {key: metrics_of(imported.task, built, predictor, split) for key, split in splits.items()}
    framework = imported.reference(kept)
    bound = imported.bound(kept) if imported.bound is not None else None
    members["golden.safetensors"] = golden_member(cells, imported.outputs, framework, native, bound, source)
    members["metrics.json"] = canonical.canonical_json(
        canonical.typed({"reported": dict(metrics or {}), "splits": found})
    )
    members["record.json"] = canonical.canonical_json(
        canonical.typed(
            make_record(record, imported.features, X_sample, statistics=statistics, importance=importance(model, built))
        )
    )
    prove(head, members)
    identity = write_bundle(target, head, members, overwrite=overwrite, signing=signing)
    return Packed(path=target, identity=identity, schema=built, report=report)


def refuse_later(engines: Sequence[str], partition_by: Sequence[str]) -> None:
    """What the format provides for and this version does not write."""
    if tuple(engines) != ("native",):
        raise UnsupportedModelError(
            "engines", f"{list(engines)!r}: this version packs the native engine only", "leave engines out"
        )
    if partition_by:
        raise UnsupportedModelError(
            "partition_by", "this version does not pack partitioned models", "pack one bundle per key"
        )


def named_sample(
    sample: Any, given: Sequence[str] | None, trained: Sequence[str] | None
) -> tuple[Any, Sequence[str] | None]:
    """The sample without columns that the model was not trained on, and names for the columns of an array."""
    if given is not None or trained is None:
        return sample, given
    if not hasattr(sample, "columns"):
        # Of another width it is not the model's input, which the importer says better.
        return sample, trained if np.shape(sample)[1:] == (len(trained),) else None
    kept = [name for name in sample.columns if str(name) in set(trained)]
    # A framework may have rewritten names, as LightGBM does with spaces: then nothing says which column is not its own.
    return (sample[kept] if len(trained) == len(kept) < len(sample.columns) else sample), None


def write_bundle(
    path: Path,
    manifest: Mapping[str, Any],
    members: Mapping[str, bytes],
    *,
    overwrite: bool,
    signing: Sequence[Signing] = (),
) -> str:
    from modelpack._core import write_bundle as write

    try:
        head = canonical.canonical_json(dict(manifest))
        return write(path, head, members, overwrite, handles(signing), len(signing))
    except ModelpackError as failed:
        raise cause(failed, signing) from None


def prove(head: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    """Opens the finished bundle as any reader will, golden rows and all, before it stands where it was asked for."""
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "finished.mpk"
        write_bundle(path, head, members, overwrite=False)
        open_draft(path).close()


def open_draft(path: Path) -> Any:
    from modelpack.opening import load
    from modelpack.trust import UNSIGNED

    return load(path, trust=UNSIGNED)


def importance(model: Any, schema: Schema) -> dict[str, float] | None:
    """The framework's own importance per feature, where the model itself (not a step of a pipeline) has one."""
    try:
        found = getattr(model, "feature_importances_", None)
    except Exception:  # a framework says in its own way that this model has none
        return None
    if found is None or np.shape(found) != (len(schema.features),):
        return None
    return {feature.name: float(value) for feature, value in zip(schema.features, found, strict=True)}
