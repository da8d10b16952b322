//! The double nearest to a wide number.

use super::double_double::power_of_two;
use super::wide::Wide;

/// The exponent below which a double has fewer than 53 bits: 0.m 2^-1021 is the least normal number.
const LEAST_NORMAL: i64 = -1021;

impl Wide {
    /// The nearest double (a tie goes to the even one), with infinity and subnormal numbers; one rounding.
    pub fn to_double(self) -> f64 {
        if self.exponent > 1024 {
            return signed(f64::INFINITY, self.negative);
        }
        let lost = LEAST_NORMAL - self.exponent;
        let bits = if lost > 0 { 53 - lost } else { 53 };
        if bits < 0 || self.is_zero() {
            return signed(0.0, self.negative); // less than half of the least subnormal
        }
        let [rest @ .., top] = self.limbs;
        let below = 64 - bits as u32; // bits of the top limb that are not kept: 11 to 64
        let kept = if below == 64 { 0 } else { top >> below };
        let half = top >> (below - 1) & 1 == 1;
        let beyond = top & ((1 << (below - 1)) - 1) != 0 || rest.iter().any(|&limb| limb != 0);
        let rounded = kept + u64::from(half && (beyond || kept & 1 == 1));
        // At most 2^53 times a power of two that gives a multiple of the least subnormal: exact, or infinite.
        signed(rounded as f64 * power(self.exponent - bits), self.negative)
    }
}

/// 2^exponent from the least subnormal on.
fn power(exponent: i64) -> f64 {
    if exponent < -1022 {
        return f64::from_bits(1 << (exponent + 1074));
    }
    power_of_two(exponent)
}

fn signed(value: f64, negative: bool) -> f64 {
    if negative {
        -value
    } else {
        value
    }
}
