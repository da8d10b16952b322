//! Names, categories and the token of a schema.

use std::ffi::c_char;

use modelpack_bundle::{Dictionary, Feature, Output, Result, Schema};

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, mp_bundle};
use crate::cell::code_of;
use crate::error::mp_error;
use crate::pointer::{array, text, BytesOut, Out};

/// An element of the schema at an index from outside.
pub(crate) fn at<'a, T>(items: &'a [T], index: u64, what: &str) -> Result<&'a T> {
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.ok_or_else(|| usage(format!("the model has {} {what}, none is at {index}", items.len())))
}

pub(crate) fn feature(schema: &Schema, index: u64) -> Result<&Feature> {
    at(&schema.features, index, "features")
}

pub(crate) fn output(schema: &Schema, index: u64) -> Result<&Output> {
    at(&schema.outputs, index, "outputs")
}

fn dictionary(feature: &Feature) -> Result<&Dictionary> {
    let none = || usage(format!("the feature {} is no string", feature.name)).with_feature(&feature.name);
    feature.dictionary.as_ref().ok_or_else(none)
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_feature_count(
    handle: *const mp_bundle,
    count: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(count, "count")?;
            out.put(bundle(handle)?.schema().features.len() as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_output_count(
    handle: *const mp_bundle,
    count: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(count, "count")?;
            out.put(bundle(handle)?.schema().outputs.len() as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_token(handle: *const mp_bundle, token: *mut u64, error: *mut *mut mp_error) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(token, "token")?;
            out.put(bundle(handle)?.schema().token());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_feature_index(
    handle: *const mp_bundle,
    name: *const c_char,
    name_length: u64,
    index: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(index, "index")?;
            let name = text(name, name_length, "name")?;
            out.put(bundle(handle)?.schema().feature_index(name)? as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_category(
    handle: *const mp_bundle,
    feature_index: u64,
    code: u64,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = BytesOut::new(text, length)?;
            let dictionary = dictionary(feature(bundle(handle)?.schema(), feature_index)?)?;
            let category = u32::try_from(code).ok().and_then(|code| dictionary.text(code));
            let none = || {
                usage(format!(
                    "the feature has {} categories, none is at {code}",
                    dictionary.len()
                ))
            };
            out.put(category.ok_or_else(none)?.as_bytes());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_code(
    handle: *const mp_bundle,
    feature_index: u64,
    text: *const c_char,
    length: u64,
    code: *mut i64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(code, "code")?;
            let dictionary = dictionary(feature(bundle(handle)?.schema(), feature_index)?)?;
            out.put(code_of(dictionary, array(text.cast(), length, "text")?));
            Ok(())
        })
    }
}
