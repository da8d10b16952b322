//! What the checker takes and what it refuses.

mod forest;
mod mutation;
mod operation;
mod registry;
mod structure;

use crate::testing::{Build, Fitted, TestProgram};
use modelpack_bundle::{ErrorCode, Json};

/// Features of every kind and values that operations take, before the operation under test.
struct Inputs {
    build: Build,
    /// f64, f32, i64, bool, time, code of two categories; f64[3], f32[3], sparse f64[3], each by its letter.
    values: Vec<(&'static str, String)>,
}

impl Inputs {
    fn new() -> Inputs {
        let mut build = Build::new();
        let mut values = vec![
            ("d", build.feature("d", "float64")),
            ("s", build.feature("s", "float32")),
            ("i", build.feature("i", "int64")),
            ("b", build.feature("b", "bool")),
            ("t", build.feature("t", "timestamp")),
            ("c", build.categories("c", &["x", "y"])),
        ];
        let double = build.op("constant@1", &[], &[], &[("value", Fitted::f64s(&[1.0; 3]))]);
        let single = build.op("constant@1", &[], &[], &[("value", Fitted::f32s(&[1.0; 3]))]);
        let sparse = build.op("to_sparse@1", &[&double], &[], &[]);
        values.extend([("D", double), ("S", single), ("Z", sparse)]);
        Inputs { build, values }
    }

    fn name(&self, letter: char) -> String {
        self.values
            .iter()
            .find(|(l, _)| l.starts_with(letter))
            .expect("a letter of the list")
            .1
            .clone()
    }

    /// The operation on the values of these letters.
    fn op(mut self, op: &str, inputs: &str, options: &[(&str, &str)], tensors: &[(&str, Fitted)]) -> TestProgram {
        let names: Vec<String> = inputs.chars().map(|letter| self.name(letter)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.build.op(op, &names, options, tensors);
        let output = self.name('d');
        self.build.output("first", &output, "float64", 1);
        self.build.finish()
    }
}

fn op(op: &str, inputs: &str, options: &[(&str, &str)], tensors: &[(&str, Fitted)]) -> TestProgram {
    Inputs::new().op(op, inputs, options, tensors)
}

#[track_caller]
fn taken(test: &TestProgram) {
    if let Err(error) = test.check() {
        panic!("refused: {error}");
    }
}

/// Refused with PROGRAM, in words that hold `message`.
#[track_caller]
fn refused(test: &TestProgram, message: &str) {
    refused_with(test, ErrorCode::Program, message);
}

#[track_caller]
fn refused_with(test: &TestProgram, code: ErrorCode, message: &str) {
    match test.check() {
        Ok(_) => panic!("taken, though {message}"),
        Err(error) => {
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains(message), "{error} does not say {message:?}");
        }
    }
}

/// The member of an object, to be changed.
fn member<'a>(json: &'a mut Json, key: &str) -> &'a mut Json {
    match json {
        Json::Object(entries) => &mut entries.iter_mut().find(|(k, _)| k == key).expect("the key is there").1,
        _ => panic!("no object"),
    }
}

/// The entry of an array, to be changed.
fn entry(json: &mut Json, index: usize) -> &mut Json {
    match json {
        Json::Array(items) => &mut items[index],
        _ => panic!("no array"),
    }
}
