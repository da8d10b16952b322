//! Decimals as floats and as integers.

/// Powers of ten that an f64 holds, so that one division of two exact numbers rounds once.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
const F64_BITS: u32 = 53;

/// The f64 nearest to `unscaled * 10^-scale`, ties to even, and whether it is that number.
pub fn nearest_f64(unscaled: i128, scale: i32) -> (f64, bool) {
    let exact = is_exact(unscaled, scale);
    let power = usize::try_from(scale).ok().and_then(|scale| EXACT_POWERS.get(scale));
    match power {
        Some(power) if unscaled.unsigned_abs() <= 1 << F64_BITS => (unscaled as f64 / power, exact),
        _ => (parsed(unscaled, scale), exact),
    }
}

/// The standard library rounds a decimal text correctly, whatever its length.
fn parsed(unscaled: i128, scale: i32) -> f64 {
    format!("{unscaled}e{}", -i64::from(scale))
        .parse()
        .expect("an integer and an exponent are a number")
}

/// A number is an f64 if its odd part has at most 53 bits (an i128 is far from the ends of the exponent).
fn is_exact(unscaled: i128, scale: i32) -> bool {
    let mut odd = unscaled.unsigned_abs();
    if odd == 0 {
        return true;
    }
    for _ in 0..scale.unsigned_abs() {
        odd >>= odd.trailing_zeros();
        match scale > 0 {
            true if odd % 5 == 0 => odd /= 5,
            false if odd >> F64_BITS == 0 => odd *= 5,
            _ => return false,
        }
    }
    (odd >> odd.trailing_zeros()) >> F64_BITS == 0
}

/// The integer that `unscaled * 10^-scale` is, if it is one and fits.
pub fn integer(unscaled: i128, scale: i32) -> Option<i64> {
    if unscaled == 0 {
        return Some(0);
    }
    let power = 10i128.checked_pow(scale.unsigned_abs())?;
    let whole = match scale > 0 {
        true if unscaled % power == 0 => unscaled / power,
        true => return None,
        false => unscaled.checked_mul(power)?,
    };
    i64::try_from(whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_round_once_and_say_so() {
        assert_eq!(nearest_f64(1, 1), (0.1, false));
        assert_eq!(nearest_f64(-25, 2), (-0.25, true));
        assert_eq!(nearest_f64(0, 38), (0.0, true));
        assert_eq!(nearest_f64((1 << 53) + 1, 0), (9007199254740992.0, false));
        assert_eq!(nearest_f64(((1 << 53) + 1) * 10, 1), (9007199254740992.0, false));
        assert_eq!(nearest_f64(3, -2), (300.0, true));
        assert_eq!(nearest_f64(1, -22), (1e22, true));
        assert_eq!(nearest_f64(1, -23), (1e23, false));
        assert_eq!(nearest_f64(i128::MAX, 0), (1.7014118346046923e38, false));
        assert_eq!(nearest_f64(i128::MIN, 0), (-1.7014118346046923e38, true));
        assert_eq!(nearest_f64(1, i32::MIN), (f64::INFINITY, false));
        assert_eq!(
            nearest_f64(99_999_999_999_999_999_999_999_999_999_999_999_999, 38),
            (1.0, false)
        );
    }

    #[test]
    fn an_integral_decimal_is_an_integer() {
        assert_eq!(integer(1700, 2), Some(17));
        assert_eq!(integer(1701, 2), None);
        assert_eq!(integer(-3, -3), Some(-3000));
        assert_eq!(integer(1, -19), None);
        assert_eq!(integer(0, i32::MAX), Some(0));
        assert_eq!(integer(i64::MIN.into(), 0), Some(i64::MIN));
        assert_eq!(integer(i128::from(i64::MAX) + 1, 0), None);
    }
}
