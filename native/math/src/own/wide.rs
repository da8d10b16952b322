//! Floating-point numbers of 256 bits, cut rather than rounded: what decides where two doubles leave the nearest double open.

use core::cmp::Ordering;

const LIMBS: usize = 4;
const BITS: i64 = 64 * LIMBS as i64;

/// `± 0.mantissa 2^exponent`; the leading bit of the mantissa is set, or all of it is zero.
///
/// An operation cuts its result towards zero: its relative error is below 2^-255, of a sum relative to the larger term.
#[derive(Clone, Copy, Debug)]
pub struct Wide {
    pub negative: bool,
    pub exponent: i64,
    /// The least significant limb first.
    pub limbs: [u64; LIMBS],
}

impl Wide {
    pub const ZERO: Self = Self {
        negative: false,
        exponent: 0,
        limbs: [0; LIMBS],
    };

    /// A finite double, exactly.
    pub fn new(value: f64) -> Self {
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let stored = (bits >> 52 & 0x7ff) as i64;
        let (mantissa, exponent) = if stored == 0 {
            (fraction, -1074)
        } else {
            (fraction | 1 << 52, stored - 1075)
        };
        let wide = Self {
            negative: value.is_sign_negative(),
            exponent: exponent + 64,
            limbs: [0, 0, 0, mantissa],
        };
        wide.normalised()
    }

    /// 0.limbs, the least significant limb first.
    pub fn from_limbs(limbs: [u64; LIMBS]) -> Self {
        let wide = Self {
            negative: false,
            exponent: 0,
            limbs,
        };
        wide.normalised()
    }

    /// A positive integer, exactly.
    pub fn whole(value: u64) -> Self {
        let wide = Self {
            negative: false,
            exponent: 64,
            limbs: [0, 0, 0, value],
        };
        wide.normalised()
    }

    pub fn is_zero(&self) -> bool {
        self.limbs == [0; LIMBS]
    }

    pub fn negated(self) -> Self {
        Self {
            negative: !self.negative,
            ..self
        }
    }

    /// Times 2^power, exactly.
    pub fn scaled(self, power: i64) -> Self {
        Self {
            exponent: self.exponent + power,
            ..self
        }
    }

    /// Moves the leading bit to the top.
    fn normalised(mut self) -> Self {
        if self.is_zero() {
            return Self::ZERO;
        }
        let mut zeros: u32 = 0;
        for limb in self.limbs.iter().rev() {
            zeros += limb.leading_zeros();
            if *limb != 0 {
                break;
            }
        }
        self.limbs = shifted_left(&self.limbs, zeros);
        self.exponent -= i64::from(zeros);
        self
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => {
                (self.exponent.cmp(&other.exponent)).then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev()))
            }
        }
    }

    pub fn add(self, other: Self) -> Self {
        let (large, small) = match self.compare_size(&other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let distance = large.exponent - small.exponent;
        if small.is_zero() || distance >= BITS {
            return large;
        }
        let aligned = shifted_right(&small.limbs, distance as u32);
        if large.negative != small.negative {
            let limbs = difference(&large.limbs, &aligned);
            return Self { limbs, ..large }.normalised();
        }
        let (limbs, carry) = total(&large.limbs, &aligned);
        if !carry {
            return Self { limbs, ..large };
        }
        let mut limbs = shifted_right(&limbs, 1);
        limbs[LIMBS - 1] |= 1 << 63;
        Self {
            limbs,
            exponent: large.exponent + 1,
            ..large
        }
    }

    pub fn sub(self, other: Self) -> Self {
        self.add(other.negated())
    }

    pub fn mul(self, other: Self) -> Self {
        let mut product = [0u64; 2 * LIMBS];
        for (i, &a) in self.limbs.iter().enumerate() {
            let mut carry = 0u128;
            for (j, &b) in other.limbs.iter().enumerate() {
                let sum = u128::from(a) * u128::from(b) + u128::from(product[i + j]) + carry;
                product[i + j] = sum as u64;
                carry = sum >> 64;
            }
            product[i + LIMBS] = carry as u64;
        }
        let negative = self.negative != other.negative;
        let exponent = self.exponent + other.exponent;
        // The product of two numbers in [1/2, 1) lies in [1/4, 1): one bit may have to come up from below.
        let [_, _, _, spare, upper @ ..] = product;
        if upper == [0; LIMBS] {
            return Self::ZERO;
        }
        if upper[LIMBS - 1] >> 63 == 1 {
            return Self {
                negative,
                exponent,
                limbs: upper,
            };
        }
        let mut limbs = shifted_left(&upper, 1);
        limbs[0] |= spare >> 63;
        Self {
            negative,
            exponent: exponent - 1,
            limbs,
        }
    }

    /// Divided by a small positive number.
    pub fn div_small(self, divisor: u32) -> Self {
        let mut rest = 0u128;
        let mut limbs = [0; LIMBS];
        for (to, &from) in limbs.iter_mut().zip(&self.limbs).rev() {
            let part = rest << 64 | u128::from(from);
            *to = (part / u128::from(divisor)) as u64;
            rest = part % u128::from(divisor);
        }
        Self { limbs, ..self }.normalised()
    }

    /// 1/self of a number that is not zero: Newton's steps from a double, each with twice the bits; relative error below 2^-250.
    pub fn inverse(self) -> Self {
        let mantissa = Self { exponent: 0, ..self };
        let mut result = Self::new(1.0 / mantissa.to_double());
        for _ in 0..3 {
            let rest = Self::new(1.0).sub(mantissa.mul(result));
            result = result.add(result.mul(rest));
        }
        result.scaled(-self.exponent)
    }
}

fn shifted_left(limbs: &[u64; LIMBS], bits: u32) -> [u64; LIMBS] {
    let (whole, part) = ((bits / 64) as usize, bits % 64);
    let mut shifted = [0; LIMBS];
    for i in whole..LIMBS {
        let below = if i > whole { limbs[i - whole - 1] } else { 0 };
        shifted[i] = ((u128::from(limbs[i - whole]) << 64 | u128::from(below)) << part >> 64) as u64;
    }
    shifted
}

fn shifted_right(limbs: &[u64; LIMBS], bits: u32) -> [u64; LIMBS] {
    let (whole, part) = ((bits / 64) as usize, bits % 64);
    let mut shifted = [0; LIMBS];
    for i in whole..LIMBS {
        let above = if i + 1 < LIMBS { limbs[i + 1] } else { 0 };
        shifted[i - whole] = ((u128::from(above) << 64 | u128::from(limbs[i])) >> part) as u64;
    }
    shifted
}

fn total(a: &[u64; LIMBS], b: &[u64; LIMBS]) -> ([u64; LIMBS], bool) {
    let mut sum = [0; LIMBS];
    let mut carry = false;
    for i in 0..LIMBS {
        let (first, over) = a[i].overflowing_add(b[i]);
        let (second, again) = first.overflowing_add(u64::from(carry));
        sum[i] = second;
        carry = over || again;
    }
    (sum, carry)
}

/// a - b, where a is not the smaller.
fn difference(a: &[u64; LIMBS], b: &[u64; LIMBS]) -> [u64; LIMBS] {
    let mut rest = [0; LIMBS];
    let mut borrow = false;
    for i in 0..LIMBS {
        let (first, under) = a[i].overflowing_sub(b[i]);
        let (second, again) = first.overflowing_sub(u64::from(borrow));
        rest[i] = second;
        borrow = under || again;
    }
    rest
}
