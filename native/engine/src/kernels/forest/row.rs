//! One row through all trees: several trees at once, so that the steps of one wait for nothing of another.

use super::keys::Ordered;
use super::trees::{Flat, Perfect, Shape, Trees, CATEGORICAL, GROUP_TREES};

/// Calls `leaf` with each tree and the position that the row reaches in it, in tree order.
#[inline(always)]
pub fn walk<K: Ordered>(trees: &Trees<K>, keys: &[K], mut leaf: impl FnMut(usize, usize)) {
    match &trees.shape {
        Shape::Perfect(perfect) => walk_perfect(perfect, trees.count(), keys, leaf),
        Shape::Flat(flat) if flat.sets.is_empty() => {
            for first in (0..trees.count()).step_by(GROUP_TREES) {
                let count = GROUP_TREES.min(trees.count() - first);
                let ends = walk_flat_group(flat, first, count, keys);
                (0..count).for_each(|tree| leaf(first + tree, ends[tree] as usize));
            }
        }
        Shape::Flat(flat) => {
            for (tree, &root) in flat.roots.iter().enumerate() {
                leaf(
                    tree,
                    walk_categorical(flat, root, |column| keys[column as usize]) as usize,
                );
            }
        }
    }
}

#[inline(always)]
fn walk_perfect<K: Ordered>(trees: &Perfect<K>, count: usize, keys: &[K], mut leaf: impl FnMut(usize, usize)) {
    assert!(keys.len() >= trees.key_columns);
    for first in (0..count).step_by(GROUP_TREES) {
        let (thresholds, columns) = trees.group(first);
        let mut nodes = [1usize; GROUP_TREES];
        for _ in 0..trees.depth {
            for (tree, node) in nodes.iter_mut().enumerate() {
                let index = (tree << trees.depth) + *node;
                // SAFETY: after d steps a node is less than 2^(d+1), so before each of `depth` steps less than 2^depth, and the
                // group has GROUP_TREES times as many entries. Every column is less than `key_columns`.
                let right = unsafe {
                    let column = *columns.get_unchecked(index);
                    *keys.get_unchecked(column as usize) >= *thresholds.get_unchecked(index)
                };
                *node = 2 * *node + usize::from(right);
            }
        }
        for (tree, node) in nodes.iter().enumerate().take(count - first) {
            let position = ((first + tree) << trees.depth) + node - (1 << trees.depth);
            leaf(first + tree, position);
        }
    }
}

/// The nodes that the row reaches in up to a group of trees.
fn walk_flat_group<K: Ordered>(trees: &Flat<K>, first: usize, count: usize, keys: &[K]) -> [u32; GROUP_TREES] {
    assert!(keys.len() >= trees.key_columns);
    // A group that is not full walks its first tree more than once.
    let mut nodes: [u32; GROUP_TREES] =
        std::array::from_fn(|tree| trees.roots[first + if tree < count { tree } else { 0 }]);
    loop {
        let mut moved = 0;
        for node in &mut nodes {
            // SAFETY: roots and children are nodes, both children of an inner node are, and a leaf, whose column always goes left,
            // is its own left child. Every column is less than `key_columns`.
            let next = unsafe {
                let current = trees.nodes.get_unchecked(*node as usize);
                current.child + u32::from(*keys.get_unchecked(current.column as usize) >= current.key)
            };
            moved |= next ^ *node;
            *node = next;
        }
        if moved == 0 {
            return nodes;
        }
    }
}

/// The leaf that a row reaches in a tree some of whose nodes test sets.
pub fn walk_categorical<K: Ordered>(trees: &Flat<K>, root: u32, key: impl Fn(u32) -> K) -> u32 {
    let mut node = root;
    loop {
        let current = &trees.nodes[node as usize];
        let key = key(current.column & !CATEGORICAL);
        let right = if current.column & CATEGORICAL == 0 {
            key >= current.key
        } else {
            let set = current
                .key
                .to_index()
                .expect("a categorical node holds the index of its set");
            trees.sets[set as usize].goes_right(&trees.bits, key)
        };
        let next = current.child + u32::from(right);
        if next == node {
            return node;
        }
        node = next;
    }
}
