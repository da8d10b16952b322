//! Trust policies.

use std::path::Path;

use jni_sys::{jbyteArray, jclass, jlong, jobjectArray, JNIEnv};
use modelpack_bundle::{Digest, Engines, Error, ErrorCode, PublicKey, Result, Trust, TrustPolicy};

use crate::arrays::{bytes, new_bytes, text, texts};
use crate::{boundary, handle};

/// How a key is called that the caller gives as text.
const KEY_SOURCE: &str = "given as a public key";

/// The policy behind a handle; None for 0, which permits nothing.
///
/// # Safety
/// `trust` is 0, or a live handle that is not freed as long as `'a`.
pub unsafe fn borrow<'a>(trust: jlong) -> Option<&'a Trust> {
    // SAFETY: promised by the caller.
    (trust != 0).then(|| unsafe { handle::borrow(trust) })
}

fn usage(message: String) -> Error {
    Error::new(ErrorCode::Usage, message)
}

/// # Safety
/// Called by the JVM.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustUnsigned(env: *mut JNIEnv, class: jclass) -> jlong {
    // SAFETY: promised by the JVM.
    unsafe { boundary::enter(env, class, || Ok(handle::give(Trust::Unsigned))) }
}

/// # Safety
/// Called by the JVM.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustUnsignedOnnx(env: *mut JNIEnv, class: jclass) -> jlong {
    // SAFETY: promised by the JVM.
    unsafe { boundary::enter(env, class, || Ok(handle::give(Trust::UnsignedOnnx))) }
}

/// # Safety
/// Called by the JVM.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustOfUser(env: *mut JNIEnv, class: jclass) -> jlong {
    // SAFETY: promised by the JVM.
    unsafe { boundary::enter(env, class, || Trust::of_user().map(handle::give)) }
}

/// # Safety
/// Called by the JVM; `path` is a byte array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustFromPath(
    env: *mut JNIEnv,
    class: jclass,
    path: jbyteArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            Trust::from_file(Path::new(&text(env, path)?)).map(handle::give)
        })
    }
}

/// # Safety
/// Called by the JVM; `content` and `source` are byte arrays.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustFromBytes(
    env: *mut JNIEnv,
    class: jclass,
    content: jbyteArray,
    source: jbyteArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let policy = TrustPolicy::from_bytes(&bytes(env, content)?, &text(env, source)?)?;
            Ok(handle::give(Trust::from(policy)))
        })
    }
}

/// # Safety
/// Called by the JVM; `pem` is a byte array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustFromKey(
    env: *mut JNIEnv,
    class: jclass,
    pem: jbyteArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let key = PublicKey::from_pem(&text(env, pem)?)?;
            Ok(handle::give(Trust::from(TrustPolicy::of_key(key, KEY_SOURCE))))
        })
    }
}

/// # Safety
/// Called by the JVM; `identity` is a byte array, `engines` an array of byte arrays.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustFromIdentity(
    env: *mut JNIEnv,
    class: jclass,
    identity: jbyteArray,
    engines: jobjectArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let identity = parse_identity(&text(env, identity)?)?;
            let engines = parse_engines(&texts(env, engines)?)?;
            Ok(handle::give(Trust::Identity { identity, engines }))
        })
    }
}

fn parse_identity(identity: &str) -> Result<Digest> {
    Digest::from_text(identity).ok_or_else(|| usage("the identity is not sha256:<64 hex digits>".to_owned()))
}

fn parse_engines(names: &[String]) -> Result<Engines> {
    names.iter().try_fold(Engines::NONE, |engines, name| {
        let engine = Engines::named(name).ok_or_else(|| usage(format!("there is no engine {name:?}")))?;
        Ok(engines.with(engine))
    })
}

/// # Safety
/// Called by the JVM; `trust` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustJson(
    env: *mut JNIEnv,
    class: jclass,
    trust: jlong,
) -> jbyteArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let trust: &Trust = handle::borrow(trust);
            new_bytes(env, &trust.to_json().to_bytes())
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `trust` is not used again.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_trustFree(env: *mut JNIEnv, class: jclass, trust: jlong) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            handle::free::<Trust>(trust);
            Ok(())
        });
    }
}
