"""What of LightGBM cannot be reproduced is refused by name."""

from __future__ import annotations

import re
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from replayed import packed
from tabular import numbers, target
from test_lightgbm import classifier, regressor

import modelpack


def test_linear_trees() -> None:
    X = numbers()
    with pytest.raises(modelpack.UnsupportedModelError, match=r"LGBMRegressor: linear_tree=True.*linear_tree=False"):
        packed(regressor(X, target(X), linear_tree=True), X)


def test_prediction_that_stops_early() -> None:
    X = numbers()
    with pytest.raises(modelpack.UnsupportedModelError, match="pred_early_stop"):
        packed(classifier(X, (target(X) > 0).astype(int), pred_early_stop=True), X)


def test_a_classifier_of_one_class() -> None:
    X = numbers()
    with pytest.raises(modelpack.UnsupportedModelError, match="one class only"):
        packed(classifier(X, np.zeros(len(X))), X)


def test_an_estimator_that_is_not_fitted() -> None:
    with pytest.raises(modelpack.UnsupportedModelError, match=r"LGBMRegressor.*not fitted; call fit first"):
        packed(lightgbm.LGBMRegressor(), numbers())


def test_a_sample_of_another_width() -> None:
    X = numbers()
    with pytest.raises(modelpack.UnsupportedModelError, match="trained on 4 columns and the sample has 3"):
        packed(regressor(X, target(X)), X[:, :3])


@pytest.mark.parametrize(
    "content", [b"", b"tree\n", b"tree\nversion=v4\nend of trees\n", b"\xff\xfe", b"no model at all"]
)
def test_text_that_is_no_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.txt"
    path.write_bytes(content)
    with pytest.raises(modelpack.UnsupportedModelError, match="no LightGBM model"):
        packed(path, numbers())


def test_a_damaged_tree(tmp_path: Path) -> None:
    X = numbers()
    text = regressor(X, target(X)).booster_.model_to_string()
    from modelpack.importers.lightgbm_model import parse_model
    from modelpack.importers.lightgbm_trees import forest_of

    damaged = re.sub(r"\nthreshold=\S+ ", "\nthreshold=", text, count=1)
    with pytest.raises(modelpack.UnsupportedModelError, match="tree 0 of the model is damaged"):
        forest_of(parse_model(damaged, "model"), True, "model")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(modelpack.NotFoundError):
        packed(tmp_path / "nowhere.txt", numbers())
