"""The builder of programs, and the layout of forests."""

from __future__ import annotations

import json

import numpy as np
import pytest

from modelpack.program import Builder, Forest, Tree
from modelpack.program.forest import bitset
from modelpack.schema import Feature

FEATURES = [Feature("distance", "float64"), Feature("carrier", "string"), Feature("stops", "int64")]


@pytest.fixture
def builder() -> Builder:
    return Builder(FEATURES)


def scaled(builder: Builder, origin: str = "scale"):
    tensors = {"a": np.array([1.0]), "b": np.array([2.0])}
    return builder.op("affine@1", builder.input("distance"), origin=origin, form="sub_div", tensors=tensors)


def hot(builder: Builder):
    column = np.arange(len(builder.dictionary("carrier")) + 3, dtype=np.int32)
    column[-3:] = -1
    tensors = {"column": column, "width": np.array([len(column) - 3], dtype=np.uint32)}
    return builder.op("one_hot@1", builder.input("carrier"), origin="hot", tensors=tensors)


def test_equal_operations_stand_once(builder):
    assert scaled(builder) == scaled(builder, origin="again")
    builder.output("value", scaled(builder))
    assert len(json.loads(builder.finish().json)["ops"]) == 1


def test_checks_of_two_steps_stay_two(builder):
    for origin in ("first", "second", "first"):
        builder.op("require@1", builder.input("distance"), origin=origin, form="finite")
    builder.output("value", builder.input("distance"))
    assert [op["origin"] for op in json.loads(builder.finish().json)["ops"]] == ["first", "second"]


def test_only_what_outputs_and_checks_need_is_kept(builder):
    unused = builder.op("cast@1", builder.input("stops"), origin="cast", to="f64")
    assert unused.type == "f64"
    builder.output("value", scaled(builder))
    program = json.loads(builder.finish().json)
    assert [one["feature"] for one in program["inputs"]] == ["distance"]
    assert program["uses"] == ["affine@1"]


def test_text_is_canonical_and_named_by_its_digest(builder):
    builder.output("value", scaled(builder))
    built = builder.finish()
    assert built.json == (
        b'{"inputs":[{"feature":"distance","value":"x0"}],"math":1,"ops":[{"form":"sub_div","in":["x0"],"op":"affine@1",'
        b'"origin":"scale","out":["v0"],"tensors":{"a":"t0","b":"t1"}}],"outputs":{"value":"v0"},"program":1,'
        b'"uses":["affine@1"]}'
    )
    assert built.digest == builder.finish().digest
    assert list(built.tensors) == ["t0", "t1"]


def test_fitted_numbers_do_not_change_the_text(builder):
    builder.output("value", scaled(builder))
    other = Builder(FEATURES)
    tensors = {"a": np.array([7.0]), "b": np.array([9.0])}
    value = other.op("affine@1", other.input("distance"), origin="scale", form="sub_div", tensors=tensors)
    other.output("value", value)
    assert builder.finish().json == other.finish().json


def test_categories_that_come_later_are_unseen_to_earlier_tables(builder):
    for text in ("AA", "UA"):
        builder.code("carrier", text)
    first = hot(builder)
    assert (first.width, first.sparse) == (2, True)
    assert builder.code("carrier", "B6") == 2
    assert builder.code("carrier", "AA") == 0
    builder.output("value", builder.op("to_dense@1", first, origin="hot"))
    built = builder.finish()
    np.testing.assert_array_equal(built.tensors["t0"], [0, 1, -1, -1, -1, -1])
    assert built.dictionaries == {1: ["AA", "UA", "B6"]}


@pytest.mark.parametrize(
    ("tensors", "options"),
    [
        ({"a": np.ones(1)}, {"form": "power"}),
        ({"a": np.ones(1)}, {}),
        ({"scale": np.ones(1)}, {"form": "div"}),
        ({}, {"form": "div"}),
    ],
    ids=["unknown option", "option left out", "unknown tensor", "tensor left out"],
)
def test_mistakes_of_an_importer_are_refused(builder, tensors, options):
    with pytest.raises(ValueError, match=r"affine@1"):
        builder.op("affine@1", builder.input("distance"), origin="x", tensors=tensors, **options)


def test_values_of_several_kinds_do_not_join(builder):
    with pytest.raises(ValueError, match="several kinds"):
        builder.op("concat@1", builder.input("distance"), builder.input("stops"), origin="x")


# ---- forests ----


def tree_of_nodes(order: list[int]) -> Tree:
    """A root with a leaf on its left and a split on its right, the five nodes numbered by `order`."""
    root, leaf, split, low, high = order
    left, right = np.full(5, -1), np.full(5, -1)
    left[root], right[root], left[split], right[split] = leaf, split, low, high
    value = np.zeros(5)
    value[[leaf, low, high]] = [1.0, 2.0, 3.0]
    return Tree.from_nodes(
        left=left,
        right=right,
        is_leaf=left < 0,
        feature=np.arange(5),
        threshold=np.arange(5) * 0.5,
        flags=np.full(5, 8, dtype=np.uint8),
        value=value,
        cover=np.arange(5) * 10.0,
    )


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [0, 3, 1, 2, 4], [0, 1, 4, 3, 2]])
def test_children_come_after_their_parents_whatever_the_framework_counts(order):
    tree = tree_of_nodes(order)
    assert tree.right[0] == 1
    leaf = ~int(tree.left[0])
    assert tree.leaf[leaf] == 1.0
    assert (tree.leaf[~int(tree.left[1])], tree.leaf[~int(tree.right[1])]) == (2.0, 3.0)
    assert tree.node_id is not None and tree.leaf_id is not None
    assert tree.node_id.tolist() == [0, order[2]]
    assert tree.leaf_id[leaf] == order[1]
    np.testing.assert_array_equal(tree.cover, np.array([0, order[2]]) * 10.0)


def test_trees_lie_one_after_the_other():
    forest = Forest(threshold=np.float32, leaf=np.float32)
    forest.add(tree_of_nodes([0, 1, 2, 3, 4]), 1)
    forest.add(tree_of_nodes([0, 1, 2, 3, 4]), 0)
    tensors = forest.tensors(np.zeros(2, dtype=np.float32))
    assert tensors["tree_node"].tolist() == [0, 2, 4]
    assert tensors["tree_leaf"].tolist() == [0, 3, 6]
    assert tensors["tree_output"].tolist() == [1, 0]
    assert {name: tensors[name].dtype.str for name in ("threshold", "leaf", "feature", "left", "flags")} == {
        "threshold": "<f4",
        "leaf": "<f4",
        "feature": "<u4",
        "left": "<i4",
        "flags": "|u1",
    }
    assert "category_node" not in tensors


def test_sets_of_categories_are_words_with_the_least_bit_first():
    assert bitset([0, 5, 33]).tolist() == [0b100001, 0b10]
    assert bitset([]).tolist() == []
    split = Tree(
        feature=np.array([0]),
        threshold=np.zeros(1),
        left=np.array([~0]),
        right=np.array([~1]),
        flags=np.array([1]),
        leaf=np.array([1.0, 2.0]),
        categories={0: bitset([40])},
    )
    forest = Forest(threshold=np.float64, leaf=np.float64)
    forest.add(tree_of_nodes([0, 1, 2, 3, 4]), 0)
    forest.add(split, 0)
    tensors = forest.tensors(np.zeros(1))
    assert tensors["category_node"].tolist() == [2]
    assert tensors["category_offset"].tolist() == [0, 2]
    assert tensors["category_bits"].tolist() == [0, 1 << 8]
    assert "cover" not in tensors


def test_covers_and_numbers_of_nodes_can_be_left_out(builder):
    forest = Forest(threshold=np.float64, leaf=np.float64)
    forest.add(tree_of_nodes([0, 1, 2, 3, 4]), 0)
    options = {"input": "f64", "compare": "le", "acc": "f64", "emit": "sum", "category_cast": "trunc"}
    block = builder.op("concat@1", *[builder.input("distance")] * 5, origin="forest")
    value = builder.op("forest@1", block, origin="forest", tensors=forest.tensors(np.zeros(1)), **options)
    builder.output("value", value)
    whole = builder.finish()
    bare = whole.without_explanation()
    assert set(json.loads(whole.json)["ops"][-1]["tensors"]) - set(json.loads(bare.json)["ops"][-1]["tensors"]) == {
        "cover",
        "leaf_cover",
        "leaf_id",
        "node_id",
    }
    assert len(whole.tensors) - len(bare.tensors) == 4
    assert bare.digest != whole.digest
