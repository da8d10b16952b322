//! What is known about a node beside its model, as a writer takes it.

use modelpack_bundle::partitions::{Fact, NodeReason};
use modelpack_bundle::Result;

use crate::boundary::usage;
use crate::record::{read, Record};

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_node_fact {
    pub struct_size: u32,
    pub flags: u32,
    pub rows: i64,
    pub metric: f64,
    pub parent_metric: f64,
    pub reason: i32,
    pub reserved: i32,
}

// SAFETY: integers and floats, head first.
unsafe impl Record for mp_node_fact {
    const NAME: &'static str = "mp_node_fact";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
    fn reserved_is_zero(&self) -> bool {
        self.reserved == 0
    }
}

/// # Safety
/// `fact` is NULL or points to a struct of `struct_size` bytes.
pub unsafe fn fact(fact: *const mp_node_fact) -> Result<Option<Fact>> {
    if fact.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    let record = unsafe { read(fact) }?;
    let reason = u8::try_from(record.reason).ok().and_then(NodeReason::from_number);
    Ok(Some(Fact {
        rows: record.rows,
        metric: record.metric,
        parent_metric: record.parent_metric,
        reason: reason.ok_or_else(|| usage(format!("{} is no reason of a node", record.reason)))?,
    }))
}
