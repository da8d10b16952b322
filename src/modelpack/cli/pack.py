"""`modelpack pack`: a bundle from a model file and a sample of its data."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.output import print_json
from modelpack.cli.progress import Progress
from modelpack.cli.sample import feature_frame, read_frame, with_categories
from modelpack.cli.sign import add_key_option, signers_of
from modelpack.cli.table import heading, size, table
from modelpack.errors import NotFoundError, UsageError
from modelpack.importers.trained_names import trained_names
from modelpack.rows import spread

SAMPLE_ROWS = 10_000
_PICKLES = (".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle")


def add(commands: Any) -> None:
    command = commands.add_parser(
        "pack",
        help="pack a model file with a sample of its data",
        description="Packs a model that XGBoost, LightGBM or Treelite saved. Its answers for the sample are compared "
        "with the framework's, and nothing is written if they differ. Pipelines of scikit-learn are packed in Python.",
    )
    command.add_argument(
        "model", metavar="MODEL", help="XGBoost's .json or .ubj, LightGBM's .txt, Treelite's .tl, or an .onnx file"
    )
    command.add_argument(
        "sample", metavar="SAMPLE", help="rows as the model was trained on: Parquet, CSV or JSON lines"
    )
    command.add_argument("--name", required=True, help="name of the bundle: a-z, 0-9, . _ -")
    command.add_argument("--version", dest="bundle_version", required=True, help="semantic version, such as 1.4.0")
    command.add_argument("-o", "--output", metavar="FILE", help="where to write; NAME-VERSION.mpk otherwise")
    command.add_argument("--evaluation", metavar="FILE", help="held-out rows, for metrics; needs --target")
    command.add_argument("--target", metavar="COLUMN", help="what was observed, in the evaluation")
    command.add_argument("--weight", metavar="COLUMN", help="weights, in the evaluation")
    command.add_argument("--features", metavar="NAMES", type=_names, help="columns that the model takes, in its order")
    command.add_argument(
        "--categories", metavar="NAMES", type=_names, default=[], help="columns of numbers that are categories"
    )
    command.add_argument("--classes", metavar="LABELS", type=_labels, help="class labels in the order of 0, 1, …")
    command.add_argument(
        "--outputs",
        metavar="ROLE=NAME",
        type=_roles,
        help="of an .onnx file: which of its outputs is the value, margin, probability or label, such as value=y",
    )
    command.add_argument("--optional", metavar="NAMES", type=_names, default=[], help="features that may be absent")
    command.add_argument(
        "--golden", metavar="N", type=_golden, default=32, help="rows kept in the bundle (1 to 64), or synthetic"
    )
    command.add_argument("--metrics", metavar="FILE", help="JSON object with further metrics")
    command.add_argument(
        "--record", metavar="FILE", help="JSON object: author, trained_start, trained_end, code_revision, …"
    )
    add_key_option(command, "--sign", "sign with this private key (PEM), or with `default`, your own; several times")
    command.add_argument("--no-statistics", action="store_true", help="keep no statistics of the sample")
    command.add_argument("--no-explain", action="store_true", help="leave out covers and node numbers of trees")
    command.add_argument("--overwrite", action="store_true", help="replace an existing file")
    command.add_argument("--quiet", action="store_true", help="no progress bar")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _roles(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in _names(text)]
    if not all(name and role for role, _, name in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form value=NAME,margin=NAME")
    return {role: name for role, _, name in pairs}


def _labels(text: str) -> list[Any]:
    labels = _names(text)
    try:
        return [int(label) for label in labels]
    except ValueError:
        return labels


def _golden(text: str) -> int | str:
    return text if text == "synthetic" else int(text)


def run(given: argparse.Namespace) -> int:
    from modelpack.onnx_packing import is_onnx_file

    refuse_pickle(given.model)
    target = Path(given.output or f"{given.name}-{given.bundle_version}.mpk")
    if target.exists() and not given.overwrite:
        raise UsageError(f"{target} exists", hint="choose another name or version, or pass --overwrite")
    if given.evaluation and not given.target:
        raise UsageError("--evaluation needs the column that was observed", hint="name it with --target")
    signers = signers_of(given.keys)
    names = given.features or trained_names(given.model)
    without = [column for column in (given.target, given.weight) if column]
    frame = read_frame(given.sample)
    sample = with_categories(
        feature_frame(frame.iloc[spread(len(frame), SAMPLE_ROWS)], names, without), given.categories
    )
    with Progress("rows", shown=not given.quiet and not given.json) as progress:
        packed = modelpack.pack(
            given.model,
            sample,
            target,
            name=given.name,
            version=given.bundle_version,
            evaluation=evaluation(given, names, without, sample),
            metrics=json_object(given.metrics, "--metrics"),
            record=json_object(given.record, "--record"),
            classes=given.classes,
            outputs=given.outputs,
            engines=("onnx",) if is_onnx_file(given.model) else ("native",),
            optional=given.optional,
            golden=given.golden,
            signers=signers,
            statistics=not given.no_statistics,
            explain=not given.no_explain,
            overwrite=given.overwrite,
            progress=lambda done, total: progress.update(done, done / max(total, 1)),
        )
    report(packed, given.json)
    return status.OK


def refuse_pickle(model: str) -> None:
    if Path(model).suffix.lower() in _PICKLES:
        raise UsageError(
            f"{model} is a pickle, which can run any code when it is read",
            hint="pack the estimator in Python with modelpack.pack, or save the booster as .json, .ubj or .txt",
        )


def evaluation(
    given: argparse.Namespace, names: Sequence[str] | None, without: Sequence[str], sample: Any
) -> dict[str, tuple[Any, ...]] | None:
    """Held-out rows in the dtypes of the sample, what was observed, and weights."""
    if not given.evaluation:
        return None
    frame = read_frame(given.evaluation)
    for column in without:
        if column not in frame.columns:
            raise UsageError(f"{given.evaluation} has no column {column!r}")
    features = with_categories(feature_frame(frame, names, without), given.categories)
    observed = frame[given.target].to_numpy()
    if given.weight:
        return {"test": (features, observed, frame[given.weight].to_numpy())}
    return {"test": (features, observed)}


def json_object(path: str | None, option: str) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"{path}: there is no such file") from None
    except ValueError as error:
        raise UsageError(f"{option} {path} is no JSON: {error}") from None
    if not isinstance(content, dict):
        raise UsageError(f"{option} {path} is no JSON object")
    return content


def report(packed: modelpack.Packed, machine: bool) -> None:
    found = packed.report
    if machine:
        print_json(
            {
                "path": str(packed.path),
                "identity": packed.identity,
                "size_bytes": packed.path.stat().st_size,
                "promise": found.promise,
                "rows": found.rows,
                "equal": found.equal,
                "max_difference": found.max_difference,
            }
        )
        return
    print(heading(f"{packed.path}  {size(packed.path.stat().st_size)}"))
    same = (
        "all with the framework's bits" if found.equal == found.rows else f"{found.equal:,} with the framework's bits"
    )
    rows = [
        ["identity", packed.identity],
        ["schema", f"{len(packed.schema.features)} features → {', '.join(o.name for o in packed.schema.outputs)}"],
        ["replayed", f"{found.rows:,} rows, {same}"],
    ]
    if found.equal != found.rows:
        rows.append(["difference", f"at most {found.max_difference:.3g}, within the bound of the model's class"])
    print(table(rows))
