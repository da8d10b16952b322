//! The vectors of tests/vectors: answers and coercions.

mod input;
mod types;
mod valid;
