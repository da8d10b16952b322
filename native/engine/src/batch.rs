//! Many rows: in blocks, on as many threads as asked for.
//!
//! A block in which anything is refused is run again row by row, so that the first error is that of the lowest row and, in it, of
//! the first feature or step: the same on every path.

use std::thread;

use modelpack_bundle::{quote, Error, ErrorCode, Result, Schema};
use modelpack_math::FloatEnvironment;

use crate::call::{Call, OutputBuffer};
use crate::columns::Column;
use crate::model::{settle, ColumnRow, Model};
use crate::output;
use crate::places::Places;
use crate::scratch::{carve, carved_cells, with_scratch, Scratch};
use crate::stats::{self, Seen};

/// A thread is not worth its start for fewer rows.
pub(crate) const LEAST_THREAD_ROWS: usize = 1_024;

/// What the threads of a call share: a model, and a call that was checked.
pub(crate) struct Batch<'a> {
    pub model: &'a Model,
    pub schema: &'a Schema,
    pub columns: &'a [Column<'a>],
    /// Columns in the order that places are taken from: one for each feature that has it, or none at all.
    pub packed: &'a [Option<Column<'a>>],
    pub outputs: Outputs<'a>,
    pub mask: u64,
    pub block_rows: usize,
}

/// The rows of a call that a batch or a block answers.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    /// So many from the first on.
    Range(usize, usize),
    Places(Places<'a>),
}

impl<'a> Rows<'a> {
    pub fn len(self) -> usize {
        match self {
            Rows::Range(_, count) => count,
            Rows::Places(places) => places.len(),
        }
    }

    fn row(self, index: usize) -> usize {
        match self {
            Rows::Range(first, _) => first + index,
            Rows::Places(places) => places.row(index),
        }
    }

    fn part(self, start: usize, count: usize) -> Rows<'a> {
        match self {
            Rows::Range(first, _) => Rows::Range(first + start, count),
            Rows::Places(places) => Rows::Places(places.part(start, count)),
        }
    }
}

/// How a batch is cut up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shares {
    pub threads: usize,
    pub block_rows: usize,
}

/// Output buffers for several threads.
#[derive(Clone, Copy)]
pub(crate) struct Outputs<'a>(pub &'a [OutputBuffer<'a>]);

// SAFETY: the threads of a call write disjoint rows, and nothing reads the buffers before all have ended.
unsafe impl Send for Outputs<'_> {}
// SAFETY: as above.
unsafe impl Sync for Outputs<'_> {}

impl Model {
    /// Columns in the order of the schema's features, `rows` rows each.
    pub fn predict_columns(
        &self,
        schema: &Schema,
        columns: &[Column<'_>],
        rows: usize,
        threads: usize,
        call: &mut Call<'_>,
    ) -> Result<()> {
        let shares = Shares {
            threads: threads.min(rows / LEAST_THREAD_ROWS),
            block_rows: self.plan.block_rows(),
        };
        self.predict_shares(schema, columns, rows, shares, call)
    }

    /// As [`Model::predict_columns`], with threads and blocks as given.
    pub(crate) fn predict_shares(
        &self,
        schema: &Schema,
        columns: &[Column<'_>],
        rows: usize,
        shares: Shares,
        call: &mut Call<'_>,
    ) -> Result<()> {
        check_columns(schema, columns, rows)?;
        let mask = output::check(schema, call, rows)?;
        let block_rows = shares.block_rows;
        let batch = Batch {
            model: self,
            schema,
            columns,
            packed: &[],
            outputs: Outputs(call.outputs),
            mask,
            block_rows,
        };
        let mut status = call.status.as_deref_mut().map(|status| &mut status[..rows]);
        if shares.threads <= 1 {
            return batch.rows(Rows::Range(0, rows), status);
        }
        // Whole blocks to each thread.
        let share = rows.div_ceil(shares.threads).next_multiple_of(block_rows);
        thread::scope(|scope| {
            let mut workers = Vec::with_capacity(shares.threads);
            for first in (0..rows).step_by(share) {
                let count = share.min(rows - first);
                let (own, rest) = status.take().map(|status| status.split_at_mut(count)).unzip();
                status = rest;
                let batch = &batch;
                workers.push(scope.spawn(move || {
                    let _environment = FloatEnvironment::enter();
                    batch.rows(Rows::Range(first, count), own)
                }));
            }
            let answers = workers.into_iter().map(|worker| match worker.join() {
                Ok(answer) => answer,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            // All are waited for; the first error is that of the lowest rows.
            answers.fold(Ok(()), Result::and)
        })
    }
}

impl Batch<'_> {
    /// Answers these rows; `status` is theirs, in their order.
    pub fn rows(&self, rows: Rows<'_>, mut status: Option<&mut [i32]>) -> Result<()> {
        let plan = &self.model.plan;
        let block = self.block_rows.min(rows.len());
        let mut layout = plan.layout(block);
        // The cells of a column are read into the temporary region before any kernel uses it.
        layout.temporary_cells = layout.temporary_cells.max(carved_cells::<u64>(block));
        with_scratch(layout, |scratch| {
            for start in (0..rows.len()).step_by(block.max(1)) {
                let count = block.min(rows.len() - start);
                let own = status.as_deref_mut().map(|status| &mut status[start..start + count]);
                self.block(rows.part(start, count), own, scratch)?;
            }
            Ok(())
        })?
    }

    fn block(&self, rows: Rows<'_>, status: Option<&mut [i32]>, scratch: &mut Scratch<'_>) -> Result<()> {
        if rows.len() == 1 || !self.try_block(rows, scratch) {
            return self.one_by_one(rows, status, scratch);
        }
        self.model.stats.keep(rows.len());
        self.write(rows, scratch);
        if let Some(status) = status {
            status.fill(0);
        }
        Ok(())
    }

    /// Whether every row of the block passed; what was counted is for the caller to keep.
    fn try_block(&self, rows: Rows<'_>, scratch: &mut Scratch<'_>) -> bool {
        let passed = self.admit(rows, scratch).is_ok() && self.run(rows.len(), scratch);
        if !passed {
            stats::forget();
        }
        passed
    }

    fn admit(&self, rows: Rows<'_>, scratch: &mut Scratch<'_>) -> Result<()> {
        let (mut slots, temporary) = scratch.split();
        let count = rows.len();
        let (cells, _) = carve::<u64>(temporary, count);
        for (index, column) in self.columns.iter().enumerate() {
            let feature = &self.schema.features[index];
            let rounded = match rows {
                Rows::Range(first, _) => column.cells(feature, first, cells)?,
                Rows::Places(places) => match self.packed.get(index) {
                    Some(Some(packed)) => packed.cells(feature, places.position, cells)?,
                    _ => column.gather(feature, places, cells)?,
                },
            };
            stats::count(index, Seen::Rounded, rounded as u32);
            stats::count(index, Seen::Absent, if column.is_absent() { count as u32 } else { 0 });
            self.model
                .admission
                .cells(self.schema, index, cells, column.carrier(), &mut slots)?;
        }
        Ok(())
    }

    fn run(&self, rows: usize, scratch: &mut Scratch<'_>) -> bool {
        let mut wanted = self.model.plan.steps.iter().filter(|step| step.runs(self.mask));
        wanted.all(|step| step.kernel.run(scratch, rows).is_ok())
    }

    fn one_by_one(&self, rows: Rows<'_>, mut status: Option<&mut [i32]>, scratch: &mut Scratch<'_>) -> Result<()> {
        for index in 0..rows.len() {
            let answer = self.row(rows.row(index), scratch);
            settle(status.as_deref_mut().map(|status| &mut status[index]), answer)?;
        }
        Ok(())
    }

    fn row(&self, row: usize, scratch: &mut Scratch<'_>) -> Result<()> {
        let source = ColumnRow {
            columns: self.columns,
            row,
        };
        self.model
            .answer_row(self.schema, self.mask, &source, scratch)
            .map_err(|error| error.with_row(row))?;
        self.write(Rows::Range(row, 1), scratch);
        Ok(())
    }

    fn write(&self, rows: Rows<'_>, scratch: &Scratch<'_>) {
        for target in output::targets(self.schema, self.outputs.0, self.mask) {
            let columns = &self.model.plan.outputs[target.index()];
            match rows {
                Rows::Range(first, count) => target.write(scratch, columns, first, count),
                Rows::Places(places) => target.scatter(scratch, columns, places),
            }
        }
    }
}

/// One column a feature, of the call's rows; none absent that is not optional.
pub(crate) fn check_columns(schema: &Schema, columns: &[Column<'_>], rows: usize) -> Result<()> {
    if columns.len() != schema.features.len() {
        let message = format!(
            "{} columns; the model has {} features",
            columns.len(),
            schema.features.len()
        );
        return Err(Error::new(ErrorCode::WrongShape, message));
    }
    for (feature, column) in schema.features.iter().zip(columns) {
        if column.rows() != rows {
            let message = format!("feature {}: {} rows of {rows}", quote(&feature.name), column.rows());
            return Err(Error::new(ErrorCode::WrongShape, message).with_feature(&feature.name));
        }
        if column.is_absent() && !feature.optional {
            let message = format!("the feature {} is not present", quote(&feature.name));
            return Err(Error::new(ErrorCode::FeatureAbsent, message)
                .with_feature(&feature.name)
                .with_hint("give it a value, or null where it is missing"));
        }
    }
    Ok(())
}
