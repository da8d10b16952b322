//! The C ABI of modelpack: `include/modelpack.h` is its contract, `docs/ABI.md` the whole of it.
//!
//! Nothing is decided here. Each entry checks its pointers and structs, calls the bundle or the engine, and writes what they
//! answered.

pub mod error;
pub mod version;
