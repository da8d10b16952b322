//! One feature of a schema.

use std::ffi::c_char;

use modelpack_bundle::{CellKind, Feature, FeatureType, NullIs, Policy};

use crate::boundary::enter;
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::record::{Record, RecordOut};
use crate::schema;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_feature {
    pub struct_size: u32,
    pub flags: u32,
    pub name: *const c_char,
    pub name_length: u64,
    pub dtype: i32,
    pub cell_kind: i32,
    pub missing_policy: i32,
    pub unseen_policy: i32,
    pub null_is: i32,
    pub reserved: i32,
    pub category_count: u64,
}

const OPTIONAL: u32 = 1;

// SAFETY: integers and pointers only, head first.
unsafe impl Record for mp_feature {
    const NAME: &'static str = "mp_feature";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_feature(
    handle: *const mp_bundle,
    index: u64,
    out: *mut mp_feature,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            out.put(describe(schema::feature(bundle(handle)?.schema(), index)?));
            Ok(())
        })
    }
}

fn describe(feature: &Feature) -> mp_feature {
    mp_feature {
        struct_size: 0,
        flags: if feature.optional { OPTIONAL } else { 0 },
        name: feature.name.as_ptr().cast(),
        name_length: feature.name.len() as u64,
        dtype: dtype(feature.dtype),
        cell_kind: cell_kind(feature.dtype.cell_kind()),
        missing_policy: policy(feature.missing),
        unseen_policy: policy(feature.unseen),
        null_is: null_is(feature.null_is),
        reserved: 0,
        category_count: feature
            .dictionary
            .as_ref()
            .map_or(0, |dictionary| dictionary.len() as u64),
    }
}

/// MP_DTYPE_*
fn dtype(dtype: FeatureType) -> i32 {
    match dtype {
        FeatureType::Float64 => 1,
        FeatureType::Float32 => 2,
        FeatureType::Int64 => 3,
        FeatureType::Bool => 4,
        FeatureType::String => 5,
        FeatureType::Timestamp => 6,
    }
}

/// MP_CELL_*
fn cell_kind(kind: CellKind) -> i32 {
    match kind {
        CellKind::Number => 1,
        CellKind::Integer => 2,
        CellKind::Time => 3,
        CellKind::Bool => 4,
        CellKind::Code => 5,
    }
}

/// MP_POLICY_*
fn policy(policy: Policy) -> i32 {
    match policy {
        Policy::Model => 1,
        Policy::Reject => 2,
        Policy::Default(_) => 3,
    }
}

/// MP_NULL_*
fn null_is(null: NullIs) -> i32 {
    match null {
        NullIs::None => 1,
        NullIs::Nan => 2,
    }
}
