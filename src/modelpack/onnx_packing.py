"""Packing models that have no program: an ONNX file, or an estimator that skl2onnx converts. ONNX Runtime answers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack import canonical
from modelpack.drafting import load_as, metrics_member, record_member, write_bundle
from modelpack.engines.onnx_model.net import Net
from modelpack.errors import InputError, MismatchError, UnsupportedModelError
from modelpack.golden import NUMPY, canonical_nan, golden_rows
from modelpack.importers.imported import Answers, origin_of
from modelpack.infer import infer_features
from modelpack.members import created_text, dictionary_member, empty_answers
from modelpack.metrics import evaluation_splits, metrics_of
from modelpack.replay import EngineReport, Progress, Report, replay
from modelpack.rows import row_count
from modelpack.schema import Feature, Schema
from modelpack.signing import Signers, signing_of

if TYPE_CHECKING:
    from modelpack.packing import Packed

__all__ = ["is_onnx_file", "pack_net"]

ENGINE = "onnx"


def is_onnx_file(model: Any) -> bool:
    """Whether it is the path of an .onnx file."""
    return isinstance(model, (str, os.PathLike)) and os.fspath(model).endswith(".onnx")


def pack_net(
    model: Any,
    X_sample: Any,
    path: str | os.PathLike[str] | None,
    *,
    name: str,
    version: str,
    evaluation: Any,
    metrics: Mapping[str, Any] | None,
    record: Mapping[str, Any] | None,
    partitioned: bool,
    signers: Signers,
    passphrase: str | None,
    schema: Any,
    classes: Sequence[Any] | None,
    outputs: Mapping[str, str] | None,
    tolerance: float | None,
    optional: Iterable[str],
    feature_names: Sequence[str] | None,
    golden: Any,
    statistics: bool,
    overwrite: bool,
    created_at: str | int | None,
    progress: Progress | None,
) -> Packed:
    """A bundle without a program, which ONNX Runtime alone answers for."""
    from modelpack.importers.trained_names import trained_names
    from modelpack.packing import Packed, named_sample, target_of

    if partitioned:
        raise UnsupportedModelError("engines", "partitioned models run in the native engine only")
    signing = signing_of(signers, passphrase)
    target = target_of(path, name, version, overwrite)
    if row_count(X_sample) == 0:
        raise InputError("the sample is empty; give rows as the model was trained on")
    trained = None if is_onnx_file(model) else trained_names(model)
    X_sample, names = named_sample(X_sample, feature_names, trained)
    inferred = infer_features(X_sample, feature_names=names, optional=optional, schema=schema)
    net = net_of(model, inferred, X_sample, classes=classes, outputs=outputs, tolerance=tolerance)
    built = Schema(features=net.features, outputs=net.outputs)
    head, members, report = net_members(
        net,
        name,
        version,
        created_at,
        X_sample,
        golden=golden,
        evaluation=evaluation,
        reported=metrics,
        progress=progress,
    )
    members["record.json"] = record_member(record, model, built, X_sample, statistics)
    prove_net(head, members)
    identity = write_bundle(target, head, members, overwrite=overwrite, signing=signing)
    return Packed(path=target, identity=identity, schema=built, report=report)


def net_of(
    model: Any,
    features: Sequence[Feature],
    sample: Any,
    *,
    classes: Sequence[Any] | None,
    outputs: Mapping[str, str] | None,
    tolerance: float | None,
) -> Net:
    """The model as ONNX.

    Raises
    ------
    UnsupportedModelError
        It cannot be converted, or the program reproduces it, which is better.
    MismatchError
        An estimator's ONNX differs from scikit-learn, and nobody accepted that; the message has the difference, and the
        argument that accepts it.
    """
    from modelpack.engines.onnx_model.net import net_of_file, tolerance_of

    accepted = tolerance_of(tolerance)
    if is_onnx_file(model):
        return net_of_file(model, features, sample, classes=classes, outputs=outputs, tolerance=accepted)
    from modelpack.checking import check
    from modelpack.engines.onnx_model.estimator import nets_of_estimator

    origin = origin_of(model)
    if not type(model).__module__.startswith("sklearn."):
        raise UnsupportedModelError(
            origin, "only scikit-learn's estimators go through skl2onnx", "convert it yourself and pack the .onnx file"
        )
    if check(model).supported:
        raise UnsupportedModelError(
            "engines", "a model that the program reproduces is packed with the native engine", "add 'native'"
        )
    nets = list(nets_of_estimator(model, features, sample, origin, accepted))
    measured = [(net, measure(net, sample)) for net in nets]
    best, found = min(measured, key=lambda one: (sum(rows for _, rows in one[1].values()), _greatest(one[1])))
    if accepted is None or _greatest(found) > accepted:
        raise MismatchError(_refusal(origin, found), hint=f"accept it: tolerance={_rounded_up(_greatest(found))}")
    return best


def prove_net(head: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    """Opens the finished bundle as any reader will, golden rows and all."""
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "finished.mpk"
        load_as(path, write_bundle(path, head, members, overwrite=False), ENGINE).close()


Measured = dict[str, tuple[float, int]]


def measure(net: Net, sample: Any) -> Measured:
    """Per output the greatest difference over the sample, and for labels the number of rows with another one."""
    from modelpack.replay import canonical_bits, difference

    expected, report = net.reference(sample), {}
    with opened(net, "measured", "0.0.0", "1980-01-01T00:00:00Z") as predictor:
        answers = predictor.predict_raw(sample)
    for name, framework in expected.items():
        if name == "label":
            report[name] = (0.0, int((canonical_bits(framework) != canonical_bits(answers[name])).sum()))
        else:
            report[name] = (float(difference(framework, answers[name]).max(initial=0.0)), 0)
    return report


def _greatest(found: Measured) -> float:
    return max((difference for difference, _ in found.values()), default=0.0)


def _rounded_up(difference: float) -> str:
    """A number of one digit that is at least twice as great: other rows differ otherwise."""
    if difference == 0:
        return "0.0"
    exponent = int(np.floor(np.log10(2 * difference)))
    digit = int(np.ceil(2 * difference / 10.0**exponent))
    return f"{digit}e{exponent}" if digit < 10 else f"1e{exponent + 1}"


def _refusal(origin: str, found: Measured) -> str:
    parts = [
        f"{rows} labels are others" if name == "label" else f"{name} differs by at most {difference:.3g}"
        for name, (difference, rows) in found.items()
        if name != "label" or rows or len(found) == 1
    ]
    return (
        f"{origin} goes through skl2onnx, whose arithmetic is not scikit-learn's: over the sample "
        f"{', '.join(parts)}; nothing was written"
    )


def head_of(net: Net, name: str, version: str, created_at: str | int | None) -> dict[str, Any]:
    """bundle.json without what the writer computes."""
    return {
        "created_at": created_text(created_at),
        "engines": [{"name": ENGINE, "requires": ["onnx@1"]}],
        "format": {"major": 1, "minor": 0},
        "name": name,
        "partition_keys": [],
        "requires": [],
        "task": net.task,
        "version": version,
    }


def own_members(net: Net) -> dict[str, bytes]:
    """Members that decide the answers, and the configuration."""
    return {
        "schema.json": Schema(net.features, net.outputs).to_json(),
        "config.json": canonical.canonical_json(canonical.typed(net.config)),
        "models/main/model.onnx": net.file,
        "models/main/onnx.json": net.description,
        **dictionary_member({index: list(texts) for index, texts in net.dictionaries.items()}),
    }


@contextmanager
def opened(net: Net, name: str, version: str, created_at: str | int | None) -> Iterator[Any]:
    """The predictor of a bundle without golden rows."""
    schema = Schema(net.features, net.outputs)
    none = empty_answers(schema)
    cells = np.zeros((0, len(schema.features)), np.uint64)
    members = {**own_members(net), "golden.safetensors": golden_of(net, cells, none, none, none, "given")}
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "draft.mpk"
        identity = write_bundle(path, head_of(net, name, version, created_at), members, overwrite=False)
        predictor = load_as(path, identity, ENGINE)
        try:
            yield predictor
        finally:
            predictor.close()


def net_members(
    net: Net,
    name: str,
    version: str,
    created_at: str | int | None,
    sample: Any,
    *,
    golden: Any,
    evaluation: Any,
    reported: Mapping[str, Any] | None,
    progress: Progress | None,
) -> tuple[dict[str, Any], dict[str, bytes], Report]:
    """Manifest, members with golden rows and metrics, and what the replay of sample and evaluation rows found.

    Raises
    ------
    MismatchError
        An answer differs from the reference beyond the bound.
    """
    from modelpack.engines.adding import measured_json

    schema = Schema(net.features, net.outputs)
    kept, source = golden_rows(golden, sample, net.features)
    splits = evaluation_splits(evaluation)
    report = Report(promise=net.promise)
    with opened(net, name, version, created_at) as predictor:
        replayed = {"sample": sample, **{key: split[0] for key, split in splits.items()}}
        found: EngineReport = replay(net, predictor, replayed, progress)
        cells = predictor.cells(kept)
        answers = predictor.answers(cells)
        metrics = {key: metrics_of(net.task, schema, predictor, split) for key, split in splits.items()}
    report.engines[ENGINE] = found
    framework = net.reference(kept)
    members = own_members(net)
    members["golden.safetensors"] = golden_of(net, cells, framework, answers, net.reader_bound(kept, framework), source)
    members["metrics.json"] = metrics_member(metrics, reported)
    head = head_of(net, name, version, created_at)
    head["engines"] = [{**head["engines"][0], "measured": measured_json(found)}]
    return head, members, report


def golden_of(
    net: Net,
    cells: np.ndarray,
    framework: Answers,
    answers: Mapping[str, np.ndarray],
    bound: Mapping[str, np.ndarray],
    source: str,
) -> bytes:
    """golden.safetensors of a bundle without a program."""
    tensors: dict[str, np.ndarray] = {"cells": np.ascontiguousarray(cells, dtype=np.uint64)}
    for output in net.outputs:
        dtype, shape = NUMPY[output.dtype], (len(cells), output.columns)
        for kind, given in (("framework", framework), ("onnx", answers)):
            tensors[f"{kind}.{output.name}"] = canonical_nan(
                np.asarray(given[output.name]).reshape(shape).astype(dtype)
            )
        allowed = bound.get(output.name, np.zeros(shape))
        tensors[f"onnx_bound.{output.name}"] = np.broadcast_to(allowed, shape).astype(np.float64)
    return canonical.safetensors_bytes(tensors, {"source": source})
