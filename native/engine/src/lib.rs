//! The native engine: a program is checked, planned onto slots, and run by kernels whose bits the reference interpreter defines.

mod admission;
pub mod arrow;
mod batch;
pub mod call;
mod check;
pub mod columns;
pub mod engines;
pub mod forest;
#[cfg(test)]
mod gate;
mod golden;
mod kernels;
mod model;
mod output;
mod partitioned;
mod places;
mod plan;
mod plan_slots;
pub mod predictor;
pub mod program;
pub mod reference;
pub mod registry;
pub mod requirement;
mod scratch;
pub mod stats;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

mod work;

pub use call::{Call, OutputBuffer, OutputType};
pub use check::check;
pub use columns::Column;
pub use partitioned::{CacheStats, NodeStats};
pub use predictor::{Predictor, PredictorOptions};
pub use stats::FeatureStats;
