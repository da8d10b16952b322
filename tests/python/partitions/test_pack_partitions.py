"""pack_partitions: the file answers as the models do, each row by its own, and what does not fit is refused by node."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import modelpack
from modelpack import UNSIGNED
from modelpack.partitions import Node, PartitionedModel

BY = ("country", "zone")


def rows(count: int = 600, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "country": rng.choice(["PL", "DE", "FR"], count),
            "zone": rng.integers(1, 4, count),
            "x": rng.normal(size=count),
            "wind": rng.choice(["N", "S", "E"], count),
        }
    )
    frame.loc[frame.index % 11 == 0, "country"] = None
    return frame


def target(X: pd.DataFrame) -> np.ndarray:
    return (X.x * X.zone + X.country.map({"PL": 5.0, "DE": -2.0}).fillna(0.0)).to_numpy()


def tree(X: pd.DataFrame, y: np.ndarray) -> DecisionTreeRegressor:
    return DecisionTreeRegressor(max_depth=4, random_state=0).fit(X[["x"]], y)


def models() -> dict[tuple, DecisionTreeRegressor]:
    X = rows()
    y = target(X)
    chosen = {(): X.index, ("PL",): X.index[X.country == "PL"], ("DE", 2): X.index[(X.country == "DE") & (X.zone == 2)]}
    return {key: tree(X.loc[index], y[index]) for key, index in chosen.items()}


def nearest(found: dict, row: pd.Series) -> tuple:
    key = () if row.country is None or pd.isna(row.country) else (row.country, row.zone)
    return next(key[:depth] for depth in range(len(key), -1, -1) if key[:depth] in found)


def test_each_row_is_answered_by_its_own_model(tmp_path):
    found, X = models(), rows(200, seed=4)
    packed = modelpack.pack_partitions(
        found, rows()[["country", "zone", "x"]], tmp_path / "m.mpk", partition_by=BY, name="m", version="1.0.0"
    )
    assert packed.report.equal == packed.report.rows and packed.schema.keys == BY
    with modelpack.load(packed, UNSIGNED, name="m") as predictor:
        answers = predictor.predict(X)
        expected = [found[nearest(found, X.iloc[i])].predict(X[["x"]].iloc[[i]])[0] for i in range(len(X))]
        assert answers.tolist() == expected
        alone = [predictor.predict_one(row).value for row in X.to_dict("records")]
        assert alone == expected


def test_models_may_come_one_by_one_the_root_first(tmp_path):
    found = models()
    arguments = {"partition_by": BY, "name": "m", "version": "1.0.0", "created_at": 0}
    sample = rows()[["country", "zone", "x"]]
    one = modelpack.pack_partitions(found, sample, tmp_path / "a.mpk", **arguments)
    two = modelpack.pack_partitions(iter(found.items()), sample, tmp_path / "b.mpk", **arguments)
    assert one.path.read_bytes() == two.path.read_bytes()
    with pytest.raises(modelpack.InputError, match="first model is not that of"):
        modelpack.pack_partitions(reversed(found.items()), sample, tmp_path / "c.mpk", **arguments)
    with pytest.raises(modelpack.InputError, match="no model for"):
        modelpack.pack_partitions({("PL",): found["PL",]}, sample, tmp_path / "c.mpk", **arguments)
    assert not (tmp_path / "c.mpk").exists() and not list(tmp_path.glob(".*"))


def test_a_partitioned_model_is_packed_like_any_other(tmp_path):
    X = rows(3000)
    y = target(X)
    model = PartitionedModel(tree_estimator(), by=BY, min_rows=60).fit(X[["country", "zone", "x"]], y)
    packed = modelpack.pack(model, X, tmp_path / "m.mpk", name="m", version="1.0.0", evaluation=(X, y))
    assert "wind" not in packed.schema.feature_names
    with modelpack.load(packed, UNSIGNED) as predictor:
        asked = rows(500, seed=9)
        asked.loc[:20, "country"] = "nowhere"
        assert predictor.predict(asked).tolist() == model.predict(asked[["country", "zone", "x"]]).tolist()
        assert predictor.bundle.metrics["splits"]["test"]["values"]["rmse"] > 0


def tree_estimator() -> DecisionTreeRegressor:
    return DecisionTreeRegressor(max_depth=5, random_state=0)


def test_nodes_share_dictionaries_that_grow(tmp_path):
    X = rows(900)
    y = target(X) > 0

    def pipeline(part: pd.Series) -> object:
        encoder = OneHotEncoder(handle_unknown="ignore")
        return make_pipeline(encoder, DecisionTreeClassifier(max_depth=3)).fit(X.loc[part, ["wind"]], y[part])

    everywhere = pipeline(X.wind != "E")
    poland = pipeline((X.country == "PL") & (X.wind != "N"))
    packed = modelpack.pack_partitions(
        {(): everywhere, ("PL",): poland}, X, tmp_path / "m.mpk", partition_by=("country",), name="m", version="1.0.0"
    )
    with modelpack.load(packed, UNSIGNED) as predictor:
        asked = pd.DataFrame({"country": ["PL", "PL", "DE", "DE", "PL"], "wind": ["N", "E", "E", "N", "W"]})
        owners = [poland, poland, everywhere, everywhere, poland]
        expected = [m.predict_proba(asked[["wind"]].iloc[[i]])[0].tolist() for i, m in enumerate(owners)]
        assert predictor.predict_proba(asked).tolist() == expected


def test_pruned_nodes_are_kept_with_their_reason(tmp_path):
    found = models()
    nodes = {**{key: Node(key, model, 100) for key, model in found.items()}, ("FR",): Node(("FR",), None, 7, reason=2)}
    sample = rows()[["country", "zone", "x"]]
    packed = modelpack.pack_partitions(nodes, sample, tmp_path / "m.mpk", partition_by=BY, name="m", version="1.0.0")
    with modelpack.load(packed, UNSIGNED) as predictor:
        asked = pd.DataFrame({"country": ["FR"], "zone": [1], "x": [0.5]})
        assert predictor.predict(asked).tolist() == found[()].predict(asked[["x"]]).tolist()


@pytest.mark.parametrize(
    "change, message",
    [
        ({("PL", "one"): "root"}, r"\('PL', 'one'\) has 'one' for 'zone', a column of int64"),
        ({("PL",): "labels"}, "PL: its output .* is not the root's"),
        ({("PL",): "scaled"}, r"PL: .*no_such_column"),
        ({"PL": "root"}, "the key 'PL' is no tuple"),
    ],
)
def test_what_does_not_fit_is_refused_by_node(tmp_path, change, message):
    X = rows()
    wide = X.assign(no_such_column=1.0)[["x", "no_such_column"]]
    made = {
        "root": tree(X, target(X)),
        "labels": HistGradientBoostingClassifier(max_iter=2).fit(X[["x"]], target(X) > 0),
        "scaled": make_pipeline(StandardScaler(), LinearRegression()).fit(wide, target(X)),
    }
    found = {(): made["root"], **{key: made[name] for key, name in change.items()}}
    with pytest.raises(modelpack.InputError, match=message):
        modelpack.pack_partitions(
            found, X[["country", "zone", "x"]], tmp_path / "m.mpk", partition_by=BY, name="m", version="1.0.0"
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("names", [["a", "b", "c", "d"], [3, 5, 7, 9]])
def test_a_node_that_saw_fewer_classes_answers_in_those_of_the_root(tmp_path, names):
    X = rows()
    y = np.array(names)[np.digitize(X.x, [-1.0, 0.0, 1.0])]
    few = np.isin(y, [names[1], names[3]])

    def forest(chosen: np.ndarray) -> RandomForestClassifier:
        return RandomForestClassifier(5, max_depth=3, random_state=0).fit(X[["x"]][chosen], y[chosen])

    found = {(): forest(np.full(len(y), True)), ("PL",): forest(few), ("DE",): forest(y == names[2])}
    packed = modelpack.pack_partitions(
        found, X[["country", "x"]], tmp_path / "m.mpk", partition_by=("country",), name="m", version="1.0.0"
    )
    with modelpack.load(packed, UNSIGNED, name="m") as predictor:
        assert predictor.classes_.tolist() == names
        for country, seen in (("PL", [1, 3]), ("DE", [2])):
            model, asked = found[country,], X[["x"]].head(50)
            assert predictor.predict(asked, key=(country,)).tolist() == model.predict(asked).tolist()
            expected = np.zeros((50, 4))
            expected[:, seen] = model.predict_proba(asked)
            assert np.array_equal(predictor.predict_proba(asked, key=(country,)), expected)


def test_a_margin_of_fewer_classes_is_refused(tmp_path):
    X = rows()
    y = np.digitize(X.x, [-1.0, 0.0, 1.0])
    found = {
        (): HistGradientBoostingClassifier(max_iter=2).fit(X[["x"]], y),
        ("PL",): HistGradientBoostingClassifier(max_iter=2).fit(X[["x"]][y < 3], y[y < 3]),
    }
    with pytest.raises(modelpack.InputError, match=r"PL: it saw the classes \[0, 1, 2\] of \[0, 1, 2, 3\]"):
        modelpack.pack_partitions(
            found, X[["country", "x"]], tmp_path / "m.mpk", partition_by=("country",), name="m", version="1.0.0"
        )


def test_keys_are_columns_of_a_type_that_a_key_may_have(tmp_path):
    X, found = rows()[["country", "zone", "x"]], models()
    arguments = {"name": "m", "version": "1.0.0"}
    with pytest.raises(modelpack.InputError, match="'town' is not in the sample"):
        modelpack.pack_partitions(found, X, tmp_path / "m.mpk", partition_by=("town",), **arguments)
    with pytest.raises(modelpack.InputError, match="'x' is float64"):
        modelpack.pack_partitions(found, X, tmp_path / "m.mpk", partition_by=("x",), **arguments)
