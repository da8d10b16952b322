//! The same bits everywhere: the functions of math 1 for the arguments that are hardest to round, and their C twin.

mod arguments;
mod function;
mod hard;
mod twin;
