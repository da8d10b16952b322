//! The functions of math 1, one group a file.
//!
//! Every function here is correctly rounded to nearest even for every argument: there is one right answer, so that each platform and
//! each second implementation has the same bits. A function first works with a sum of two doubles whose error is bounded; where that
//! bound leaves open which double is nearest, 256-bit arithmetic decides. docs/MATH.md has the bounds and the measurements.
//!
//! Only additions, multiplications, divisions and comparisons of doubles and integers are used, each rounded by itself.

mod arc;
mod block;
mod double_double;
mod erf;
mod estimate;
mod exact_power;
mod exp;
mod log;
mod ndtri;
mod polynomial;
mod pow;
#[cfg(target_arch = "x86_64")]
mod processor;
mod quick_arc;
mod quick_exp;
mod quick_log;
mod quick_single;
mod quick_trig;
mod root;
mod single;
mod square_root;
mod tanh;
mod trig;
mod trig_reduce;
mod wide;
mod wide_arc;
mod wide_functions;
mod wide_normal;
mod wide_round;
mod wide_trig;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_arc;
#[cfg(test)]
mod tests_normal;
#[cfg(test)]
mod tests_trig;

pub use arc::{asin, atan2};
pub use block::{exp_block, expf_block, log_block, sigmoid_block};
pub use erf::erf;
pub use exp::{exp, exp2, expm1};
pub use log::{log, log1p, log2};
pub use ndtri::ndtri;
pub use pow::pow;
pub use single::{expf, logf};
pub use square_root::{sqrt, sqrtf};
pub use tanh::tanh;
pub use trig::{cos, sin};
