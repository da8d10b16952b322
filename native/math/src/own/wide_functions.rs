//! The functions in 256-bit arithmetic: the answer where the fast paths are not certain.
//!
//! Relative errors are below 2^-180 for every argument that a fast path hands on (no double there is closer than about 2^-120 to a
//! midpoint, and the exact results, which would be, are returned before). Slow, about 5 microseconds, and seldom.

use super::double_double::DoubleDouble;
use super::wide::Wide;
use crate::tables::{WIDE_INVERSE_LN2, WIDE_LN2};

/// 1/ln 2.
const PER_LN2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// The argument is halved so often before the series, and the result doubled so often after it.
const HALVINGS: u32 = 16;
/// (2^-17)^n/n! is below 2^-260 of the first term from here on.
const TERMS: u32 = 14;

const LN2: Wide = Wide {
    negative: false,
    exponent: 0,
    limbs: WIDE_LN2,
};
const INVERSE_LN2: Wide = Wide {
    negative: false,
    exponent: 1,
    limbs: WIDE_INVERSE_LN2,
};

/// e^r - 1 for |r| < 1: the Taylor series of r/2^16, and (1 + u)^2 - 1 = u (u + 2) for each halving.
fn expm1_small(r: Wide) -> Wide {
    let r = r.scaled(-i64::from(HALVINGS));
    let mut term = r;
    let mut sum = r;
    for n in 2..=TERMS {
        term = term.mul(r).div_small(n);
        sum = sum.add(term);
    }
    for _ in 0..HALVINGS {
        sum = sum.mul(sum.add(Wide::new(2.0)));
    }
    sum
}

/// k and e^(x - k ln 2) - 1, with k nearest to `near/ln 2`.
fn reduced(x: Wide, near: f64) -> (i64, Wide) {
    let k = (near * PER_LN2 + ROUNDER) - ROUNDER;
    (k as i64, expm1_small(x.sub(LN2.mul(Wide::new(k)))))
}

pub fn exp_of(x: Wide, near: f64) -> Wide {
    let (k, u) = reduced(x, near);
    u.add(Wide::new(1.0)).scaled(k)
}

pub fn exp(x: f64) -> Wide {
    exp_of(Wide::new(x), x)
}

pub fn expm1(x: f64) -> Wide {
    let (k, u) = reduced(Wide::new(x), x);
    if k == 0 {
        return u;
    }
    u.add(Wide::new(1.0)).scaled(k).sub(Wide::new(1.0))
}

pub fn exp2(x: f64) -> Wide {
    let k = (x + ROUNDER) - ROUNDER;
    let u = expm1_small(LN2.mul(Wide::new(x - k)));
    u.add(Wide::new(1.0)).scaled(k as i64)
}

pub fn tanh(x: f64) -> Wide {
    let u = expm1(2.0 * x);
    u.mul(u.add(Wide::new(2.0)).inverse())
}

/// ln(x) from its known leading 60 bits y: y + ln(1 + d) with d = x e^-y - 1, whose fifth power is too small to count.
fn log_of(x: Wide, known: DoubleDouble) -> Wide {
    let y = Wide::new(known.high).add(Wide::new(known.low));
    let d = x.mul(exp_of(y.negated(), -known.high)).sub(Wide::new(1.0));
    let mut power = d;
    let mut sum = d;
    for n in 2..=4 {
        power = power.mul(d).negated();
        sum = sum.add(power.div_small(n));
    }
    y.add(sum)
}

/// ln(x), given it to about 2^-60 absolutely.
pub fn log(x: f64, known: DoubleDouble) -> Wide {
    log_of(Wide::new(x), known)
}

/// x^y of a positive x, given ln(x) to about 2^-60 relatively and the exponent of e to about 2^-40 absolutely. The logarithm next to
/// 1 has lost up to 52 bits: relative error below 2^-180.
pub fn pow(x: f64, y: f64, known: DoubleDouble, near: f64) -> Wide {
    exp_of(log(x, known).mul(Wide::new(y)), near)
}

/// ln(1 + x), given it to about 2^-60 absolutely.
pub fn log1p(x: f64, known: DoubleDouble) -> Wide {
    log_of(Wide::new(x).add(Wide::new(1.0)), known)
}

/// The logarithm to base 2, given the natural one to about 2^-60 absolutely.
pub fn log2(x: f64, known: DoubleDouble) -> Wide {
    log(x, known).mul(INVERSE_LN2)
}
