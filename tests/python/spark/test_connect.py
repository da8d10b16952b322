"""Spark Connect: its server and session live in a process of their own, as no process has both kinds of session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def test_a_connect_session_answers_the_same_bits(tmp_path):
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    pytest.importorskip("grpc")
    pytest.importorskip("grpc_status")
    pytest.importorskip("zstandard")
    pyspark = pytest.importorskip("pyspark")
    if not list((Path(pyspark.__file__).parent / "jars").glob("spark-connect_*.jar")):
        pytest.skip("this PySpark comes without the server of Spark Connect")
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_DIRS": str(tmp_path)}
    program = Path(__file__).with_name("on_connect.py")
    run = subprocess.run(
        [sys.executable, str(program)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )
    assert run.returncode == 0, run.stderr[-4_000:]
    assert run.stdout.split() == ["predict", "udf", "observation", "refused"]
