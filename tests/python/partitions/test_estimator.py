"""PartitionedModel: which nodes are kept, who answers a row, and that scikit-learn takes it for an estimator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import modelpack
from modelpack.partitions import PartitionedModel
from modelpack.partitions.node import KEPT, LACKS_CLASSES, NOT_BETTER, TOO_FEW

BY = ("country", "city")


def flights(rows: int = 3000, seed: int = 7) -> tuple[pd.DataFrame, np.ndarray]:
    """PL differs from the rest as a whole, DE/A from the rest of DE, and FR has few rows."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "country": rng.choice(["PL", "DE", "FR", None], rows, p=[0.45, 0.45, 0.02, 0.08]),
            "city": rng.choice(["A", "B"], rows),
            "x": rng.normal(size=rows),
        }
    )
    slope = np.where(X.country == "PL", 3.0, 1.0)
    offset = np.where((X.country == "DE") & (X.city == "A"), 5.0, 0.0)
    return X, X.x.to_numpy() * slope + offset + 0.1 * rng.normal(size=rows)


@pytest.fixture(scope="module")
def fitted() -> PartitionedModel:
    X, y = flights()
    return PartitionedModel(LinearRegression(), by=BY, min_rows=200, margin=0.02).fit(X, y)


def test_children_that_beat_their_parent_are_kept(fitted):
    reasons = {key: node.reason for key, node in fitted.nodes_.items()}
    assert reasons[()] == reasons["PL",] == reasons["DE", "A"] == KEPT
    assert reasons["FR",] == reasons["FR", "A"] == TOO_FEW
    assert reasons["PL", "A"] == NOT_BETTER
    node = fitted.nodes_["PL",]
    assert node.metric < node.parent_metric - 0.02 and node.rows > 800
    assert str(node).startswith("PL: kept, ")


def test_a_row_is_answered_by_its_nearest_model(fitted):
    asked = pd.DataFrame(
        {
            "country": ["PL", "PL", "DE", "FR", None, "XX", "DE"],
            "city": ["A", None, "A", "B", "A", "A", "new"],
            "x": 1.5,
        }
    )
    owners = [("PL",), ("PL",), ("DE", "A"), (), (), (), ("DE",) if not fitted.nodes_["DE",].pruned else ()]
    expected = [fitted.nodes_[key].model.predict(asked[["x"]].iloc[i : i + 1])[0] for i, key in enumerate(owners)]
    assert fitted.predict(asked).tolist() == expected


def test_it_is_an_estimator(fitted):
    copy = clone(fitted)
    assert is_regressor(copy) and not hasattr(copy, "nodes_") and not hasattr(copy, "predict_proba")
    assert copy.get_params()["estimator__fit_intercept"] is True
    X, y = flights(800)
    grid = {"estimator__fit_intercept": [True, False], "min_rows": [50, 10_000]}
    search = GridSearchCV(PartitionedModel(LinearRegression(), by=BY), grid, cv=2).fit(X, y)
    assert search.best_params_ == {"estimator__fit_intercept": True, "min_rows": 50}
    assert fitted.score(*flights(500, seed=8)) > 0.95


def test_classifiers_have_the_classes_of_the_root():
    X, y = flights()
    label = np.where(y > 1, "late", "on time")
    label[(X.country == "PL") & (X.city == "B")] = "late"
    base = make_pipeline(StandardScaler(), LogisticRegression())
    model = PartitionedModel(base, by=BY, min_rows=100).fit(X, label)
    assert is_classifier(model) and model.classes_.tolist() == ["late", "on time"]
    assert model.nodes_["PL", "B"].reason == LACKS_CLASSES
    probability = model.predict_proba(X)
    assert probability.shape == (len(X), 2) and np.allclose(probability.sum(axis=1), 1)
    assert model.metric_.name == "log_loss"
    assert (model.classes_[probability.argmax(axis=1)] == model.predict(X)).mean() > 0.99


def test_training_goes_on_where_it_was_stopped(tmp_path):
    X, y = flights(1000)

    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt

    options = {"by": BY, "min_rows": 50, "checkpoint": tmp_path / "nodes"}
    with pytest.raises(KeyboardInterrupt):
        PartitionedModel(LinearRegression(), progress=stop, **options).fit(X, y)
    kept = len(list((tmp_path / "nodes").iterdir()))
    assert kept >= 3
    model = PartitionedModel(LinearRegression(), **options).fit(X, y)
    assert len(list((tmp_path / "nodes").iterdir())) == len(model.nodes_) > kept
    again = PartitionedModel(LinearRegression(), **options).fit(X, y)
    assert again.predict(X).tolist() == model.predict(X).tolist()
    PartitionedModel(LinearRegression(), **{**options, "margin": 0.5}).fit(X, y)
    assert len(list((tmp_path / "nodes").iterdir())) == 2 * len(model.nodes_)


def test_processes_change_nothing():
    X, y = flights(1500)
    label = y > 0
    one = PartitionedModel(DecisionTreeClassifier(max_depth=3, random_state=0), by=BY, min_rows=50).fit(X, label)
    two = clone(one).set_params(n_jobs=2).fit(X, label)
    assert {key: node.reason for key, node in one.nodes_.items()} == {k: n.reason for k, n in two.nodes_.items()}
    assert (one.predict_proba(X) == two.predict_proba(X)).all()


def test_what_no_key_can_be_is_named():
    X, y = flights(200)
    with pytest.raises(modelpack.InputError, match="'town' is not in the data"):
        PartitionedModel(LinearRegression(), by=("country", "town")).fit(X, y)
    with pytest.raises(modelpack.InputError, match=r"'x' is .* of type float"):
        PartitionedModel(LinearRegression(), by=("x",)).fit(X, y)
    with pytest.raises(modelpack.InputError, match="without column names"):
        PartitionedModel(LinearRegression(), by=("x",)).fit(X.to_numpy(), y)
    with pytest.raises(modelpack.UsageError, match="by is empty"):
        PartitionedModel(LinearRegression()).fit(X, y)
