//! Arguments for the comparison of two implementations.

use crate::function::Function;

/// Seeded numbers (splitmix64).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// A number of either sign and of any size from 2^-60 to 2^10.
    fn sized(&mut self) -> f64 {
        let exponent = 1023 - 60 + self.bits() % 70;
        let sign = self.bits() << 63;
        f64::from_bits(self.bits() >> 12 | exponent << 52 | sign)
    }

    /// Any double, a size at which the functions are neither 0 nor infinite, their whole range, or what models see.
    fn number(&mut self) -> f64 {
        match self.bits() % 4 {
            0 => f64::from_bits(self.bits()),
            1 => self.sized(),
            2 => self.between(-1100.0, 1100.0),
            _ => self.between(-2.0, 2.0),
        }
    }
}

/// Numbers of any size.
pub fn drawn(function: &Function, count: usize) -> Vec<f64> {
    let mut random = Random(1);
    (0..count * function.width()).map(|_| random.number()).collect()
}

/// Ends of formats and of the functions' ranges, with their neighbours on both sides, of both signs; as pairs, every pair.
pub fn special(function: &Function) -> Vec<f64> {
    let mut numbers = vec![f64::NAN];
    for centre in CENTRES {
        for step in -2..=2i64 {
            let bits = centre.to_bits().saturating_add_signed(step);
            numbers.extend([f64::from_bits(bits), -f64::from_bits(bits)]);
        }
    }
    if function.width() == 1 {
        return numbers;
    }
    numbers
        .iter()
        .flat_map(|&x| numbers.iter().flat_map(move |&y| [x, y]))
        .collect()
}

const CENTRES: [f64; 42] = [
    0.0,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::INFINITY,
    f32::MIN_POSITIVE as f64,
    f32::MAX as f64,
    1.401_298_464_324_817e-45, // the least single
    7.006_492_321_624_085e-46, // half of it
    f64::EPSILON,
    f64::EPSILON / 2.0,
    f64::EPSILON / 4.0,
    3.725_290_298_461_914e-9, // 2^-28
    1.490_116_119_384_766e-8, // 2^-26
    0.25,
    0.5,
    std::f64::consts::LN_2,
    std::f64::consts::FRAC_PI_4,
    1.0,
    std::f64::consts::SQRT_2,
    std::f64::consts::FRAC_PI_2,
    2.0,
    3.0,
    std::f64::consts::PI,
    4.0,
    10.0,
    19.0625,
    38.0,
    40.0,
    87.336_54, // about ln of the least normal single, and of the greatest
    88.722_84,
    103.278_93,
    103.972_08,
    104.0,
    700.0,
    708.396_418_532_264_1,
    709.782_712_893_384,
    744.440_071_921_381_3,
    745.133_219_101_941_1,
    1022.0,
    1024.0,
    1074.0,
    1075.0,
];
