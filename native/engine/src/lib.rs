//! modelpack: engine.

pub mod forest;
pub mod program;
