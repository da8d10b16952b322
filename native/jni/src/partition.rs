//! The nodes behind a predictor. Keys come as the cells of the leading levels' features.

use jni_sys::{jbyteArray, jclass, jlong, jlongArray, JNIEnv};
use modelpack_bundle::{Error, ErrorCode, Found, KeyValue, Partitions, Reason, Result};

use crate::arrays::{longs, new_bytes, new_longs, Reference};
use crate::predictor::{borrow, JavaPredictor};
use crate::wire::Wire;
use crate::{boundary, node};

/// The values that cells of the leading levels stand for.
fn key<'a>(predictor: &'a JavaPredictor, cells: &[jlong]) -> Result<Vec<KeyValue<'a>>> {
    let schema = predictor.schema();
    if cells.len() > schema.keys.len() {
        let message = format!(
            "a key of {} values, the bundle has {} levels",
            cells.len(),
            schema.keys.len()
        );
        return Err(Error::new(ErrorCode::Usage, message));
    }
    let features = schema.keys.iter().filter_map(|&feature| schema.features.get(feature));
    Ok(features
        .zip(cells)
        .map(|(feature, &cell)| KeyValue::from_cell(feature, cell as u64))
        .collect())
}

fn find(predictor: &JavaPredictor, cells: &[jlong]) -> Result<Found> {
    let key = key(predictor, cells)?;
    let root = Found {
        node: 0,
        reason: Reason::Exact,
    };
    let partitions = predictor.predictor.bundle().partitions();
    Ok(partitions.map_or(root, |partitions| partitions.find(&key)))
}

fn exact(predictor: &JavaPredictor, cells: &[jlong]) -> Result<Option<u32>> {
    let key = key(predictor, cells)?;
    Ok(match predictor.predictor.bundle().partitions() {
        Some(partitions) => partitions.exact(&key),
        None => key.is_empty().then_some(0),
    })
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodeCount(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe { boundary::enter(env, class, || Ok(node::count(borrow(predictor)) as jlong)) }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodeOrder(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jlongArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let partitions = borrow(predictor).predictor.bundle().partitions();
            let order = partitions.map_or(vec![0], Partitions::tree_order);
            let order: Vec<jlong> = order.into_iter().map(jlong::from).collect();
            new_longs(env, &order)
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `nodes` a long array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodes(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    nodes: jlongArray,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = borrow(predictor);
            let mut wire = Wire::default();
            for number in longs(env, nodes) {
                node::write(&mut wire, predictor, node::checked(predictor, number)?)?;
            }
            new_bytes(env, &wire.into_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodePath(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    number: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = borrow(predictor);
            let path = node::path(predictor, node::checked(predictor, number)?);
            new_bytes(env, path.as_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodeMetric(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let Some(facts) = borrow(predictor).facts()? else {
                return Ok(Reference::default());
            };
            let mut wire = Wire::default();
            wire.text(&facts.metric.name)?;
            wire.bool(facts.metric.greater_is_better);
            new_bytes(env, &wire.into_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `cells` a long array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodeFind(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    cells: jlongArray,
) -> jlongArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let found = find(borrow(predictor), &longs(env, cells))?;
            new_longs(env, &[found.node.into(), jlong::from(found.reason as u8)])
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `cells` a long array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodeExact(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    cells: jlongArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let found = exact(borrow(predictor), &longs(env, cells))?;
            Ok(found.map_or(-1, jlong::from))
        })
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `nodes` a long array or null.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_preload(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    nodes: jlongArray,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = borrow(predictor);
            if nodes.is_null() {
                return predictor.predictor.preload_all();
            }
            let nodes: Result<Vec<u32>> = longs(env, nodes)
                .into_iter()
                .map(|number| node::checked(predictor, number))
                .collect();
            predictor.predictor.preload(&nodes?)
        })
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nodeStats(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    number: jlong,
) -> jlongArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = borrow(predictor);
            let stats = predictor.predictor.node_stats(node::checked(predictor, number)?)?;
            let loaded = stats.memory_bytes.is_some();
            let numbers = [
                stats.rows,
                stats.loads,
                stats.failures,
                loaded.into(),
                stats.memory_bytes.unwrap_or(0),
            ];
            new_longs(env, &numbers.map(|number| number as jlong))
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cacheStats(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jlongArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let stats = borrow(predictor).predictor.cache_stats();
            let numbers = [
                stats.budget_bytes,
                stats.memory_bytes,
                stats.nodes,
                stats.loads,
                stats.failures,
                stats.evictions,
            ];
            new_longs(env, &numbers.map(|number| number as jlong))
        })
        .0
    }
}
