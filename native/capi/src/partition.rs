//! The nodes of a bundle as a whole: their levels, their order, and which one answers for a key.

use std::ffi::c_char;

use modelpack_bundle::{Found, Json, Partitions, Reason};

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, facts, mp_bundle};
use crate::error::mp_error;
use crate::node_key;
use crate::pointer::{array_mut, Out};
use crate::schema::at;
use crate::text::mp_text;

#[no_mangle]
pub unsafe extern "C" fn mp_partition_level_count(
    handle: *const mp_bundle,
    count: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(count, "count")?;
            out.put(bundle(handle)?.schema().keys.len() as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_level(
    handle: *const mp_bundle,
    level: u64,
    feature: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(feature, "feature")?;
            out.put(*at(&bundle(handle)?.schema().keys, level, "levels")? as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_node_count(
    handle: *const mp_bundle,
    count: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(count, "count")?;
            out.put(bundle(handle)?.partitions().map_or(1, Partitions::node_count) as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_tree_order(
    handle: *const mp_bundle,
    nodes: *mut i64,
    capacity: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = array_mut(nodes, capacity, "nodes")?;
            let order = bundle(handle)?.partitions().map_or(vec![0], Partitions::tree_order);
            if out.len() < order.len() {
                return Err(usage(format!("capacity is {capacity} for {} nodes", order.len())));
            }
            for (out, node) in out.iter_mut().zip(order) {
                *out = node.into();
            }
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_metric(
    handle: *const mp_bundle,
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(json, "json")?;
            let metric = facts(handle)?.map_or(Json::Null, |facts| {
                Json::object([
                    ("greater_is_better", Json::Bool(facts.metric.greater_is_better)),
                    ("name", Json::str(facts.metric.name.as_str())),
                ])
            });
            out.put(mp_text::give(&String::from_utf8_lossy(&metric.to_bytes())));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_find(
    handle: *const mp_bundle,
    key: *const c_char,
    key_length: u64,
    node: *mut i64,
    reason: *mut i32,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let (node, why) = (Out::new(node, "node")?, Out::new(reason, "reason")?);
            let key = node_key::parse(key, key_length)?;
            let key = node_key::values(&key)?;
            let root = Found {
                node: 0,
                reason: Reason::Exact,
            };
            let found = bundle(handle)?
                .partitions()
                .map_or(root, |partitions| partitions.find(&key));
            node.put(found.node.into());
            why.put(found.reason as i32);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_exact(
    handle: *const mp_bundle,
    key: *const c_char,
    key_length: u64,
    node: *mut i64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(node, "node")?;
            let key = node_key::parse(key, key_length)?;
            let key = node_key::values(&key)?;
            let found = match bundle(handle)?.partitions() {
                Some(partitions) => partitions.exact(&key),
                None => key.is_empty().then_some(0),
            };
            out.put(found.map_or(-1, i64::from));
            Ok(())
        })
    }
}
