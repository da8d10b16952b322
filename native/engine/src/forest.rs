//! A tree ensemble as it lies in a bundle, checked.
//!
//! Trees stand in the framework's summation order. Node and leaf arrays are concatenated; `tree_node` and `tree_leaf` hold each
//! tree's range. Children are tree-local: `>= 0` a node after the parent, `< 0` the leaf `!child`.

use crate::program::{Float, Floats};

/// The node tests membership in a set of categories instead of a threshold.
pub const FLAG_CATEGORICAL: u8 = 1;
/// A missing value goes left.
pub const FLAG_MISSING_LEFT: u8 = 1 << 1;
/// Bits 2 and 3: what is missing at this node, a `MISSING_*` value.
pub const MISSING_SHIFT: u8 = 2;
/// A value in the node's set goes left (else right).
pub const FLAG_IN_SET_LEFT: u8 = 1 << 4;
/// A category beyond the node's set goes left.
pub const FLAG_OUT_OF_RANGE_LEFT: u8 = 1 << 5;

/// NaN counts as 0.0 and is compared.
pub const MISSING_NONE: u8 = 0;
/// NaN and |x| <= 1e-35f are missing.
pub const MISSING_ZERO: u8 = 1;
/// NaN is missing.
pub const MISSING_NAN: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitCompare {
    /// `x < threshold` goes left.
    Lt,
    /// `x <= threshold` goes left.
    Le,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// Per output column: `init`, then each tree's leaf added in order, each sum rounded to `accumulator`.
    Sum,
    /// Per tree: its leaf's value.
    LeafValue,
    /// Per tree: its leaf's index in the tree.
    LeafIndex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CategoryCast {
    /// Truncate toward zero; a negative number (also -0.5) is out of range.
    Trunc,
    /// Truncate toward zero, so -0.5 is category 0; what is still negative is out of range.
    TruncNonneg,
}

#[derive(Clone, Debug)]
pub struct Forest {
    pub input: Float,
    pub compare: SplitCompare,
    pub accumulator: Float,
    pub emit: Emit,
    pub category_cast: CategoryCast,
    /// Width of the input block.
    pub columns: usize,
    /// Number of output columns (K).
    pub outputs: usize,
    /// Offsets of the trees' nodes, T + 1.
    pub tree_node: Vec<u32>,
    /// Offsets of the trees' leaves, T + 1.
    pub tree_leaf: Vec<u32>,
    /// Output column of each tree, or -1: the leaf is a vector of K.
    pub tree_output: Vec<i32>,
    pub feature: Vec<u32>,
    /// f32 or f64, the framework's own numbers.
    pub threshold: Floats,
    pub left: Vec<i32>,
    pub right: Vec<i32>,
    pub flags: Vec<u8>,
    /// Ascending indices of the categorical nodes (over all trees), and per such node its words in `category_bits`.
    pub category_node: Vec<u32>,
    pub category_offset: Vec<u32>,
    pub category_bits: Vec<u32>,
    /// [L] or [L, K], in the precision of the framework's leaf.
    pub leaf: Floats,
    /// 1, or K for vector leaves.
    pub leaf_width: usize,
    /// First value of each accumulator, K.
    pub init: Floats,
}

impl Forest {
    pub fn tree_count(&self) -> usize {
        self.tree_output.len()
    }

    /// The greatest depth of a tree's leaves. Children stand after their parent.
    pub fn depth(&self, tree: usize) -> u32 {
        let nodes = self.tree_node[tree] as usize..self.tree_node[tree + 1] as usize;
        let mut depths = vec![0u32; nodes.len()];
        let mut greatest = 0;
        for (index, node) in nodes.enumerate() {
            let below = depths[index] + 1;
            greatest = greatest.max(below);
            for child in [self.left[node], self.right[node]] {
                if let Ok(child) = usize::try_from(child) {
                    depths[child] = below;
                }
            }
        }
        greatest
    }
}
