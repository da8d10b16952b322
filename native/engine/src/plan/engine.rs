//! The plan of an engine other than native: inputs and outputs as the program has them, and one step between them.

use super::{block_rows, Columns, Plan, PlannedInput, Step};
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
        let outputs: Vec<Columns> = program
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
        let read: Vec<Slot> = inputs.iter().map(|input| input.slot).collect();
        let written: Vec<Slot> = outputs
            .iter()
            .flat_map(|columns| columns.slots.iter().copied())
            .collect();
        let step = Step {
            needed: u64::MAX,
            op: program.ops.len(),
            kernel: kernel(&read, &written),
        };
        let slots = read.len() + written.len();
        let mut plan = Plan {
            inputs,
            steps: vec![step],
            outputs,
            slots,
            block_rows: block_rows(slots),
            row_layout: Layout::default(),
            column_bytes: 0,
        };
        plan.row_layout = plan.layout(1);
        plan
    }
}
