//! A batch with mixed keys: rows are grouped by the node that answers, each group goes through its model's blocks, and answers go
//! back to the rows' own places.

use std::ops::Range;
use std::thread;

use modelpack_bundle::{Error, Found, Result};
use modelpack_math::FloatEnvironment;

use super::packed::{Packed, MOST_BYTES};
use super::Partitioned;
use crate::batch::{check_columns, Batch, Outputs, Rows, LEAST_THREAD_ROWS};
use crate::call::Call;
use crate::columns::Column;
use crate::model::Model;
use crate::output;
use crate::places::Places;
use std::sync::atomic::Ordering;

/// Rows that are grouped at once, which bounds what grouping needs: 16 bytes a row and the packed columns,
const MOST_CHUNK_ROWS: usize = 1 << 20;
/// but groups should not become too small.
const LEAST_CHUNK_ROWS: usize = 1 << 16;
/// In an entry of the order: the row's key is refused.
const REFUSED: u32 = u32::MAX;

/// What the threads of a call share.
#[derive(Clone, Copy)]
struct Mixed<'a> {
    partitioned: &'a Partitioned,
    root: &'a Model,
    columns: &'a [Column<'a>],
    packed: &'a [Option<Column<'a>>],
    outputs: Outputs<'a>,
    mask: u64,
    /// Row that the order's entries count from.
    base: usize,
}

impl Partitioned {
    pub fn predict_columns(
        &self,
        root: &Model,
        columns: &[Column<'_>],
        rows: usize,
        threads: usize,
        call: &mut Call<'_>,
    ) -> Result<()> {
        let schema = self.schema();
        check_columns(schema, columns, rows)?;
        let mask = output::check(schema, call, rows)?;
        let fitting = MOST_BYTES / size_of::<u64>() / columns.len().next_multiple_of(8).max(1);
        let chunk_rows = fitting.clamp(LEAST_CHUNK_ROWS, MOST_CHUNK_ROWS);
        for base in (0..rows).step_by(chunk_rows) {
            let chunk = base..rows.min(base + chunk_rows);
            let order = self.order(columns, chunk.clone(), call);
            let packed = match order.first().zip(order.last()) {
                // One node answers all of them.
                Some((first, last)) if node_of(*first) == node_of(*last) => None,
                _ => Packed::new(schema, columns, base, &order),
            };
            let packed = packed.as_ref().map(Packed::columns).unwrap_or_default();
            let mixed = Mixed {
                partitioned: self,
                root,
                columns,
                packed: &packed,
                outputs: Outputs(call.outputs),
                mask,
                base,
            };
            let status = call.status.as_deref_mut().map(|status| &mut status[chunk]);
            mixed.answer(&order, threads, status)?;
        }
        Ok(())
    }

    /// Node and row of each row of a chunk, ascending; notes what answers.
    fn order(&self, columns: &[Column<'_>], chunk: Range<usize>, call: &mut Call<'_>) -> Vec<u64> {
        let mut order = Vec::with_capacity(chunk.len());
        let base = chunk.start;
        let each = |row: usize, found: Option<Found>| {
            call.note(row, found);
            let node = found.map_or(REFUSED, |found| found.node);
            order.push(u64::from(node) << 32 | (row - base) as u64);
        };
        self.keys
            .of_columns(self.partitions(), self.schema(), columns, chunk, each);
        match self.partitions().node_count() <= order.len() {
            true => counted(&order, self.partitions().node_count()),
            false => {
                order.sort_unstable();
                order
            }
        }
    }
}

/// The entries in ascending order of nodes, those of one node as they stood: by counting, as there are no more nodes than rows.
fn counted(entries: &[u64], nodes: usize) -> Vec<u64> {
    // Rows that are refused come last.
    let place = |entry: u64| (node_of(entry) as usize).min(nodes);
    let mut starts = vec![0; nodes + 2];
    entries.iter().for_each(|&entry| starts[place(entry) + 1] += 1);
    for node in 0..=nodes {
        starts[node + 1] += starts[node];
    }
    let mut order = vec![0; entries.len()];
    for &entry in entries {
        let start = &mut starts[place(entry)];
        order[*start] = entry;
        *start += 1;
    }
    order
}

fn node_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

impl Mixed<'_> {
    /// `status` has an entry for each row of the chunk.
    fn answer(self, order: &[u64], threads: usize, status: Option<&mut [i32]>) -> Result<()> {
        let mut sorted = status.as_ref().map(|_| vec![0; order.len()]);
        self.shares(order, threads, sorted.as_deref_mut())?;
        if let (Some(status), Some(sorted)) = (status, sorted) {
            for (&entry, code) in order.iter().zip(sorted) {
                status[entry as u32 as usize] = code;
            }
        }
        Ok(())
    }

    /// A part of the order for each thread.
    fn shares(self, order: &[u64], threads: usize, status: Option<&mut [i32]>) -> Result<()> {
        let threads = threads.min(order.len() / LEAST_THREAD_ROWS);
        if threads <= 1 {
            return self.groups(order, 0, status);
        }
        let share = order.len().div_ceil(threads);
        let mut statuses = status.map(|status| status.chunks_mut(share));
        thread::scope(|scope| {
            let workers: Vec<_> = order
                .chunks(share)
                .enumerate()
                .map(|(index, order)| {
                    let own = statuses.as_mut().and_then(Iterator::next);
                    scope.spawn(move || {
                        let _environment = FloatEnvironment::enter();
                        self.groups(order, index * share, own)
                    })
                })
                .collect();
            let answers = workers.into_iter().map(|worker| match worker.join() {
                Ok(answer) => answer,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            answers.fold(Ok(()), lowest)
        })
    }

    /// Answers groups one after the other. Without a status the error is that of the lowest row, so an error does not end it.
    /// `position` is that of the first entry in the whole order.
    fn groups(self, order: &[u64], mut position: usize, mut status: Option<&mut [i32]>) -> Result<()> {
        let mut answer = Ok(());
        for group in order.chunk_by(|a, b| node_of(*a) == node_of(*b)) {
            let own = match status.take() {
                Some(all) => {
                    let (own, rest) = all.split_at_mut(group.len());
                    status = Some(rest);
                    Some(own)
                }
                None => None,
            };
            answer = lowest(
                answer,
                self.group(Places::new(group, self.base, position), node_of(group[0]), own),
            );
            position += group.len();
        }
        answer
    }

    /// Answers the rows of one node.
    fn group(self, places: Places<'_>, node: u32, mut status: Option<&mut [i32]>) -> Result<()> {
        if node == REFUSED {
            // Refused as a feature: the root's model says which is the first.
            return self.rows(self.root, places, status);
        }
        let lease = match self.partitioned.lease(self.root, node) {
            Ok(lease) => lease,
            Err(error) => {
                return match status {
                    Some(status) => {
                        status.fill(error.code().number());
                        Ok(())
                    }
                    None => Err(error.with_row(places.row(0))),
                }
            }
        };
        let answer = self.rows(&lease, places, status.as_deref_mut());
        self.count(node, places, &answer, status.as_deref());
        answer.map_err(|error| self.partitioned.named(error, node))
    }

    fn rows(self, model: &Model, places: Places<'_>, status: Option<&mut [i32]>) -> Result<()> {
        let batch = Batch {
            model,
            schema: self.partitioned.schema(),
            columns: self.columns,
            packed: self.packed,
            outputs: self.outputs,
            mask: self.mask,
            block_rows: model.plan.block_rows(),
        };
        match places.side_by_side() {
            Some(first) => batch.rows(Rows::Range(first, places.len()), status),
            None => batch.rows(Rows::Places(places), status),
        }
    }

    /// Counts the rows that were answered: without a status, those before the one that was not.
    fn count(self, node: u32, places: Places<'_>, answer: &Result<()>, status: Option<&[i32]>) {
        let failed_row = answer.as_ref().err().and_then(Error::row);
        let answered = match (status, failed_row) {
            (Some(status), _) => status.iter().filter(|&&code| code == 0).count(),
            (None, Some(failed)) => places.iter().take_while(|&row| row < failed).count(),
            (None, None) => places.len(),
        };
        let rows = &self.partitioned.cache.slot(node).rows;
        rows.fetch_add(answered as u64, Ordering::Relaxed);
    }
}

/// The error of the lowest row.
fn lowest(a: Result<()>, b: Result<()>) -> Result<()> {
    match (a, b) {
        (Err(a), Err(b)) if b.row() < a.row() => Err(b),
        (Err(a), _) => Err(a),
        (Ok(()), b) => b,
    }
}
