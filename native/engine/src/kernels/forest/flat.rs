//! Trees of any shape: nodes with a child each, walked until nothing moves.

use std::collections::VecDeque;

use super::keys::{threshold, KeyColumn, Rule};
use super::ordered::Ordered;
use super::sets::CategorySets;
use super::trees::{column_of, root, GROUP_ROWS, GROUP_TREES, STRIP_ROWS};
use crate::forest::Forest;

/// Siblings stand side by side. A leaf is its own left child and reads a column that goes left everywhere.
pub struct Flat<K> {
    nodes: Vec<Node<K>>,
    /// Root of each tree.
    roots: Vec<u32>,
    /// `None` where no node tests a set, so that the walk need not look.
    sets: Option<CategorySets>,
    /// Columns of keys, the leaves' among them; every node's is less.
    key_columns: usize,
}

#[derive(Clone, Copy)]
struct Node<K> {
    /// Right if the column's key is no less. A node that tests a set never reads it.
    threshold: K,
    column: u32,
    /// Left child; the right one follows it.
    child: u32,
}

impl<K: Ordered> Flat<K> {
    /// `columns`: those of the nodes; the leaves' column stands after them.
    pub fn new(forest: &Forest, columns: &[KeyColumn]) -> (Flat<K>, Vec<u32>) {
        let sets = (!forest.category_node.is_empty()).then(CategorySets::default);
        let mut trees = Flat {
            nodes: Vec::new(),
            roots: Vec::new(),
            sets,
            key_columns: columns.len() + 1,
        };
        let mut positions = Vec::new();
        for tree in 0..forest.tree_count() {
            trees.plant(forest, tree, columns, &mut positions);
        }
        (trees, positions)
    }

    /// Adds a tree, level by level.
    fn plant(&mut self, forest: &Forest, tree: usize, columns: &[KeyColumn], positions: &mut Vec<u32>) {
        let leaf_column = columns.len() as u32;
        let leaf = |position: usize| Node {
            threshold: K::RIGHT,
            column: leaf_column,
            child: position as u32,
        };
        let first = self.nodes.len();
        self.roots.push(first as u32);
        self.nodes.push(leaf(first));
        let mut open = VecDeque::from([(root(forest, tree), first)]);
        while let Some((child, position)) = open.pop_front() {
            let Ok(inner) = usize::try_from(child) else {
                positions.resize(self.nodes.len(), 0);
                positions[position] = forest.tree_leaf[tree] + !child as u32;
                continue;
            };
            let source = forest.tree_node[tree] as usize + inner;
            let children = self.nodes.len();
            self.nodes.extend([leaf(children), leaf(children + 1)]);
            self.nodes[position] = self.node(forest, source, position, columns, children);
            open.push_back((forest.left[source], children));
            open.push_back((forest.right[source], children + 1));
        }
    }

    fn node(
        &mut self,
        forest: &Forest,
        source: usize,
        position: usize,
        columns: &[KeyColumn],
        child: usize,
    ) -> Node<K> {
        let column = column_of(forest, source, columns);
        if let (Rule::Category { .. }, Some(sets)) = (columns[column].rule, &mut self.sets) {
            sets.add(forest, source, position);
        }
        let threshold = K::threshold(threshold(&forest.threshold, source), forest.compare).0;
        Node {
            threshold,
            column: column as u32,
            child: child as u32,
        }
    }

    /// The node after `node`; a leaf's is itself.
    ///
    /// # Safety
    /// `node` is a node, and `key` may be called with every column less than `key_columns`; a leaf's column must give `K::LEFT`.
    #[inline(always)]
    unsafe fn step(&self, node: u32, sets: Option<&CategorySets>, key: impl Fn(usize) -> K) -> u32 {
        // SAFETY: promised by the caller.
        let current = unsafe { self.nodes.get_unchecked(node as usize) };
        let key = key(current.column as usize);
        let mut right = key >= current.threshold;
        if let Some(sets) = sets {
            right = sets.goes_right(node as usize, key, right);
        }
        current.child + u32::from(right)
    }

    /// Steps all nodes to their leaves. `key`: of lane and column.
    ///
    /// # Safety
    /// As [`Flat::step`], for every lane.
    #[inline(always)]
    unsafe fn descend<const LANES: usize>(
        &self,
        mut nodes: [u32; LANES],
        sets: Option<&CategorySets>,
        key: impl Fn(usize, usize) -> K,
    ) -> [u32; LANES] {
        loop {
            let mut moved = 0;
            for (lane, node) in nodes.iter_mut().enumerate() {
                // SAFETY: promised by the caller for the first nodes; a child is a node, both children of an inner node are, and a
                // leaf goes left to itself.
                let next = unsafe { self.step(*node, sets, |column| key(lane, column)) };
                moved |= next ^ *node;
                *node = next;
            }
            if moved == 0 {
                return nodes;
            }
        }
    }

    #[inline(always)]
    pub fn walk_row(&self, keys: &[K], mut leaf: impl FnMut(usize, usize)) {
        assert!(keys.len() >= self.key_columns);
        // SAFETY: the assertion holds for every column.
        let key = |_: usize, column: usize| unsafe { *keys.get_unchecked(column) };
        for (group, roots) in self.roots.chunks(GROUP_TREES).enumerate() {
            // A group that is not full walks its first tree more than once.
            let nodes = std::array::from_fn(|tree| *roots.get(tree).unwrap_or(&roots[0]));
            // SAFETY: roots are nodes, and `key` reads every column; the plan gives the leaves' column `K::LEFT`.
            let nodes: [u32; GROUP_TREES] = unsafe {
                match &self.sets {
                    None => self.descend(nodes, None, key),
                    Some(sets) => self.descend(nodes, Some(sets), key),
                }
            };
            for (tree, &node) in nodes.iter().enumerate().take(roots.len()) {
                leaf(group * GROUP_TREES + tree, node as usize);
            }
        }
    }

    pub fn walk_strip(&self, tree: usize, keys: &[K], positions: &mut [u32; STRIP_ROWS], rows: usize) {
        assert!(keys.len() >= self.key_columns * STRIP_ROWS);
        let groups = rows.div_ceil(GROUP_ROWS);
        for (group, positions) in positions.chunks_exact_mut(GROUP_ROWS).enumerate().take(groups) {
            // SAFETY: the assertion holds for every column and row.
            let key = |row: usize, column: usize| unsafe {
                *keys.get_unchecked(column * STRIP_ROWS + group * GROUP_ROWS + row)
            };
            let nodes = [self.roots[tree]; GROUP_ROWS];
            // SAFETY: as in `walk_row`.
            let nodes = unsafe {
                match &self.sets {
                    None => self.descend(nodes, None, key),
                    Some(sets) => self.descend(nodes, Some(sets), key),
                }
            };
            positions.copy_from_slice(&nodes);
        }
    }

    /// Capacities: the nodes grew one by one.
    pub fn memory_bytes(&self) -> usize {
        let sets = self.sets.as_ref().map_or(0, CategorySets::memory_bytes);
        self.nodes.capacity() * size_of::<Node<K>>() + self.roots.capacity() * size_of::<u32>() + sets
    }

    pub fn describe(&self) -> String {
        let sets = if self.sets.is_some() {
            ", sets of categories as bits"
        } else {
            ""
        };
        format!("{} nodes{sets}", self.nodes.len())
    }
}
