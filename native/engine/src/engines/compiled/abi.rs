//! What a compiled library exports: one structure, written by `modelpack-emit`, read here.

use std::ffi::c_void;

use modelpack_bundle::{Digest, Result};

use super::refused;

/// The name of the one symbol.
pub const SYMBOL: &[u8] = b"mp_compiled_model\0";
/// The version of everything here.
pub const ABI: u32 = 1;

/// Cells of the workspace that a library may ask for.
const MOST_WORKSPACE_CELLS: u64 = 8 << 20;

/// Columns in, columns out; 0, or [`REFUSED`] with the violation filled in.
pub type Predict = unsafe extern "C" fn(
    inputs: *const *const c_void,
    rows: u64,
    outputs: *const *mut c_void,
    workspace: *mut c_void,
    violation: *mut CompiledViolation,
) -> i32;

pub const REFUSED: i32 = 1;

/// `mp_compiled_model`: an `mp_compiled` of native/emit/c/mp_compiled.h, where everything is explained.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CompiledModel {
    pub struct_size: u32,
    pub abi: u32,
    pub program_digest: [u8; 32],
    pub model_digest: [u8; 32],
    pub inputs: u32,
    pub output_columns: u32,
    pub workspace_bytes: u64,
    pub predict: Option<Predict>,
}

/// Where a model refuses a cell.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct CompiledViolation {
    pub row: u64,
    /// Index of the `require` op in the program.
    pub op: u32,
    /// Column of the op's value.
    pub column: u32,
    /// [`NUMBER`], [`MISSING`] or [`CODE`].
    pub kind: u32,
    pub reserved: u32,
    /// Of a number its bits as an f64, of a code its value.
    pub bits: u64,
}

pub const NUMBER: u32 = 1;
pub const MISSING: u32 = 2;
pub const CODE: u32 = 3;

/// What a library must have been compiled from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    pub program: Digest,
    pub model: Digest,
    pub inputs: usize,
    pub output_columns: usize,
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub predict: Predict,
    pub workspace_cells: usize,
}

/// Checks the exported structure before anything in it is called.
///
/// # Safety
///
/// `exported` points into a loaded library, at least at a size.
pub unsafe fn check(exported: *const CompiledModel, origin: &Origin) -> Result<Entry> {
    const SIZE: usize = size_of::<CompiledModel>();
    // SAFETY: the size is what the caller promises.
    let size = unsafe { (&raw const (*exported).struct_size).read_unaligned() };
    if (size as usize) < SIZE {
        return Err(refused(&format!(
            "exports a structure of {size} bytes; at least {SIZE} are needed"
        )));
    }
    // SAFETY: the structure says itself that it is as large as ours.
    let exported = unsafe { exported.read_unaligned() };
    if exported.abi != ABI {
        let message = format!("has version {} of the interface; this version runs {ABI}", exported.abi);
        return Err(refused(&message));
    }
    for (what, found, expected) in [
        ("program", exported.program_digest, origin.program),
        ("model", exported.model_digest, origin.model),
    ] {
        if found != expected.0 {
            return Err(refused(&format!("was compiled from another {what}, {}", Digest(found))));
        }
    }
    let columns = (exported.inputs as usize, exported.output_columns as usize);
    if columns != (origin.inputs, origin.output_columns) {
        return Err(refused(&format!(
            "takes {} columns and answers {}",
            columns.0, columns.1
        )));
    }
    let cells = exported.workspace_bytes.div_ceil(8);
    if cells > MOST_WORKSPACE_CELLS {
        return Err(refused(&format!("wants {} bytes to work in", exported.workspace_bytes)));
    }
    Ok(Entry {
        predict: exported.predict.ok_or_else(|| refused("has no predict"))?,
        workspace_cells: cells as usize,
    })
}
