//! The Arrow C Data Interface: a struct array whose children become the columns of a batch.
//!
//! https://arrow.apache.org/docs/format/CDataInterface.html. The structs carry lengths but no sizes of buffers: what can be
//! checked is checked (lengths, offsets, counts, NULL, order of text offsets, sizes of view buffers), the rest is the producer's
//! word. All memory stays the producer's; columns borrow it.

mod array;
mod bind;
mod consume;
mod ffi;
mod format;

use modelpack_bundle::{Error, ErrorCode};

pub use bind::{bind, Batch, Binding};
pub use consume::consume;
pub use ffi::{ArrowArray, ArrowSchema};

#[cold]
fn malformed(name: &str, what: impl AsRef<str>) -> Error {
    let message = match name {
        "" => format!("Arrow: {}", what.as_ref()),
        _ => format!("Arrow column {}: {}", modelpack_bundle::quote(name), what.as_ref()),
    };
    Error::new(ErrorCode::Arrow, message)
}

#[cfg(test)]
mod tests;
