//! A strip of rows through one tree: several rows at once.

use super::keys::Ordered;
use super::row::walk_categorical;
use super::trees::{Flat, Perfect, Shape, Trees};
use super::STRIP_ROWS;

/// Rows that are walked in lock step.
const GROUP_ROWS: usize = 8;

/// Writes the position that each row of the strip reaches in the tree. `keys`: `STRIP_ROWS` keys for each column.
pub fn walk<K: Ordered>(trees: &Trees<K>, tree: usize, keys: &[K], positions: &mut [u32]) {
    for (group, positions) in positions.chunks_exact_mut(GROUP_ROWS).enumerate() {
        let first = group * GROUP_ROWS;
        match &trees.shape {
            // Trees that are single leaves read no key at all.
            Shape::Perfect(perfect) => walk_perfect(perfect, tree, keys.get(first..).unwrap_or_default(), positions),
            Shape::Flat(flat) if flat.sets.is_empty() => walk_flat(flat, tree, &keys[first..], positions),
            Shape::Flat(flat) => {
                for (row, position) in positions.iter_mut().enumerate() {
                    let key = |column: u32| keys[column as usize * STRIP_ROWS + first + row];
                    *position = walk_categorical(flat, flat.roots[tree], key);
                }
            }
        }
    }
}

fn walk_perfect<K: Ordered>(trees: &Perfect<K>, tree: usize, keys: &[K], positions: &mut [u32]) {
    assert!(keys.len() >= (trees.key_columns.max(1) - 1) * STRIP_ROWS + GROUP_ROWS || trees.key_columns == 0);
    let (thresholds, columns) = trees.tree(tree);
    let mut nodes = [1usize; GROUP_ROWS];
    for _ in 0..trees.depth {
        for (row, node) in nodes.iter_mut().enumerate() {
            // SAFETY: before each of `depth` steps a node is less than 2^depth, the length of both arrays; every column is less than
            // `key_columns`, for which the assertion holds.
            let right = unsafe {
                let column = *columns.get_unchecked(*node) as usize;
                *keys.get_unchecked(column * STRIP_ROWS + row) >= *thresholds.get_unchecked(*node)
            };
            *node = 2 * *node + usize::from(right);
        }
    }
    let first = tree << trees.depth;
    for (position, node) in positions.iter_mut().zip(nodes) {
        *position = (first + node - (1 << trees.depth)) as u32;
    }
}

fn walk_flat<K: Ordered>(trees: &Flat<K>, tree: usize, keys: &[K], positions: &mut [u32]) {
    assert!(keys.len() >= (trees.key_columns.max(1) - 1) * STRIP_ROWS + GROUP_ROWS);
    let mut nodes = [trees.roots[tree]; GROUP_ROWS];
    loop {
        let mut moved = 0;
        for (row, node) in nodes.iter_mut().enumerate() {
            // SAFETY: as in the row form; the assertion holds for every column.
            let next = unsafe {
                let current = trees.nodes.get_unchecked(*node as usize);
                let key = *keys.get_unchecked(current.column as usize * STRIP_ROWS + row);
                current.child + u32::from(key >= current.key)
            };
            moved |= next ^ *node;
            *node = next;
        }
        if moved == 0 {
            break;
        }
    }
    positions.copy_from_slice(&nodes);
}
