//! From the key cells of a row to the node that answers.

use modelpack_bundle::{admit, limits, Carrier, Found, KeyValue, Partitions, Result, Schema};

use super::found_cache::FoundCache;
use crate::columns::Column;

/// Rows whose key cells are read at once.
const BLOCK_ROWS: usize = 256;

pub struct Keys {
    /// The feature of each level.
    features: Vec<usize>,
    seen: FoundCache,
}

/// The admitted cells of one row's key; as many as there are levels count.
type KeyCells = [u64; limits::PARTITION_LEVELS];

impl Keys {
    pub fn new(partitions: &Partitions) -> Keys {
        let features: Vec<usize> = partitions.levels().iter().map(|level| level.feature).collect();
        Keys {
            seen: FoundCache::new(partitions.node_count(), features.len()),
            features,
        }
    }

    /// Of a row of cells; an error if a cell of the key is refused.
    #[inline]
    pub fn of_cells(&self, partitions: &Partitions, schema: &Schema, cells: &[u64]) -> Result<Found> {
        let mut key: KeyCells = [0; limits::PARTITION_LEVELS];
        for (cell, &feature) in key.iter_mut().zip(&self.features) {
            *cell = admit(&schema.features[feature], cells[feature], Carrier::Row)?.cell;
        }
        Ok(self.find(partitions, schema, &key[..self.features.len()]))
    }

    #[inline]
    fn find(&self, partitions: &Partitions, schema: &Schema, key: &[u64]) -> Found {
        match self.seen.get(key) {
            Some(found) => found,
            None => self.search(partitions, schema, key),
        }
    }

    #[cold]
    fn search(&self, partitions: &Partitions, schema: &Schema, key: &[u64]) -> Found {
        let mut values = [KeyValue::Missing; limits::PARTITION_LEVELS];
        for ((value, &cell), &feature) in values.iter_mut().zip(key).zip(&self.features) {
            *value = KeyValue::from_cell(&schema.features[feature], cell);
        }
        let found = partitions.find(&values[..key.len()]);
        self.seen.put(key, found);
        found
    }

    /// Calls `each` with the rows from `first` on, in order; None if a cell of the row's key is refused.
    pub fn of_columns(
        &self,
        partitions: &Partitions,
        schema: &Schema,
        columns: &[Column<'_>],
        rows: std::ops::Range<usize>,
        mut each: impl FnMut(usize, Option<Found>),
    ) {
        let levels = self.features.len();
        let mut cells = vec![0; levels * BLOCK_ROWS];
        let mut key: KeyCells = [0; limits::PARTITION_LEVELS];
        let mut last: Option<Found> = None;
        for first in rows.clone().step_by(BLOCK_ROWS) {
            let count = BLOCK_ROWS.min(rows.end - first);
            let whole = self.read(schema, columns, first, count, &mut cells);
            for index in 0..count {
                let row = first + index;
                // One by one where a cell of the block is refused, to find out in which rows.
                let start = if whole { index } else { 0 };
                if !whole && !self.read(schema, columns, row, 1, &mut cells) {
                    each(row, None);
                    continue;
                }
                // Rows of one key often follow one another.
                let mut changed = last.is_none();
                for (cell, column) in key.iter_mut().zip(cells.chunks_exact(BLOCK_ROWS)) {
                    changed |= *cell != column[start];
                    *cell = column[start];
                }
                if changed {
                    last = Some(self.find(partitions, schema, &key[..levels]));
                }
                each(row, last);
            }
        }
    }

    /// Whether all key cells of these rows are admitted; level by level, `BLOCK_ROWS` apart.
    fn read(&self, schema: &Schema, columns: &[Column<'_>], first: usize, rows: usize, cells: &mut [u64]) -> bool {
        self.features
            .iter()
            .zip(cells.chunks_exact_mut(BLOCK_ROWS))
            .all(|(&index, cells)| {
                let (feature, column, cells) = (&schema.features[index], &columns[index], &mut cells[..rows]);
                column.cells(feature, first, cells).is_ok()
                    && cells
                        .iter_mut()
                        .all(|cell| match admit(feature, *cell, column.carrier()) {
                            Ok(admitted) => {
                                *cell = admitted.cell;
                                true
                            }
                            Err(_) => false,
                        })
            })
    }
}
