"""`repartition`: what is not touched stays byte for byte, and the input is trusted before it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from forest import Key, loaded, packed, sample, tree, trees
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeRegressor

import modelpack
from modelpack.diff import diff
from modelpack.partitions import Node
from modelpack.partitions.node import NOT_BETTER

LEVELS: dict[str, Any] = {"country": ["PL", "DE"], "zone": [1, 2]}
KEYS: list[Key] = [("PL",), ("PL", 1), ("PL", 2), ("DE", 1)]


@pytest.fixture(scope="module")
def path(tmp_path_factory: Any) -> Path:
    return packed(tmp_path_factory.mktemp("old") / "m.mpk", trees(KEYS), LEVELS)


def changed(path: Path, target: Path, **more: Any) -> Path:
    told: dict[str, Any] = {"version": "1.0.1", "trust": modelpack.UNSIGNED, "X_sample": sample(LEVELS), **more}
    return modelpack.repartition(path, target, **told).path


def test_untouched_nodes_are_copied_byte_for_byte(path: Path, tmp_path: Path) -> None:
    new = changed(path, tmp_path / "new.mpk", replace={("PL", 1): tree(77), ("FR", 9): tree(88)}, remove=[("DE", 1)])
    before, after = loaded(path), loaded(new)
    assert after.bundle.version == "1.0.1" and after.bundle.name == before.bundle.name
    for key in (("PL",), ("PL", 2)):
        assert after.nodes()[key].digest == before.nodes()[key].digest
        assert after.nodes()[key].program == before.nodes()[key].program
    row = {"a": 1.0}
    assert after.predict_one(row, key=("PL", 1)).value == 7700.125
    assert after.predict_one(row, key=("FR", 9)).value == 8800.125
    assert after.predict_one(row, key=("DE", 1)).node == "/"
    for key in (("PL", 2), ("PL", 7), ("FR", 1), ()):
        assert after.predict_one(row, key=key) is not None
        assert after.predict_one(row, key=key).value == before.predict_one(row, key=key).value
    golden = "golden.safetensors"
    assert after.bundle.member(golden) == before.bundle.member(golden)


def test_the_difference_names_the_nodes(path: Path, tmp_path: Path) -> None:
    pruned = Node(("PL", 2), None, 40, 0.5, 0.25, NOT_BETTER)
    new = changed(
        path,
        tmp_path / "new.mpk",
        replace={("PL", 1): tree(77), ("FR",): tree(88), ("PL", 2): pruned, ("PL",): trees(KEYS)[("PL",)]},
        remove=[("DE", 1)],
    )
    with modelpack.inspect(path) as left, modelpack.inspect(new) as right:
        found = diff(left, right)
    assert [(change.kind, change.path) for change in found.of("nodes")] == [
        ("removed", "DE/1"),
        ("added", "FR"),
        ("changed", "PL/1"),
        ("changed", "PL/2"),
    ]
    assert found.of("nodes")[3].right["pruned"] is True
    assert found.verdict == "another model with the same schema" or found.of("categories")


def test_new_texts_get_new_codes(tmp_path: Path) -> None:
    def model(winds: list[str]) -> Any:
        X = pd.DataFrame({"wind": winds})
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        return make_pipeline(encoder, DecisionTreeRegressor(random_state=0)).fit(
            X, [float(i) for i in range(len(winds))]
        )

    X = pd.DataFrame({"country": ["PL", "DE"] * 2, "wind": ["N", "S", "N", "S"]})
    models = {(): model(["N", "S"]), ("PL",): model(["S", "N"])}
    old = modelpack.pack_partitions(
        models, X, tmp_path / "old.mpk", partition_by=("country",), name="winds", version="1.0.0"
    ).path
    again = model(["W", "E", "N"])
    frame = pd.DataFrame({"country": ["FR"] * 4, "wind": ["N", "S", "E", "W"]})
    new = changed(old, tmp_path / "new.mpk", replace={("FR",): again}, X_sample=frame)
    assert loaded(new).predict(frame).tolist() == again.predict(frame[["wind"]]).tolist()
    for country in ("PL", "DE"):
        rows = frame.assign(country=country)
        assert loaded(new).predict(rows).tolist() == loaded(old).predict(rows).tolist()


def test_the_input_is_trusted_first_and_the_output_signed(path: Path, tmp_path: Path) -> None:
    own, stranger = (modelpack.keygen(tmp_path / f"{name}.pem") for name in ("own", "stranger"))
    signed = tmp_path / "signed.mpk"
    signed.write_bytes(path.read_bytes())
    modelpack.sign(signed, own.private)
    with pytest.raises(modelpack.TrustError):
        changed(signed, tmp_path / "no.mpk", remove=[("PL",)], trust=stranger.public)
    new = changed(signed, tmp_path / "new.mpk", remove=[("PL",)], trust=own.public, signers=stranger.private)
    assert modelpack.load(new, stranger.public).bundle.verified
    with modelpack.inspect(path) as looked_at, pytest.raises(modelpack.UsageError, match="inspection"):
        modelpack.repartition(looked_at, tmp_path / "no.mpk", version="2.0.0", remove=[("PL",)])
    assert not (tmp_path / "no.mpk").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"version": "1.0.0", "remove": [("PL",)]}, "higher"),
        ({}, "nothing"),
        ({"remove": [("XX",)]}, "XX"),
        ({"remove": [()]}, "root"),
        ({"replace": {(): tree(1)}}, "root"),
        ({"replace": {("PL",): tree(1)}, "X_sample": None}, "X_sample"),
        ({"replace": {("PL",): tree(1)}, "X_sample": pd.DataFrame({"a": [1.0]})}, "country"),
        ({"replace": {("PL", "x"): tree(1)}}, "zone"),
        ({"replace": {("PL",): tree(1)}, "remove": [("PL",)]}, "two changes"),
    ],
)
def test_what_cannot_be_is_refused_and_writes_nothing(path: Path, tmp_path: Path, more: Any, message: str) -> None:
    with pytest.raises((modelpack.UsageError, modelpack.InputError), match=message):
        changed(path, tmp_path / "no.mpk", **more)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_node_is_not_copied(path: Path, tmp_path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.index(pd.Series([100.0 * 3 + 1 / 8]).to_numpy().tobytes())
    data[place] ^= 1
    damaged = tmp_path / "damaged.mpk"
    damaged.write_bytes(bytes(data))
    with pytest.raises(modelpack.FormatError) as caught:
        changed(damaged, tmp_path / "no.mpk", remove=[("PL",)])
    assert caught.value.node == "PL/2"
    assert changed(damaged, tmp_path / "mended.mpk", remove=[("PL", 2)]).exists()
