//! The whole program as the one step of a plan: columns of cells in, columns of answers out.

use std::ffi::c_void;
use std::sync::Arc;

use super::abi::{CompiledViolation, Entry, CODE, MISSING, NUMBER, REFUSED};
use super::library::Library;
use super::Compiled;
use crate::kernels::{Failure, Kernel};
use crate::requirement::{Refused, Violation};
use crate::scratch::{Scratch, Slot};

pub struct CompiledKernel {
    entry: Entry,
    /// Slots of the inputs, then of the outputs' columns.
    slots: Vec<Slot>,
    inputs: usize,
    triple: String,
    /// Keeps `entry` where it is.
    _library: Arc<Library>,
}

impl CompiledKernel {
    pub fn new(compiled: &Compiled, inputs: &[Slot], outputs: &[Slot]) -> CompiledKernel {
        CompiledKernel {
            entry: compiled.entry,
            slots: [inputs, outputs].concat(),
            inputs: inputs.len(),
            triple: compiled.triple.clone(),
            _library: Arc::clone(&compiled.library),
        }
    }

    /// The library's answer: 0, or why not.
    fn call(&self, scratch: &mut Scratch<'_>, rows: usize) -> (i32, CompiledViolation) {
        let (addresses, workspace) = scratch.addresses(&self.slots, rows);
        let (inputs, outputs) = addresses.split_at(self.inputs);
        let mut violation = CompiledViolation::default();
        // SAFETY: the library was compiled from this program, whose inputs and outputs have these kinds and this order; each
        // address has `rows` cells, those of the outputs apart from all others, the workspace as many as the library wants;
        // the library outlives `self`.
        let code = unsafe {
            (self.entry.predict)(
                inputs.as_ptr().cast::<*const c_void>(),
                rows as u64,
                outputs.as_ptr(),
                workspace.as_mut_ptr().cast(),
                &raw mut violation,
            )
        };
        (code, violation)
    }
}

impl Kernel for CompiledKernel {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        let (code, violation) = self.call(scratch, rows);
        match (code, refusal(&violation)) {
            (0, _) => Ok(()),
            (REFUSED, Some(refused)) => Err(Failure::RefusedBy {
                op: violation.op as usize,
                violation: refused,
            }),
            _ => Err(Failure::Engine(format!("the compiled library answered {code}").into())),
        }
    }

    /// The list of addresses, and what the library works in.
    fn temporary_cells(&self, _rows: usize) -> usize {
        self.slots.len() + self.entry.workspace_cells
    }

    fn describe(&self) -> String {
        format!("the whole program, compiled for {}", self.triple)
    }
}

/// What the library says it refused; None where it says what cannot be.
fn refusal(violation: &CompiledViolation) -> Option<Violation> {
    let refused = match violation.kind {
        NUMBER => Refused::Number(f64::from_bits(violation.bits)),
        MISSING => Refused::Missing,
        CODE => Refused::Code(violation.bits as i32),
        _ => return None,
    };
    Some(Violation {
        column: violation.column as usize,
        refused,
    })
}
