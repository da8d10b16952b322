//! The C ABI of modelpack: `include/modelpack.h` is its contract, `docs/ABI.md` the whole of it.
//!
//! Nothing is decided here. Each entry checks its pointers and structs, calls the bundle or the engine, and writes what they
//! answered. Every entry that can fail runs inside [`boundary::enter`]. One noun of the header a file.
//!
//! All entries are `unsafe` for one reason, so it is said once: **the caller keeps to the header**. Handles are NULL or live,
//! pointers are NULL or point to what the header says, and nobody frees or changes either during the call.

#![allow(clippy::missing_safety_doc, reason = "said once, above")]

mod boundary;
mod pointer;
mod record;

pub mod arrow;
pub mod bundle;
pub mod cache;
pub mod cell;
pub mod column;
pub mod error;
pub mod key;
pub mod matrix;
pub mod node;
pub mod node_fact;
mod node_key;
pub mod open;
pub mod output;
pub mod partition;
pub mod partition_writer;
pub mod policy;
pub mod predict_options;
pub mod predictor;
pub mod program;
pub mod reference;
pub mod row;
pub mod schema;
pub mod schema_class;
pub mod schema_feature;
pub mod schema_output;
pub mod sign;
pub mod signer;
pub mod source;
pub mod stats;
pub mod successor;
pub mod text;
pub mod trust;
pub mod verify;
pub mod version;
pub mod write;
