"""20,000 rows at once, one thread."""

from __future__ import annotations

import models
import numpy as np
import pytest


@pytest.mark.benchmark(group="batch")
class TestBatch:
    def test_xgboost(self, benchmark):
        model, X = models.xgboost_model(), models.data()[0].astype(np.float32)
        benchmark(model.get_booster().inplace_predict, X)

    def test_lightgbm(self, benchmark):
        model, X = models.lightgbm_model(), models.data()[0]
        benchmark(model.predict_proba, X)

    def test_onnxruntime(self, benchmark):
        session, X = models.onnx_session(), {"input": models.data()[0].astype(np.float32)}
        benchmark(session.run, None, X)

    def test_modelpack(self, benchmark):
        predictor, X = models.predictor("xgboost"), models.data()[0]
        benchmark(predictor.predict_proba, X)

    def test_modelpack_lightgbm(self, benchmark):
        predictor, X = models.predictor("lightgbm"), models.data()[0]
        benchmark(predictor.predict_proba, X)


@pytest.mark.benchmark(group="batch through a pipeline")
class TestPipelineBatch:
    def test_sklearn(self, benchmark):
        model, table = models.pipeline_model(), models.frame()[0]
        benchmark(model.predict_proba, table)

    def test_modelpack(self, benchmark):
        predictor, table = models.predictor("pipeline"), models.frame()[0]
        benchmark(predictor.predict_proba, table)
