//! What the checker takes and what it refuses.

mod mutation;
mod registry;

use crate::testing::{Build, TestProgram};
use modelpack_bundle::{ErrorCode, Result};

/// A program with one float feature, to which the test adds.
fn one_float(add: impl FnOnce(&mut Build, &str) -> String) -> TestProgram {
    let mut build = Build::new();
    let x = build.feature("x", "float64");
    let value = add(&mut build, &x);
    build.output("first", &value, "float64", 1);
    build.finish()
}

fn refused<T: std::fmt::Debug>(result: Result<T>, code: ErrorCode, message: &str) {
    let error = result.expect_err(message);
    assert_eq!(error.code(), code, "{error}");
    assert!(
        error.to_string().contains(message),
        "{error:?} does not speak of {message:?}"
    );
}
