"""A bundle's model as C: what is written, what it is called, and that it answers as the bundle does."""

from __future__ import annotations

import re
import runpy
import subprocess
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import modelpack
from modelpack.cli.main import main
from modelpack.engines.c_source import library_files

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "c_source"
VECTORS = ROOT / "tests" / "vectors" / "valid"
POLICIES = VECTORS / "policies" / "bundle.mpk"


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_answers_as_the_bundle_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLE / "export.py"))
    assert run("make", "-s", "-C", "late-c", "test", "CFLAGS=-O1", folder=tmp_path).startswith("late: ")
    source = EXAMPLE / "predict.c"
    library = tmp_path / "late-c" / "liblate.a"
    run("cc", "-std=c99", "-Wall", "-Werror", "-I", "late-c", source, library, "-o", "predict", folder=tmp_path)
    lines = [line.split() for line in run("./predict", folder=tmp_path).splitlines()]
    predictor = modelpack.load(tmp_path / "late-1.0.0.mpk", modelpack.UNSIGNED, name="late")
    rows = [
        {"distance": 1400.0, "wind": 11.5, "carrier": "UA"},
        {"distance": 760.0, "wind": None, "carrier": "WN"},
        {"distance": 760.0, "wind": 11.5, "carrier": "never seen"},
    ]
    expected = [predictor.predict_one(row) for row in rows]
    assert [int(label) for label, _ in lines] == [answer.label for answer in expected]
    assert [float.fromhex(late) for _, late in lines] == [answer.probability(1) for answer in expected]


def test_the_makefile_needs_nothing_else(tmp_path: Path) -> None:
    written = modelpack.emit_c(POLICIES, tmp_path / "c", prefix="policies")
    assert {path.name for path in written} >= {"policies.h", "policies.c", "policies_test.c", "Makefile"}
    assert run("make", "-s", "test", "CFLAGS=-O0 -Wall -Wextra -Werror -pedantic", folder=tmp_path / "c") == (
        "policies: 8 golden rows, the same bits\n"
    )


def test_names_of_any_kind_are_named_in_c(tmp_path: Path) -> None:
    names = ["NAME", "name_", "@outputs@", "wind speed", "wind_speed", "int", "Łódź", "a */ b", "H", "S"]
    X = np.arange(60.0 * len(names)).reshape(60, len(names)) % 7
    model = LinearRegression().fit(X, X @ np.arange(len(names)))
    packed = modelpack.pack(
        model, X, tmp_path / "x.mpk", name="x", version="1.0.0", feature_names=names, overwrite=True
    )
    modelpack.emit_c(packed, tmp_path / "c", prefix="odd")
    run("make", "-s", "test", "CFLAGS=-O0 -Wall -Wextra -Werror -pedantic", folder=tmp_path / "c")
    header = (tmp_path / "c" / "odd.h").read_text()
    places = re.findall(r"#define ODD_FEATURE_(\w+) (\d+)", header)
    assert [int(place) for _, place in places] == list(range(len(names)))
    assert places[0][0] == "NAME"


def test_a_changed_bit_fails_the_selftest(tmp_path: Path) -> None:
    modelpack.emit_c(VECTORS / "xgboost-regression" / "bundle.mpk", tmp_path, prefix="changed")
    forest = next(tmp_path.glob("changed_forest*_0.c"))
    text = forest.read_text()
    leaf = re.search(r"return -?0x1\.[0-9a-f]+p-?\d+f;", text)
    assert leaf is not None
    forest.write_text(re.sub(r"return (-?)0x1\.", r"return \g<1>0x1.8", text))
    done = subprocess.run(("make", "-s", "test"), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "is answered with other bits" in done.stdout


def test_the_same_bundle_gives_the_same_source(tmp_path: Path) -> None:
    first, second = (modelpack.emit_c(POLICIES, tmp_path / name) for name in ("first", "second"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_existing_files_are_kept(tmp_path: Path) -> None:
    modelpack.emit_c(POLICIES, tmp_path, prefix="kept")
    (tmp_path / "kept.c").write_text("mine")
    with pytest.raises(modelpack.InputError, match="exists"):
        modelpack.emit_c(POLICIES, tmp_path, prefix="kept")
    assert (tmp_path / "kept.c").read_text() == "mine"
    modelpack.emit_c(POLICIES, tmp_path, prefix="kept", overwrite=True)
    assert (tmp_path / "kept.c").read_text() != "mine"


@pytest.mark.parametrize("prefix", ["Upper", "9", "a-b", "", "int", "mp_model", "x" * 41])
def test_a_prefix_must_begin_names_of_c(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(modelpack.UsageError, match="prefix"):
        modelpack.emit_c(POLICIES, tmp_path / "c", prefix=prefix)
    assert not (tmp_path / "c").exists()


def test_a_partitioned_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(modelpack.ModelpackError, match="many models"):
        modelpack.emit_c(VECTORS / "partitions" / "bundle.mpk", tmp_path)


def test_the_library_exports_one_symbol(tmp_path: Path) -> None:
    with modelpack.inspect(POLICIES) as bundle:
        files = library_files(bundle)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    sources = [name for name in files if name.endswith(".c")]
    run("cc", "-std=c99", "-shared", "-fPIC", "-fvisibility=hidden", *sources, "-o", "model.so", folder=tmp_path)
    symbols = run("nm", "-D", "--defined-only", "model.so", folder=tmp_path).split()[2::3]
    assert symbols == ["mp_compiled_model"]


def test_the_command_says_that_nothing_was_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compile", str(POLICIES), "--emit", "c", "-o", str(tmp_path / "c"), "--prefix", "eta"]
    assert main(command) == 0
    assert "not verified" in capsys.readouterr().out
    assert (tmp_path / "c" / "eta.h").exists()
    assert main(command) == 1
