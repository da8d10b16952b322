"""Predictors: outputs in the framework's shapes and dtypes, what is there and what is not, and closing."""

from __future__ import annotations

import copy

import numpy as np
import pyarrow as pa
import pytest
from echo import classifier_bundle, echo_bundle

import modelpack
from modelpack import UNSIGNED, Classes, Feature

X = np.array([[3.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
MARGIN = np.array([[3.0, 0.0, 3.0], [0.0, 3.0, 3.0], [1.0, 1.0, 2.0]])


@pytest.fixture(scope="module")
def predictor():
    return modelpack.load(classifier_bundle(), UNSIGNED)


@pytest.fixture(scope="module")
def regressor():
    return modelpack.load(echo_bundle([Feature("x", "float64")]), UNSIGNED)


def test_answers_as_the_framework_does(predictor):
    np.testing.assert_array_equal(predictor.predict(X), np.array(["low", "middle", "high"]))
    np.testing.assert_array_equal(predictor.decision_function(X), MARGIN)
    exponential = np.exp(MARGIN - MARGIN.max(axis=1, keepdims=True))
    np.testing.assert_allclose(
        predictor.predict_proba(X), exponential / exponential.sum(axis=1, keepdims=True), rtol=1e-15
    )
    assert predictor.predict_proba(X[:1]).shape == (1, 3)
    np.testing.assert_array_equal(predictor.predict_proba(X[:1]), predictor.predict_proba(X)[:1])
    np.testing.assert_array_equal(predictor.decision_function(X[1:2]), MARGIN[1:2])


@pytest.mark.parametrize(
    "classes",
    [
        Classes("string", "<U6", ("low", "middle", "high")),
        Classes("string", "|O", ("low", "middle", "high")),
        Classes("int64", "<i8", (1, 5, -3)),
        Classes("int64", "<i4", (0, 1, 2)),
        Classes("float64", "<f8", (0.5, 1.5, -2.0)),
    ],
    ids=lambda classes: classes.numpy,
)
def test_labels_have_the_values_and_dtype_of_training(classes):
    predictor = modelpack.load(classifier_bundle(classes), UNSIGNED)
    expected = np.array(classes.values, dtype=classes.numpy)
    for labels in (predictor.predict(X), predictor.predict_all(X)["label"], predictor.classes_):
        assert labels.dtype == expected.dtype
        assert labels.tolist() == expected.tolist()
    single = predictor.predict(X[1:2])
    assert (single.dtype, single.tolist()) == (expected.dtype, [classes.values[1]])
    one = predictor.predict_one({"a": 3.0, "b": 0.0})
    assert (one.label, type(one.label)) == (classes.values[0], type(classes.values[0]))


def test_changing_classes_changes_no_answer(predictor):
    predictor.classes_[:] = "wrong"
    assert predictor.predict(X).tolist() == ["low", "middle", "high"]


def test_answers_belong_to_the_caller(predictor):
    first = predictor.predict_proba(X[:1])
    second = predictor.predict_proba(X[1:2])
    assert not np.array_equal(first, second)
    first[:] = 0
    assert predictor.predict_proba(X[:1]).sum() == pytest.approx(1)


def test_all_outputs_by_name(predictor):
    found = predictor.predict_all(X)
    assert list(found) == ["label", "probability", "margin"]
    np.testing.assert_array_equal(found["margin"], MARGIN)
    assert list(predictor.predict_all(X, ["margin"])) == ["margin"]
    assert list(predictor.predict_all(X, outputs="label")) == ["label"]
    with pytest.raises(modelpack.UsageError, match="probability"):
        predictor.predict_all(X, ["probabilities"])
    with pytest.raises(modelpack.UsageError, match="probability"):
        predictor.predict_all(X, [])
    assert list(predictor.predict_all(X, ["margin", "margin"])) == ["margin"]
    with pytest.raises(modelpack.UsageError, match="null"):
        predictor.predict_all(X, errors="ignore")


def test_raw_outputs_are_the_schema_s(predictor, regressor):
    raw = predictor.predict_raw(X)
    assert {name: (array.dtype.name, array.shape) for name, array in raw.items()} == {
        "label": ("int64", (3, 1)),
        "probability": ("float64", (3, 3)),
        "margin": ("float64", (3, 3)),
    }
    assert regressor.predict_raw([[1.0]])["value"].shape == (1, 1)
    assert regressor.predict([[1.0], [2.0]]).tolist() == [1.0, 2.0]


def test_a_regressor_has_no_classes_and_no_probabilities(regressor):
    for name in ("predict_proba", "decision_function", "classes_"):
        assert not hasattr(regressor, name)
        assert name not in dir(regressor)
        with pytest.raises(AttributeError, match="value"):
            getattr(regressor, name)
    assert "predict" in dir(regressor)


def test_only_scikit_learn_s_raw_score_is_a_decision_function(predictor):
    assert hasattr(predictor, "decision_function") and "decision_function" in dir(predictor)
    boosted = modelpack.load(classifier_bundle(framework="xgboost"), UNSIGNED)
    assert hasattr(boosted, "predict_proba") and not hasattr(boosted, "decision_function")
    np.testing.assert_array_equal(boosted.predict_all(X)["margin"], MARGIN)


def test_describes_itself_as_an_estimator_does(predictor):
    assert predictor.n_features_in_ == 2
    assert predictor.feature_names_in_.tolist() == ["a", "b"]
    assert predictor.schema.output("label").classes.values == ("low", "middle", "high")
    assert "argmax" in predictor.plan()
    assert "classes 1.2.0" in repr(predictor)


@pytest.mark.parametrize("threads", [1, 2, "auto"])
def test_threads_change_no_bit(threads):
    many = np.random.default_rng(7).normal(size=(5000, 2))
    one = modelpack.load(classifier_bundle(), UNSIGNED)
    other = modelpack.load(classifier_bundle(), UNSIGNED, threads=threads)
    for name, expected in one.predict_raw(many).items():
        assert other.predict_raw(many)[name].tobytes() == expected.tobytes()


# ---- one row ----


def test_a_prediction_says_all_about_its_row(predictor):
    found = predictor.predict_one({"a": 3.0, "b": None})
    assert found.missing == ("b",)
    found = predictor.predict_one({"a": 3.0, "b": 0.0})
    assert found.label == "low"
    assert found.probability("low") == found.probabilities[0] == predictor.predict_proba(X)[0, 0]
    assert found.margin == (3.0, 0.0, 3.0)
    assert found.outputs == {"label": "low", "probability": found.probabilities, "margin": found.margin}
    assert (found.missing, found.unseen, found.node) == ((), (), None)
    assert found.identity == predictor.bundle.identity
    assert found == predictor.predict_one([3.0, 0.0])
    assert found != predictor.predict_one([3.0, 0.1])
    assert hash(found) == hash(predictor.predict_one((3.0, 0.0)))
    assert "label='low'" in repr(found)


def test_a_prediction_has_only_what_the_model_answers(predictor, regressor):
    one = regressor.predict_one({"x": 2.5})
    assert (one.value, one.score) == (2.5, 2.5)
    for name in ("label", "probabilities", "margin"):
        assert not hasattr(one, name)
    several = predictor.predict_one([1.0, 2.0])
    assert not hasattr(several, "value") and not hasattr(several, "score")
    with pytest.raises(modelpack.UsageError, match="middle"):
        several.probability("medium")


def test_prepared_rows_answer_as_rows_by_name(predictor):
    expected = predictor.predict_one({"a": 3.0, "b": 1.0})
    backwards = predictor.prepare(["b", "other", "a"])
    for values in ([1.0, "ignored", 3.0], (1, None, 3), np.array([1.0, 0.0, 3.0]), np.array([1, 0, 3])):
        assert backwards(values) == expected
    assert backwards.columns == ("b", "other", "a")
    for in_order in (predictor.prepare(), predictor.prepare(["a", "b"])):
        assert in_order(np.array([3.0, 1.0])) == in_order([3.0, 1.0]) == in_order(np.float32([3, 1])) == expected
    swapped = predictor.prepare(["b", "a"])
    assert swapped(np.array([1.0, 3.0])) == swapped((1.0, 3.0)) == expected


def test_prepared_rows_refuse_what_does_not_fit(predictor):
    with pytest.raises(modelpack.InputError, match="'b'") as caught:
        predictor.prepare(["a", "B"])
    assert (caught.value.name, caught.value.hint) == ("FEATURE_ABSENT", "is 'B' meant for it?")
    with pytest.raises(modelpack.InputError, match="other"):
        predictor.prepare(["a", "b", "other"], strict=True)
    with pytest.raises(modelpack.InputError, match="twice"):
        predictor.prepare(["a", "b", "a"])
    prepared = predictor.prepare(["a", "b"])
    for values in ([1.0], [1.0, 2.0, 3.0], np.zeros(3), np.zeros((1, 2)), 5, None):
        with pytest.raises(modelpack.InputError, match="2 values"):
            prepared(values)
    with pytest.raises(modelpack.InputError, match="'b'"):
        prepared([1.0, "2"])
    assert prepared([3.0, -1.0]).label == "low"


# ---- rows that are refused ----


@pytest.fixture(scope="module")
def choosy():
    features = [Feature("x", "float64", missing="reject"), Feature("s", "string", unseen="reject")]
    return modelpack.load(echo_bundle(features, {"s": ["a", "b"]}), UNSIGNED)


ROWS = [{"x": 1.0, "s": "a"}, {"x": None, "s": "a"}, {"x": 2.0, "s": "z"}, {"x": "3", "s": "a"}, {"x": 4.0, "s": "b"}]


def table(rows):
    return pa.table({"x": [row["x"] for row in rows], "s": [row["s"] for row in rows]})


def test_bad_rows_get_null_and_the_reason(choosy):
    found = choosy.predict_all(ROWS, errors="null")
    assert found["value"][[0, 4]].tolist() == [[1.0, 0.0], [4.0, 1.0]]
    assert np.isnan(found["value"][1:4]).all()
    assert found["error"][[0, 4]].tolist() == [None, None]
    for row, feature in ((1, "x"), (2, "s"), (3, "x")):
        assert f"row {row}" in found["error"][row] and f"'{feature}'" in found["error"][row]


def test_bad_rows_of_arrow_data_too(choosy):
    rows = [ROWS[0], ROWS[1], ROWS[2], ROWS[4]]
    for data in (table(rows), table(rows).to_batches()[0], pa.concat_tables([table(rows[:1]), table(rows[1:])])):
        found = choosy.predict_all(data, errors="null")
        assert np.isnan(found["value"]).any(axis=1).tolist() == [False, True, True, False]
        assert "row 1" in found["error"][1] and "'x'" in found["error"][1]
        assert "row 2" in found["error"][2] and "'z'" in found["error"][2]


def test_bad_rows_have_no_label():
    predictor = modelpack.load(classifier_bundle(), UNSIGNED)
    found = predictor.predict_all([{"a": 3.0, "b": 0.0}, {"a": "3", "b": 0.0}], errors="null")
    assert found["label"].tolist() == ["low", None]
    assert found["error"][0] is None


def test_without_bad_rows_there_is_no_reason(choosy):
    found = choosy.predict_all(ROWS[:1], errors="null")
    assert found["error"].tolist() == [None]
    assert "error" not in choosy.predict_all(ROWS[:1])


@pytest.mark.parametrize("rows", [ROWS[::-1], ROWS[1:], ROWS[2:], ROWS[3:], ROWS * 300])
def test_the_lowest_row_s_error_is_raised(choosy, rows):
    first = next(number for number, row in enumerate(rows) if row not in (ROWS[0], ROWS[4]))
    with pytest.raises(modelpack.InputError) as caught:
        choosy.predict(rows)
    assert caught.value.row == first
    assert caught.value.feature == ("s" if rows[first]["s"] == "z" else "x")


def test_rows_are_numbered_over_all_chunks_of_a_table(choosy):
    chunks = pa.concat_tables([table([ROWS[0]] * 3), table([ROWS[4], ROWS[2]])])
    with pytest.raises(modelpack.InputError, match="row 4") as caught:
        choosy.predict(chunks)
    assert caught.value.row == 4


# ---- Arrow out ----


def test_arrow_in_arrow_out(predictor, regressor):
    found = predictor.predict_arrow(pa.table({"b": X[:, 1], "a": X[:, 0]}))
    assert found.column_names == ["label", "probability", "margin"]
    assert found["label"].to_pylist() == ["low", "middle", "high"]
    assert found["margin"].to_pylist() == MARGIN.tolist()
    assert found["probability"].type == pa.list_(pa.float64(), 3)
    assert regressor.predict_arrow(pa.table({"x": [1.0, None]}))["value"].to_pylist()[0] == 1.0
    assert predictor.predict_arrow(pa.table({"a": [1.0], "b": [2.0]}), ["label"]).num_columns == 1


# ---- counting ----


def test_counts_what_it_meets():
    features = [
        Feature("x", "float64"),
        Feature("f", "float32"),
        Feature("s", "string"),
        Feature("o", "int64", optional=True),
    ]
    predictor = modelpack.load(echo_bundle(features, {"s": ["a"]}), UNSIGNED)
    assert predictor.stats()["x"] == type(predictor.stats()["x"])(0, 0, 0, 0, 0)
    predictor.predict_one({"x": None, "f": 0.1, "s": "new", "o": 1})
    predictor.predict(pa.table({"x": [1.0, float("nan")], "f": pa.array([1.0, 2.0], pa.float32()), "s": ["a", None]}))
    stats = predictor.stats()
    assert (stats["x"].rows, stats["x"].missing) == (3, 2)
    assert stats["f"].rounded == 1
    assert (stats["s"].unseen, stats["s"].missing) == (1, 1)
    assert (stats["o"].missing, stats["o"].absent) == (2, 2)


# ---- closing ----


def test_a_closed_predictor_says_so():
    predictor = modelpack.load(classifier_bundle(), UNSIGNED)
    prepared = predictor.prepare()
    assert prepared([1.0, 2.0]).label == "high"
    predictor.predict(X[:1])
    predictor.close()
    predictor.close()
    calls = [
        lambda: predictor.predict(X),
        lambda: predictor.predict(X[:1]),
        lambda: predictor.predict_proba(X[:1]),
        lambda: predictor.predict_one({"a": 1.0, "b": 2.0}),
        lambda: prepared([1.0, 2.0]),
        lambda: predictor.predict_arrow(pa.table({"a": [1.0], "b": [2.0]})),
        predictor.stats,
        predictor.plan,
    ]
    for call in calls:
        with pytest.raises(modelpack.ClosedError, match=r"classes 1\.2\.0 was closed"):
            call()
    assert "closed" in repr(predictor)
    assert predictor.schema.feature_names == ("a", "b")


def test_with_closes_and_waiting_ends_at_once():
    with modelpack.load(classifier_bundle(), UNSIGNED) as predictor:
        predictor.predict_one([1.0, 2.0])
        predictor.predict(X[:1])
        with pytest.raises(modelpack.InputError) as kept:
            predictor.predict_one(["text", 2.0])
        with pytest.raises(modelpack.InputError) as also_kept:
            predictor.predict(np.array([["text", 2.0]], dtype=object))
    assert predictor.close_and_wait(timeout=10)
    assert kept.value.feature == also_kept.value.feature == "a"


def test_a_copy_is_the_predictor_itself(predictor):
    assert copy.copy(predictor) is predictor
    assert copy.deepcopy({"model": predictor})["model"] is predictor
