//! A batch through the Arrow C Data Interface.

use jni_sys::{jboolean, jclass, jlong, jlongArray, JNIEnv};
use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_engine::arrow::{consume, ArrowArray, ArrowSchema, Binding};

use crate::arrays::longs;
use crate::batch::Answers;
use crate::boundary;
use crate::predictor::borrow;

/// # Safety
/// Called by the JVM; `predictor` is a live handle, `schema` and `array` are 0 or the addresses of a producer's structs, `key` is
/// null or holds a cell a level, the other addresses are as `BatchCall` measured them.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictArrow(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    schema: jlong,
    array: jlong,
    strict: jboolean,
    key: jlongArray,
    rows: jlong,
    outputs: jlongArray,
    status: jlong,
    nodes: jlong,
    reasons: jlong,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = &borrow(predictor).predictor;
            let answers = Answers::new(rows, outputs, status, nodes, reasons);
            let key = key_cells(env, key);
            let binding = Binding { strict, key: &key };
            let (schema, array) = (schema as *mut ArrowSchema, array as *mut ArrowArray);
            consume(schema, array, predictor.schema(), binding, |batch| {
                require_rows(batch.rows, answers.rows)?;
                answers.with_call(env, |call| predictor.predict_columns(&batch.columns, batch.rows, call))
            })
        })
    }
}

/// # Safety
/// As [`longs`], or `key` is null.
unsafe fn key_cells(env: *mut JNIEnv, key: jlongArray) -> Vec<u64> {
    if key.is_null() {
        return Vec::new();
    }
    // SAFETY: promised by the caller.
    let cells = unsafe { longs(env, key) };
    cells.into_iter().map(|cell| cell as u64).collect()
}

/// The buffers of the call were measured for the number of rows that Java gave.
fn require_rows(found: usize, given: usize) -> Result<()> {
    if found == given {
        return Ok(());
    }
    let message = format!("the Arrow array has {found} rows, the call is for {given}");
    Err(Error::new(ErrorCode::WrongShape, message).with_hint("give the array's length as the number of rows"))
}
