"""Runs every benchmark once, beside the peers, and prints one table of ratios: `make bench`.

Times are medians. A ratio is peer / modelpack (how many times faster), but for opening: modelpack / sha256sum.
Exit code 1 where a bar is missed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "benchmarks"

# (what, peer, ours, bar): how many times faster than the peer
FASTER = [
    ("one row from C : ONNX Runtime from Python", "TestRow::test_onnxruntime", "C row", 3.0),
    ("one row, 1-row matrix : ONNX Runtime", "TestRow::test_onnxruntime", "TestRow::test_modelpack_matrix", 2.0),
    ("one row, 1-row matrix : XGBoost", "TestRow::test_xgboost", "TestRow::test_modelpack_matrix", 20.0),
    ("one row, dict : XGBoost", "TestRow::test_xgboost", "TestRow::test_modelpack_dict", 10.0),
    ("one row, prepared : ONNX Runtime", "TestRow::test_onnxruntime", "TestRow::test_modelpack_prepared", None),
    ("one row, LightGBM model : LightGBM", "TestRow::test_lightgbm", "TestRow::test_modelpack_lightgbm", None),
    (
        "one row, whole pipeline, dict : scikit-learn",
        "TestPipelineRow::test_sklearn",
        "TestPipelineRow::test_modelpack_dict",
        200.0,
    ),
    ("batch : XGBoost", "TestBatch::test_xgboost", "TestBatch::test_modelpack", 1.0),
    ("batch : ONNX Runtime", "TestBatch::test_onnxruntime", "TestBatch::test_modelpack", 2.0),
    ("batch, LightGBM model : LightGBM", "TestBatch::test_lightgbm", "TestBatch::test_modelpack_lightgbm", None),
    (
        "batch, whole pipeline : scikit-learn",
        "TestPipelineBatch::test_sklearn",
        "TestPipelineBatch::test_modelpack",
        None,
    ),
]
# (what, ours, peer, bar): how many times as long as the peer
NO_SLOWER = [
    ("open 50 MB until it can answer : sha256sum", "TestOpen::test_modelpack_load", "TestOpen::test_sha256sum", 2.0),
    ("verify every byte of 200 MB : sha256sum", "verify --full, 200 MB", "sha256sum, 200 MB", 1.3),
    ("verify 10 KB : 2 ms", "verify --full, 10 KB", "2 ms", 1.0),
]


def pytest_times() -> dict[str, float]:
    """Median seconds by `Class::test`."""
    report = BUILD / "report.json"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "--rootdir",
        str(HERE),
        f"--benchmark-json={report}",
    ]
    command += ["--benchmark-disable-gc", "--benchmark-warmup=on", str(HERE)]
    subprocess.run(command, check=True, cwd=HERE, env={**os.environ, "OMP_NUM_THREADS": "1"})
    found = json.loads(report.read_text())["benchmarks"]
    return {entry["fullname"].split("::", 1)[1]: entry["stats"]["median"] for entry in found}


def c_times() -> dict[str, float]:
    """Seconds per row from C, one by one and in one batch."""
    sys.path.insert(0, str(HERE))
    import models

    rows = models.data()[0]
    data = BUILD / "rows.f64"
    data.write_bytes(rows.tobytes())
    program = BUILD / "row"
    library = ROOT / "native" / "target" / "release"
    subprocess.run(
        [
            "cc",
            "-O2",
            f"-I{ROOT / 'native' / 'include'}",
            str(HERE / "c" / "row.c"),
            f"-L{library}",
            "-lmodelpack",
            f"-Wl,-rpath,{library}",
            "-o",
            str(program),
        ],
        check=True,
    )
    done = subprocess.run(
        [program, models.packed("xgboost").path, data, str(models.FEATURES)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    one, batch = (float(figure) * 1e-9 for figure in done.stdout.split())
    return {"C row": one, "C batch": batch * len(rows)}


def verification_times() -> dict[str, float]:
    """Seconds of opening and verifying signed bundles, and of `sha256sum`."""
    command = ["cargo", "run", "--quiet", "--release", "--manifest-path", str(ROOT / "native" / "Cargo.toml")]
    command += ["--package", "modelpack-bundle", "--example", "verification"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    lines = (line.rpartition(": ") for line in done.stdout.splitlines())
    return {"2 ms": 0.002, **{what: float(seconds) for what, _, seconds in lines}}


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def versions() -> str:
    names = ("xgboost-cpu", "lightgbm", "scikit-learn", "onnxruntime", "numpy")
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)


def main() -> int:
    BUILD.mkdir(parents=True, exist_ok=True)
    times = {**pytest_times(), **c_times(), **verification_times()}
    print(f"\n{processor()}; Python {platform.python_version()}; {versions()}")
    print("100 trees of depth 6, 30 features, one thread; pipeline: 32 columns\n")
    print(f"{'time, median':<58}{'µs':>12}")
    for name, seconds in times.items():
        print(f"{name.removeprefix('Test').replace('::test_', ': '):<58}{seconds * 1e6:>12,.2f}")
    print(f"\n{'ratio':<58}{'is':>8}{'bar':>8}")
    missed = 0
    for what, peer, ours, bar in FASTER:
        missed += show(what, times[peer] / times[ours], bar, at_least=True)
    for what, ours, peer, bar in NO_SLOWER:
        missed += show(what, times[ours] / times[peer], bar, at_least=False)
    return 1 if missed else 0


def show(what: str, ratio: float, bar: float | None, *, at_least: bool) -> bool:
    missed = bar is not None and (ratio < bar if at_least else ratio > bar)
    sign = "≥" if at_least else "≤"
    print(f"{what:<58}{ratio:>8.2f}{f'{sign} {bar:g}' if bar is not None else '':>8}{'  missed' if missed else ''}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
