"""What the caller declares of a feature stands in the bundle's schema."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import modelpack


@pytest.mark.parametrize("declared", ["none", "nan"])
def test_the_declared_null_stands_whatever_training_saw(tmp_path, declared):
    frame = pd.DataFrame({"city": pd.Series(["a", "b", np.nan, "a"], dtype=object)})
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), Ridge()).fit(frame, [1.0, 2.0, 5.0, 1.0])
    packed = modelpack.pack(
        model, frame, tmp_path / "m.mpk", name="m", version="1.0.0", schema={"city": {"null_is": declared}}
    )
    assert packed.schema.features[0].null_is == declared
    with modelpack.load(packed, trust=modelpack.UNSIGNED) as predictor:
        # NaN is the category that training saw; None is unknown to the encoder
        of_null = predictor.predict(pa.table({"city": pa.array([None], "string")}))
        expected = model.predict(
            pd.DataFrame({"city": np.array([None if declared == "none" else np.nan], dtype=object)})
        )
    assert of_null[0] == pytest.approx(expected[0], abs=1e-12)
