"""`modelpack.repartition`: a new version of a bundle with other nodes, the untouched ones copied byte for byte."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from modelpack.bundle import Bundle
from modelpack.canonical import canonical_json, typed
from modelpack.diff import dictionaries
from modelpack.drafting import open_draft
from modelpack.errors import InputError, UsageError
from modelpack.members import created_text, dictionary_member
from modelpack.nodes import Key
from modelpack.opening import open as open_bundle
from modelpack.packing import Packed
from modelpack.partitions.importing import NodeImporter, of_columns
from modelpack.partitions.metric import Metric
from modelpack.partitions.packing import add_nodes, below_root
from modelpack.partitions.preparing import Preparer
from modelpack.partitions.proof import Proof, Questions
from modelpack.partitions.writer import PartitionWriter
from modelpack.replay import EngineReport, Progress, Report
from modelpack.rows import row_count
from modelpack.signing import Signers, put_signatures, signing_of
from modelpack.trust import Trust


def repartition(
    source: Bundle | str | os.PathLike[str] | bytes,
    path: str | os.PathLike[str] | None = None,
    *,
    version: str,
    replace: Mapping[Key, Any] | None = None,
    remove: Iterable[Key] = (),
    X_sample: Any = None,
    trust: Trust = None,
    name: str | None = None,
    signers: Signers = (),
    passphrase: str | None = None,
    classes: Sequence[Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
    metric: Metric | None = None,
    explain: bool = True,
    overwrite: bool = False,
    created_at: str | int | None = None,
    progress: Progress | None = None,
) -> Packed:
    """Write a new version of a bundle with some nodes replaced, added or removed.

    All other nodes are copied byte for byte, after each was compared with its digest; the root, the schema and the
    golden rows stay as they are. New models are compared with their framework before anything is written.

    Parameters
    ----------
    source : path, bytes or Bundle
        The bundle, which is verified under `trust` first; an opened `Bundle` was verified when it was opened.
    path
        Where the new version goes; by default ``NAME-VERSION.mpk`` in the working directory.
    version : str
        Higher than that of the bundle.
    replace : mapping of key to model
        Models for nodes that there are, or that there are not yet. A `Node` instead of a model has its rows and
        metrics; one that is pruned lets its parent answer.
    remove : iterable of key
        Nodes to take away: the nearest ancestor answers for them. Their descendants stay.
    X_sample : pandas DataFrame
        Rows with all features of the bundle; needed where there is a model in `replace`.
    trust, name
        As for `modelpack.open`.
    metrics : mapping, optional
        Figures of the new version. Those of the old one are left out: they speak of other models.
    metric : Metric, optional
        What the metrics of nodes are, where the bundle does not say it.

    The other parameters, and what is raised, are those of `modelpack.pack_partitions`.

    Returns
    -------
    Packed

    Examples
    --------
    >>> modelpack.repartition(  # doctest: +SKIP
    ...     "eta-1.0.0.mpk", version="1.0.1", replace={("PL", "Warsaw"): retrained}, X_sample=X.head(1000)
    ... )
    """
    changes, removed = dict(replace or {}), list(remove)
    if not changes and not removed:
        raise UsageError("nothing is replaced or removed", hint="give replace={key: model} or remove=[key]")
    if () in changes or () in removed:
        raise UsageError("the root is what the bundle is built on", hint="pack all models anew with pack_partitions")
    signing = signing_of(signers, passphrase)
    with ExitStack() as stack:
        bundle = source if isinstance(source, Bundle) else stack.enter_context(open_bundle(source, trust, name=name))
        target = Path(path) if path is not None else Path(f"{bundle.name}-{version}.mpk")
        if target.exists() and not overwrite:
            raise InputError(f"{target} exists; choose another path or version, or pass overwrite=True")
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".modelpack-", dir=target.parent))
        draft = Path(folder) / target.name
        writer = stack.enter_context(PartitionWriter.changed(bundle.handle, draft, version, False))
        if metric is not None:
            writer.measure(metric.name, metric.greater_is_better, None)
        for key in removed:
            writer.remove(key)
        head: dict[str, Any] = {"created_at": created_text(created_at)}
        members = {"metrics.json": canonical_json(typed({"reported": dict(metrics or {}), "splits": {}}))}
        proof = None
        if changes:
            proof = _add(bundle, writer, changes, X_sample, classes, explain, head, members, progress)
        identity = writer.finish(head, members, ())
        report = Report(promise="A", engines={"native": EngineReport()})
        with open_draft(draft) as predictor:  # as any reader will, golden rows and all
            if proof is not None:
                proof.check(predictor, report)
        if signing:
            put_signatures(draft, signing)
        os.replace(draft, target)
        return Packed(path=target, identity=identity, schema=bundle.schema, report=report)


def _add(
    bundle: Bundle,
    writer: PartitionWriter,
    changes: Mapping[Key, Any],
    X_sample: Any,
    classes: Sequence[Any] | None,
    explain: bool,
    head: dict[str, Any],
    members: dict[str, bytes],
    progress: Progress | None,
) -> Proof:
    """Writes the new nodes; what they need joins `head` and `members`."""
    schema = bundle.schema
    sample = _sample(X_sample, schema.feature_names)
    importer = NodeImporter(sample, schema.features, schema.keys)
    for feature, texts in dictionaries(bundle).items():
        importer.codes[feature].update((text, code) for code, text in enumerate(texts))
    known = {feature.name: feature for feature in schema.features}
    questions = Questions(sample, schema.keys)
    proof = Proof(questions)
    preparer = Preparer(importer, questions, schema.outputs, known, classes, explain)
    entries = preparer.entries(below_root(changes.items()), None)
    uses = add_nodes(writer, entries, proof, lambda done: progress(done, len(changes)) if progress else None)
    engines = [dict(engine) for engine in bundle.manifest["engines"]]
    for engine in engines:
        if engine["name"] == "native":
            engine["requires"] = sorted({*engine["requires"], *uses})
    head["engines"] = engines
    codes = {
        index: list(importer.codes[feature.name])
        for index, feature in enumerate(schema.features)
        if feature.name in importer.codes
    }
    members |= dictionary_member(codes)
    return proof


def _sample(X: Any, names: Sequence[str]) -> Any:
    """The bundle's features of the sample."""
    if not hasattr(X, "iloc") or not hasattr(X, "columns") or row_count(X) == 0:
        raise InputError(
            "new models are compared with their framework on rows", hint="give X_sample, a DataFrame with all features"
        )
    absent = [name for name in names if name not in list(X.columns)]
    if absent:
        raise InputError(f"the sample lacks the feature {absent[0]!r} of the bundle")
    return of_columns(X, names)
