//! The end of a batch's life: handed back to its producer, or left to the caller.

use modelpack_bundle::{Error, ErrorCode, Result, Schema};

use super::bind::{bind, Batch, Binding};
use super::ffi::{ArrowArray, ArrowSchema};

/// Runs `body` with the batch that schema and array hold. If it succeeds, both are released; after an error they are still the
/// caller's.
///
/// # Safety
/// Each pointer is NULL, or to a struct that a producer filled which keeps to the interface, and that nothing else uses.
pub unsafe fn consume(
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    model: &Schema,
    binding: Binding<'_>,
    body: impl FnOnce(&Batch<'_>) -> Result<()>,
) -> Result<()> {
    // SAFETY: promised by the caller; what borrows from the structs ends with the body.
    unsafe {
        let (schema_struct, array_struct) = (borrow(schema, "schema")?, borrow(array, "array")?);
        body(&bind(schema_struct, array_struct, model, binding)?)?;
        (*schema).release();
        (*array).release();
    }
    Ok(())
}

/// # Safety
/// As [`consume`].
unsafe fn borrow<'a, T>(pointer: *const T, what: &str) -> Result<&'a T> {
    if !pointer.is_aligned() {
        let message = format!("{what} is not aligned to {} bytes", align_of::<T>());
        return Err(Error::new(ErrorCode::Usage, message));
    }
    // SAFETY: promised by the caller.
    unsafe { pointer.as_ref() }.ok_or_else(|| Error::new(ErrorCode::Usage, format!("{what} is NULL")))
}
