//! What a predictor has counted.

use modelpack_engine::FeatureStats;

use crate::boundary::enter;
use crate::error::mp_error;
use crate::predictor::{mp_predictor, predictor};
use crate::record::{Record, RecordOut};
use crate::schema::at;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_feature_stats {
    pub struct_size: u32,
    pub flags: u32,
    pub rows: u64,
    pub missing: u64,
    pub unseen: u64,
    pub rounded: u64,
    pub absent: u64,
}

// SAFETY: integers only, head first.
unsafe impl Record for mp_feature_stats {
    const NAME: &'static str = "mp_feature_stats";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_stats(
    handle: *const mp_predictor,
    feature: u64,
    out: *mut mp_feature_stats,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            let predictor = predictor(handle)?;
            at(&predictor.schema().features, feature, "features")?;
            out.put(record(predictor.stats(feature as usize)));
            Ok(())
        })
    }
}

fn record(stats: FeatureStats) -> mp_feature_stats {
    let FeatureStats {
        rows,
        missing,
        unseen,
        rounded,
        absent,
    } = stats;
    mp_feature_stats {
        struct_size: 0,
        flags: 0,
        rows,
        missing,
        unseen,
        rounded,
        absent,
    }
}
