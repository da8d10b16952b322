//! Forests whose arrays do not fit together.

use super::{op, refused, taken};
use crate::testing::{Fitted, TestProgram};

const OPTIONS: [(&str, &str); 5] = [
    ("input", "f64"),
    ("compare", "le"),
    ("acc", "f64"),
    ("emit", "sum"),
    ("category_cast", "trunc"),
];

/// Two trees on three columns: node 0 with the leaf 0 and node 1, which has leaves 1 and 2 and is categorical; and a single leaf.
fn tensors() -> Vec<(&'static str, Fitted)> {
    vec![
        ("tree_node", Fitted::u32s(&[0, 2, 2])),
        ("tree_leaf", Fitted::u32s(&[0, 3, 4])),
        ("tree_output", Fitted::i32s(&[0, 1])),
        ("feature", Fitted::u32s(&[2, 0])),
        ("threshold", Fitted::f64s(&[0.5, 0.0])),
        ("left", Fitted::i32s(&[!0, !2])),
        ("right", Fitted::i32s(&[1, !1])),
        ("flags", Fitted::u8s(&[0b1010, 0b11_1001])),
        ("category_node", Fitted::u32s(&[1])),
        ("category_offset", Fitted::u32s(&[0, 2])),
        ("category_bits", Fitted::u32s(&[5, 1])),
        ("leaf", Fitted::f64s(&[1.0, 2.0, 3.0, 4.0])),
        ("init", Fitted::f64s(&[0.0, 0.5])),
        ("cover", Fitted::f64s(&[9.0, 8.0])),
        ("leaf_cover", Fitted::f32s(&[1.0; 4])),
        ("leaf_id", Fitted::i32s(&[1; 4])),
        ("node_id", Fitted::i32s(&[0, 1])),
    ]
}

fn forest(replaced: &[(&'static str, Fitted)]) -> TestProgram {
    let fits = |(name, fitted): (&'static str, Fitted)| match replaced.iter().find(|(n, _)| *n == name) {
        Some((_, other)) => (name, other.clone()),
        None => (name, fitted),
    };
    op(
        "forest@1",
        "D",
        &OPTIONS,
        &tensors().into_iter().map(fits).collect::<Vec<_>>(),
    )
}

fn without(names: &[&str]) -> TestProgram {
    let tensors: Vec<_> = tensors()
        .into_iter()
        .filter(|(name, _)| !names.contains(name))
        .collect();
    op("forest@1", "D", &OPTIONS, &tensors)
}

#[test]
fn the_valid_forest_is_taken() {
    taken(&forest(&[]));
    taken(&without(&["cover", "leaf_cover", "leaf_id", "node_id"]));
    taken(&forest(&[
        ("threshold", Fitted::f32s(&[f32::INFINITY, 0.0])),
        ("leaf", Fitted::f32s(&[1.0; 4])),
    ]));
    refused(&op("forest@1", "Z", &OPTIONS, &tensors()), "dense");
    refused(&op("forest@1", "i", &OPTIONS, &tensors()), "takes floats");
}

#[test]
fn offsets_rise_from_zero_to_the_end() {
    for nodes in [&[1, 2, 2][..], &[0, 3, 2], &[0, 2, 1], &[0, 2, 3], &[0, 1, 2]] {
        refused(&forest(&[("tree_node", Fitted::u32s(nodes))]), "");
    }
    refused(&forest(&[("tree_node", Fitted::u32s(&[0, 2]))]), "2 entries, not 3");
    refused(&forest(&[("tree_node", Fitted::u32s(&[]))]), "0 entries, not 3");
    refused(
        &forest(&[("tree_node", Fitted::u32s(&[0, 3, 2]))]),
        "does not rise from 0 to 2",
    );
    refused(
        &forest(&[("tree_node", Fitted::u32s(&[0, u32::MAX, 2]))]),
        "does not rise",
    );
    for leaves in [&[0, 3, 3][..], &[0, 3, 5], &[0, 4, 4], &[0, 2, 4]] {
        refused(&forest(&[("tree_leaf", Fitted::u32s(leaves))]), "");
    }
}

#[test]
fn a_tree_without_nodes_has_one_leaf() {
    let leaves = Fitted::f64s(&[1.0; 5]);
    let ids = ("leaf_id", Fitted::i32s(&[1; 5]));
    let cover = ("leaf_cover", Fitted::f64s(&[1.0; 5]));
    let test = forest(&[("tree_leaf", Fitted::u32s(&[0, 3, 5])), ("leaf", leaves), ids, cover]);
    refused(&test, "tree 1 has 0 nodes and 2 leaves");
}

#[test]
fn children_stand_after_their_parent_and_are_met_once() {
    let out_of_place = |left: [i32; 2], right: [i32; 2]| {
        refused(
            &forest(&[("left", Fitted::i32s(&left)), ("right", Fitted::i32s(&right))]),
            "is out of place",
        );
    };
    out_of_place([!0, !2], [0, !1]); // a node that is its own child
    out_of_place([!0, 0], [1, !1]); // a cycle
    out_of_place([1, !2], [1, !1]); // a node met twice
    out_of_place([!0, !0], [1, !1]); // a leaf met twice
    out_of_place([!0, !3], [1, !1]); // a leaf of the next tree
    out_of_place([!0, !2], [2, !1]); // a node that is not there
    out_of_place([!0, !2], [i32::MAX, !1]);
    out_of_place([i32::MIN, !2], [1, !1]);
    refused(&forest(&[("left", Fitted::i32s(&[!0]))]), "I32[1], not I32[2]");
    refused(&forest(&[("right", Fitted::u32s(&[1, 1]))]), "U32[2], not I32[2]");
}

#[test]
fn features_flags_and_thresholds() {
    refused(
        &forest(&[("feature", Fitted::u32s(&[3, 0]))]),
        "node 0 reads column 3 of 3",
    );
    refused(
        &forest(&[("feature", Fitted::u32s(&[2, u32::MAX]))]),
        "node 1 reads column",
    );
    for flags in [0b100_0000, 0b1000_0000, 0b1100, 0b1_0000, 0b10_0000] {
        refused(
            &forest(&[("flags", Fitted::u8s(&[flags, 0b1001]))]),
            "node 0 has the flags",
        );
    }
    refused(
        &forest(&[("threshold", Fitted::f64s(&[f64::NAN, 0.0]))]),
        "node 0 has a threshold",
    );
    refused(
        &forest(&[("threshold", Fitted::f64s(&[0.5, 1.0]))]),
        "node 1 has a threshold",
    );
    refused(
        &forest(&[("threshold", Fitted::f64s(&[0.5, -0.0]))]),
        "node 1 has a threshold",
    );
    refused(&forest(&[("threshold", Fitted::f64s(&[0.5]))]), "F64[1], not F64[2]");
    refused(&forest(&[("threshold", Fitted::i32s(&[0, 0]))]), "not F64[2]");
}

#[test]
fn categorical_nodes_have_a_set_each() {
    refused(&forest(&[("flags", Fitted::u8s(&[0, 0]))]), "category_node");
    refused(&forest(&[("category_node", Fitted::u32s(&[0]))]), "category_node");
    refused(&forest(&[("category_node", Fitted::u32s(&[1, 1]))]), "category_node");
    refused(&forest(&[("category_node", Fitted::u32s(&[]))]), "category_node");
    refused(
        &forest(&[("category_offset", Fitted::u32s(&[0, 1]))]),
        "category_offset does not rise from 0 to 2",
    );
    refused(
        &forest(&[("category_offset", Fitted::u32s(&[0, 3]))]),
        "category_offset",
    );
    refused(&forest(&[("category_offset", Fitted::u32s(&[0]))]), "1 entries, not 2");
    refused(&without(&["category_bits"]), "together or not at all");
    refused(
        &without(&["category_node", "category_offset", "category_bits"]),
        "category_node",
    );
    let numeric = [
        ("flags", Fitted::u8s(&[0, 0])),
        ("category_node", Fitted::u32s(&[])),
        ("category_offset", Fitted::u32s(&[0])),
        ("category_bits", Fitted::u32s(&[])),
    ];
    taken(&forest(&numeric));
}

#[test]
fn leaves_and_outputs() {
    refused(&forest(&[("leaf", Fitted::f64s(&[1.0; 3]))]), "");
    refused(&forest(&[("leaf", Fitted::i32s(&[1; 4]))]), "not F64[4]");
    refused(
        &forest(&[("leaf", Fitted::f64s(&[1.0; 4]).shaped(&[4, 1, 1]))]),
        "not F64[4]",
    );
    refused(
        &forest(&[("tree_output", Fitted::i32s(&[0, 2]))]),
        "has the output 2 of 2",
    );
    refused(&forest(&[("tree_output", Fitted::i32s(&[0, -1]))]), "has the output -1");
    refused(&forest(&[("tree_output", Fitted::i32s(&[0]))]), "3 entries, not 2");
    refused(&forest(&[("init", Fitted::f32s(&[0.0, 0.0]))]), "F32[2], not F64[2]");
    refused(&forest(&[("init", Fitted::f64s(&[]))]), "");
    let vectors = |width: usize, outputs: [i32; 2]| {
        let leaf = Fitted::f64s(&vec![1.0; 4 * width]).shaped(&[4, width]);
        forest(&[("leaf", leaf), ("tree_output", Fitted::i32s(&outputs))])
    };
    taken(&vectors(2, [-1, -1]));
    refused(&vectors(2, [-1, 0]), "has the output 0");
    refused(&vectors(1, [-1, -1]), "leaves of 1 numbers for 2 outputs");
    refused(&vectors(3, [-1, -1]), "leaves of 3 numbers");
    refused(&vectors(0, [-1, -1]), "");
}

#[test]
fn what_explanations_read_has_the_length_of_what_it_explains() {
    for (name, fitted) in [
        ("cover", Fitted::f64s(&[1.0; 3])),
        ("leaf_cover", Fitted::f64s(&[1.0; 2])),
        ("node_id", Fitted::i32s(&[1; 4])),
        ("leaf_id", Fitted::u32s(&[1; 4])),
        ("cover", Fitted::i64s(&[1; 2])),
    ] {
        refused(&forest(&[(name, fitted)]), name);
    }
}

#[test]
fn what_is_emitted_per_tree_needs_trees_and_single_leaves() {
    let emit = |emit: &'static str, tensors: &[(&'static str, Fitted)]| {
        let options = OPTIONS.map(|(name, value)| if name == "emit" { (name, emit) } else { (name, value) });
        op("forest@1", "D", &options, tensors)
    };
    taken(&emit("leaf_value", &tensors()));
    taken(&emit("leaf_index", &tensors()));
    let vectors: Vec<_> = tensors()
        .into_iter()
        .map(|(name, fitted)| match name {
            "leaf" => (name, Fitted::f64s(&[1.0; 8]).shaped(&[4, 2])),
            "tree_output" => (name, Fitted::i32s(&[-1, -1])),
            _ => (name, fitted),
        })
        .collect();
    refused(&emit("leaf_value", &vectors), "leaves of 2 numbers");
    taken(&emit("leaf_index", &vectors));
}
