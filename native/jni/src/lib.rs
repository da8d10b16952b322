//! The native side of `dev.modelpack.Native` (java-bindings). It translates between Java and the crates `bundle` and `engine`, and
//! decides nothing.
//!
//! Contract with the Java side
//!  - Every entry runs inside [`boundary::enter`]: an error or panic becomes a Java exception by way of `Native.raise`, and the
//!    value returned then is never looked at.
//!  - Handles are addresses of boxes, made and freed here once; Java counts calls in flight and frees after the last one.
//!  - Texts are UTF-8 in byte arrays. Addresses are those of direct buffers, which Java has measured and keeps alive.

mod arrays;
mod arrow;
mod batch;
mod boundary;
mod bundle;
mod cell;
mod explanation;
mod handle;
mod node;
mod partition;
mod predictor;
mod row;
mod schema;
mod successor;
mod trust;
mod wire;

use jni_sys::{jclass, jint, jlong, jobject, JNIEnv};

/// Raised with every change of the calls; `Native.INTERFACE_VERSION` is the same number.
const INTERFACE_VERSION: jint = 8;

#[no_mangle]
pub extern "system" fn Java_dev_modelpack_Native_interfaceVersion(_env: *mut JNIEnv, _class: jclass) -> jint {
    INTERFACE_VERSION
}

/// # Safety
/// Called by the JVM: `env` is the thread's, `buffer` a live reference.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bufferAddress(
    env: *mut JNIEnv,
    _class: jclass,
    buffer: jobject,
) -> jlong {
    // SAFETY: promised by the JVM; NULL for a buffer that is not direct.
    unsafe { ((**env).v1_4.GetDirectBufferAddress)(env, buffer) as jlong }
}
