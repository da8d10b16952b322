//! How large a program may be.

use crate::program::{Value, ValueType};
use modelpack_bundle::{Error, ErrorCode, Result};

/// Operations of a program.
pub const MAX_OPS: usize = 1 << 16;
/// Columns of all dense values together.
pub const MAX_DENSE_COLUMNS: usize = 1 << 20;
/// Columns of all sparse values together.
pub const MAX_SPARSE_COLUMNS: usize = 1 << 24;
/// Columns that all operations together read of their inputs.
pub const MAX_COLUMNS_READ: usize = 1 << 26;

/// Refuses a count beyond a limit.
pub(super) fn limited(count: usize, limit: usize, what: &str) -> Result<()> {
    if count > limit {
        return Err(Error::new(
            ErrorCode::Limit,
            format!("the program has {count} {what}; at most {limit} are read"),
        ));
    }
    Ok(())
}

/// What the values so far have used up.
#[derive(Default)]
pub(super) struct Budget {
    dense: usize,
    sparse: usize,
    read: usize,
}

impl Budget {
    pub fn define(&mut self, value_type: &ValueType) -> Result<()> {
        if value_type.sparse {
            self.sparse = self.sparse.saturating_add(value_type.width);
            limited(self.sparse, MAX_SPARSE_COLUMNS, "columns of sparse values")
        } else {
            self.dense = self.dense.saturating_add(value_type.width);
            limited(self.dense, MAX_DENSE_COLUMNS, "columns of dense values")
        }
    }

    pub fn read(&mut self, inputs: &[&Value]) -> Result<()> {
        self.read = inputs
            .iter()
            .fold(self.read, |read, value| read.saturating_add(value.value_type.width));
        limited(self.read, MAX_COLUMNS_READ, "columns that operations read")
    }
}
