//! Emitted C, compiled and run: the same bits as the reference interpreter.

mod build;
mod gate;
mod library;
mod vectors;
