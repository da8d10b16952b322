//! Programs and rows for tests: built by hand, or drawn at random from a seed.

mod build;
mod bundle;
mod forest;
mod partitions;
mod pipeline;
mod pool;
mod random;
mod rows;
mod soup;

pub use build::{Build, Fitted, TestProgram};
pub use bundle::Golden;
pub use random::Random;
pub use rows::hostile_rows;

/// A random program that `check` takes: operations thrown together for odd seeds, a pipeline as importers write them for even ones.
pub fn random_program(seed: u64) -> TestProgram {
    let random = Random::new(seed);
    if seed % 2 == 1 {
        soup::soup(random)
    } else {
        pipeline::pipeline(random)
    }
}
