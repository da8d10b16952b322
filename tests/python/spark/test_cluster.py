"""Executors that are processes of their own; the tests' session has none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def spark_home(folder: Path) -> Path:
    """PySpark's own, by links: executors write beside the jars."""
    pyspark = pytest.importorskip("pyspark")
    folder.mkdir()
    for entry in Path(pyspark.__file__).parent.iterdir():
        (folder / entry.name).symlink_to(entry)
    return folder


def test_an_executor_that_is_killed_half_way_loses_nothing(tmp_path):
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_HOME": str(spark_home(tmp_path / "spark")),
        "SPARK_LOCAL_DIRS": str(tmp_path),
    }
    program = Path(__file__).with_name("on_cluster.py")
    run = subprocess.run(
        [sys.executable, str(program), str(tmp_path)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4_000:]
    assert run.stdout.strip() == "True"
