"""Treelite's models and checkpoints: the bundle answers as GTIL does, sums to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import treelite
import xgboost
from replayed import assert_kept, packed
from sklearn.ensemble import (
    GradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from tabular import binary, hostile, numbers, positive, target, three
from treelite import gtil
from treelite.model_builder import Metadata, ModelBuilder, PostProcessorFunc, TreeAnnotation

import modelpack

pytestmark = pytest.mark.filterwarnings("ignore:.*a Treelite model is a conversion")
SMALL = {"max_depth": 3, "nthread": 1}


def splits(model: treelite.Model) -> list[tuple[int, float]]:
    found = []
    for index in range(model.num_tree):
        tree = model.get_tree_accessor(index)
        for node in np.flatnonzero(tree.get_field("cleft") >= 0):
            found.append((int(tree.get_field("split_index")[node]), float(tree.get_field("threshold")[node])))
    return found[:30]


def answers(model: treelite.Model, rows: np.ndarray) -> dict[str, Any]:
    def shaped(found: np.ndarray) -> np.ndarray:
        return found.reshape(len(rows)) if found[0].size == 1 else found.reshape(len(rows), -1)

    return {
        "value": shaped(gtil.predict(model, rows, nthread=1)),
        "margin": shaped(gtil.predict(model, rows, nthread=1, pred_margin=True)),
    }


def assert_same(model: treelite.Model) -> modelpack.Predictor:
    predictor = packed(model, numbers())
    asked = hostile(splits(model), infinite=True, single=model.input_type == "float32")
    assert_kept(predictor, asked, answers(model, asked))
    return predictor


def from_xgboost(y: np.ndarray, **parameters: Any) -> treelite.Model:
    return treelite.frontend.from_xgboost(xgboost.train({**SMALL, **parameters}, xgboost.DMatrix(numbers(), y), 6))


def from_lightgbm(y: np.ndarray, **parameters: Any) -> treelite.Model:
    fixed = {"verbose": -1, "num_threads": 1, "num_leaves": 8, "min_data_in_leaf": 5}
    return treelite.frontend.from_lightgbm(lightgbm.train({**fixed, **parameters}, lightgbm.Dataset(numbers(), y), 6))


@pytest.mark.parametrize(
    "objective", ["reg:squarederror", "binary:logistic", "binary:hinge", "binary:logitraw", "count:poisson"]
)
def test_models_from_xgboost_sum_in_float32(objective: str) -> None:
    X = numbers()
    y = binary(X) if objective.startswith("binary") else positive(X)
    predictor = assert_same(from_xgboost(y, objective=objective))
    assert predictor.predict_all(X)["margin"].dtype == np.float32


def test_several_outputs_from_xgboost() -> None:
    X = numbers()
    assert_same(from_xgboost(three(X), objective="multi:softprob", num_class=3))
    assert_same(from_xgboost(np.column_stack([target(X), positive(X)]), multi_strategy="multi_output_tree"))


@pytest.mark.parametrize(
    "parameters",
    [
        {"objective": "regression"},
        {"objective": "regression", "reg_sqrt": True},
        {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"objective": "binary", "sigmoid": 0.7},
        {"objective": "tweedie"},
    ],
)
def test_models_from_lightgbm_sum_in_float64(parameters: dict[str, Any]) -> None:
    X = numbers()
    y = binary(X) if parameters["objective"] == "binary" else positive(X)
    predictor = assert_same(from_lightgbm(y, **parameters))
    assert predictor.predict_all(X)["margin"].dtype == np.float64


def test_softmax_of_doubles_is_gtils_within_the_stated_bound() -> None:
    X = numbers()
    model = from_lightgbm(three(X), objective="multiclass", num_class=3)
    predictor, expected = packed(model, X), answers(model, X)
    found = predictor.predict_all(X)
    assert (found["margin"] == expected["margin"]).all()
    assert np.abs(found["value"] - expected["value"]).max() < 9 * np.finfo(np.float32).eps


def test_models_from_scikit_learn_average_their_trees() -> None:
    X = np.nan_to_num(numbers())
    for estimator in (
        RandomForestClassifier(5, max_depth=4, random_state=0).fit(X, three(X)),
        RandomForestRegressor(5, max_depth=4, random_state=0).fit(X, np.column_stack([target(X), positive(X)])),
        GradientBoostingClassifier(n_estimators=5, random_state=0).fit(X, binary(X)),
    ):
        assert_same(treelite.sklearn.import_model(estimator))


def test_isolation_forests_score_by_powers_of_two() -> None:
    X = np.nan_to_num(numbers())
    model = treelite.sklearn.import_model(IsolationForest(n_estimators=5, random_state=0).fit(X))
    found, expected = packed(model, X).predict_all(X), answers(model, X)
    assert (found["margin"] == expected["margin"]).all()
    assert np.abs(found["value"] - expected["value"]).max() <= 4 * np.finfo(float).eps


def test_classes_make_a_classifier() -> None:
    X = numbers()
    model = from_xgboost(binary(X), objective="binary:logistic")
    predictor = packed(model, X, classes=["no", "yes"])
    p = gtil.predict(model, X, nthread=1).reshape(-1)
    assert predictor.predict(X).tolist() == np.array(["no", "yes"])[(p > 0.5).astype(int)].tolist()
    np.testing.assert_allclose(predictor.predict_proba(X)[:, 1], p, rtol=1e-6)

    several = from_xgboost(three(X), objective="multi:softprob", num_class=3)
    labels = gtil.predict(several, X, nthread=1).reshape(len(X), 3).argmax(axis=1)
    assert packed(several, X, classes=[10, 20, 30]).predict(X).tolist() == [10 * (i + 1) for i in labels]


def builder(trees: int, *, dtype: str = "float32", **metadata: Any) -> ModelBuilder:
    shape = {"num_target": 1, "num_class": [1], "leaf_vector_shape": (1, 1), **metadata}
    columns = shape["num_target"] * max(shape["num_class"])
    vector = shape["leaf_vector_shape"] != (1, 1)
    return ModelBuilder(
        threshold_type=dtype,
        leaf_output_type=dtype,
        metadata=Metadata(num_feature=4, task_type="kRegressor", average_tree_output=False, **shape),
        tree_annotation=TreeAnnotation(
            num_tree=trees,
            target_id=[-1 if vector and shape["leaf_vector_shape"][0] > 1 else 0] * trees,
            class_id=[-1 if vector and shape["leaf_vector_shape"][1] > 1 else 0] * trees,
        ),
        postprocessor=PostProcessorFunc(name="identity"),
        base_scores=[0.1] * columns,
    )


def stump(making: ModelBuilder, feature: int, operator: str, threshold: float, leaves: tuple[Any, Any]) -> None:
    making.start_tree()
    making.start_node(0)
    making.numerical_test(feature, threshold, default_left=True, opname=operator, left_child_key=1, right_child_key=2)
    making.end_node()
    for key, leaf in enumerate(leaves, start=1):
        making.start_node(key)
        making.leaf(leaf)
        making.end_node()
    making.end_tree()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("operators", [("<",), (">=",), ("<=", ">"), ("<", "<=", ">", ">=")])
def test_every_comparison_divides_as_gtil_does(dtype: str, operators: tuple[str, ...]) -> None:
    thresholds = (0.0, -0.0, 0.25, 1e-38, -0.1)
    making = builder(len(operators) * len(thresholds), dtype=dtype)
    for index, operator in enumerate(operators):
        for place, threshold in enumerate(thresholds):
            stump(making, (index + place) % 4, operator, threshold, (0.3 * 2.0**place, -0.7 * 2.0**index))
    assert_same(making.commit())


@pytest.mark.parametrize(
    "shape",
    [
        {"num_target": 2, "num_class": [3, 3], "leaf_vector_shape": (2, 3)},
        {"num_target": 2, "num_class": [1, 1], "leaf_vector_shape": (2, 1)},
        {"num_target": 1, "num_class": [3], "leaf_vector_shape": (1, 3)},
    ],
)
def test_leaves_of_vectors(shape: dict[str, Any]) -> None:
    making = builder(2, **shape)
    length = int(np.prod(shape["leaf_vector_shape"]))
    for index in range(2):
        stump(making, index, "<", 0.1, ([0.1 * (i + 1) for i in range(length)], [-0.3 * i for i in range(length)]))
    assert_same(making.commit())


def test_categories_are_cut_to_integers() -> None:
    making = builder(2)
    for feature, right in ((0, True), (1, False)):
        making.start_tree()
        making.start_node(0)
        making.categorical_test(
            feature,
            default_left=right,
            category_list=[0, 3, 40],
            category_list_right_child=right,
            left_child_key=1,
            right_child_key=2,
        )
        making.end_node()
        for key in (1, 2):
            making.start_node(key)
            making.leaf(float(key) / 3)
            making.end_node()
        making.end_tree()
    model = making.commit()
    column = [0, 0.9, -0.5, -1, 3, 3.99, 4, 39, 40, 41, 2.0**24, 1e30, np.inf, -np.inf, np.nan]
    rows = np.column_stack([column, column[::-1], np.zeros((len(column), 2))])
    assert_kept(packed(model, numbers()), rows, answers(model, rows))


def test_checkpoint_files(tmp_path: Path) -> None:
    X = pd.DataFrame(numbers(), columns=list("abcd"))
    model = from_lightgbm(target(numbers()), objective="regression")
    path = tmp_path / "checkpoint.tl"
    model.serialize(path)
    predictor = packed(str(path), X)
    assert (predictor.predict_all(X)["value"] == answers(model, X.to_numpy())["value"]).all()
    assert modelpack.check(path).steps[0].verdict == "exact"

    path.write_bytes(b"no model")
    with pytest.raises(modelpack.UnsupportedModelError, match="Treelite does not read it"):
        packed(path, X)


def test_a_warning_names_the_framework_whose_file_would_be_exact() -> None:
    X = numbers()
    with pytest.warns(UserWarning, match=r"XGBoost \(model.save_model"):
        packed(from_xgboost(binary(X), objective="binary:logistic"), X)
    with pytest.warns(UserWarning, match=r"LightGBM \(booster.save_model"):
        packed(from_lightgbm(binary(X), objective="binary"), X)


def test_what_cannot_be_reproduced_is_refused_by_name() -> None:
    X = numbers()
    making = builder(1)
    stump(making, 0, "==", 1.0, (0.0, 1.0))
    with pytest.raises(modelpack.UnsupportedModelError, match="tree 0 compares otherwise"):
        packed(making.commit(), X)

    ragged = RandomForestClassifier(3, random_state=0).fit(np.nan_to_num(X), np.column_stack([three(X), binary(X)]))
    model = treelite.sklearn.import_model(ragged)
    assert modelpack.check(model).steps[0].verdict == "refused"
    with pytest.raises(modelpack.UnsupportedModelError, match="different numbers of classes"):
        packed(model, X)
    with pytest.raises(modelpack.UnsupportedModelError, match="takes 4 columns and the sample has 3"):
        packed(from_xgboost(binary(X), objective="binary:logistic"), X[:, :3])
