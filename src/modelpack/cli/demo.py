"""`modelpack demo`: a first model, from training to an answer, on data that comes with scikit-learn."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import modelpack
from modelpack.cli import status
from modelpack.cli.output import print_json
from modelpack.errors import UsageError

TRAINED_ROWS = 400


def add(commands: Any) -> None:
    command = commands.add_parser(
        "demo",
        help="train, pack and predict a small model on data that comes with scikit-learn",
        description="Trains a scaler and gradient boosting on 400 rows of the breast cancer data, packs and signs "
        "them, and compares the answers for the other 169 with scikit-learn's, bit by bit. Exit code 1 if one differs. "
        "Needs scikit-learn.",
    )
    command.add_argument("--out", type=Path, help="keep the bundle in this folder (a temporary one otherwise)")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="modelpack-demo-") as temporary:
        result = demonstrate(given.out or Path(temporary))
    if given.json:
        print_json(result)
    else:
        show(result, given.out is not None)
    return status.OK if result["different"] == 0 else status.DIFFERS


def demonstrate(folder: Path) -> dict[str, Any]:
    """Trains, packs, loads and compares; what was found, times in microseconds."""
    model, X, y = train()
    folder.mkdir(parents=True, exist_ok=True)
    held_out, observed = X.iloc[TRAINED_ROWS:], y.iloc[TRAINED_ROWS:]
    key = folder / "demo.pem"
    if not key.exists():
        modelpack.keygen(key)
    packed = modelpack.pack(
        model,
        X.iloc[:TRAINED_ROWS],
        folder / "cancer-1.0.0.mpk",
        name="cancer",
        version="1.0.0",
        evaluation=(held_out, observed),
        signers=key,
        overwrite=True,
    )
    with modelpack.load(packed, trust=key.with_suffix(".pub"), name="cancer") as predictor:
        framework = np.ascontiguousarray(model.predict_proba(held_out))
        bundle = predictor.predict_proba(held_out)
        same = int((framework.view(np.uint64) == bundle.view(np.uint64)).all(axis=1).sum())
        row = {name: float(value) for name, value in held_out.iloc[0].items()}
        return {
            "path": str(packed.path),
            "identity": packed.identity,
            "verified": predictor.bundle.verified,
            "size_bytes": packed.path.stat().st_size,
            "rows": len(held_out),
            "same_bits": same,
            "different": len(held_out) - same,
            "accuracy": predictor.bundle.metrics["splits"]["test"]["values"]["accuracy"],
            "framework_row_us": row_time_us(lambda: model.predict_proba(held_out.iloc[:1]), 50),
            "modelpack_row_us": row_time_us(lambda: predictor.predict_one(row), 5000),
        }


def train() -> tuple[Any, Any, Any]:
    try:
        from sklearn.datasets import load_breast_cancer
        from sklearn.ensemble import GradientBoostingClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    except ImportError as error:
        raise UsageError(
            f"the demo trains a model and needs {error.name}", hint="pip install scikit-learn pandas"
        ) from None
    model = make_pipeline(StandardScaler(), GradientBoostingClassifier(random_state=0))
    return model.fit(X.iloc[:TRAINED_ROWS], y.iloc[:TRAINED_ROWS]), X, y


def row_time_us(call: Callable[[], Any], times: int) -> float:
    call()
    started = time.perf_counter_ns()
    for _ in range(times):
        call()
    return (time.perf_counter_ns() - started) / times / 1e3


def show(result: dict[str, Any], kept: bool) -> None:
    faster = result["framework_row_us"] / result["modelpack_row_us"]
    print(f"packed    {result['size_bytes'] / 1e3:,.0f} kB, StandardScaler → GradientBoostingClassifier (100 trees)")
    print(f"identity  {result['identity']}, signed by the demo's key")
    print(
        f"held out  {result['rows']} rows: {result['same_bits']} with scikit-learn's bits, "
        f"{result['different']} different"
    )
    print(f"accuracy  {result['accuracy']:.3f}")
    print(
        f"one row   scikit-learn {result['framework_row_us']:,.0f} µs, "
        f"modelpack from a dict {result['modelpack_row_us']:,.1f} µs: {faster:,.0f}× as fast"
    )
    if kept:
        folder = Path(result["path"]).parent
        print(f"\nmodelpack inspect {result['path']} --trust {folder / 'demo.pub'}")
