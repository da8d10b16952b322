//! A row is predicted without an allocation, from the entry point on.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;
use std::ptr;

use modelpack::bundle::mp_bundle_free;
use modelpack::open::{mp_bundle_open, mp_open_options};
use modelpack::output::mp_output;
use modelpack::predict_options::mp_predict_options;
use modelpack::predictor::{mp_predictor_free, mp_predictor_new};
use modelpack::row::mp_predictor_predict_row;
use modelpack::schema::{mp_schema_feature_count, mp_schema_token};
use modelpack::schema_output::{mp_output_info, mp_schema_output};
use modelpack::trust::{mp_trust_free, mp_trust_unsigned};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(address, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of a thousand rows of zeros, after ten that warm up.
unsafe fn allocations(path: &str) -> usize {
    let (mut trust, mut bundle, mut predictor) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let error = ptr::null_mut();
    let (mut features, mut schema_token, mut before) = (0, 0, 0);
    // SAFETY: the calls keep to the header.
    unsafe {
        assert_eq!(mp_trust_unsigned(&mut trust, error), 0);
        let options = mp_open_options {
            struct_size: size_of::<mp_open_options>() as u32,
            flags: 0,
            trust,
            name: ptr::null(),
            name_length: 0,
            min_version: ptr::null(),
            min_version_length: 0,
            identity: ptr::null(),
            identity_length: 0,
        };
        assert_eq!(
            mp_bundle_open(path.as_ptr().cast(), path.len() as u64, &options, &mut bundle, error),
            0
        );
        assert_eq!(mp_schema_feature_count(bundle, &mut features, error), 0);
        assert_eq!(mp_schema_token(bundle, &mut schema_token, error), 0);
        assert_eq!(mp_predictor_new(bundle, ptr::null(), &mut predictor, error), 0);
        let cells = vec![0u64; features as usize];
        let mut answer = [0f64; 64];
        let mut info: mp_output_info = std::mem::zeroed();
        info.struct_size = size_of::<mp_output_info>() as u32;
        assert_eq!(mp_schema_output(bundle, 0, &mut info, error), 0);
        let output = mp_output {
            struct_size: size_of::<mp_output>() as u32,
            flags: 0,
            index: 0,
            data: answer.as_mut_ptr().cast(),
            dtype: info.dtype,
            reserved: 0,
            capacity: size_of_val(&answer) as u64,
            row_stride: 0,
        };
        let mut status = 0;
        let options = mp_predict_options {
            struct_size: size_of::<mp_predict_options>() as u32,
            flags: 0,
            output_mask: 1,
            status: &mut status,
            status_count: 1,
            schema_token,
            nodes: ptr::null_mut(),
            node_count: 0,
            reasons: ptr::null_mut(),
            reason_count: 0,
        };
        for call in 0..1010 {
            if call == 10 {
                before = ALLOCATIONS.with(Cell::get);
            }
            let code = mp_predictor_predict_row(
                predictor,
                cells.as_ptr(),
                features,
                ptr::null(),
                0,
                &options,
                &output,
                1,
                error,
            );
            assert_eq!((code, status), (0, 0));
        }
        let counted = ALLOCATIONS.with(Cell::get) - before;
        mp_predictor_free(predictor);
        mp_bundle_free(bundle);
        mp_trust_free(trust);
        counted
    }
}

#[test]
fn a_row_is_predicted_without_an_allocation() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    for bundle in [
        "types.mpk",
        "valid/xgboost-multiclass/bundle.mpk",
        "valid/logistic-mixed/bundle.mpk",
        "valid/hist-categories/bundle.mpk",
    ] {
        let path = vectors.join(bundle);
        // SAFETY: the calls within keep to the header.
        let counted = unsafe { allocations(path.to_str().expect("UTF-8")) };
        assert_eq!(counted, 0, "{bundle}");
    }
}
