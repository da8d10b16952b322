//! Single values to cells, and the names of features.

use jni_sys::{jboolean, jbyteArray, jclass, jdouble, jfloat, jint, jlong, jobjectArray, JNIEnv};
use modelpack_bundle::{near_name, normalise, quote, Error, ErrorCode, Feature, Raw, Result};

use crate::arrays::{bytes, new_longs, text, texts};
use crate::boundary;
use crate::predictor::{borrow, JavaPredictor};

fn feature(predictor: &JavaPredictor, index: jint) -> Result<&Feature> {
    let features = &predictor.schema().features;
    usize::try_from(index)
        .ok()
        .and_then(|index| features.get(index))
        .ok_or_else(|| Error::new(ErrorCode::Usage, format!("feature {index} of {}", features.len())))
}

fn cell(predictor: &JavaPredictor, index: jint, raw: Raw<'_>) -> Result<jlong> {
    normalise(feature(predictor, index)?, raw).map(|cell| cell as jlong)
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_nullCells(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
) -> jni_sys::jlongArray {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let features = &borrow(predictor).schema().features;
            let cells: Result<Vec<jlong>> = features
                .iter()
                .map(|feature| normalise(feature, Raw::Null).map(|cell| cell as jlong))
                .collect();
            new_longs(env, &cells?)
        })
        .0
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cellFloat64(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    feature: jint,
    value: jdouble,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe { boundary::enter(env, class, || cell(borrow(predictor), feature, Raw::F64(value))) }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cellFloat32(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    feature: jint,
    value: jfloat,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe { boundary::enter(env, class, || cell(borrow(predictor), feature, Raw::F32(value))) }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cellInt64(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    feature: jint,
    value: jlong,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe { boundary::enter(env, class, || cell(borrow(predictor), feature, Raw::I64(value))) }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cellBool(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    feature: jint,
    value: jboolean,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe { boundary::enter(env, class, || cell(borrow(predictor), feature, Raw::Bool(value))) }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cellTime(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    feature: jint,
    micros: jlong,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe { boundary::enter(env, class, || cell(borrow(predictor), feature, Raw::Time(micros))) }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `text` a byte array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_cellText(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    feature: jint,
    text: jbyteArray,
) -> jlong {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            cell(borrow(predictor), feature, Raw::Text(&bytes(env, text)?))
        })
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `name` a byte array.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_featureIndex(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    name: jbyteArray,
) -> jint {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let index = borrow(predictor).schema().feature_index(&text(env, name)?)?;
            Ok(index as jint)
        })
    }
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `others` an array of byte arrays.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_refuseAbsent(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    index: jint,
    others: jobjectArray,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let feature = feature(borrow(predictor), index)?;
            let others = texts(env, others)?;
            feature
                .absent()
                .map(|_| ())
                .map_err(|error| misspelt(error, feature, &others))
        })
    }
}

/// The error of an absent feature, with the name beside it that is likely to be the one meant.
fn misspelt(error: Error, feature: &Feature, others: &[String]) -> Error {
    match near_name(&feature.name, others.iter().map(String::as_str)) {
        Some(near) => error.with_hint(format!("did you mean {}, which is in the row, to be it?", quote(near))),
        None => error,
    }
}
