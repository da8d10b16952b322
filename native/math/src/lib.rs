//! The elementary functions of a program, and nothing else: every exponential, logarithm and root that decides a bit goes through
//! this crate, so that a program's `math` number names one definition.
//!
//! Version 1: every result is the exact value rounded once, to nearest even (docs/MATH.md). The host's library is never called.
//! Functions of NaN are NaN; which NaN is not defined, outputs are made canonical where they leave the engine.

#![no_std]

#[cfg(test)]
extern crate std;

mod environment;
/// How each function is computed.
pub mod own;
mod special_tables;
mod tables;

pub use environment::FloatEnvironment;
pub use own::{asin, atan2, cos, erf, exp_block, expf_block, log_block, ndtri, pow, sigmoid_block, sin};

/// The version of the functions in this crate; a program that states another one is refused.
pub const VERSION: u32 = 1;

/// e^x.
pub fn exp(x: f64) -> f64 {
    own::exp(x)
}

/// 2^x.
pub fn exp2(x: f64) -> f64 {
    own::exp2(x)
}

/// e^x - 1, exact near zero.
pub fn expm1(x: f64) -> f64 {
    own::expm1(x)
}

/// Natural logarithm: of ±0 -infinity, of a negative number NaN.
pub fn log(x: f64) -> f64 {
    own::log(x)
}

/// ln(1 + x), exact near zero: of -1 -infinity, below NaN.
pub fn log1p(x: f64) -> f64 {
    own::log1p(x)
}

/// Logarithm to base 2.
pub fn log2(x: f64) -> f64 {
    own::log2(x)
}

/// Hyperbolic tangent.
pub fn tanh(x: f64) -> f64 {
    own::tanh(x)
}

/// Square root, correctly rounded; of -0.0 -0.0, of a negative number NaN.
pub fn sqrt(x: f64) -> f64 {
    own::sqrt(x)
}

/// e^x in single precision.
pub fn expf(x: f32) -> f32 {
    own::expf(x)
}

/// Natural logarithm in single precision.
pub fn logf(x: f32) -> f32 {
    own::logf(x)
}

/// Square root in single precision, correctly rounded.
pub fn sqrtf(x: f32) -> f32 {
    own::sqrtf(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_values() {
        assert_eq!(exp(0.0).to_bits(), 1.0f64.to_bits());
        assert_eq!(exp(-0.0).to_bits(), 1.0f64.to_bits());
        assert_eq!(exp(f64::NEG_INFINITY).to_bits(), 0);
        assert_eq!(exp(710.0), f64::INFINITY);
        assert!(exp(f64::NAN).is_nan());
        assert_eq!(exp2(-1074.0).to_bits(), 1);
        assert_eq!(expm1(-0.0).to_bits(), (-0.0f64).to_bits());
        assert_eq!(log(-0.0), f64::NEG_INFINITY);
        assert!(log(-1.0).is_nan());
        assert_eq!(log1p(-1.0), f64::NEG_INFINITY);
        assert_eq!(log1p(-0.0).to_bits(), (-0.0f64).to_bits());
        assert_eq!(log2(8.0), 3.0);
        assert_eq!(tanh(f64::INFINITY), 1.0);
        assert_eq!(sqrt(-0.0).to_bits(), (-0.0f64).to_bits());
        assert!(sqrt(-1.0).is_nan());
        assert_eq!(expf(88.8), f32::INFINITY);
        assert_eq!(expf(-104.0).to_bits(), 0);
        assert_eq!(logf(0.0), f32::NEG_INFINITY);
        assert_eq!(sqrtf(2.0).to_bits(), 0x3fb5_04f3);
    }

    #[test]
    fn tiny_arguments_are_kept() {
        let tiny = f64::from_bits(1);
        assert_eq!(expm1(tiny).to_bits(), 1);
        assert_eq!(log1p(tiny).to_bits(), 1);
        assert_eq!(tanh(tiny).to_bits(), 1);
        assert_eq!(exp(tiny), 1.0);
    }
}
