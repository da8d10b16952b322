//! Trees in the shape in which they are walked.
//!
//! A walk ends at a *position*: a number that names a leaf over all trees. [`Trees::new`] also says which leaf each position is.

use super::flat::Flat;
use super::keys::{threshold, KeyColumn};
use super::ordered::Ordered;
use super::perfect::Perfect;
use crate::forest::Forest;

/// Trees no deeper than this may be padded to perfect ones.
const PERFECT_DEPTH: u32 = 8;
/// Padding may not make the forest larger than this many times its nodes,
const PADDING_FACTOR: usize = 4;
/// but a forest of so few nodes is always padded.
const ALWAYS_PADDED_NODES: usize = 1 << 12;
/// Trees that a row walks at once.
pub const GROUP_TREES: usize = 8;
/// Rows that walk a tree at once.
pub const GROUP_ROWS: usize = 8;
/// Rows of a strip: as many as let their keys stay in the first-level cache.
pub const STRIP_ROWS: usize = 64;

pub struct Trees<K> {
    shape: Shape<K>,
    count: usize,
    /// Whether a threshold was narrowed to the input's precision.
    pub narrowed: bool,
}

enum Shape<K> {
    Perfect(Perfect<K>),
    Flat(Flat<K>),
}

impl<K: Ordered> Trees<K> {
    /// The trees, the columns of keys that they read, and the row of the leaf tensor of each position.
    pub fn new(forest: &Forest) -> (Trees<K>, Vec<KeyColumn>, Vec<u32>) {
        let nodes = 0..forest.feature.len();
        let mut columns: Vec<KeyColumn> = nodes.clone().map(|node| KeyColumn::of_node(forest, node)).collect();
        columns.sort_unstable();
        columns.dedup();
        let narrowed = |node: usize| K::threshold(threshold(&forest.threshold, node), forest.compare).1;
        let narrowed = nodes.into_iter().any(narrowed);
        let (shape, positions) = match perfect_depth(forest, &columns) {
            Some(depth) => {
                let (trees, positions) = Perfect::new(forest, depth, &columns);
                (Shape::Perfect(trees), positions)
            }
            None => {
                let (trees, positions) = Flat::new(forest, &columns);
                columns.push(KeyColumn::LEAF);
                (Shape::Flat(trees), positions)
            }
        };
        // One was made for each node before equal ones fell together.
        columns.shrink_to_fit();
        let count = forest.tree_count();
        (Trees { shape, count, narrowed }, columns, positions)
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Calls `leaf` with each tree and the position that the row reaches in it, in tree order.
    #[inline(always)]
    pub fn walk_row(&self, keys: &[K], leaf: impl FnMut(usize, usize)) {
        match &self.shape {
            Shape::Perfect(trees) => trees.walk_row(self.count, keys, leaf),
            Shape::Flat(trees) => trees.walk_row(keys, leaf),
        }
    }

    /// Writes the position that each of the first `rows` rows of a strip reaches in a tree. `keys`: `STRIP_ROWS` keys for each column.
    pub fn walk_strip(&self, tree: usize, keys: &[K], positions: &mut [u32; STRIP_ROWS], rows: usize) {
        match &self.shape {
            Shape::Perfect(trees) => trees.walk_strip(tree, keys, positions, rows),
            Shape::Flat(trees) => trees.walk_strip(tree, keys, positions, rows),
        }
    }

    pub fn memory_bytes(&self) -> usize {
        match &self.shape {
            Shape::Perfect(trees) => trees.memory_bytes(),
            Shape::Flat(trees) => trees.memory_bytes(),
        }
    }

    pub fn describe(&self) -> String {
        match &self.shape {
            Shape::Perfect(trees) => trees.describe(),
            Shape::Flat(trees) => trees.describe(),
        }
    }
}

/// The depth to pad to, where padding is worth it.
fn perfect_depth(forest: &Forest, columns: &[KeyColumn]) -> Option<u32> {
    let depth = (0..forest.tree_count())
        .map(|tree| forest.depth(tree))
        .max()
        .unwrap_or(0);
    if depth > PERFECT_DEPTH || !forest.category_node.is_empty() || columns.len() > usize::from(u16::MAX) {
        return None;
    }
    let padded = forest.tree_count().saturating_mul(1 << depth);
    let nodes = forest.feature.len();
    (padded <= ALWAYS_PADDED_NODES.max(PADDING_FACTOR * nodes)).then_some(depth)
}

/// The root of a tree in the notation of children: its first node, or its only leaf.
pub fn root(forest: &Forest, tree: usize) -> i32 {
    if forest.tree_node[tree] == forest.tree_node[tree + 1] {
        !0
    } else {
        0
    }
}

/// The index of a node's column among the sorted columns of all nodes.
pub fn column_of(forest: &Forest, node: usize, columns: &[KeyColumn]) -> usize {
    let column = KeyColumn::of_node(forest, node);
    columns
        .binary_search(&column)
        .expect("every node's column was collected")
}
