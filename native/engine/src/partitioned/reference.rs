//! What the reference interpreter answers, each row by its node's program.

use modelpack_bundle::{Result, Schema};

use super::Partitioned;
use crate::call::Call;
use crate::model::{check_cells, reference_row, settle, Model};
use crate::output;
use crate::program::Program;

impl Partitioned {
    /// Programs are read anew: a loaded model has given up what the interpreter needs.
    pub fn reference(&self, root: &Model, cells: &[u64], rows: usize, call: &mut Call<'_>) -> Result<()> {
        let schema = self.schema();
        check_cells(schema, cells.len(), rows)?;
        let mask = output::check(schema, call, rows)?;
        let mut last = None;
        for row in 0..rows {
            let cells = &cells[row * schema.features.len()..][..schema.features.len()];
            let found = self.keys.of_cells(self.partitions(), schema, cells).ok();
            let node = found.map_or(0, |found| found.node);
            let answer = self
                .reference_of(root, &mut last, node, schema, cells)
                .map_err(|error| {
                    if found.is_some() {
                        self.named(error, node)
                    } else {
                        error
                    }
                })
                .map_err(|error| error.with_row(row))
                .map(|answers| {
                    output::targets(schema, call.outputs, mask)
                        .for_each(|target| target.write_row(&answers[target.index()], row));
                });
            settle(call.status.as_deref_mut().map(|status| &mut status[row]), answer)?;
            call.note(row, found);
        }
        Ok(())
    }

    fn reference_of(
        &self,
        root: &Model,
        last: &mut Option<(u32, Program)>,
        node: u32,
        schema: &Schema,
        cells: &[u64],
    ) -> Result<Vec<crate::reference::OutputCells>> {
        if node == 0 {
            return reference_row(&root.program, schema, cells);
        }
        if last.as_ref().is_none_or(|(known, _)| *known != node) {
            *last = Some((node, self.loader.program(node)?));
        }
        match last {
            Some((_, program)) => reference_row(program, schema, cells),
            None => unreachable!("set above"),
        }
    }
}
