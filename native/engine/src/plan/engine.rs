//! The plan of an engine other than native: inputs and outputs as the program has them, and one step between them.

use modelpack_bundle::Result;

use super::{block_rows, Columns, Plan, PlannedInput, Planner, Step};
use crate::kernels::Kernel;
use crate::program::Program;
use crate::scratch::{Layout, Slot};

impl Plan {
    /// `kernel` is made from the slots of the program's inputs and those of its outputs' columns, one output after the other. It
    /// also runs the program's checks.
    pub fn of_engine(program: &Program, kernel: impl FnOnce(&[Slot], &[Slot]) -> Box<dyn Kernel>) -> Plan {
        let mut slots = 0..Slot::MAX;
        let inputs: Vec<PlannedInput> = program
            .inputs
            .iter()
            .zip(&mut slots)
            .map(|(input, slot)| PlannedInput {
                feature: input.feature,
                kind: program.values[input.value].value_type.kind,
                slot,
            })
            .collect();
        let plan = Plan {
            slots: inputs.len(),
            inputs,
            steps: Vec::new(),
            outputs: Vec::new(),
            block_rows: 0,
            row_layout: Layout::default(),
            column_bytes: 0,
        };
        let made = plan.then(program, u64::MAX, |inputs, outputs| Ok(kernel(inputs, outputs)));
        made.expect("the kernel is there already")
    }

    /// The program's own checks, then a step that does the rest; `kernel` is made as for [`Plan::of_engine`].
    pub fn after_checks(
        program: &Program,
        kernel: impl FnOnce(&[Slot], &[Slot]) -> Result<Box<dyn Kernel>>,
    ) -> Result<Plan> {
        let outputs = program.outputs.len() as u32;
        let needed = 1u64.checked_shl(outputs).map_or(u64::MAX, |bit| bit - 1);
        Planner::new(program, true).plan().then(program, needed, kernel)
    }

    /// The same with a last step, which writes the program's outputs to slots of their own.
    fn then(
        mut self,
        program: &Program,
        needed: u64,
        kernel: impl FnOnce(&[Slot], &[Slot]) -> Result<Box<dyn Kernel>>,
    ) -> Result<Plan> {
        let mut slots = self.slots as Slot..Slot::MAX;
        self.outputs = program
            .outputs
            .iter()
            .map(|(_, value)| {
                let value_type = program.values[*value].value_type;
                Columns {
                    kind: value_type.kind,
                    sparse: value_type.sparse,
                    slots: slots.by_ref().take(value_type.width).collect(),
                }
            })
            .collect();
        let read: Vec<Slot> = self.inputs.iter().map(|input| input.slot).collect();
        let written: Vec<Slot> = self
            .outputs
            .iter()
            .flat_map(|columns| columns.slots.iter().copied())
            .collect();
        self.slots += written.len();
        self.block_rows = block_rows(self.slots);
        self.steps.push(Step {
            needed,
            op: program.ops.len(),
            kernel: kernel(&read, &written)?,
        });
        self.row_layout = self.layout(1);
        Ok(self)
    }
}
