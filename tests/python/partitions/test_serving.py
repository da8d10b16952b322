"""What a bundle with partitions answers: as a dictionary of models with a way back to the parent would."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from forest import Key, loaded, packed, trees
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import modelpack

LEVELS: dict[str, Any] = {"country": ["PL", "DE"], "zone": [1, 2], "night": [True, False]}
NAMES = tuple(LEVELS)
VALUES = (
    st.sampled_from(["PL", "DE", "", "é", "PL/1", "1", "True", "\U0001f600"]),
    st.sampled_from([0, 1, -1, 2**53 - 1, -(2**53) + 1]),
    st.booleans(),
)
KEYS = st.integers(1, 3).flatmap(lambda depth: st.tuples(*VALUES[:depth]))
ROWS = st.tuples(*(st.one_of(st.none(), value) for value in VALUES), st.sampled_from([0.0, 1.0, 2.5]))


def expected(models: dict[Key, Any], key: Key) -> tuple[Key, str]:
    """The key of the model that answers, and why."""
    present = key[: key.index(None)] if None in key else key
    answers = next(present[:depth] for depth in range(len(present), -1, -1) if present[:depth] in models)
    if len(present) < len(NAMES):
        return answers, "missing"
    return answers, "exact" if answers == present else "unknown"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(keys=st.lists(KEYS, max_size=12), rows=st.lists(ROWS, min_size=1, max_size=30))
def test_every_way_in_answers_as_a_dictionary_of_models(
    tmp_path_factory: Any, keys: list[Key], rows: list[Any]
) -> None:
    models = trees(keys)
    # The keys of a row are texts, numbers and bools of one type a level, so 1 and True never meet in one dictionary.
    predictor = loaded(packed(tmp_path_factory.mktemp("p") / "m.mpk", models, LEVELS))
    found = [expected(models, row[:3]) for row in rows]
    values = [models[key].predict(pd.DataFrame({"a": [row[3]]}))[0] for row, (key, _) in zip(rows, found, strict=True)]
    paths = [predictor.nodes()[key].path for key, _ in found]
    dicts = [dict(zip([*NAMES, "a"], row, strict=True)) for row in rows]
    arrow = pa.table(
        {
            "country": pa.array([row[0] for row in rows], pa.string()),
            "zone": pa.array([row[1] for row in rows], pa.int64()),
            "night": pa.array([row[2] for row in rows], pa.bool_()),
            "a": pa.array([row[3] for row in rows], pa.float64()),
        }
    )
    frame = pd.DataFrame({name: pd.Series([row[name] for row in dicts], dtype=object) for name in NAMES}).assign(
        a=[row[3] for row in rows]
    )
    for data in (dicts, arrow, pl.from_arrow(arrow), frame, [list(row) for row in rows]):
        answers = predictor.predict_all(data, nodes=True)
        assert answers["value"].tolist() == values
        assert answers["node"].tolist() == paths
        assert answers["reason"].tolist() == [reason for _, reason in found]
    raw, nodes = predictor.predict_nodes(arrow)
    assert [node.key for node in nodes] == [key for key, _ in found] and raw["value"][:, 0].tolist() == values
    for row, value, path, (_, reason) in zip(dicts, values, paths, found, strict=True):
        one = predictor.predict_one(row)
        assert (one.value, one.node, one.reason) == (value, path, reason)


@pytest.fixture(scope="module")
def models() -> dict[Key, Any]:
    return trees([("PL",), ("PL", 1), ("PL", 1, True), ("DE", 2, False)])


@pytest.fixture(scope="module")
def path(tmp_path_factory: Any, models: dict[Key, Any]) -> Path:
    return packed(tmp_path_factory.mktemp("serving") / "m.mpk", models, LEVELS)


@pytest.fixture
def predictor(path: Path) -> modelpack.Predictor:
    return loaded(path)


@pytest.mark.parametrize(
    ("key", "node", "reason"),
    [
        (("PL", 1, True), "PL/1/true", "exact"),
        (["PL", np.int64(1), np.bool_(True)], "PL/1/true", "exact"),
        (("PL", 1, False), "PL/1", "unknown"),
        (("PL", 1), "PL/1", "missing"),
        (("PL", float("nan"), True), "PL", "missing"),
        (("PL", None, True), "PL", "missing"),
        (("FR",), "/", "missing"),
        (("FR", 1, True), "/", "unknown"),
        (("DE", 2), "/", "missing"),
        ((), "/", "missing"),
    ],
)
def test_a_key_stands_in_for_the_key_columns(
    predictor: modelpack.Predictor, models: dict[Key, Any], key: Any, node: str, reason: str
) -> None:
    bare = pd.DataFrame({"a": [1.0, 2.5]})
    own = next(one.key for one in predictor.nodes() if one.path == node)
    values = models[own].predict(bare).tolist()
    other = bare.assign(country="DE", zone=2, night=False)  # whose key is not asked
    table = pa.Table.from_pandas(bare)
    for data in (
        bare,
        bare.to_numpy(),
        bare.rename(columns={"a": 0}),
        other,
        [{"a": 1.0}, {"a": 2.5}],
        [[1.0], [2.5]],
        [["DE", 2, False, 1.0], ["DE", 2, False, 2.5]],
        table,
        table.to_batches()[0],
        pl.from_arrow(table),
        pa.Table.from_pandas(other),
    ):
        answers = predictor.predict_all(data, key=key, nodes=True)
        assert answers["value"].tolist() == values
        assert answers["node"].tolist() == [node, node] and answers["reason"].tolist() == [reason, reason]
        assert predictor.predict(data, key=key).tolist() == values
    assert predictor.predict_raw(bare, key=key)["value"][:, 0].tolist() == values
    assert predictor.predict_arrow(table, key=key)["value"].to_pylist() == values
    for prediction in (
        predictor.predict_one({"a": 2.5}, key=key),
        predictor.predict_one([2.5], key=key),
        predictor.predict_one(other.iloc[1], key=key),
        predictor.prepare(key=key)([2.5]),
        predictor.prepare(["night", "a"], key=key)([None, 2.5]),
    ):
        assert (prediction.value, prediction.node, prediction.reason) == (values[1], node, reason)


@pytest.mark.parametrize(
    "key", ["PL", ("PL", 1, True, 1), (1,), ("PL", "1"), ("PL", 1.5), ("PL", 1, 2), ("\ud800",), {"country": "PL"}]
)
def test_what_is_no_key_is_refused(predictor: modelpack.Predictor, key: Any) -> None:
    with pytest.raises((modelpack.UsageError, modelpack.InputError)):
        predictor.predict([{"a": 1.0}], key=key)
    with pytest.raises((modelpack.UsageError, modelpack.InputError)):
        predictor.predict_one({"a": 1.0}, key=key)


def test_a_wrong_shape_beside_a_key_is_refused(predictor: modelpack.Predictor) -> None:
    for data in (np.zeros((2, 2)), [[1.0, 2.0]], pd.DataFrame(np.zeros((2, 3)))):
        with pytest.raises(modelpack.InputError, match="columns"):
            predictor.predict(data, key=("PL",))
    with pytest.raises(modelpack.InputError, match="'a'"):
        predictor.predict_one({"b": 1.0}, key=("PL",))


def test_refused_rows_have_no_node(predictor: modelpack.Predictor) -> None:
    rows = [{"country": "PL", "zone": 1, "night": True, "a": a} for a in (1.0, "x", 2.0)]
    answers = predictor.predict_all(rows, errors="null", nodes=True)
    assert answers["node"].tolist() == ["PL/1/true", None, "PL/1/true"]
    assert answers["reason"].tolist() == ["exact", None, "exact"]
    assert "'a'" in answers["error"][1]


def test_a_prediction_keeps_its_node(predictor: modelpack.Predictor) -> None:
    one = predictor.predict_one({"a": 1.0}, key=("PL", 1))
    predictor.close()
    again = pickle.loads(pickle.dumps(one))
    assert again == one and (again.node, again.reason) == ("PL/1", "missing")


def test_nodes_are_a_collection(predictor: modelpack.Predictor, models: dict[Key, Any]) -> None:
    nodes = predictor.nodes()
    assert len(nodes) == len(models) and nodes.levels == NAMES == predictor.bundle.partition_keys
    assert [node.path for node in nodes] == ["/", "DE/2/false", "PL", "PL/1", "PL/1/true"]
    warsaw = nodes[("PL", 1, True)]
    assert (warsaw.depth, warsaw.pruned, warsaw.answers, warsaw.parent) == (3, False, warsaw, nodes[("PL", 1)])
    assert warsaw.size_bytes > 0 and warsaw.rows is warsaw.metric is warsaw.reason is None
    assert ("PL", 2) not in nodes and ("PL",) in nodes
    with pytest.raises(KeyError, match="PL"):
        nodes[("PL", 2)]
    answers, reason = nodes.find(("PL", 2, True))
    assert (answers.path, reason) == ("PL", "unknown")


def test_models_are_loaded_when_they_are_needed_or_before(predictor: modelpack.Predictor) -> None:
    assert predictor.cache_stats().nodes == 0
    predictor.preload(
        [("PL", 1, True), ("PL", 5, True), ("FR",)]
    )  # the second is answered by PL, the third by the root
    assert predictor.node_stats(("PL", 1, True)).loaded and predictor.node_stats(("PL",)).loaded
    assert predictor.cache_stats().nodes == 2
    predictor.predict([{"a": 1.0}] * 3, key=("PL", 1, True))
    told = predictor.node_stats(("PL", 1, True))
    assert (told.rows, told.loads, told.failures) == (3, 1, 0) and told.memory_bytes > 0
    predictor.preload()
    assert predictor.cache_stats().nodes == len(predictor.nodes()) - 1
    with pytest.raises(modelpack.UsageError, match="PL answers for it"):
        predictor.node_stats(("PL", 9))


def test_a_small_cache_gives_models_up_and_answers_all_the_same(path: Path, models: dict[Key, Any]) -> None:
    small = loaded(path, cache_bytes=1)
    for _ in range(2):
        for key in (("PL", 1, True), ("DE", 2, False), ("PL",)):
            assert small.predict_one({"a": 1.0}, key=key).value == models[key].predict(pd.DataFrame({"a": [1.0]}))[0]
    told = small.cache_stats()
    assert told.budget_bytes == 1 and told.evictions > 0 and told.nodes <= 1
    for wrong in (0, -1, True, "1G"):
        with pytest.raises(modelpack.UsageError, match="cache_bytes"):
            loaded(path, cache_bytes=wrong)


def test_a_damaged_node_fails_alone_and_by_name(path: Path, tmp_path: Path, models: dict[Key, Any]) -> None:
    data = bytearray(path.read_bytes())
    whole = loaded(path)
    # 304.125 stands in one model only, and is no digest of anything: the file opens, and the node alone is refused.
    number = list(models).index(("PL", 1, True))
    place = data.index(np.float64(100.0 * number + 1 / 8).tobytes())
    data[place] ^= 1
    damaged = tmp_path / "damaged.mpk"
    damaged.write_bytes(bytes(data))
    predictor = loaded(damaged)
    with pytest.raises(modelpack.FormatError) as caught:
        predictor.predict_one({"a": 1.0}, key=("PL", 1, True))
    assert caught.value.node == "PL/1/true"
    rows = [
        dict(zip([*NAMES, "a"], [*key, 1.0], strict=True))
        for key in (("PL", 1, False), ("PL", 1, True), ("DE", 2, False))
    ]
    with pytest.raises(modelpack.FormatError) as caught:
        predictor.predict(rows)
    assert (caught.value.node, caught.value.row) == ("PL/1/true", 1)
    answers = predictor.predict_all(rows, errors="null", nodes=True)
    expected = whole.predict(rows)
    assert answers["value"][[0, 2]].tolist() == expected[[0, 2]].tolist() and np.isnan(answers["value"][1])
    assert answers["node"].tolist() == ["PL/1", "PL/1/true", "DE/2/false"]
    assert "PL/1/true" in answers["error"][1]
    with pytest.raises(modelpack.FormatError, match="PL/1/true"):
        predictor.preload()
    assert predictor.cache_stats().nodes == len(models) - 2
    assert predictor.node_stats(("PL", 1, True)).failures > 0


def test_without_partitions_there_is_no_node(tmp_path: Path, models: dict[Key, Any]) -> None:
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    plain = loaded(modelpack.pack(models[()], frame, tmp_path / "plain.mpk", name="plain", version="1.0.0").path)
    one = plain.predict_one({"a": 1.0})
    assert one.node is one.reason is None
    assert plain.predict_all(frame, nodes=True)["node"].tolist() == [None] * 3
    assert [node.path for node in plain.nodes()] == ["/"] and plain.bundle.partition_keys == ()
    with pytest.raises(modelpack.UsageError, match="no partitions"):
        plain.predict(frame, key=("PL",))


@pytest.mark.parametrize("number", [2**53 - 1, 2**53, -(2**53), 2**60 + 1, 2**63 - 1, -(2**63) + 1])
def test_integers_of_any_size_are_keys(tmp_path: Path, number: int) -> None:
    near = number - 1 if number > 0 else number + 1
    models = trees([(number,), (near,)])
    predictor = loaded(packed(tmp_path / "m.mpk", models, {"id": [0, 1]}))
    for key in ((number,), (near,)):
        value = models[key].predict(pd.DataFrame({"a": [1.0]}))[0]
        assert predictor.predict([{"id": key[0], "a": 1.0}]).tolist() == [value]
        one = predictor.predict_one({"a": 1.0}, key=key)
        assert (one.value, one.node, one.reason) == (value, str(key[0]), "exact")
        assert predictor.nodes()[key].key == key


def test_the_least_integer_stands_for_missing(tmp_path: Path) -> None:
    with pytest.raises(modelpack.UsageError, match="missing"):
        packed(tmp_path / "m.mpk", trees([(-(2**63),)]), {"id": [0, 1]})
