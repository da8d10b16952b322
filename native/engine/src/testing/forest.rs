//! Random tree ensembles.

use super::{Fitted, Random};
use crate::forest::*;
use crate::program::Float;

/// What `forest@1` needs.
pub struct RandomForest {
    pub options: Vec<(&'static str, &'static str)>,
    pub tensors: Vec<(&'static str, Fitted)>,
    /// Kind of the result, "f64", "f32" or "i64", and its width.
    pub result: (&'static str, usize),
}

#[derive(Default)]
struct Arrays {
    tree_node: Vec<u32>,
    tree_leaf: Vec<u32>,
    feature: Vec<u32>,
    threshold: Vec<f64>,
    left: Vec<i32>,
    right: Vec<i32>,
    flags: Vec<u8>,
    category_node: Vec<u32>,
    category_offset: Vec<u32>,
    category_bits: Vec<u32>,
}

/// What the nodes of one forest have in common, as in the frameworks; or nothing (`mixed`).
struct Style {
    categorical: bool,
    mixed: bool,
    missing: u8,
    columns: usize,
}

pub fn random_forest(random: &mut Random, columns: usize, emit: &'static str) -> RandomForest {
    let style = Style {
        categorical: random.once_in(3),
        mixed: random.once_in(2),
        missing: random.below(3) as u8,
        columns,
    };
    let trees = match random.below(8) {
        0 if emit == "sum" => 0,
        1 => random.between(10, 40),
        _ => random.between(1, 9),
    };
    let mut arrays = Arrays {
        tree_node: vec![0],
        tree_leaf: vec![0],
        category_offset: vec![0],
        ..Arrays::default()
    };
    for _ in 0..trees {
        let nodes = random.pick(&[0, 1, 1, 2, 3, 5, 7, 12, 31, 70, 150]);
        tree(random, &mut arrays, &style, nodes);
    }
    finish(random, arrays, trees, emit)
}

/// Grows a tree by splitting random leaves: slots that hang from no node yet.
fn tree(random: &mut Random, arrays: &mut Arrays, style: &Style, nodes: usize) {
    let first = arrays.feature.len();
    let mut open: Vec<(usize, bool)> = vec![];
    for node in 0..nodes {
        if node > 0 {
            let slot = open.swap_remove(random.below(open.len()));
            hang(arrays, first, slot, node as i32);
        }
        add_node(random, arrays, style);
        open.extend([(node, true), (node, false)]);
    }
    let mut leaf = 0;
    while !open.is_empty() {
        let slot = open.swap_remove(random.below(open.len()));
        hang(arrays, first, slot, !leaf);
        leaf += 1;
    }
    let leaves = arrays.tree_leaf[arrays.tree_leaf.len() - 1] + nodes as u32 + 1;
    arrays.tree_leaf.push(leaves);
    arrays.tree_node.push(arrays.feature.len() as u32);
}

fn hang(arrays: &mut Arrays, first: usize, (node, left): (usize, bool), child: i32) {
    let side = if left { &mut arrays.left } else { &mut arrays.right };
    side[first + node] = child;
}

fn add_node(random: &mut Random, arrays: &mut Arrays, style: &Style) {
    let missing = if style.mixed {
        random.below(3) as u8
    } else {
        style.missing
    };
    let mut flags = missing << MISSING_SHIFT;
    if random.once_in(2) {
        flags |= FLAG_MISSING_LEFT;
    }
    let categorical = style.categorical && random.once_in(2);
    if categorical {
        flags |= FLAG_CATEGORICAL
            | random.pick(&[
                0,
                FLAG_IN_SET_LEFT,
                FLAG_OUT_OF_RANGE_LEFT,
                FLAG_IN_SET_LEFT | FLAG_OUT_OF_RANGE_LEFT,
            ]);
        arrays.category_node.push(arrays.feature.len() as u32);
        let words = random.below(3);
        arrays
            .category_bits
            .extend((0..words).map(|_| random.bits() as u32 & 0x9249_249f));
        arrays.category_offset.push(arrays.category_bits.len() as u32);
    }
    let threshold = match random.below(24) {
        0 => f64::INFINITY,
        1 => f64::NEG_INFINITY,
        _ => random.learned(),
    };
    arrays.feature.push(random.below(style.columns) as u32);
    arrays.threshold.push(if categorical { 0.0 } else { threshold });
    arrays.left.push(0);
    arrays.right.push(0);
    arrays.flags.push(flags);
}

fn finish(random: &mut Random, arrays: Arrays, trees: usize, emit: &'static str) -> RandomForest {
    let float = |random: &mut Random| {
        if random.once_in(2) {
            (Float::F64, "f64")
        } else {
            (Float::F32, "f32")
        }
    };
    let (input, acc) = (float(random).1, float(random));
    let (threshold_float, leaf_float) = (float(random).0, float(random).0);
    let outputs = random.pick(&[1, 1, 1, 2, 3, 10]);
    let vectors = emit != "leaf_value" && random.once_in(3);
    let leaves = arrays.tree_leaf[arrays.tree_leaf.len() - 1] as usize;
    let leaf_width = if vectors { outputs } else { 1 };
    let leaf_values: Vec<f64> = (0..leaves * leaf_width).map(|_| random.learned()).collect();
    let mut leaf = Fitted::floats(leaf_float, &leaf_values);
    if vectors {
        leaf = leaf.shaped(&[leaves, outputs]);
    }
    let init: Vec<f64> = (0..outputs).map(|_| random.learned()).collect();
    let tree_output: Vec<i32> = (0..trees)
        .map(|_| if vectors { -1 } else { random.below(outputs) as i32 })
        .collect();
    let mut tensors = vec![
        ("tree_node", Fitted::u32s(&arrays.tree_node)),
        ("tree_leaf", Fitted::u32s(&arrays.tree_leaf)),
        ("tree_output", Fitted::i32s(&tree_output)),
        ("feature", Fitted::u32s(&arrays.feature)),
        ("threshold", Fitted::floats(threshold_float, &arrays.threshold)),
        ("left", Fitted::i32s(&arrays.left)),
        ("right", Fitted::i32s(&arrays.right)),
        ("flags", Fitted::u8s(&arrays.flags)),
        ("leaf", leaf),
        ("init", Fitted::floats(acc.0, &init)),
    ];
    if !arrays.category_node.is_empty() || random.once_in(2) {
        tensors.push(("category_node", Fitted::u32s(&arrays.category_node)));
        tensors.push(("category_offset", Fitted::u32s(&arrays.category_offset)));
        tensors.push(("category_bits", Fitted::u32s(&arrays.category_bits)));
    }
    if random.once_in(2) {
        tensors.push(("cover", Fitted::f64s(&vec![1.0; arrays.feature.len()])));
        tensors.push(("leaf_cover", Fitted::f32s(&vec![1.0; leaves])));
        tensors.push(("node_id", Fitted::i32s(&vec![7; arrays.feature.len()])));
        tensors.push(("leaf_id", Fitted::i32s(&vec![7; leaves])));
    }
    let options = vec![
        ("input", input),
        ("compare", random.pick(&["lt", "le"])),
        ("acc", acc.1),
        ("emit", emit),
        ("category_cast", random.pick(&["trunc", "trunc_nonneg"])),
    ];
    let result = match emit {
        "sum" => (acc.1, outputs),
        "leaf_value" => (acc.1, trees),
        _ => ("i64", trees),
    };
    RandomForest {
        options,
        tensors,
        result,
    }
}
