//! modelpack: engine.

pub mod arrow;
pub mod call;
mod check;
pub mod columns;
pub mod forest;
mod kernels;
mod plan;
mod plan_slots;
pub mod program;
pub mod reference;
pub mod registry;
pub mod requirement;
mod scratch;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use check::check;
