//! Bundles.

use std::path::Path;
use std::sync::Arc;

use jni_sys::{jbyteArray, jclass, jlong, JNIEnv};
use modelpack_bundle::{explain, explain_bytes, Bundle, OpenOptions, Result};

use crate::arrays::{bytes, new_bytes, optional_text, text, Reference};
use crate::wire::Wire;
use crate::{boundary, explanation, handle, schema, trust};

/// What Java expects of a bundle, as it comes.
#[derive(Clone, Copy)]
struct Expectations {
    trust: jlong,
    name: jbyteArray,
    min_version: jbyteArray,
    identity: jbyteArray,
}

impl Expectations {
    /// # Safety
    /// `env` is the calling thread's; `trust` is a live handle or 0, the arrays are byte arrays or null.
    unsafe fn read(self, env: *mut JNIEnv) -> Result<OpenOptions> {
        // SAFETY: promised by the caller.
        unsafe {
            Ok(OpenOptions {
                trust: trust::borrow(self.trust).cloned(),
                name: optional_text(env, self.name)?,
                min_version: optional_text(env, self.min_version)?,
                identity: optional_text(env, self.identity)?,
            })
        }
    }
}

/// # Safety
/// Called by the JVM with the types of `Native`.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleOpenPath(
    env: *mut JNIEnv,
    class: jclass,
    path: jbyteArray,
    trust: jlong,
    name: jbyteArray,
    min_version: jbyteArray,
    identity: jbyteArray,
) -> jlong {
    let expectations = Expectations {
        trust,
        name,
        min_version,
        identity,
    };
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let options = expectations.read(env)?;
            Bundle::open(Path::new(&text(env, path)?), &options).map(handle::give)
        })
    }
}

/// # Safety
/// Called by the JVM with the types of `Native`.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleOpenBytes(
    env: *mut JNIEnv,
    class: jclass,
    content: jbyteArray,
    trust: jlong,
    name: jbyteArray,
    min_version: jbyteArray,
    identity: jbyteArray,
) -> jlong {
    let expectations = Expectations {
        trust,
        name,
        min_version,
        identity,
    };
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let options = expectations.read(env)?;
            Bundle::open_bytes(bytes(env, content)?, &options).map(handle::give)
        })
    }
}

/// # Safety
/// Called by the JVM; `bundle` is not used again.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleFree(env: *mut JNIEnv, class: jclass, bundle: jlong) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            handle::free::<Arc<Bundle>>(bundle);
            Ok(())
        })
    }
}

/// # Safety
/// Called by the JVM; `bundle` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleFacts(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            let mut wire = Wire::default();
            for fact in [
                bundle.name(),
                bundle.version(),
                bundle.identity(),
                bundle.model_digest(),
            ] {
                wire.text(fact)?;
            }
            wire.bool(bundle.verified());
            explanation::engines(&mut wire, bundle.permitted_engines())?;
            new_bytes(env, &wire.into_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `bundle` is a live handle, `name` a byte array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleMember(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
    name: jbyteArray,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            let name = text(env, name)?;
            if !bundle.has_member(&name) {
                return Ok(Reference::default());
            }
            new_bytes(env, &bundle.read_member(&name)?)
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `bundle` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleSchema(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            new_bytes(env, &schema::encode(bundle.schema())?)
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `bundle` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleCheckMembers(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            bundle.check_members()?;
            bundle.check_entries()
        });
    }
}

/// # Safety
/// Called by the JVM; `bundle` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_bundleExplanation(
    env: *mut JNIEnv,
    class: jclass,
    bundle: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let bundle: &Arc<Bundle> = handle::borrow(bundle);
            let explanation = bundle.explanation().expect("Java opens no bundle for inspection");
            new_bytes(env, &explanation::encode(explanation)?)
        })
        .0
    }
}

/// # Safety
/// Called by the JVM with the types of `Native`.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_explainPath(
    env: *mut JNIEnv,
    class: jclass,
    path: jbyteArray,
    trust: jlong,
    name: jbyteArray,
    min_version: jbyteArray,
    identity: jbyteArray,
) -> jbyteArray {
    let expectations = Expectations {
        trust,
        name,
        min_version,
        identity,
    };
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let options = expectations.read(env)?;
            let explanation = explain(Path::new(&text(env, path)?), &options)?;
            new_bytes(env, &explanation::encode(&explanation)?)
        })
        .0
    }
}

/// # Safety
/// Called by the JVM with the types of `Native`.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_explainBytes(
    env: *mut JNIEnv,
    class: jclass,
    content: jbyteArray,
    trust: jlong,
    name: jbyteArray,
    min_version: jbyteArray,
    identity: jbyteArray,
) -> jbyteArray {
    let expectations = Expectations {
        trust,
        name,
        min_version,
        identity,
    };
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let options = expectations.read(env)?;
            let explanation = explain_bytes(bytes(env, content)?, &options)?;
            new_bytes(env, &explanation::encode(&explanation)?)
        })
        .0
    }
}
