//! One node of a bundle with partitions.

use std::ffi::c_char;
use std::ptr;

use modelpack_bundle::partitions::{path_text, Fact};
use modelpack_bundle::{Partitions, Result};

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, facts, mp_bundle};
use crate::error::mp_error;
use crate::node_key;
use crate::pointer::Out;
use crate::record::{Record, RecordOut};
use crate::text::mp_text;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_node {
    pub struct_size: u32,
    pub flags: u32,
    pub parent: i64,
    pub answers: i64,
    pub depth: u64,
    pub size_bytes: u64,
    pub program: *const c_char,
    pub program_length: u64,
    pub digest: [u8; 32],
    pub rows: i64,
    pub metric: f64,
    pub parent_metric: f64,
    pub fact_reason: i32,
    pub reserved: i32,
}

const PRUNED: u32 = 1;
const FACTS: u32 = 2;

// SAFETY: integers, floats and a pointer, head first.
unsafe impl Record for mp_node {
    const NAME: &'static str = "mp_node";
    const FLAGS: u32 = PRUNED | FACTS;
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

/// A node's number from outside, checked.
pub(crate) fn checked(partitions: Option<&Partitions>, node: i64) -> Result<u32> {
    let count = partitions.map_or(1, Partitions::node_count);
    let number = u32::try_from(node).ok().filter(|&node| (node as usize) < count);
    number.ok_or_else(|| usage(format!("the bundle has {count} nodes, none is {node}")))
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_node(
    handle: *const mp_bundle,
    node: i64,
    out: *mut mp_node,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            let bundle = bundle(handle)?;
            let node = checked(bundle.partitions(), node)?;
            let fact = facts(handle)?.and_then(|facts| facts.get(node));
            out.put(match bundle.partitions() {
                Some(partitions) => describe(partitions, node, fact),
                None => blank(),
            });
            Ok(())
        })
    }
}

fn blank() -> mp_node {
    mp_node {
        struct_size: 0,
        flags: 0,
        parent: -1,
        answers: 0,
        depth: 0,
        size_bytes: 0,
        program: ptr::null(),
        program_length: 0,
        digest: [0; 32],
        rows: -1,
        metric: f64::NAN,
        parent_metric: f64::NAN,
        fact_reason: 0,
        reserved: 0,
    }
}

fn describe(partitions: &Partitions, node: u32, fact: Option<Fact>) -> mp_node {
    let program = partitions.program(node);
    let mut flags = if partitions.pruned(node) { PRUNED } else { 0 };
    flags |= if fact.is_some() { FACTS } else { 0 };
    let fact = fact.unwrap_or_default();
    mp_node {
        flags,
        parent: partitions.parent(node).map_or(-1, i64::from),
        answers: partitions.answers_for(node).into(),
        depth: partitions.depth(node) as u64,
        size_bytes: partitions.size_bytes(node),
        program: program.map_or(ptr::null(), |program| program.as_ptr().cast()),
        program_length: program.map_or(0, |program| program.len() as u64),
        digest: partitions.entry_digest(node).map_or([0; 32], |digest| digest.0),
        rows: fact.rows,
        metric: fact.metric,
        parent_metric: fact.parent_metric,
        fact_reason: fact.reason as i32,
        ..blank()
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_key(
    handle: *const mp_bundle,
    node: i64,
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(json, "json")?;
            let partitions = bundle(handle)?.partitions();
            let node = checked(partitions, node)?;
            let key = partitions.map(|partitions| partitions.key(node)).unwrap_or_default();
            let json = node_key::to_json(&key);
            out.put(mp_text::give(std::str::from_utf8(&json).expect("JSON is UTF-8")));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_path(
    handle: *const mp_bundle,
    node: i64,
    text: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(text, "text")?;
            let partitions = bundle(handle)?.partitions();
            let node = checked(partitions, node)?;
            let path = partitions.map_or_else(|| path_text(&[]), |partitions| partitions.path_text(node));
            out.put(mp_text::give(&path));
            Ok(())
        })
    }
}
