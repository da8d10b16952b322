//! Tree ensembles.

use super::cells::{dense, Cells, Real};
use crate::forest::*;
use crate::program::{Float, Floats};

/// |x| up to this is missing at a node of kind `MISSING_ZERO`.
const ZERO_THRESHOLD: f64 = 1e-35f32 as f64;

pub fn forest(forest: &Forest, x: &Cells) -> Cells {
    let row: Vec<f64> = dense!(x, x => x.iter().map(|x| forest.cast(x.to_f64())).collect());
    let leaves: Vec<usize> = (0..forest.tree_count())
        .map(|tree| forest.leaf_of(tree, &row))
        .collect();
    match (forest.emit, &forest.init) {
        (Emit::LeafIndex, _) => Cells::I64(leaves.iter().map(|&leaf| Some(leaf as i64)).collect()),
        (Emit::LeafValue, Floats::F64(_)) => Cells::F64(forest.leaf_values(&leaves)),
        (Emit::LeafValue, Floats::F32(_)) => Cells::F32(forest.leaf_values(&leaves)),
        (Emit::Sum, Floats::F64(init)) => Cells::F64(forest.sums(&leaves, init)),
        (Emit::Sum, Floats::F32(init)) => Cells::F32(forest.sums(&leaves, init)),
    }
}

/// A leaf's number in the accumulator's precision.
trait Accumulator: Real {
    fn leaf(leaf: &Floats, index: usize) -> Self;
}

impl Accumulator for f64 {
    fn leaf(leaf: &Floats, index: usize) -> f64 {
        match leaf {
            Floats::F64(leaf) => leaf[index],
            Floats::F32(leaf) => leaf[index] as f64,
        }
    }
}

impl Accumulator for f32 {
    fn leaf(leaf: &Floats, index: usize) -> f32 {
        match leaf {
            Floats::F64(leaf) => leaf[index] as f32,
            Floats::F32(leaf) => leaf[index],
        }
    }
}

impl Forest {
    fn cast(&self, x: f64) -> f64 {
        match self.input {
            Float::F64 => x,
            Float::F32 => x as f32 as f64,
        }
    }

    /// The leaf, counted within the tree, that the row reaches.
    fn leaf_of(&self, tree: usize, row: &[f64]) -> usize {
        let first = self.tree_node[tree] as usize;
        if first == self.tree_node[tree + 1] as usize {
            return 0;
        }
        let mut node = first;
        loop {
            let child = if self.goes_left(node, row[self.feature[node] as usize]) {
                self.left[node]
            } else {
                self.right[node]
            };
            if child < 0 {
                return !child as usize;
            }
            node = first + child as usize;
        }
    }

    fn goes_left(&self, node: usize, x: f64) -> bool {
        let flags = self.flags[node];
        let x = match (flags >> MISSING_SHIFT) & 3 {
            MISSING_ZERO if x.is_nan() || x.abs() <= ZERO_THRESHOLD => return flags & FLAG_MISSING_LEFT != 0,
            MISSING_NAN if x.is_nan() => return flags & FLAG_MISSING_LEFT != 0,
            _ if x.is_nan() => 0.0,
            _ => x,
        };
        if flags & FLAG_CATEGORICAL != 0 {
            return self.category_goes_left(node, flags, x);
        }
        let threshold = f64::leaf(&self.threshold, node);
        match self.compare {
            SplitCompare::Lt => x < threshold,
            SplitCompare::Le => x <= threshold,
        }
    }

    fn category_goes_left(&self, node: usize, flags: u8, x: f64) -> bool {
        let set = self
            .category_node
            .binary_search(&(node as u32))
            .expect("each categorical node has its set");
        let (start, end) = (
            self.category_offset[set] as usize,
            self.category_offset[set + 1] as usize,
        );
        let category = x.trunc();
        let negative = match self.category_cast {
            CategoryCast::Trunc => x < 0.0,
            CategoryCast::TruncNonneg => category < 0.0,
        };
        if negative || category >= (end - start) as f64 * 32.0 {
            return flags & FLAG_OUT_OF_RANGE_LEFT != 0;
        }
        let category = category as usize;
        let member = self.category_bits[start + category / 32] >> (category % 32) & 1 == 1;
        member == (flags & FLAG_IN_SET_LEFT != 0)
    }

    fn leaf_values<R: Accumulator>(&self, leaves: &[usize]) -> Vec<R> {
        leaves
            .iter()
            .enumerate()
            .map(|(tree, leaf)| R::leaf(&self.leaf, self.tree_leaf[tree] as usize + leaf))
            .collect()
    }

    fn sums<R: Accumulator>(&self, leaves: &[usize], init: &[R]) -> Vec<R> {
        let mut sums = init.to_vec();
        for (tree, leaf) in leaves.iter().enumerate() {
            let row = (self.tree_leaf[tree] as usize + leaf) * self.leaf_width;
            match self.tree_output[tree] {
                -1 => (0..self.leaf_width).for_each(|k| sums[k] = sums[k] + R::leaf(&self.leaf, row + k)),
                output => sums[output as usize] = sums[output as usize] + R::leaf(&self.leaf, row),
            }
        }
        sums
    }
}
