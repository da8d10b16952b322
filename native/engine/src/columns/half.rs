//! IEEE binary16.

/// The f32 that a binary16 is; every one is.
pub fn widened(half: u16) -> f32 {
    let sign = u32::from(half >> 15) << 31;
    let exponent = u32::from(half >> 10) & 0x1F;
    let fraction = u32::from(half) & 0x3FF;
    match exponent {
        // Subnormals and zero: fraction * 2^-24, a product without rounding.
        0 => f32::from_bits(sign | (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits()),
        0x1F => f32::from_bits(sign | 0x7F80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_binary16_widens() {
        assert_eq!(widened(0x3C00), 1.0);
        assert_eq!(widened(0xC000), -2.0);
        assert_eq!(widened(0x3555), 0.333_251_95);
        assert_eq!(widened(0x7BFF), 65504.0);
        assert_eq!(widened(0x0400), 6.103_515_6e-5);
        assert_eq!(widened(0x0001), 5.960_464_5e-8);
        assert_eq!(widened(0x83FF), -6.097_555e-5);
        assert_eq!(widened(0x8000).to_bits(), (-0.0f32).to_bits());
        assert_eq!((widened(0x7C00), widened(0xFC00)), (f32::INFINITY, f32::NEG_INFINITY));
        assert!(widened(0x7E01).is_nan());
    }
}
