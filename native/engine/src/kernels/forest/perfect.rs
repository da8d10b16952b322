//! Trees padded to one depth, so that a walk has the same steps for all.

use super::keys::{threshold, KeyColumn};
use super::ordered::Ordered;
use super::trees::{column_of, root, GROUP_ROWS, GROUP_TREES, STRIP_ROWS};
use crate::forest::Forest;

/// The nodes of one tree.
#[derive(Clone, Copy)]
pub struct Nodes<'a, K> {
    pub depth: u32,
    /// `2^depth` entries, the first unused; so too the columns.
    pub thresholds: &'a [K],
    pub columns: &'a [u16],
}

/// Walks the first rows of a strip through one tree, so many at least. It is handed nodes as [`Perfect::nodes`] makes them, and keys
/// for all their columns, of whole strips.
pub type StripWalk<K> = unsafe fn(Nodes<'_, K>, &[K], &mut [u32; STRIP_ROWS], usize);

/// The node after `n` is `2n` for left and `2n + 1` for right, from the root 1 on; after `depth` steps it names the leaf.
pub struct Perfect<K> {
    depth: u32,
    /// Per tree `2^depth` entries, the first unused. Trees are padded to whole groups.
    thresholds: Vec<K>,
    /// Every entry that a walk can read is less than `key_columns`.
    columns: Vec<u16>,
    key_columns: usize,
    strip_walk: StripWalk<K>,
}

impl<K: Ordered> Perfect<K> {
    pub fn new(forest: &Forest, depth: u32, columns: &[KeyColumn]) -> (Perfect<K>, Vec<u32>) {
        let count = forest.tree_count().next_multiple_of(GROUP_TREES) << depth;
        let mut trees = Perfect {
            depth,
            thresholds: vec![K::RIGHT; count],
            columns: vec![0; count],
            key_columns: columns.len(),
            strip_walk: K::strip_walk(depth).unwrap_or(walk_strip),
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

    /// Thresholds and columns of a group of trees.
    fn group(&self, first: usize) -> (&[K], &[u16]) {
        let range = first << self.depth..(first + GROUP_TREES) << self.depth;
        (&self.thresholds[range.clone()], &self.columns[range])
    }

    fn nodes(&self, tree: usize) -> Nodes<'_, K> {
        let range = tree << self.depth..(tree + 1) << self.depth;
        Nodes {
            depth: self.depth,
            thresholds: &self.thresholds[range.clone()],
            columns: &self.columns[range],
        }
    }

    #[inline(always)]
    pub fn walk_row(&self, count: usize, keys: &[K], mut leaf: impl FnMut(usize, usize)) {
        assert!(keys.len() >= self.key_columns);
        for first in (0..count).step_by(GROUP_TREES) {
            let (thresholds, columns) = self.group(first);
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

    pub fn walk_strip(&self, tree: usize, keys: &[K], positions: &mut [u32; STRIP_ROWS], rows: usize) {
        assert!(keys.len() >= self.key_columns * STRIP_ROWS);
        // SAFETY: the assertion holds for every column of the nodes, and a walk is chosen only where the processor has it.
        unsafe { (self.strip_walk)(self.nodes(tree), keys, positions, rows) };
        let start = tree << self.depth;
        for position in &mut positions[..rows] {
            // From the node below the last level to the position.
            *position = *position - (1 << self.depth) + start as u32;
        }
    }

    pub fn memory_bytes(&self) -> usize {
        size_of_val(&*self.thresholds) + size_of_val(&*self.columns)
    }

    pub fn describe(&self) -> String {
        format!("padded to depth {}", self.depth)
    }
}

/// The walk of any processor.
///
/// # Safety
/// `keys` holds a whole strip for every column of `nodes`.
unsafe fn walk_strip<K: Ordered>(nodes: Nodes<'_, K>, keys: &[K], ends: &mut [u32; STRIP_ROWS], rows: usize) {
    let groups = rows.div_ceil(GROUP_ROWS);
    for (group, ends) in ends.chunks_exact_mut(GROUP_ROWS).enumerate().take(groups) {
        let mut at = [1usize; GROUP_ROWS];
        for _ in 0..nodes.depth {
            for (row, node) in at.iter_mut().enumerate() {
                // SAFETY: as in `walk_row`; the row lies within the strip.
                let right = unsafe {
                    let column = usize::from(*nodes.columns.get_unchecked(*node));
                    let key = keys.get_unchecked(column * STRIP_ROWS + group * GROUP_ROWS + row);
                    *key >= *nodes.thresholds.get_unchecked(*node)
                };
                *node = 2 * *node + usize::from(right);
            }
        }
        for (end, node) in ends.iter_mut().zip(at) {
            *end = node as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    /// Keys and thresholds that often meet, at both ends of their range too.
    fn key(random: &mut Random) -> i32 {
        match random.below(8) {
            0 => i32::MIN,
            1 => i32::MAX,
            _ => random.below(21) as i32 - 10,
        }
    }

    #[test]
    fn every_processor_walks_alike() {
        let mut random = Random::new(3);
        for depth in 0..=8 {
            let Some(special) = i32::strip_walk(depth) else {
                continue;
            };
            let thresholds: Vec<i32> = (0..1 << depth).map(|_| key(&mut random)).collect();
            let columns: Vec<u16> = (0..1 << depth).map(|_| random.below(5) as u16).collect();
            let keys: Vec<i32> = (0..5 * STRIP_ROWS).map(|_| key(&mut random)).collect();
            let nodes = Nodes {
                depth,
                thresholds: &thresholds,
                columns: &columns,
            };
            for rows in [1, 8, 16, 17, 33, 50, STRIP_ROWS] {
                let mut ends = [[0; STRIP_ROWS]; 2];
                // SAFETY: the keys are a strip for five columns, and the walk is one that this processor has.
                unsafe {
                    walk_strip(nodes, &keys, &mut ends[0], rows);
                    special(nodes, &keys, &mut ends[1], rows);
                }
                assert_eq!(ends[0][..rows], ends[1][..rows], "depth {depth}, {rows} rows");
            }
        }
    }
}
