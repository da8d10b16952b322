//! Predictors.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jni_sys::{jbyteArray, jclass, jint, jlong, jlongArray, JNIEnv};
use modelpack_bundle::partitions::Facts;
use modelpack_bundle::{Bundle, Result, Schema};
use modelpack_engine::engines::onnx::Places;
use modelpack_engine::predictor::{Predictor, PredictorOptions};

use crate::arrays::{new_bytes, new_longs, optional_text};
use crate::row::RowOutputs;
use crate::{boundary, handle};

/// What Java's `Predictor` holds.
pub struct JavaPredictor {
    pub predictor: Predictor,
    pub outputs: RowOutputs,
    /// What is known about the nodes, from the first time that it is asked for.
    facts: OnceLock<Option<Facts>>,
}

impl JavaPredictor {
    pub fn schema(&self) -> &Schema {
        self.predictor.schema()
    }

    /// None where the bundle says nothing about its nodes.
    pub fn facts(&self) -> Result<Option<&Facts>> {
        if self.facts.get().is_none() {
            let read = self.predictor.bundle().node_facts()?;
            // Where another thread was faster, it has read the same.
            let _ = self.facts.set(read);
        }
        Ok(self.facts.get().and_then(Option::as_ref))
    }
}

/// # Safety
/// `handle` is a live predictor's, and is not freed as long as `'a`.
#[inline]
pub unsafe fn borrow<'a>(handle: jlong) -> &'a JavaPredictor {
    // SAFETY: promised by the caller.
    unsafe { handle::borrow(handle) }
}

/// # Safety
/// Called by the JVM; `bundle` is a live handle, `engine`, `onnx_runtime` and `onnx_runtime_found` are byte arrays or null.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictorNew(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
    engine: jbyteArray,
    threads: jint,
    cache_bytes: jlong,
    onnx_runtime: jbyteArray,
    onnx_runtime_found: jbyteArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            let options = PredictorOptions {
                engine: optional_text(env, engine)?,
                threads,
                cache_bytes: cache_bytes as u64,
                onnxruntime: Places {
                    explicit: optional_text(env, onnx_runtime)?.map(PathBuf::from),
                    found: optional_text(env, onnx_runtime_found)?.map(PathBuf::from),
                },
            };
            let predictor = Predictor::new(bundle, &options)?;
            let outputs = RowOutputs::new(predictor.schema());
            Ok(handle::give(JavaPredictor {
                predictor,
                outputs,
                facts: OnceLock::new(),
            }))
        })
    }
}

/// # Safety
/// Called by the JVM; `predictor` is not used again.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictorFree(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            handle::free::<JavaPredictor>(predictor);
            Ok(())
        })
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictorEngine(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            new_bytes(env, borrow(predictor).predictor.engine().as_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictorPlan(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            new_bytes(env, borrow(predictor).predictor.plan_text().as_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictorStats(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jlongArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = &borrow(predictor).predictor;
            let counts: Vec<jlong> = (0..predictor.schema().features.len())
                .map(|feature| predictor.stats(feature))
                .flat_map(|seen| [seen.rows, seen.missing, seen.unseen, seen.rounded, seen.absent])
                .map(|count| count as jlong)
                .collect();
            new_longs(env, &counts)
        })
        .0
    }
}
