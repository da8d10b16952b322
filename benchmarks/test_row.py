"""One row, one thread, in microseconds: from numbers, from a dict, and through a whole pipeline."""

from __future__ import annotations

import models
import numpy as np
import pytest


@pytest.mark.benchmark(group="one row")
class TestRow:
    def test_xgboost(self, benchmark):
        model, row = models.xgboost_model(), models.data()[0][:1]
        benchmark(model.predict_proba, row)

    def test_lightgbm(self, benchmark):
        model, row = models.lightgbm_model(), models.data()[0][:1]
        benchmark(model.predict_proba, row)

    def test_onnxruntime(self, benchmark):
        session, row = models.onnx_session(), {"input": models.data()[0][:1].astype(np.float32)}
        benchmark(session.run, None, row)

    def test_modelpack_matrix(self, benchmark):
        predictor, row = models.predictor("xgboost"), models.data()[0][:1]
        benchmark(predictor.predict_proba, row)

    def test_modelpack_prepared(self, benchmark):
        predictor = models.predictor("xgboost")
        names = list(predictor.feature_names_in_)
        row_predictor = predictor.prepare(names)
        benchmark(row_predictor, models.data()[0][0].tolist())

    def test_modelpack_dict(self, benchmark):
        predictor = models.predictor("xgboost")
        row = dict(zip(predictor.feature_names_in_, models.data()[0][0].tolist(), strict=True))
        benchmark(predictor.predict_one, row)

    def test_modelpack_lightgbm(self, benchmark):
        predictor, row = models.predictor("lightgbm"), models.data()[0][:1]
        benchmark(predictor.predict_proba, row)


@pytest.mark.benchmark(group="one row through a pipeline")
class TestPipelineRow:
    def test_sklearn(self, benchmark):
        model, table = models.pipeline_model(), models.frame()[0]
        row = table.iloc[:1]
        benchmark(model.predict_proba, row)

    def test_modelpack_dict(self, benchmark):
        predictor, table = models.predictor("pipeline"), models.frame()[0]
        row = table.iloc[0].to_dict()
        benchmark(predictor.predict_one, row)
