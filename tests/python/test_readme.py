"""The examples of the README are parts of programs that run, and give the same answer in Python and C."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = ROOT / "examples" / "quickstart"
LANGUAGES = {"python": "quickstart.py", "java": "Quickstart.java", "c": "quickstart.c"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_shows_what_the_example_holds(language):
    shown = re.search(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    program = (QUICKSTART / LANGUAGES[language]).read_text(encoding="utf-8")
    region = re.search(r"\[readme\][^\n]*\n(.*?)\n[^\n]*\[end\]", program, re.DOTALL)
    assert shown is not None and region is not None
    assert shown[1].rstrip("\n") == textwrap.dedent(region[1])


def test_python_and_c_print_the_same_probabilities(tmp_path):
    library = ROOT / "native" / "target" / "release"
    assert (library / "libmodelpack.so.0").exists(), "build it with: make native/target/release/libmodelpack.so.0"
    python = subprocess.run(
        [sys.executable, QUICKSTART / "quickstart.py"], check=True, cwd=tmp_path, capture_output=True, text=True
    )
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler is not None
    warnings = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    linking = [f"-L{library}", "-lmodelpack", f"-Wl,-rpath,{library}", "-o", "quickstart"]
    include = f"-I{ROOT / 'native' / 'include'}"
    subprocess.run([compiler, *warnings, include, QUICKSTART / "quickstart.c", *linking], check=True, cwd=tmp_path)
    c = subprocess.run([tmp_path / "quickstart"], check=True, cwd=tmp_path, capture_output=True, text=True)
    assert [float(p) for p in c.stdout.strip("()\n").split(",")] == [
        float(p) for p in python.stdout.strip("()\n").split(",")
    ]
