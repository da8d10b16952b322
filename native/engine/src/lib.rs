//! modelpack: engine.

pub mod call;
pub mod columns;
pub mod forest;
pub mod program;
mod scratch;
