"""What cannot be reproduced is refused by the path of its step, with the way out."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import modelpack


class Overridden(StandardScaler):
    """Computes something else."""

    def transform(self, X, copy=None):
        return super().transform(X, copy) ** 3


@pytest.fixture
def refused(packed):
    def check(model, sample, step, match):
        with pytest.raises(modelpack.UnsupportedModelError, match=match) as caught:
            packed(model, sample)
        assert caught.value.step == step
        assert caught.value.hint

    return check


def test_an_estimator_that_is_not_supported(refused, dense, response):
    refused(make_pipeline(StandardScaler(), SVC()).fit(dense, response > 0), dense, "svc", "SVC is not supported")
    target = TransformedTargetRegressor(Ridge()).fit(dense, response)
    refused(target, dense, "TransformedTargetRegressor", "not supported")


def test_a_search_names_its_best_estimator(refused, dense, response):
    search = GridSearchCV(Ridge(), {"alpha": [1, 2]}).fit(dense, response)
    refused(search, dense, "GridSearchCV", "best_estimator_")


def test_a_subclass_is_another_class(refused, dense, response):
    model = make_pipeline(Overridden(), Ridge()).fit(dense, response)
    refused(model, dense, "overridden", "a subclass of StandardScaler")


def test_a_step_inside_branches(refused, mixed, targets):
    rows = mixed[["wind", "distance"]].fillna(0.0)
    inner = make_pipeline(SimpleImputer(), FunctionTransformer(np.log1p))
    model = make_pipeline(ColumnTransformer([("num", inner, ["wind"])]), Ridge()).fit(rows.abs(), targets["regression"])
    refused(model, rows.abs(), "columntransformer.num.functiontransformer", "log1p")


def test_models_that_are_not_fitted(refused, dense, response):
    refused(make_pipeline(StandardScaler(), Ridge()), dense, "standardscaler", "not fitted")
    refused(DecisionTreeRegressor(), dense, "DecisionTreeRegressor", "not fitted")


def test_boosting_that_starts_from_another_model(refused, dense, response):
    model = GradientBoostingRegressor(init=LinearRegression(), n_estimators=2).fit(dense, response)
    refused(model, dense, "GradientBoostingRegressor", "init=LinearRegression")


def test_a_callable_strategy(refused, dense, response):
    model = make_pipeline(SimpleImputer(strategy=np.max), Ridge()).fit(dense, response)
    refused(model, dense, "simpleimputer", "callable strategy")


def test_imputing_a_sparse_matrix(refused, mixed, targets):
    rows = mixed[["carrier"]].fillna("none")
    model = make_pipeline(OneHotEncoder(), SimpleImputer(), Ridge()).fit(rows, targets["regression"])
    refused(model, rows, "simpleimputer", "sparse matrix")


def test_strings_where_numbers_are_needed(refused, mixed, targets):
    rows = mixed[["distance"]].assign(digits="3")
    model = DecisionTreeRegressor().fit(rows, targets["regression"])
    refused(model, rows, "DecisionTreeRegressor", "'digits' holds strings")


def test_a_model_that_only_transforms(refused, dense):
    refused(make_pipeline(StandardScaler()).fit(dense), dense, "standardscaler", "does not predict")


def test_classes_are_the_models_own(packed, dense, response):
    with pytest.raises(modelpack.UsageError, match="its own classes"):
        packed(DecisionTreeClassifier(max_depth=2).fit(dense, response > 0), dense, classes=["no", "yes"])


# ---- check ----


def test_check_names_every_step_before_fit():
    prep = ColumnTransformer(
        [
            ("num", make_pipeline(SimpleImputer(), Overridden()), ["a"]),
            ("log", FunctionTransformer(np.log1p), ["b"]),
            ("hot", OneHotEncoder(), ["c"]),
            ("gone", "drop", ["d"]),
        ],
        remainder="passthrough",
    )
    report = modelpack.check(make_pipeline(prep, LogisticRegression()))
    verdicts = {step.step: step.verdict for step in report}
    assert verdicts == {
        "columntransformer.num.simpleimputer": "exact",
        "columntransformer.num.overridden": "refused",
        "columntransformer.log": "refused",
        "columntransformer.hot": "exact",
        "logisticregression": "bound",
    }
    assert not report.supported
    assert [step.step for step in report.refused] == ["columntransformer.num.overridden", "columntransformer.log"]
    assert all(step.hint for step in report.refused)
    assert "log1p" in str(report)
    with pytest.raises(modelpack.UnsupportedModelError, match="overridden"):
        report.raise_if_refused()


def test_check_judges_parameters(dense, response):
    judged = modelpack.check(GradientBoostingRegressor(init=Ridge()))
    assert [step.verdict for step in judged] == ["refused"]
    assert "Ridge" in judged.steps[0].reason
    assert not modelpack.check(MissingIndicator(missing_values=-1))
    assert modelpack.check(MissingIndicator(missing_values=-1, error_on_new=False))


def test_check_after_fit_and_of_other_things(dense, response):
    model = make_pipeline(StandardScaler(), DecisionTreeRegressor()).fit(dense, response)
    assert modelpack.check(model).to_dict() == {
        "steps": [
            {
                "hint": None,
                "name": "StandardScaler",
                "reason": "the same bits",
                "step": "standardscaler",
                "verdict": "exact",
            },
            {
                "hint": None,
                "name": "DecisionTreeRegressor",
                "reason": "the same bits",
                "step": "decisiontreeregressor",
                "verdict": "exact",
            },
        ],
        "supported": True,
    }
    assert not modelpack.check(object())
    assert not modelpack.check(SVC())


def test_check_judges_boosters(dense, response):
    xgboost = pytest.importorskip("xgboost")
    lightgbm = pytest.importorskip("lightgbm")
    assert modelpack.check(xgboost.XGBRegressor())
    assert not modelpack.check(xgboost.XGBRegressor(objective="reg:nonsense"))
    assert modelpack.check(make_pipeline(StandardScaler(), xgboost.XGBRegressor(n_estimators=2))).supported
    assert modelpack.check(xgboost.XGBRegressor(n_estimators=2).fit(dense, response))
    linear = lightgbm.LGBMRegressor(linear_tree=True, n_estimators=2, verbose=-1).fit(dense, response)
    assert modelpack.check(linear).refused
    assert modelpack.check(lightgbm.LGBMRegressor(n_estimators=2, verbose=-1).fit(dense, response).booster_)
