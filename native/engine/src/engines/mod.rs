//! Engines other than native: they answer in place of the program's steps, and all around them stays the same.

pub mod compiled;
pub mod onnx;
