//! Whether one bundle may take the place of another.

use std::sync::Arc;

use jni_sys::{jboolean, jclass, jint, jlong, JNIEnv};
use modelpack_bundle::Bundle;

use crate::{boundary, handle};

/// # Safety
/// Called by the JVM; `bundle` and `next` are live handles.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleCheckSuccessor(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
    next: jlong,
    allow_rollback: jboolean,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            bundle.check_successor(handle::borrow::<Arc<Bundle>>(next), allow_rollback)
        });
    }
}

/// # Safety
/// Called by the JVM; `bundle` and `other` are live handles.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleCompareVersion(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
    other: jlong,
) -> jint {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            Ok(bundle.compare_version(handle::borrow::<Arc<Bundle>>(other)) as jint)
        })
    }
}
