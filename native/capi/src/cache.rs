//! The models of nodes in memory: loading them ahead, and what became of them.

use modelpack_bundle::Result;
use modelpack_engine::{CacheStats, NodeStats};

use crate::boundary::enter;
use crate::error::mp_error;
use crate::node;
use crate::pointer::array;
use crate::predictor::{mp_predictor, predictor};
use crate::record::{Record, RecordOut};

const LOADED: u32 = 1;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_node_stats {
    pub struct_size: u32,
    pub flags: u32,
    pub rows: u64,
    pub loads: u64,
    pub failures: u64,
    pub memory_bytes: u64,
}

// SAFETY: integers only, head first.
unsafe impl Record for mp_node_stats {
    const NAME: &'static str = "mp_node_stats";
    const FLAGS: u32 = LOADED;
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_cache_stats {
    pub struct_size: u32,
    pub flags: u32,
    pub budget_bytes: u64,
    pub memory_bytes: u64,
    pub nodes: u64,
    pub loads: u64,
    pub failures: u64,
    pub evictions: u64,
}

// SAFETY: integers only, head first.
unsafe impl Record for mp_cache_stats {
    const NAME: &'static str = "mp_cache_stats";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_preload(
    handle: *const mp_predictor,
    nodes: *const i64,
    node_count: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let predictor = predictor(handle)?;
            if nodes.is_null() && node_count == 0 {
                return predictor.preload_all();
            }
            let partitions = predictor.bundle().partitions();
            let nodes = array(nodes, node_count, "nodes")?;
            let nodes = nodes
                .iter()
                .map(|&number| node::checked(partitions, number))
                .collect::<Result<Vec<_>>>()?;
            predictor.preload(&nodes)
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_node_stats(
    handle: *const mp_predictor,
    number: i64,
    out: *mut mp_node_stats,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            let predictor = predictor(handle)?;
            let number = node::checked(predictor.bundle().partitions(), number)?;
            out.put(node_record(predictor.node_stats(number)?));
            Ok(())
        })
    }
}

fn node_record(stats: NodeStats) -> mp_node_stats {
    mp_node_stats {
        struct_size: 0,
        flags: stats.memory_bytes.map_or(0, |_| LOADED),
        rows: stats.rows,
        loads: stats.loads,
        failures: stats.failures,
        memory_bytes: stats.memory_bytes.unwrap_or(0),
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_cache_stats(
    handle: *const mp_predictor,
    out: *mut mp_cache_stats,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            out.put(cache_record(predictor(handle)?.cache_stats()));
            Ok(())
        })
    }
}

fn cache_record(stats: CacheStats) -> mp_cache_stats {
    mp_cache_stats {
        struct_size: 0,
        flags: 0,
        budget_bytes: stats.budget_bytes,
        memory_bytes: stats.memory_bytes,
        nodes: stats.nodes,
        loads: stats.loads,
        failures: stats.failures,
        evictions: stats.evictions,
    }
}
