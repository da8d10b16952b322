//! Engines other than native: they answer in place of the program's steps, and all around them stays the same.

#[allow(dead_code, reason = "plans do not take engines yet")]
pub mod compiled;
