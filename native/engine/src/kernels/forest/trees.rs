//! Trees as they are walked.
//!
//! A walk ends at a *position*: a number that names a leaf over all trees. [`Trees::new`] also says which leaf each position is.

use super::keys::{threshold, KeyColumn, Ordered, Rule};
use crate::forest::{Forest, FLAG_IN_SET_LEFT, FLAG_MISSING_LEFT, FLAG_OUT_OF_RANGE_LEFT};

/// Trees no deeper than this may be padded to perfect ones.
const PERFECT_DEPTH: u32 = 8;
/// Padding may not make the forest larger than this many times its nodes,
const PADDING_FACTOR: usize = 4;
/// but a forest of so few nodes is always padded.
const ALWAYS_PADDED_NODES: usize = 1 << 12;
/// Trees that the row form walks at once; the arrays of perfect trees are padded to whole groups.
pub const GROUP_TREES: usize = 8;

pub struct Trees<K> {
    pub shape: Shape<K>,
    count: usize,
    /// Whether a threshold was narrowed to the input's precision.
    pub narrowed: bool,
}

pub enum Shape<K> {
    Perfect(Perfect<K>),
    Flat(Flat<K>),
}

/// All trees padded to one depth: the node after `n` is `2n + 1` for right and `2n` for left, from the root 1 on.
pub struct Perfect<K> {
    pub depth: u32,
    /// Per tree `2^depth` entries, the first unused.
    keys: Vec<K>,
    columns: Vec<u16>,
    /// Columns of keys; every entry of `columns` is less, where there is any node at all.
    pub key_columns: usize,
}

/// Trees of any shape. Siblings stand side by side; a leaf's child is itself.
pub struct Flat<K> {
    pub nodes: Vec<FlatNode<K>>,
    /// Root of each tree.
    pub roots: Vec<u32>,
    /// Sets of the categorical nodes; empty where there are none, so that the walk need not look for them.
    pub sets: Vec<CategorySet>,
    pub bits: Vec<u32>,
    /// Columns of keys, the leaves' among them; every node's is less.
    pub key_columns: usize,
}

#[derive(Clone, Copy)]
pub struct FlatNode<K> {
    /// Right if the column's key is no less; for a categorical node the index of its set.
    pub key: K,
    /// Column of keys, and `CATEGORICAL`.
    pub column: u32,
    /// Left child; the right one follows it.
    pub child: u32,
}

/// Set in [`FlatNode::column`] where the node tests a set.
pub const CATEGORICAL: u32 = 1 << 31;

#[derive(Clone, Copy)]
pub struct CategorySet {
    /// Words in `bits`.
    start: u32,
    words: u32,
    flags: u8,
}

impl CategorySet {
    /// `key`: a category, or one of the keys of a column of categories.
    pub fn goes_right<K: Ordered>(self, bits: &[u32], key: K) -> bool {
        let left = match key.to_index() {
            None if key == K::MISSING => self.flags & FLAG_MISSING_LEFT != 0,
            None => self.flags & FLAG_OUT_OF_RANGE_LEFT != 0,
            Some(category) if category / 32 >= self.words => self.flags & FLAG_OUT_OF_RANGE_LEFT != 0,
            Some(category) => {
                let word = bits[(self.start + category / 32) as usize];
                let member = (word >> (category % 32)) & 1 == 1;
                member == (self.flags & FLAG_IN_SET_LEFT != 0)
            }
        };
        !left
    }
}

impl<K: Ordered> Trees<K> {
    /// The trees, the columns of keys that they read, and the row of the leaf tensor of each position.
    pub fn new(forest: &Forest) -> (Trees<K>, Vec<KeyColumn>, Vec<u32>) {
        let depth = depth(forest);
        let mut columns: Vec<KeyColumn> = (0..forest.feature.len())
            .map(|node| KeyColumn::of_node(forest, node))
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let padded = forest.tree_count().saturating_mul(1 << depth.min(PERFECT_DEPTH));
        let small = padded <= ALWAYS_PADDED_NODES.max(PADDING_FACTOR * forest.feature.len());
        let perfect =
            depth <= PERFECT_DEPTH && small && forest.category_node.is_empty() && columns.len() <= u16::MAX as usize;
        let narrowed =
            (0..forest.feature.len()).any(|node| K::threshold(threshold(&forest.threshold, node), forest.compare).1);
        let count = forest.tree_count();
        if perfect {
            let (trees, positions) = Perfect::new(forest, depth, &columns);
            return (
                Trees {
                    shape: Shape::Perfect(trees),
                    count,
                    narrowed,
                },
                columns,
                positions,
            );
        }
        columns.push(KeyColumn::LEAF);
        let (trees, positions) = Flat::new(forest, &columns);
        (
            Trees {
                shape: Shape::Flat(trees),
                count,
                narrowed,
            },
            columns,
            positions,
        )
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn describe(&self) -> String {
        match &self.shape {
            Shape::Perfect(trees) => format!("padded to depth {}", trees.depth),
            Shape::Flat(trees) => format!("{} nodes", trees.nodes.len()),
        }
    }
}

/// The greatest depth of a leaf. Children stand after their parent.
fn depth(forest: &Forest) -> u32 {
    let mut greatest = 0;
    let mut depths: Vec<u32> = Vec::new();
    for bounds in forest.tree_node.windows(2) {
        let (first, count) = (bounds[0] as usize, (bounds[1] - bounds[0]) as usize);
        depths.clear();
        depths.resize(count, 0);
        for node in 0..count {
            let below = depths[node] + 1;
            greatest = greatest.max(below);
            for child in [forest.left[first + node], forest.right[first + node]] {
                if let Ok(child) = usize::try_from(child) {
                    depths[child] = below;
                }
            }
        }
    }
    greatest
}

fn column_index(columns: &[KeyColumn], column: KeyColumn) -> usize {
    columns
        .binary_search(&column)
        .expect("every node's column was collected")
}

/// The root of a tree in the notation of children: its first node, or its only leaf.
fn root(forest: &Forest, tree: usize) -> i32 {
    if forest.tree_node[tree] == forest.tree_node[tree + 1] {
        !0
    } else {
        0
    }
}

impl<K: Ordered> Perfect<K> {
    fn new(forest: &Forest, depth: u32, columns: &[KeyColumn]) -> (Perfect<K>, Vec<u32>) {
        let count = forest.tree_count().next_multiple_of(GROUP_TREES) << depth;
        let mut trees = Perfect {
            depth,
            keys: vec![K::RIGHT; count],
            columns: vec![0; count],
            key_columns: columns.len(),
        };
        let mut positions = vec![0; count];
        for tree in 0..forest.tree_count() {
            let mut open = vec![(root(forest, tree), 1usize)];
            while let Some((child, node)) = open.pop() {
                let level = node.ilog2();
                if let Ok(child) = usize::try_from(child) {
                    let source = forest.tree_node[tree] as usize + child;
                    let target = (tree << depth) + node;
                    trees.keys[target] = K::threshold(threshold(&forest.threshold, source), forest.compare).0;
                    trees.columns[target] = column_index(columns, KeyColumn::of_node(forest, source)) as u16;
                    open.push((forest.left[source], 2 * node));
                    open.push((forest.right[source], 2 * node + 1));
                } else {
                    // Whatever the padding below decides, it ends at this leaf.
                    let below = depth - level;
                    let first = (tree << depth) + (node << below) - (1 << depth);
                    positions[first..first + (1 << below)].fill(forest.tree_leaf[tree] + !child as u32);
                }
            }
        }
        (trees, positions)
    }
}

impl<K> Perfect<K> {
    /// Thresholds and columns of a whole group of trees.
    pub fn group(&self, first: usize) -> (&[K], &[u16]) {
        let range = first << self.depth..(first + GROUP_TREES) << self.depth;
        (&self.keys[range.clone()], &self.columns[range])
    }

    /// Thresholds and columns of a tree.
    pub fn tree(&self, tree: usize) -> (&[K], &[u16]) {
        let range = tree << self.depth..(tree + 1) << self.depth;
        (&self.keys[range.clone()], &self.columns[range])
    }
}

impl<K: Ordered> Flat<K> {
    fn new(forest: &Forest, columns: &[KeyColumn]) -> (Flat<K>, Vec<u32>) {
        let leaf_column = (columns.len() - 1) as u32;
        let mut trees = Flat {
            nodes: Vec::new(),
            roots: Vec::new(),
            sets: Vec::new(),
            bits: forest.category_bits.clone(),
            key_columns: columns.len(),
        };
        let mut positions: Vec<u32> = Vec::new();
        let leaf = FlatNode {
            key: K::RIGHT,
            column: leaf_column,
            child: 0,
        };
        for tree in 0..forest.tree_count() {
            trees.roots.push(trees.nodes.len() as u32);
            let mut open = std::collections::VecDeque::from([(root(forest, tree), trees.nodes.len())]);
            trees.nodes.push(leaf);
            while let Some((child, position)) = open.pop_front() {
                let Ok(child) = usize::try_from(child) else {
                    positions.resize(positions.len().max(position + 1), 0);
                    positions[position] = forest.tree_leaf[tree] + !child as u32;
                    trees.nodes[position].child = position as u32;
                    continue;
                };
                let source = forest.tree_node[tree] as usize + child;
                let children = trees.nodes.len();
                trees.nodes.extend([leaf, leaf]);
                trees.nodes[position] = trees.node(forest, columns, source, children as u32);
                open.push_back((forest.left[source], children));
                open.push_back((forest.right[source], children + 1));
            }
        }
        positions.resize(trees.nodes.len(), 0);
        (trees, positions)
    }

    fn node(&mut self, forest: &Forest, columns: &[KeyColumn], source: usize, child: u32) -> FlatNode<K> {
        let column = KeyColumn::of_node(forest, source);
        // The last column is the leaves' and not in order with the others.
        let index = column_index(&columns[..columns.len() - 1], column) as u32;
        if !matches!(column.rule, Rule::Category { .. }) {
            let key = K::threshold(threshold(&forest.threshold, source), forest.compare).0;
            return FlatNode {
                key,
                column: index,
                child,
            };
        }
        let set = forest
            .category_node
            .binary_search(&(source as u32))
            .expect("each categorical node has its set");
        let (start, end) = (forest.category_offset[set], forest.category_offset[set + 1]);
        let key = K::from_index(self.sets.len() as u32);
        self.sets.push(CategorySet {
            start,
            words: end - start,
            flags: forest.flags[source],
        });
        FlatNode {
            key,
            column: index | CATEGORICAL,
            child,
        }
    }
}
