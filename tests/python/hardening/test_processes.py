"""Processes and interpreters beside the first one."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from echo import classifier_bundle

import modelpack


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, Path]:
    """A signed bundle, and the key that vouches for it."""
    path = tmp_path / "classes.mpk"
    path.write_bytes(classifier_bundle())
    key = modelpack.keygen(tmp_path / "key.pem")
    modelpack.sign(path, key.private)
    return path, key.public


def run(code: str, *arguments: Any) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer(predictor: modelpack.Predictor, row: list[float]) -> tuple[str, bool]:
    return predictor.predict_one(row).label, predictor.bundle.verified


@pytest.mark.parametrize("method", [m for m in ("spawn", "forkserver") if m in multiprocessing.get_all_start_methods()])
def test_a_predictor_is_sent_to_another_process(method: str, signed: tuple[Path, Path], tmp_path: Path) -> None:
    """The pickle names bundle and policy; the other process verifies for itself."""
    (tmp_path / "work.py").write_text(
        "def answer(predictor, row):\n    return predictor.predict_one(row).label, predictor.bundle.verified\n"
    )
    code = f"""
import multiprocessing, sys
sys.path.insert(0, sys.argv[3])
import modelpack, work
if __name__ == "__main__":
    predictor = modelpack.load(sys.argv[1], sys.argv[2], name="classes")
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(pool.starmap(work.answer, [(predictor, [3.0, 0.0]), (predictor, [0.0, 3.0])]))
"""
    script = tmp_path / "main.py"
    script.write_text(code)
    command = [sys.executable, str(script), *map(str, signed), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "[('low', True), ('middle', True)]\n", done.stderr


FORK_UNDER_LOAD = """
import os, sys, threading, warnings
warnings.simplefilter("ignore")
import modelpack
bundle, key = sys.argv[1:]
predictor = modelpack.load(bundle, key)
stop = threading.Event()
def busy(number):
    while not stop.is_set():
        predictor.predict_one([3.0, 0.0])
        predictor.predict([[3.0, 0.0], [0.0, 3.0]])
        if number == 0:
            modelpack.load(bundle, key)
threads = [threading.Thread(target=busy, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
codes = []
for _ in range(12):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            inherited = predictor.predict_one([0.0, 3.0]).label, *predictor.predict([[0.0, 3.0], [3.0, 0.0]])
            fresh = modelpack.load(bundle, key, name="classes")
            code = 0 if (*inherited, *fresh.predict([[3.0, 0.0]])) == ("middle", "middle", "low", "low") else 2
            predictor.close(), fresh.close_and_wait(10)
        finally:
            os._exit(code)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
for thread in threads:
    thread.join()
print(set(codes), predictor.predict_one([3.0, 0.0]).label)
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="the platform does not fork")
def test_forks_while_other_threads_predict_and_open(signed: tuple[Path, Path]) -> None:
    """What the other threads were doing does not exist in the child: no lock of theirs may be left behind."""
    assert run(FORK_UNDER_LOAD, *signed) == "{0} low\n"


SUBINTERPRETERS = """
import sys
{before}
if sys.version_info >= (3, 13):
    import _interpreters as module
    kinds = [lambda: module.create("legacy"), lambda: module.create("isolated")]
    run = module.exec
else:
    import _xxsubinterpreters as module
    kinds = [lambda: module.create(isolated=False), lambda: module.create(isolated=True)]
    run = module.run_string
code = '''
import sys, warnings
warnings.simplefilter("ignore")
sys.path[:0] = {path!r}
try:
    import modelpack
    print(*modelpack.load({bundle!r}, {key!r}).predict([[3.0, 0.0]]), flush=True)
except ImportError as error:
    print("refused:", error, flush=True)
'''
for make in kinds:
    interpreter = make()
    run(interpreter, code)
    module.destroy(interpreter)
try:
    import modelpack
    print("main", *modelpack.load({bundle!r}, {key!r}).predict([[0.0, 3.0]]))
except ImportError as error:
    print("refused:", error)
"""


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="subinterpreters are CPython's")
@pytest.mark.parametrize("first", [True, False], ids=["main first", "main last"])
def test_a_subinterpreter_answers_or_refuses_the_import(first: bool, signed: tuple[Path, Path]) -> None:
    """numpy serves one interpreter of a process, and cffi none with a lock of its own: then the import says so."""
    bundle, key = map(str, signed)
    before = f"import modelpack; modelpack.load({bundle!r}, {key!r})" if first else ""
    path = [entry for entry in sys.path if entry]
    *others, main = run(SUBINTERPRETERS.format(before=before, path=path, bundle=bundle, key=key)).splitlines()
    assert main == "main middle" or (not first and main.startswith("refused: "))
    assert len(others) == 2
    for said in others:
        assert said == "low" or said.startswith("refused: ")
        if "_cffi_backend" in said:
            assert said.endswith("use it in the main interpreter, from threads or processes")
