//! The gate for forests: shapes that frameworks grow and shapes that they never should, every kind of node, leaf and precision.

use super::Case;
use crate::batch::Shares;
use crate::forest::{FLAG_CATEGORICAL, FLAG_IN_SET_LEFT, FLAG_MISSING_LEFT, FLAG_OUT_OF_RANGE_LEFT, MISSING_SHIFT};
use crate::program::Float;
use crate::testing::{Build, Fitted, Random, TestProgram};

const FORESTS: u64 = 300;
const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
enum Growth {
    /// A single leaf.
    Leaf,
    /// Level by level, up to so many nodes.
    Level(usize),
    /// A random leaf is split each time.
    Random(usize),
    /// Each node hangs from the last.
    Chain(usize),
}

struct Grower {
    random: Random,
    columns: usize,
    /// Kinds of missing that occur.
    kinds: Vec<u8>,
    categorical: bool,
    thresholds: Vec<f64>,
    nodes: Vec<u32>,
    leaves: Vec<u32>,
    left: Vec<i32>,
    right: Vec<i32>,
    flags: Vec<u8>,
    threshold: Vec<f64>,
    feature: Vec<u32>,
    set_nodes: Vec<u32>,
    set_offsets: Vec<u32>,
    set_bits: Vec<u32>,
}

impl Grower {
    fn new(mut random: Random) -> Grower {
        let columns = random.between(1, NAMES.len());
        let kinds = random.pick(&[vec![2], vec![0], vec![1], vec![0, 1, 2]]);
        let categorical = random.once_in(3);
        // Few thresholds, so that rows often meet one: ends, zeros, subnormals, and numbers beyond and between f32s.
        let mut thresholds = vec![
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.0,
            -0.0,
            f64::from_bits(1),
            -f64::from_bits(1),
            1e-45,
            1e-35,
            f64::from(1e-35f32),
            3.5e38,
            -3.5e38,
            f64::MAX,
            0.1,
            16_777_217.0,
        ];
        thresholds.extend((0..30).map(|_| random.learned()));
        Grower {
            random,
            columns,
            kinds,
            categorical,
            thresholds,
            nodes: vec![0],
            leaves: vec![0],
            left: vec![],
            right: vec![],
            flags: vec![],
            threshold: vec![],
            feature: vec![],
            set_nodes: vec![],
            set_offsets: vec![0],
            set_bits: vec![],
        }
    }

    fn tree(&mut self, growth: Growth) {
        let first = self.left.len();
        let count = match growth {
            Growth::Leaf => 0,
            Growth::Level(count) | Growth::Random(count) | Growth::Chain(count) => count,
        };
        let mut open: Vec<(usize, bool)> = vec![];
        for node in 0..count {
            if node > 0 {
                let slot = match growth {
                    Growth::Random(_) => self.random.below(open.len()),
                    Growth::Chain(_) => open.len() - 1 - self.random.below(2),
                    _ => 0,
                };
                let slot = open.remove(slot);
                self.hang(first, slot, node as i32);
            }
            self.node();
            open.extend([(node, true), (node, false)]);
        }
        for (leaf, slot) in (0..).zip(open) {
            self.hang(first, slot, !leaf);
        }
        self.nodes.push(self.left.len() as u32);
        self.leaves.push(self.leaves[self.leaves.len() - 1] + count as u32 + 1);
    }

    fn hang(&mut self, first: usize, (node, left): (usize, bool), child: i32) {
        let side = if left { &mut self.left } else { &mut self.right };
        side[first + node] = child;
    }

    fn node(&mut self) {
        let random = &mut self.random;
        let mut flags = random.pick(&self.kinds) << MISSING_SHIFT;
        flags |= if random.once_in(2) { FLAG_MISSING_LEFT } else { 0 };
        let mut threshold = random.pick(&self.thresholds);
        if self.categorical && random.once_in(2) {
            threshold = 0.0;
            flags |= FLAG_CATEGORICAL;
            flags |= random.pick(&[
                0,
                FLAG_IN_SET_LEFT,
                FLAG_OUT_OF_RANGE_LEFT,
                FLAG_IN_SET_LEFT | FLAG_OUT_OF_RANGE_LEFT,
            ]);
            self.set_nodes.push(self.left.len() as u32);
            self.set_bits.extend((0..random.below(4)).map(|_| random.bits() as u32));
            self.set_offsets.push(self.set_bits.len() as u32);
        }
        self.feature.push(random.below(self.columns) as u32);
        self.threshold.push(threshold);
        self.flags.push(flags);
        self.left.push(0);
        self.right.push(0);
    }
}

fn growth(random: &mut Random, style: usize) -> Growth {
    match style {
        0 => Growth::Level((1 << random.between(1, 8)) - 1),
        1 => Growth::Level(63),
        2 => Growth::Random(30),
        3 => random.pick(&[Growth::Leaf, Growth::Level(1), Growth::Chain(9), Growth::Random(5)]),
        4 => Growth::Chain(random.between(2, 150)),
        _ => Growth::Leaf,
    }
}

fn forest(seed: u64) -> TestProgram {
    let mut grower = Grower::new(Random::new(seed));
    let style = grower.random.below(6);
    // More and fewer than a group, whole groups, none.
    let trees = grower.random.pick(&[0, 1, 7, 8, 9, 16, 20]);
    for _ in 0..trees {
        let growth = growth(&mut grower.random, style);
        grower.tree(growth);
    }
    build(grower, trees)
}

fn build(mut grower: Grower, trees: usize) -> TestProgram {
    let random = &mut grower.random;
    let precision = |random: &mut Random| random.pick(&[("f64", Float::F64), ("f32", Float::F32)]);
    let (cell, input, acc) = (precision(random), precision(random), precision(random));
    let (threshold, leaf) = (precision(random).1, precision(random).1);
    let emit = if trees == 0 {
        "sum"
    } else {
        random.pick(&["sum", "sum", "sum", "leaf_value", "leaf_index"])
    };
    let outputs = random.pick(&[1, 1, 3, 7]);
    let vectors = emit != "leaf_value" && random.once_in(3);
    let width = if vectors { outputs } else { 1 };
    let leaves = grower.leaves[trees] as usize;
    let values: Vec<f64> = (0..leaves * width).map(|_| random.learned()).collect();
    let mut leaf = Fitted::floats(leaf, &values);
    if vectors {
        leaf = leaf.shaped(&[leaves, width]);
    }
    let init: Vec<f64> = (0..outputs).map(|_| random.pick(&[0.0, -0.0, 0.5, 1e10])).collect();
    let tree_output: Vec<i32> = (0..trees)
        .map(|_| if vectors { -1 } else { random.below(outputs) as i32 })
        .collect();
    let mut tensors = vec![
        ("tree_node", Fitted::u32s(&grower.nodes)),
        ("tree_leaf", Fitted::u32s(&grower.leaves)),
        ("tree_output", Fitted::i32s(&tree_output)),
        ("feature", Fitted::u32s(&grower.feature)),
        ("threshold", Fitted::floats(threshold, &grower.threshold)),
        ("left", Fitted::i32s(&grower.left)),
        ("right", Fitted::i32s(&grower.right)),
        ("flags", Fitted::u8s(&grower.flags)),
        ("leaf", leaf),
        ("init", Fitted::floats(acc.1, &init)),
    ];
    if !grower.set_nodes.is_empty() {
        tensors.push(("category_node", Fitted::u32s(&grower.set_nodes)));
        tensors.push(("category_offset", Fitted::u32s(&grower.set_offsets)));
        tensors.push(("category_bits", Fitted::u32s(&grower.set_bits)));
    }
    let options = [
        ("input", input.0),
        ("compare", random.pick(&["lt", "le"])),
        ("acc", acc.0),
        ("emit", emit),
        ("category_cast", random.pick(&["trunc", "trunc_nonneg"])),
    ];
    let (dtype, columns) = match emit {
        "sum" => (dtype_of(acc.1), outputs),
        "leaf_value" => (dtype_of(acc.1), trees),
        _ => ("int64", trees),
    };
    let mut build = Build::new();
    let names = &NAMES[..grower.columns];
    let inputs: Vec<String> = names.iter().map(|name| build.feature(name, dtype_of(cell.1))).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let block = build.op("concat@1", &inputs, &[], &[]);
    let answer = build.op("forest@1", &[&block], &options, &tensors);
    build.output(
        if dtype == "int64" { "leaves" } else { "margin" },
        &answer,
        dtype,
        columns,
    );
    build.finish()
}

fn dtype_of(float: Float) -> &'static str {
    match float {
        Float::F64 => "float64",
        Float::F32 => "float32",
    }
}

#[test]
fn forests_of_every_shape_answer_as_the_reference() {
    for seed in 0..FORESTS {
        let rows = Random::new(seed ^ 0xf0).pick(&[3, 63, 64, 65, 200]);
        let case = Case::of(forest(seed), seed, rows);
        let expected = case.reference(1, true);
        for block_rows in [512, 64, 5] {
            let answer = case.batch(1, true, Shares { threads: 1, block_rows });
            answer.assert_is(&expected, &format!("forest {seed}, blocks of {block_rows}"));
        }
        for row in 0..case.rows {
            let cells = case.row(row);
            let expected = case.answer(1, 1, false, |call| case.model.reference(&case.schema, cells, 1, call));
            let answer = case.answer(1, 1, false, |call| case.model.predict_row(&case.schema, cells, call));
            answer.assert_is(&expected, &format!("forest {seed}, row {row}"));
        }
    }
}
