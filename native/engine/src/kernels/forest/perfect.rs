//! Trees padded to one depth, so that a walk has the same steps for all.

use super::keys::{threshold, KeyColumn, Ordered};
use super::trees::{column_of, root, GROUP_ROWS, GROUP_TREES, STRIP_ROWS};
use crate::forest::Forest;

/// The node after `n` is `2n` for left and `2n + 1` for right, from the root 1 on; after `depth` steps it names the leaf.
pub struct Perfect<K> {
    depth: u32,
    /// Per tree `2^depth` entries, the first unused. Trees are padded to whole groups.
    thresholds: Vec<K>,
    /// Every entry that a walk can read is less than `key_columns`.
    columns: Vec<u16>,
    key_columns: usize,
}

impl<K: Ordered> Perfect<K> {
    pub fn new(forest: &Forest, depth: u32, columns: &[KeyColumn]) -> (Perfect<K>, Vec<u32>) {
        let count = forest.tree_count().next_multiple_of(GROUP_TREES) << depth;
        let mut trees = Perfect {
            depth,
            thresholds: vec![K::RIGHT; count],
            columns: vec![0; count],
            key_columns: columns.len(),
        };
        let mut positions = vec![0; count];
        for tree in 0..forest.tree_count() {
            trees.pad(forest, tree, columns, &mut positions);
        }
        (trees, positions)
    }

    fn pad(&mut self, forest: &Forest, tree: usize, columns: &[KeyColumn], positions: &mut [u32]) {
        let start = tree << self.depth;
        let mut open = vec![(root(forest, tree), 1usize)];
        while let Some((child, node)) = open.pop() {
            let Ok(inner) = usize::try_from(child) else {
                // Whatever the padding below decides, it ends at this leaf.
                let below = self.depth - node.ilog2();
                let first = start + (node << below) - (1 << self.depth);
                positions[first..first + (1 << below)].fill(forest.tree_leaf[tree] + !child as u32);
                continue;
            };
            let source = forest.tree_node[tree] as usize + inner;
            self.thresholds[start + node] = K::threshold(threshold(&forest.threshold, source), forest.compare).0;
            self.columns[start + node] = column_of(forest, source, columns) as u16;
            open.push((forest.left[source], 2 * node));
            open.push((forest.right[source], 2 * node + 1));
        }
    }

    /// Thresholds and columns of `trees` trees.
    fn nodes(&self, first: usize, trees: usize) -> (&[K], &[u16]) {
        let range = first << self.depth..(first + trees) << self.depth;
        (&self.thresholds[range.clone()], &self.columns[range])
    }

    #[inline(always)]
    pub fn walk_row(&self, count: usize, keys: &[K], mut leaf: impl FnMut(usize, usize)) {
        assert!(keys.len() >= self.key_columns);
        for first in (0..count).step_by(GROUP_TREES) {
            let (thresholds, columns) = self.nodes(first, GROUP_TREES);
            let mut nodes = [1usize; GROUP_TREES];
            for _ in 0..self.depth {
                for (tree, node) in nodes.iter_mut().enumerate() {
                    let index = (tree << self.depth) + *node;
                    // SAFETY: a node is less than 2^depth before each of `depth` steps, and the group has GROUP_TREES times as
                    // many entries. The assertion holds for every column.
                    let right = unsafe {
                        let column = usize::from(*columns.get_unchecked(index));
                        *keys.get_unchecked(column) >= *thresholds.get_unchecked(index)
                    };
                    *node = 2 * *node + usize::from(right);
                }
            }
            for (tree, node) in nodes.iter().enumerate().take(count - first) {
                leaf(first + tree, ((first + tree) << self.depth) + node - (1 << self.depth));
            }
        }
    }

    pub fn walk_strip(&self, tree: usize, keys: &[K], positions: &mut [u32]) {
        assert!(keys.len() >= self.key_columns * STRIP_ROWS && positions.len() == STRIP_ROWS);
        let (thresholds, columns) = self.nodes(tree, 1);
        let end = (tree << self.depth).wrapping_sub(1 << self.depth);
        for (group, positions) in positions.chunks_exact_mut(GROUP_ROWS).enumerate() {
            let mut nodes = [1usize; GROUP_ROWS];
            for _ in 0..self.depth {
                for (row, node) in nodes.iter_mut().enumerate() {
                    // SAFETY: as in `walk_row`; the row lies within the strip.
                    let right = unsafe {
                        let column = usize::from(*columns.get_unchecked(*node));
                        let key = keys.get_unchecked(column * STRIP_ROWS + group * GROUP_ROWS + row);
                        *key >= *thresholds.get_unchecked(*node)
                    };
                    *node = 2 * *node + usize::from(right);
                }
            }
            for (position, node) in positions.iter_mut().zip(nodes) {
                *position = end.wrapping_add(node) as u32;
            }
        }
    }

    pub fn describe(&self) -> String {
        format!("padded to depth {}", self.depth)
    }
}
