//! Emitted C, compiled and run: the same bits as the reference interpreter.

mod build;
mod gate;
#[allow(dead_code, reason = "vectors hold no carriers of their own")]
#[path = "../../../engine/tests/vectors/input.rs"]
mod input;
mod library;
mod vectors;
