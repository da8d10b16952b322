"""A bundle's forest as a Treelite checkpoint: GTIL's sums are the bundle's, to the bit."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import treelite
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from treelite import gtil

import modelpack
from modelpack.engines.forest_input import ForestInput
from modelpack.engines.source import Source
from modelpack.engines.treelite.shape import shape_of
from modelpack.engines.treelite.splits import splits_of

ROWS = 300
LIGHTGBM: dict[str, Any] = {"n_estimators": 5, "num_leaves": 8, "n_jobs": 1, "verbose": -1, "min_child_samples": 5}
XGBOOST: dict[str, Any] = {"n_estimators": 5, "max_depth": 3, "n_jobs": 1}


def numbers(missing: bool = True) -> np.ndarray:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(ROWS, 4)).astype(np.float32).astype(np.float64)
    X[:, 3] = rng.integers(0, 6, ROWS)
    if missing:
        X[rng.random(X.shape) < 0.06] = np.nan
    return X


def target(X: np.ndarray) -> np.ndarray:
    filled = np.nan_to_num(X)
    return filled[:, 0] + filled[:, 1] * filled[:, 2] + (filled[:, 3] == 2)


def three(X: np.ndarray) -> np.ndarray:
    return np.digitize(target(X), [-0.5, 1.0])


def emitted(folder: Path, model: Any, X: Any) -> tuple[modelpack.Predictor, modelpack.TreeliteReport, treelite.Model]:
    path = folder / "model.mpk"
    modelpack.pack(model, X, path, name="model", version="1.0.0", golden=16, statistics=False)
    report = modelpack.emit_treelite(path, folder / "checkpoint.tl")
    return modelpack.load(path, modelpack.UNSIGNED), report, treelite.Model.deserialize(report.path)


def around(model: treelite.Model) -> np.ndarray:
    """Every threshold with its neighbours, in float64 and in float32, and cells that are 0, huge or missing."""
    rows = [[0.0, -0.0, np.nan, 1.0], [1e30, -1e30, 1e-30, 5.0], [np.nan] * 4, [5e-324, -5e-324, 1e-45, 2.0]]
    for index in range(model.num_tree):
        tree = model.get_tree_accessor(index)
        for node in np.flatnonzero(tree.get_field("node_type") == 1):
            place, threshold = int(tree.get_field("split_index")[node]), float(tree.get_field("threshold")[node])
            for near in (threshold, np.float64(np.float32(threshold))):
                for value in (near, np.nextafter(near, -np.inf), np.nextafter(near, np.inf)):
                    rows.append([0.25, -0.25, 0.75, 1.0])
                    rows[-1][place] = value
    return np.array(rows)


def assert_same_sums(predictor: modelpack.Predictor, model: treelite.Model, rows: np.ndarray, name: str) -> None:
    sums = gtil.predict(model, rows, nthread=1, pred_margin=True).reshape(len(rows), -1)
    own = predictor.predict_raw(rows)[name]
    assert sums.dtype == own.dtype
    assert np.array_equal(sums, own), np.flatnonzero((sums != own).any(axis=1))[:5]


@pytest.mark.parametrize(
    "model",
    [
        xgboost.XGBClassifier(**XGBOOST),
        xgboost.XGBRegressor(**XGBOOST, objective="count:poisson"),
        xgboost.XGBRegressor(**XGBOOST, booster="dart", rate_drop=0.4),
        lightgbm.LGBMClassifier(**LIGHTGBM),
        lightgbm.LGBMRegressor(**LIGHTGBM, use_missing=False),
        lightgbm.LGBMRegressor(**LIGHTGBM, categorical_feature=[3]),
        HistGradientBoostingRegressor(max_iter=5),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_boosted_sums_have_the_bundles_bits(tmp_path: Path, model: Any) -> None:
    X = numbers()
    y = three(X) if hasattr(model, "predict_proba") else np.abs(target(X))
    predictor, report, written = emitted(tmp_path, model.fit(X, y), X)
    assert report.features == tuple(predictor.schema.feature_names)
    assert report.outputs.keys() == {"margin", "probability"} or "value" in report.outputs
    rows = around(written)
    rows[:, 3] = np.where(rows[:, 3] < 0, 0, rows[:, 3])
    assert_same_sums(predictor, written, rows, "margin" if "margin" in report.outputs else "value")


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(5, max_depth=4, random_state=0),
        RandomForestRegressor(5, max_depth=4, random_state=0),
        GradientBoostingClassifier(n_estimators=5, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_thresholds_hold_for_numbers_that_the_forest_rounds_first(tmp_path: Path, model: Any) -> None:
    X = numbers(missing=False)
    predictor, report, written = emitted(tmp_path, model.fit(X, three(X)), X)
    rows = np.nan_to_num(around(written))
    sums = "margin" if "margin" in report.outputs else next(iter(report.outputs))
    assert_same_sums(predictor, written, rows, sums)


def test_float32_edges() -> None:
    """The greatest double that goes left, where the forest casts to float32 before it compares."""
    from modelpack.engines.treelite.splits import _before_rounding

    rng = np.random.default_rng(5)
    edges = [0.0, -0.0, 1e-50, -1e-50, 1.0, 3.4028234663852886e38, 1e300, np.inf, -np.inf, 1e-45, -1e-45]
    thresholds = np.array([*edges, *rng.normal(size=200), *rng.normal(size=200).astype(np.float32)])
    for operator in ("<=", "<"):
        for threshold, found in zip(thresholds, _before_rounding(thresholds, operator), strict=True):
            if operator == "<" and threshold == -np.inf:
                continue  # nothing goes left, which no greatest number says: refused before
            for x in (found, np.nextafter(found, np.inf), np.nextafter(found, -np.inf), threshold, 0.0, 1e39, -1e39):
                with np.errstate(over="ignore"):
                    rounded = np.float64(np.float32(x))
                goes_left = rounded <= threshold if operator == "<=" else rounded < threshold
                assert (x <= found) == goes_left, (operator, threshold, x)


def test_several_targets_and_softmax_state_their_difference(tmp_path: Path) -> None:
    X = numbers(missing=False)
    several = RandomForestRegressor(3, random_state=0).fit(X, X[:, :2])
    _, report, written = emitted(tmp_path, several, X)
    assert written.get_header_accessor().get_field("num_target").tolist() == [2]
    assert report.outputs["value"].max_difference == 0

    (tmp_path / "b").mkdir()
    _, report, written = emitted(tmp_path / "b", lightgbm.LGBMClassifier(**LIGHTGBM).fit(X, three(X)), X)
    assert report.outputs["margin"].max_difference == 0
    # Treelite's softmax keeps float32.
    assert 0 < report.outputs["probability"].max_difference < 1e-6
    assert report.left_out == ("label",)


def test_a_pipeline_stays_behind_and_the_model_takes_what_it_makes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(numbers(), columns=list("abcd"))
    X["kind"] = rng.choice(["x", "y", None], ROWS)
    scaled = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    before = make_column_transformer((scaled, list("abcd")), (OneHotEncoder(handle_unknown="ignore"), ["kind"]))
    model = make_pipeline(before, xgboost.XGBClassifier(**XGBOOST)).fit(X, three(X.iloc[:, :4].to_numpy()) > 1)
    predictor, report, written = emitted(tmp_path, model, X)
    assert report.features is None
    assert report.width == model[:-1].transform(X).shape[1] == written.num_feature
    assert report.outputs["margin"].equal == 16

    source = Source.of_bundle(predictor.bundle)
    given = ForestInput.of(source, shape_of(source).op["in"][0]).rows(predictor.cells(X), "float32")
    sums = gtil.predict(written, given, nthread=1, pred_margin=True).reshape(-1)
    assert np.array_equal(sums, predictor.predict_all(X)["margin"])


def test_the_checkpoint_says_whose_model_it_is_and_is_packed_again(tmp_path: Path) -> None:
    X = numbers()
    model = lightgbm.LGBMRegressor(**LIGHTGBM).fit(X, target(X))
    predictor, report, written = emitted(tmp_path, model, X)
    assert written.attributes["modelpack"] == {
        "name": "model",
        "version": "1.0.0",
        "identity": predictor.bundle.identity,
        "features": list(predictor.schema.feature_names),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        modelpack.pack(report.path, X, tmp_path / "again.mpk", name="again", version="1.0.0")
    again = modelpack.load(tmp_path / "again.mpk", modelpack.UNSIGNED)
    assert np.array_equal(again.predict(X), predictor.predict(X))


def test_zero_as_missing_is_written_only_where_one_split_says_it() -> None:
    def stump(threshold: float, missing_left: bool) -> float:
        from dataclasses import replace

        tensors = {
            "flags": np.array([(2 if missing_left else 0) | 1 << 2], dtype=np.uint8),
            "threshold": np.array([threshold]),
        }
        op = {"compare": "le", "input": "f64", "acc": "f64", "origin": "forest"}
        shape = replace(EMPTY, op=op, tensors={**tensors, "leaf": np.zeros(2)})
        return float(splits_of(shape).threshold[0])

    from modelpack.engines.treelite.shape import ForestShape, Link

    EMPTY = ForestShape({}, {}, False, Link("identity", None), "value", False, None, ())
    zero = float(np.float32(1e-35))
    assert stump(0.5, True) == 0.5
    assert stump(0.0, True) == zero
    assert stump(-0.5, False) == -0.5
    assert stump(0.0, False) == np.nextafter(-zero, -np.inf)
    for threshold, missing_left in ((-0.5, True), (0.5, False)):
        with pytest.raises(modelpack.UnsupportedModelError, match="zero is missing"):
            stump(threshold, missing_left)


def test_what_treelite_cannot_express_is_refused_by_name(tmp_path: Path) -> None:
    X = numbers(missing=False)
    with pytest.raises(modelpack.UnsupportedModelError, match="the program has no forest"):
        emitted(tmp_path, LinearRegression().fit(X, target(X)), X)
    (tmp_path / "model.mpk").unlink()
    softmax = xgboost.train({"objective": "multi:softmax", "num_class": 3}, xgboost.DMatrix(X, three(X)), 2)
    with pytest.raises(modelpack.UnsupportedModelError, match="argmax@1: Treelite has no such step"):
        emitted(tmp_path, softmax, X)
    assert not (tmp_path / "checkpoint.tl").exists()


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    X = numbers()
    emitted(tmp_path, lightgbm.LGBMRegressor(**LIGHTGBM).fit(X, target(X)), X)
    with pytest.raises(modelpack.InputError, match="exists"):
        modelpack.emit_treelite(tmp_path / "model.mpk", tmp_path / "checkpoint.tl")
