//! Tree ensembles.
//!
//! Routing is pure and may happen in any order, for many trees or rows at once; only the additions of leaves are ordered, and they
//! are done in tree order (proof "evaluate early, add in order").

mod flat;
mod keys;
mod leaves;
mod ordered;
mod perfect;
#[cfg(avx512)]
#[clippy::msrv = "1.89"]
mod perfect_avx512;
mod sets;
mod trees;

use crate::forest::{Emit, Forest};
use crate::kernels::{Failure, Kernel};
use crate::plan::Columns;
use crate::program::{Float, Floats, Kind};
use crate::scratch::{carve, carved_cells, Scratch, Slot};

use keys::{Key, KeyColumn};
use leaves::{Accumulator, Leaves, Sums};
use ordered::Ordered;
use trees::{Trees, STRIP_ROWS};

/// Below this many rows, each is walked alone,
const LEAST_STRIP_ROWS: usize = 4;
/// and also where the keys of a strip would take more memory than this.
const STRIP_BYTES: usize = 16 << 20;

pub fn build(forest: &Forest, input: &Columns, output: &[Slot]) -> Box<dyn Kernel> {
    match (forest.input, input.kind) {
        (Float::F32, Kind::F32) => accumulate::<f32, i32>(forest, input, output),
        (Float::F32, _) => accumulate::<f64, i32>(forest, input, output),
        (Float::F64, Kind::F32) => accumulate::<f32, i64>(forest, input, output),
        (Float::F64, _) => accumulate::<f64, i64>(forest, input, output),
    }
}

fn accumulate<X: Key<K>, K: Ordered>(forest: &Forest, input: &Columns, output: &[Slot]) -> Box<dyn Kernel> {
    match (forest.emit, &forest.init) {
        (Emit::LeafIndex, _) => Box::new(ForestKernel::<X, K, i64>::new(forest, input, output)),
        (_, Floats::F64(_)) => Box::new(ForestKernel::<X, K, f64>::new(forest, input, output)),
        (_, Floats::F32(_)) => Box::new(ForestKernel::<X, K, f32>::new(forest, input, output)),
    }
}

/// `X`: what the input's columns hold; `K`: the integers that are compared in place of floats; `A`: what the leaves hold.
struct ForestKernel<X, K, A> {
    input: Vec<Slot>,
    output: Vec<Slot>,
    columns: Vec<KeyColumn>,
    trees: Trees<K>,
    leaves: Leaves<A>,
    input_type: std::marker::PhantomData<X>,
}

impl<X: Key<K>, K: Ordered, A: Accumulator> ForestKernel<X, K, A> {
    fn new(forest: &Forest, input: &Columns, output: &[Slot]) -> Self {
        let (trees, columns, positions) = Trees::new(forest);
        ForestKernel {
            input: input.slots.clone(),
            output: output.to_vec(),
            columns,
            trees,
            leaves: Leaves::new(forest, &positions),
            input_type: std::marker::PhantomData,
        }
    }

    /// Whether a block of so many rows is walked in strips.
    fn in_strips(&self, rows: usize) -> bool {
        rows >= LEAST_STRIP_ROWS && self.columns.len() * STRIP_ROWS * size_of::<K>() <= STRIP_BYTES
    }

    /// One row of the block.
    fn run_row(&self, scratch: &mut Scratch<'_>, row: usize, rows: usize) {
        let (mut slots, temporary) = scratch.split();
        let (keys, temporary) = carve::<K>(temporary, self.columns.len());
        for (key, column) in keys.iter_mut().zip(&self.columns) {
            let cells = slots.read::<X>(self.input[column.column as usize], rows);
            *key = column.rule.key(cells[row]);
        }
        if let Some((first, values)) = self.leaves.single() {
            let mut sum = first;
            self.trees
                .walk_row(keys, |_, position| sum = sum.plus(values[position]));
            slots.write::<A>(self.output[0], rows)[row] = sum;
            return;
        }
        let (sums, _) = carve::<A>(temporary, self.output.len());
        self.leaves.begin(sums);
        self.trees
            .walk_row(keys, |tree, position| self.leaves.add(sums, tree, position));
        for (&slot, &sum) in self.output.iter().zip(sums.iter()) {
            slots.write::<A>(slot, rows)[row] = sum;
        }
    }

    /// At most `STRIP_ROWS` rows from `first` on.
    fn run_strip(&self, scratch: &mut Scratch<'_>, first: usize, strip: usize, rows: usize) {
        let (mut slots, temporary) = scratch.split();
        let (keys, _) = carve::<K>(temporary, self.columns.len() * STRIP_ROWS);
        for (keys, column) in keys.chunks_exact_mut(STRIP_ROWS).zip(&self.columns) {
            let cells = slots.read::<X>(self.input[column.column as usize], rows);
            column.rule.keys(&cells[first..first + strip], keys);
        }
        let mut sums = Sums {
            scratch: &mut slots,
            slots: &self.output,
            first,
            strip,
        };
        for output in 0..self.output.len() {
            sums.column(output).fill(self.leaves.first(output));
        }
        let mut positions = [0; STRIP_ROWS];
        for tree in 0..self.trees.count() {
            self.trees.walk_strip(tree, keys, &mut positions, strip);
            self.leaves.add_strip(tree, &positions[..strip], &mut sums);
        }
    }
}

impl<X: Key<K>, K: Ordered, A: Accumulator> Kernel for ForestKernel<X, K, A> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        if !self.in_strips(rows) {
            (0..rows).for_each(|row| self.run_row(scratch, row, rows));
            return Ok(());
        }
        for first in (0..rows).step_by(STRIP_ROWS) {
            self.run_strip(scratch, first, STRIP_ROWS.min(rows - first), rows);
        }
        Ok(())
    }

    fn temporary_cells(&self, rows: usize) -> usize {
        let strip = if self.in_strips(rows) { STRIP_ROWS } else { 1 };
        carved_cells::<K>(self.columns.len() * strip) + carved_cells::<A>(self.output.len())
    }

    fn memory_bytes(&self) -> usize {
        size_of_val(&*self.columns) + self.trees.memory_bytes() + self.leaves.memory_bytes()
    }

    fn describe(&self) -> String {
        format!(
            "forest of {} trees, {}, on {} integer keys (proofs: order-preserving keys{}; evaluate early, add in order)",
            self.trees.count(),
            self.trees.describe(),
            self.columns.len(),
            if self.trees.narrowed { ", narrow" } else { "" }
        )
    }
}
