"""`modelpack.pack`: a trained model becomes one file, after its answers were compared with the framework's."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from modelpack.drafting import prove, record_member, replayed_members, with_engine, write_bundle
from modelpack.errors import InputError, UnsupportedModelError, UsageError
from modelpack.infer import infer_features, with_declared_nulls
from modelpack.members import manifest
from modelpack.replay import Progress, Report
from modelpack.rows import row_count
from modelpack.schema import Feature, Schema
from modelpack.signing import Signers, signing_of
from modelpack.trust_policy import ENGINES

ONNX_ALONE = "pass engines=('onnx',)"


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
    outputs: Mapping[str, str] | None = None,
    tolerance: float | None = None,
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
        A fitted scikit-learn estimator or Pipeline, an XGBoost or LightGBM model (also its .json, .ubj or .txt file),
        a Treelite model (also its checkpoint, .tl). With ``engines=("onnx",)`` an .onnx file, or an estimator that the
        program does not know and skl2onnx converts.
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
    engines : sequence of str
        ``native`` and, beside it, ``onnx`` and ``compiled``: whose answers are compared with the framework's as well
        (docs/ENGINES.md).
    signers : "default", path of a private key as PEM, PrivateKey, Signer; or several of them
        Who signs; nobody by default. ``"default"`` is the user's key (`modelpack.keygen`). See `modelpack.sign`.
    passphrase : str, optional
        Of encrypted key files; by default that of the environment variable MODELPACK_KEY_PASSPHRASE.
    schema : Schema, features, or {feature: fields}, optional
        What is declared instead of inferred, such as `{"city": {"unseen": "reject"}}`.
    classes : sequence, optional
        Class labels that live outside the model (a Booster that was trained on 0, 1, …).
    outputs : mapping, optional
        Of an ONNX file: which of its outputs is the ``value``, ``margin``, ``probability`` or ``label``, where their
        types do not tell.
    tolerance : float, optional
        Of a model that ONNX Runtime alone answers for: the greatest difference from the framework that is accepted.
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
    if engines == "onnx" or tuple(engines) == ("onnx",):
        from modelpack.onnx_packing import pack_net

        return pack_net(
            model,
            X_sample,
            path,
            name=name,
            version=version,
            evaluation=evaluation,
            metrics=metrics,
            record=record,
            partitioned=bool(partition_by) or is_partitioned(model),
            signers=signers,
            passphrase=passphrase,
            schema=schema,
            classes=classes,
            outputs=outputs,
            tolerance=tolerance,
            optional=optional,
            feature_names=feature_names,
            golden=golden,
            statistics=statistics,
            overwrite=overwrite,
            created_at=created_at,
            progress=progress,
        )
    if outputs is not None or tolerance is not None:
        raise UsageError("outputs and tolerance are for models that ONNX Runtime alone answers for", hint=ONNX_ALONE)
    others = further_engines(engines)
    if partition_by or is_partitioned(model):
        if others:
            raise UnsupportedModelError("engines", "partitioned models run in the native engine only")
        return pack_partitioned(
            model,
            X_sample,
            path,
            partition_by=partition_by,
            name=name,
            version=version,
            evaluation=evaluation,
            metrics=metrics,
            record=record,
            signers=signers,
            passphrase=passphrase,
            schema=schema,
            classes=classes,
            optional=optional,
            golden=golden,
            statistics=statistics,
            explain=explain,
            overwrite=overwrite,
            created_at=created_at,
            progress=progress,
        )
    signing = signing_of(signers, passphrase)
    target = target_of(path, name, version, overwrite)
    from modelpack.importers import import_model
    from modelpack.importers.trained_names import trained_names

    if row_count(X_sample) == 0:
        raise InputError("the sample is empty; give rows as the model was trained on")
    X_sample, names = named_sample(X_sample, feature_names, trained_names(model))
    inferred = infer_features(X_sample, feature_names=names, optional=optional, schema=schema)
    imported = import_model(model, inferred, X_sample, classes=classes)
    imported = replace(imported, features=with_declared_nulls(imported.features, schema))
    built = Schema(features=imported.features, outputs=imported.outputs)
    head = manifest(imported, name, version, created_at)
    members, report = replayed_members(
        imported,
        built,
        head,
        X_sample,
        explain=explain,
        golden=golden,
        evaluation=evaluation,
        reported=metrics,
        progress=progress,
    )
    members["record.json"] = record_member(record, model, built, X_sample, statistics)
    for engine in others:
        head, members, report.engines[engine] = with_engine(
            engine, imported, head, members, X_sample, evaluation=evaluation, progress=progress
        )
    prove(head, members, others)
    identity = write_bundle(target, head, members, overwrite=overwrite, signing=signing)
    return Packed(path=target, identity=identity, schema=built, report=report)


def target_of(path: str | os.PathLike[str] | None, name: str, version: str, overwrite: bool) -> Path:
    """Where to write; an existing file is refused unless it may be replaced."""
    target = Path(path) if path is not None else Path(f"{name}-{version}.mpk")
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists; choose another path or version, or pass overwrite=True")
    return target


def further_engines(engines: Sequence[str]) -> tuple[str, ...]:
    """The engines beside native.

    Raises
    ------
    UsageError
        One is not known, stands twice, or native is missing.
    """
    given = (engines,) if isinstance(engines, str) else tuple(engines)
    unknown = [engine for engine in given if engine not in ENGINES]
    if unknown or len(set(given)) != len(given):
        raise UsageError(f"engines is {list(given)!r:.64}", hint=f"name each once; known are {', '.join(ENGINES)}")
    if "native" not in given:
        raise UnsupportedModelError(
            "engines", "a model that the program reproduces is packed with the native engine", "add 'native'"
        )
    return tuple(engine for engine in given if engine != "native")


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


def is_partitioned(model: Any) -> bool:
    """Whether it is a `PartitionedModel`, asked without importing scikit-learn."""
    return type(model).__module__.startswith("modelpack.partitions.") and hasattr(model, "by")


def pack_partitioned(model: Any, X_sample: Any, path: Any, *, partition_by: Sequence[str], **arguments: Any) -> Packed:
    """A fitted `PartitionedModel`, whose nodes are packed with what is known of them."""
    from modelpack.partitions.packing import pack_partitions

    if not is_partitioned(model):
        raise InputError(
            "partition_by is for a PartitionedModel", hint="models that exist already: modelpack.pack_partitions"
        )
    if partition_by and tuple(partition_by) != tuple(model.by):
        raise InputError(f"partition_by is {tuple(partition_by)!r}, but the model was trained by {tuple(model.by)!r}")
    if not hasattr(model, "nodes_"):
        raise UnsupportedModelError("PartitionedModel", "it is not fitted", "call fit first")
    return pack_partitions(
        model.nodes_,
        X_sample,
        path,
        partition_by=tuple(model.by),
        metric=model.metric_,
        n_jobs=model.n_jobs,
        **arguments,
    )
