//! Powers that a double or a midpoint of doubles holds exactly, which no precision would tell from their neighbours.
//!
//! With x = m 2^e and y = n 2^f, m and n odd: x^y has finitely many binary digits only if x is the 2^-f-th power of such a number,
//! where f is negative, and if y is positive or m is 1. Only powers below 2^64 times a power of two are looked for: longer ones
//! are neither doubles nor midpoints.

use super::double_double::size;
use super::square_root::sqrt;
use super::wide::Wide;

/// An odd number times a power of two.
struct Odd {
    odd: u64,
    exponent: i64,
}

impl Odd {
    /// The size of a finite number other than zero.
    fn new(value: f64) -> Self {
        let bits = size(value).to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (whole, exponent) = match bits >> 52 {
            0 => (fraction, -1074),
            stored => (fraction | 1 << 52, stored as i64 - 1075),
        };
        let zeros = whole.trailing_zeros();
        Self {
            odd: whole >> zeros,
            exponent: exponent + i64::from(zeros),
        }
    }

    /// The exact square root, if it is of this form.
    fn root(&self) -> Option<Self> {
        let odd = sqrt(self.odd as f64) as u64; // exact of a square below 2^53
        (odd * odd == self.odd && self.exponent % 2 == 0).then_some(Self {
            odd,
            exponent: self.exponent / 2,
        })
    }
}

/// x^y for a positive x other than 1 and a y other than zero, rounded once, where its digits end within 64 bits.
pub fn exact_power(x: f64, y: f64) -> Option<f64> {
    let (mut base, power) = (Odd::new(x), Odd::new(y));
    for _ in power.exponent..0 {
        base = base.root()?;
    }
    if power.exponent > 11 {
        return None; // beyond 2^2047: overflow, zero, or too long
    }
    // At most 2^63 in size: y has 53 bits, and 11 more.
    let count = power.odd.checked_shl(power.exponent.max(0) as u32)?;
    let sign = if y < 0.0 { -1 } else { 1 };
    let mantissa = match base.odd {
        1 => 1,
        _ if sign < 0 => return None,
        odd => odd.checked_pow(u32::try_from(count).ok()?)?,
    };
    let exponent = base.exponent.checked_mul(sign * i64::try_from(count).ok()?)?;
    let exact = Wide::new(1.0).scaled(exponent);
    Some(exact.mul(Wide::whole(mantissa)).to_double())
}
