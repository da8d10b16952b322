"""Opening a bundle of 50 MB beside hashing the same file."""

from __future__ import annotations

import subprocess

import models
import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

import modelpack


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    X, _ = models.data()
    y = np.random.default_rng(models.SEED).normal(size=len(X))
    forest = RandomForestRegressor(n_estimators=75, n_jobs=2, random_state=0).fit(X, y)
    path = tmp_path_factory.mktemp("open") / "large.mpk"
    packed = modelpack.pack(forest, X[:50], path, name="large", version="1.0.0", golden=4)
    assert 40e6 < packed.path.stat().st_size < 80e6, packed.path.stat().st_size
    return packed.path


@pytest.mark.benchmark(group="open 50 MB", min_rounds=10)
class TestOpen:
    def test_sha256sum(self, benchmark, large):
        benchmark(lambda: subprocess.run(["sha256sum", str(large)], check=True, stdout=subprocess.DEVNULL))

    def test_modelpack_open(self, benchmark, large):
        benchmark(lambda: modelpack.open(large, trust=modelpack.UNSIGNED).close())

    def test_modelpack_load(self, benchmark, large):
        benchmark(lambda: modelpack.load(large, trust=modelpack.UNSIGNED).close())
