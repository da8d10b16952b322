//! From a program to steps over slots.
//!
//! Every column of a value has a slot, which is free again after the last step that reads it. Gathering and concatenating columns
//! is done here, by naming slots, and costs nothing at run time. Steps stand in program order; a step whose result none of a call's
//! outputs needs is skipped by that call, but a check never is.

mod engine;

use std::fmt::Write;

use crate::kernels::{self, Kernel};
use crate::plan_slots::SlotAllocator;
use crate::program::{Kind, Op, OpKind, Program, ValueId};
use crate::scratch::{Layout, Slot};

/// Rows that a block holds at most.
pub const BLOCK_ROWS: usize = 512;
/// A block holds fewer rows where its scratch would outgrow this, so that it stays in the processor's cache.
pub const BLOCK_SCRATCH_BYTES: usize = 1 << 20;
/// Fewer rows than this are not worth it, whatever the cache,
const LEAST_BLOCK_ROWS: usize = 16;
/// but no block may need more memory than this.
const MOST_SCRATCH_BYTES: usize = 64 << 20;

/// The columns of a value: where each lies, and what its cells are.
#[derive(Clone, Debug)]
pub struct Columns {
    pub kind: Kind,
    pub sparse: bool,
    pub slots: Vec<Slot>,
}

impl Columns {
    /// (input, output) of each column, for an op that works column by column.
    pub fn to(&self, output: &[Slot]) -> Vec<(Slot, Slot)> {
        self.slots.iter().copied().zip(output.iter().copied()).collect()
    }
}

/// One step of a plan.
pub struct Step {
    /// Bit i: output i needs it. A check has all bits.
    pub needed: u64,
    /// Index of the program's op; an engine's step has none.
    pub op: usize,
    pub kernel: Box<dyn Kernel>,
}

impl Step {
    /// Whether a call for these outputs runs it: what an output needs, and every check, even when no output is asked for.
    pub fn runs(&self, mask: u64) -> bool {
        self.needed & mask != 0 || self.needed == u64::MAX
    }
}

/// A feature that the program reads, and where its cells go.
#[derive(Clone, Debug)]
pub struct PlannedInput {
    pub feature: usize,
    pub kind: Kind,
    pub slot: Slot,
}

pub struct Plan {
    pub inputs: Vec<PlannedInput>,
    pub steps: Vec<Step>,
    pub outputs: Vec<Columns>,
    slots: usize,
    block_rows: usize,
    row_layout: Layout,
    /// About what the kernels' lists of columns take.
    column_bytes: usize,
}

/// A kernel has a few slots and numbers for each column that it reads or writes.
const COLUMN_BYTES: usize = 24;

impl Plan {
    pub fn new(program: &Program) -> Plan {
        Planner::new(program, false).plan()
    }

    /// Rows of a full block.
    pub fn block_rows(&self) -> usize {
        self.block_rows
    }

    /// The scratch for a single row.
    pub fn row_layout(&self) -> Layout {
        self.row_layout
    }

    /// The scratch for blocks of `rows` rows.
    pub fn layout(&self, rows: usize) -> Layout {
        let temporary = self.steps.iter().map(|step| step.kernel.temporary_cells(rows)).max();
        Layout {
            slots: self.slots,
            rows,
            temporary_cells: temporary.unwrap_or(0),
        }
    }

    /// About how much memory the steps take.
    pub fn memory_bytes(&self) -> usize {
        let outputs = self.outputs.iter().map(|columns| size_of_val(&*columns.slots));
        let steps = self
            .steps
            .iter()
            .map(|step| step.kernel.memory_bytes() + size_of::<Step>());
        outputs.chain(steps).fold(self.column_bytes, |sum, bytes| sum + bytes)
    }

    /// One line a step, with the proof behind each rewrite.
    pub fn describe(&self, program: &Program) -> String {
        let mut text = format!(
            "{} inputs, {} steps, {} slots, blocks of {} rows\n",
            self.inputs.len(),
            self.steps.len(),
            self.slots,
            self.block_rows
        );
        for step in &self.steps {
            let line = step.kernel.describe();
            // Writing to a String cannot fail. An engine's step stands for all operations.
            let _ = match program.ops.get(step.op) {
                Some(op) => writeln!(text, "{:>4} {line} [{}]", step.op, op.origin),
                None => writeln!(text, "{line}"),
            };
        }
        text
    }
}

/// Block rows for `slots` slots: a power of two.
fn block_rows(slots: usize) -> usize {
    let mut rows = BLOCK_ROWS;
    let bytes = |rows: usize| rows.saturating_mul(slots).saturating_mul(8);
    while rows > LEAST_BLOCK_ROWS && bytes(rows) > BLOCK_SCRATCH_BYTES {
        rows /= 2;
    }
    while rows > 1 && bytes(rows) > MOST_SCRATCH_BYTES {
        rows /= 2;
    }
    rows
}

/// A column of some value before it has a slot: numbered through the whole program.
type Column = u32;

struct Planner<'a> {
    program: &'a Program,
    /// Columns of each value; a gather shares its inputs' columns.
    columns: Vec<Vec<Column>>,
    /// Last op that reads a column; outputs are read after the last op.
    last_use: Vec<usize>,
    /// Per op: the outputs that need it.
    needed: Vec<u64>,
    /// Nothing but checks and what they read; the inputs are what is read after the last op.
    only_checks: bool,
}

impl<'a> Planner<'a> {
    fn new(program: &'a Program, only_checks: bool) -> Planner<'a> {
        let mut planner = Planner {
            program,
            columns: vec![Vec::new(); program.values.len()],
            last_use: Vec::new(),
            needed: needed(program),
            only_checks,
        };
        for input in &program.inputs {
            planner.define(input.value);
        }
        for (index, op) in program.ops.iter().enumerate() {
            match &op.kind {
                OpKind::Columns(gather) => {
                    let all = planner.concatenated(op);
                    planner.columns[op.output] = gather.iter().map(|&column| all[column as usize]).collect();
                }
                OpKind::Concat | OpKind::Require(_) => planner.columns[op.output] = planner.concatenated(op),
                _ => planner.define(op.output),
            }
            if planner.runs(index) {
                for &input in &op.inputs {
                    planner.read(input, index);
                }
            }
        }
        for value in planner.kept() {
            planner.read(value, program.ops.len());
        }
        planner
    }

    /// Whether an op becomes a step; gathers only rename columns.
    fn runs(&self, index: usize) -> bool {
        let gather = matches!(self.program.ops[index].kind, OpKind::Columns(_) | OpKind::Concat);
        !gather && (!self.only_checks || self.needed[index] == u64::MAX)
    }

    /// The values that are there after the last op.
    fn kept(&self) -> Vec<ValueId> {
        match self.only_checks {
            true => self.program.inputs.iter().map(|input| input.value).collect(),
            false => self.program.outputs.iter().map(|output| output.1).collect(),
        }
    }

    fn define(&mut self, value: ValueId) {
        let width = self.program.values[value].value_type.width;
        let first = self.last_use.len();
        self.columns[value] = (first..first + width).map(|column| column as Column).collect();
        // Never read: free again after the op that defines it, which `free_after` sees as its own index.
        self.last_use.resize(first + width, 0);
    }

    fn concatenated(&self, op: &Op) -> Vec<Column> {
        op.inputs
            .iter()
            .flat_map(|&input| self.columns[input].iter().copied())
            .collect()
    }

    fn read(&mut self, value: ValueId, op: usize) {
        for &column in &self.columns[value] {
            self.last_use[column as usize] = op;
        }
    }

    fn plan(self) -> Plan {
        let mut allocator = SlotAllocator::default();
        let mut slots: Vec<Slot> = vec![0; self.last_use.len()];
        let mut inputs = Vec::new();
        for input in &self.program.inputs {
            self.place(input.value, &mut allocator, &mut slots);
            let kind = self.program.values[input.value].value_type.kind;
            let slot = slots[self.columns[input.value][0] as usize];
            inputs.push(PlannedInput {
                feature: input.feature,
                kind,
                slot,
            });
        }
        let mut steps = Vec::new();
        let mut column_bytes = 0;
        for (index, op) in self.program.ops.iter().enumerate() {
            if !self.runs(index) {
                continue;
            }
            let values = op.inputs.iter().chain([&op.output]);
            column_bytes += values.fold(0, |sum, &value| sum + self.columns[value].len() * COLUMN_BYTES);
            // The output's slots are taken before the inputs' are given back: a step never reads what it writes.
            let output = match op.kind {
                OpKind::Require(_) => Vec::new(),
                _ => self.place(op.output, &mut allocator, &mut slots),
            };
            let from: Vec<Columns> = op.inputs.iter().map(|&input| self.resolve(input, &slots)).collect();
            steps.push(Step {
                needed: self.needed[index],
                op: index,
                kernel: kernels::build(self.program, op, from, output),
            });
            self.free_after(index, op, &mut allocator, &slots);
        }
        let outputs = match self.only_checks {
            true => Vec::new(),
            false => self.kept().iter().map(|&value| self.resolve(value, &slots)).collect(),
        };
        let slots = allocator.high_water();
        let mut plan = Plan {
            inputs,
            steps,
            outputs,
            slots,
            block_rows: block_rows(slots),
            row_layout: Layout::default(),
            column_bytes,
        };
        plan.row_layout = plan.layout(1);
        plan
    }

    fn place(&self, value: ValueId, allocator: &mut SlotAllocator, slots: &mut [Slot]) -> Vec<Slot> {
        let columns = &self.columns[value];
        let first = allocator.take(columns.len() as Slot);
        for (column, slot) in columns.iter().zip(first..) {
            slots[*column as usize] = slot;
        }
        (first..first + columns.len() as Slot).collect()
    }

    fn resolve(&self, value: ValueId, slots: &[Slot]) -> Columns {
        let value_type = self.program.values[value].value_type;
        let slots = self.columns[value]
            .iter()
            .map(|&column| slots[column as usize])
            .collect();
        Columns {
            kind: value_type.kind,
            sparse: value_type.sparse,
            slots,
        }
    }

    /// Gives back the slots of columns that no later op reads. A column may stand in a value more than once.
    fn free_after(&self, index: usize, op: &Op, allocator: &mut SlotAllocator, slots: &[Slot]) {
        let read = op.inputs.iter().flat_map(|&input| &self.columns[input]).copied();
        let unread = self.columns[op.output]
            .iter()
            .copied()
            .filter(|&column| self.last_use[column as usize] == 0);
        let mut dead: Vec<Column> = read
            .filter(|&column| self.last_use[column as usize] == index)
            .chain(unread.filter(|_| !matches!(op.kind, OpKind::Require(_))))
            .collect();
        dead.sort_unstable();
        dead.dedup();
        for column in dead {
            allocator.give_back(slots[column as usize]);
        }
    }
}

/// Per op: the outputs that need its result; all for a check and for what it reads.
fn needed(program: &Program) -> Vec<u64> {
    let mut by_value = vec![0u64; program.values.len()];
    for (index, (_, value)) in program.outputs.iter().enumerate() {
        by_value[*value] |= 1 << index;
    }
    let mut by_op = vec![0u64; program.ops.len()];
    for (index, op) in program.ops.iter().enumerate().rev() {
        let needed = match op.kind {
            OpKind::Require(_) => u64::MAX,
            _ => by_value[op.output],
        };
        by_op[index] = needed;
        for &input in &op.inputs {
            by_value[input] |= needed;
        }
    }
    by_op
}
