//! A program with its plan: what answers, apart from the bundle that it came from.

use std::sync::Arc;

use modelpack_bundle::{Carrier, Error, ErrorCode, Result, Schema};

use crate::admission::Admission;
use crate::call::Call;
use crate::columns::Column;
use crate::output::{self, Target};
use crate::plan::Plan;
use crate::program::Program;
use crate::reference;
use crate::requirement;
use crate::scratch::{with_scratch, Scratch};
use crate::stats::{self, FeatureStats, Seen, Stats};

pub struct Model {
    pub(crate) program: Program,
    pub(crate) plan: Plan,
    pub(crate) admission: Admission,
    /// What is counted by feature, for all the models of a predictor.
    pub(crate) stats: Arc<Stats>,
    /// Whether there is a program that the reference interpreter can run; else the plan is all there is.
    interpreted: bool,
}

impl Model {
    pub fn new(program: Program, schema: &Schema) -> Model {
        Model::counting(program, schema, Arc::new(Stats::new(schema.features.len())))
    }

    /// One of several models that count together.
    pub fn counting(program: Program, schema: &Schema, stats: Arc<Stats>) -> Model {
        let plan = Plan::new(&program);
        Model::planned(program, plan, schema, stats)
    }

    /// One whose plan is not that of the program's own operations.
    pub fn of_engine(program: Program, plan: Plan, schema: &Schema) -> Model {
        Model::planned(program, plan, schema, Arc::new(Stats::new(schema.features.len())))
    }

    /// One that no program says how to answer: `program` has no operations.
    pub fn without_program(program: Program, plan: Plan, schema: &Schema) -> Model {
        Model {
            interpreted: false,
            ..Model::of_engine(program, plan, schema)
        }
    }

    fn planned(program: Program, plan: Plan, schema: &Schema, stats: Arc<Stats>) -> Model {
        let admission = Admission::new(schema, &plan.inputs);
        Model {
            program,
            plan,
            admission,
            stats,
            interpreted: true,
        }
    }

    /// Gives back the memory of what was fitted, which the plan has taken over. The reference cannot be asked any more.
    pub fn forget_fitted(&mut self) {
        self.program.forget_fitted();
    }

    /// About how much memory it takes.
    pub fn memory_bytes(&self) -> usize {
        self.plan.memory_bytes() + self.program.memory_bytes() + self.admission.memory_bytes() + size_of::<Model>()
    }

    pub fn describe(&self) -> String {
        self.plan.describe(&self.program)
    }

    /// Counting starts with the caller's first row, not with the golden ones.
    pub fn forget_counts(&mut self, schema: &Schema) {
        self.stats = Arc::new(Stats::new(schema.features.len()));
    }

    pub fn stats(&self, feature: usize) -> FeatureStats {
        self.stats.of(feature)
    }

    /// One row of cells.
    pub fn predict_row(&self, schema: &Schema, cells: &[u64], call: &mut Call<'_>) -> Result<()> {
        if cells.len() != schema.features.len() {
            return Err(cell_count(schema, cells.len()));
        }
        let mask = output::check(schema, call, 1)?;
        with_scratch(self.plan.row_layout(), |scratch| {
            let answer = self.answer_row(schema, mask, &CellRow(cells), scratch);
            let answer = answer.map_err(|error| {
                if error.row().is_none() {
                    error.with_row(0)
                } else {
                    error
                }
            });
            if answer.is_ok() {
                output::targets(schema, call.outputs, mask)
                    .for_each(|target| target.write(scratch, &self.plan.outputs[target.index()], 0, 1));
            }
            settle(call.status.as_deref_mut().map(|status| &mut status[0]), answer)
        })?
    }

    /// Runs the plan on one row; its answer is in the scratch.
    pub(crate) fn answer_row(
        &self,
        schema: &Schema,
        mask: u64,
        row: &impl Row,
        scratch: &mut Scratch<'_>,
    ) -> Result<()> {
        let answer = self.run_row(schema, mask, row, scratch);
        match answer {
            Ok(()) => self.stats.keep(1),
            Err(_) => stats::forget(),
        }
        answer
    }

    fn run_row(&self, schema: &Schema, mask: u64, row: &impl Row, scratch: &mut Scratch<'_>) -> Result<()> {
        for feature in 0..schema.features.len() {
            let cell = row.cell(schema, feature)?;
            self.admission
                .cell(schema, feature, cell, row.carrier(feature), scratch)?;
        }
        for step in &self.plan.steps {
            if !step.runs(mask) {
                continue;
            }
            step.kernel
                .run(scratch, 1)
                .map_err(|failure| requirement::failure(&self.program, schema, step.op, &failure))?;
        }
        Ok(())
    }

    /// The answers that define the bits, row by row; those of the engine where there is no program.
    pub fn reference(&self, schema: &Schema, cells: &[u64], rows: usize, call: &mut Call<'_>) -> Result<()> {
        check_cells(schema, cells.len(), rows)?;
        if !self.interpreted {
            let columns = columns_of_cells(cells, schema.features.len());
            let columns: Vec<Column<'_>> = columns.iter().map(|cells| Column::of_cells(cells)).collect();
            return self.predict_columns(schema, &columns, rows, 1, call);
        }
        let features = schema.features.len();
        let mask = output::check(schema, call, rows)?;
        for row in 0..rows {
            let answer = reference_row(&self.program, schema, &cells[row * features..][..features]);
            let answer = answer.map_err(|error| error.with_row(row)).map(|answers| {
                output::targets(schema, call.outputs, mask)
                    .for_each(|target: Target<'_>| target.write_row(&answers[target.index()], row));
            });
            settle(call.status.as_deref_mut().map(|status| &mut status[row]), answer)?;
        }
        Ok(())
    }
}

/// The reference's answers to one row of cells.
pub(crate) fn reference_row(program: &Program, schema: &Schema, cells: &[u64]) -> Result<Vec<reference::OutputCells>> {
    let mut admitted = Vec::with_capacity(cells.len());
    for (feature, &cell) in schema.features.iter().zip(cells) {
        admitted.push(modelpack_bundle::admit(feature, cell, Carrier::Row)?.cell);
    }
    reference::run(program, schema, &admitted)
}

/// One row wherever it lies.
pub(crate) trait Row {
    fn cell(&self, schema: &Schema, feature: usize) -> Result<u64>;
    fn carrier(&self, feature: usize) -> Carrier;
}

struct CellRow<'a>(&'a [u64]);

impl Row for CellRow<'_> {
    #[inline]
    fn cell(&self, _schema: &Schema, feature: usize) -> Result<u64> {
        Ok(self.0[feature])
    }

    #[inline]
    fn carrier(&self, _feature: usize) -> Carrier {
        Carrier::Row
    }
}

/// A row of columns. What its carrier rounded or lacked is counted as it is read.
pub(crate) struct ColumnRow<'a> {
    pub columns: &'a [Column<'a>],
    pub row: usize,
}

impl Row for ColumnRow<'_> {
    fn cell(&self, schema: &Schema, feature: usize) -> Result<u64> {
        let column = &self.columns[feature];
        let mut cell = [0];
        let rounded = column.cells(&schema.features[feature], self.row, &mut cell)?;
        stats::count(feature, Seen::Rounded, rounded as u32);
        stats::count(feature, Seen::Absent, u32::from(column.is_absent()));
        Ok(cell[0])
    }

    fn carrier(&self, feature: usize) -> Carrier {
        self.columns[feature].carrier()
    }
}

/// With a status, an error is the row's own affair; without, it ends the call.
pub(crate) fn settle(status: Option<&mut i32>, answer: Result<()>) -> Result<()> {
    match (status, answer) {
        (Some(status), answer) => {
            *status = answer.map_or_else(|error| error.code().number(), |()| 0);
            Ok(())
        }
        (None, answer) => answer,
    }
}

/// Rows of cells, as many as the schema has features in each.
pub(crate) fn check_cells(schema: &Schema, cells: usize, rows: usize) -> Result<()> {
    let features = schema.features.len();
    if rows.checked_mul(features) != Some(cells) {
        let message = format!("{cells} cells for {rows} rows of {features} features");
        return Err(Error::new(ErrorCode::WrongShape, message));
    }
    Ok(())
}

#[cold]
pub(crate) fn cell_count(schema: &Schema, cells: usize) -> Error {
    let message = format!(
        "a row of {cells} cells; the model has {} features",
        schema.features.len()
    );
    Error::new(ErrorCode::WrongShape, message)
}

/// Cells of rows × features, feature by feature.
pub(crate) fn columns_of_cells(cells: &[u64], features: usize) -> Vec<Vec<u64>> {
    let column = |feature: usize| cells.iter().skip(feature).step_by(features).copied().collect();
    (0..features).map(column).collect()
}
