//! Operations thrown together wherever their types fit.

mod category;
mod missing;
mod model;
mod numeric;
mod shape;

use super::pool::{is_dense, Pool, Typed};
use super::{Build, Random, TestProgram};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const DTYPES: [(&str, &str); 6] = [
    ("float64", "f64"),
    ("float32", "f32"),
    ("int64", "i64"),
    ("bool", "bool"),
    ("timestamp", "time"),
    ("string", "code"),
];

pub fn soup(random: Random) -> TestProgram {
    let mut pool = Pool {
        random,
        build: Build::new(),
        values: vec![],
    };
    for name in &NAMES[..pool.random.between(1, 8)] {
        let dtype = pool.random.below(DTYPES.len());
        pool.feature(name, DTYPES[dtype]);
    }
    for _ in 0..pool.random.between(1, 40) {
        let operation = pool.random.below(OPERATIONS.len());
        OPERATIONS[operation](&mut pool);
    }
    pool.outputs();
    pool.build.finish()
}

type Operation = fn(&mut Pool) -> Option<()>;

const OPERATIONS: [Operation; 30] = [
    |pool| pool.columns(),
    |pool| pool.concat(),
    |pool| pool.concat(),
    |pool| pool.constant(),
    |pool| pool.cast(),
    |pool| pool.cast(),
    |pool| pool.sparse(),
    |pool| pool.sparse_to("to_dense@1"),
    |pool| pool.sparse_to("absent_to_nan@1"),
    |pool| pool.missing_as(),
    |pool| pool.require(),
    |pool| pool.impute(),
    |pool| pool.is_missing(),
    |pool| pool.affine(),
    |pool| pool.affine(),
    |pool| pool.clip(),
    |pool| pool.lookup(),
    |pool| pool.one_hot(),
    |pool| pool.number_code(),
    |pool| pool.forest(),
    |pool| pool.forest(),
    |pool| pool.linear(),
    |pool| pool.arithmetic(),
    |pool| pool.math(),
    |pool| pool.sigmoid(),
    |pool| pool.softmax(),
    |pool| pool.complement(),
    |pool| pool.reduce(),
    |pool| pool.compare(),
    |pool| pool.normalise(),
];

impl Pool {
    /// Three outputs, preferably of late values.
    fn outputs(&mut self) {
        for name in ["first", "second", "third"] {
            let late = self.values.len() / 2;
            let candidates: Vec<Typed> = self
                .values
                .iter()
                .skip(late)
                .filter(|v| is_dense(v) || v.kind == "i64")
                .cloned()
                .collect();
            let value = match candidates.len() {
                0 => self
                    .constant()
                    .and_then(|()| self.values.last().cloned())
                    .expect("a constant is always possible"),
                count => candidates[self.random.below(count)].clone(),
            };
            let dtype = match value.kind {
                "f64" => "float64",
                "f32" => "float32",
                _ => "int64",
            };
            self.build.output(name, &value.name, dtype, value.width);
        }
    }
}
