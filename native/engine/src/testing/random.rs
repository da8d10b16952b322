//! Reproducible random numbers (SplitMix64), and numbers that arithmetic stumbles over.

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6a09_e667_f3bc_c908)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of 0..count; count is not 0.
    pub fn below(&mut self, count: usize) -> usize {
        (self.bits() % count as u64) as usize
    }

    /// One of low..=high.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True once in `count` times.
    pub fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Uniform in -1..1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// A number as a model might have learned it: small, sometimes whole, seldom extreme.
    pub fn learned(&mut self) -> f64 {
        match self.below(16) {
            0 => 0.0,
            1 => -0.0,
            2..=5 => self.below(9) as f64 - 4.0,
            6 => f64::from_bits(self.bits() % 64),
            7 => self.unit() * 1e-35,
            8 => self.unit() * 1e20,
            _ => self.unit() * 10.0,
        }
    }

    /// A number that a caller might send.
    pub fn hostile(&mut self) -> f64 {
        match self.below(6) {
            0 => self.pick(&HOSTILE),
            1 => -self.pick(&HOSTILE),
            2 => f64::from_bits(self.bits()),
            _ => self.learned(),
        }
    }
}

/// Not a number, ends of ranges, and what lies at the thresholds of single precision and of LightGBM's zero.
const HOSTILE: [f64; 22] = [
    f64::NAN,
    f64::INFINITY,
    0.0,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::from_bits(1),
    f64::from_bits(0x000f_ffff_ffff_ffff),
    f32::MAX as f64,
    f64::from_bits(0x47ef_ffff_efff_ffff), // the largest that is f32::MAX in f32
    f64::from_bits(0x47ef_ffff_f000_0000), // the least that is infinite in f32
    f32::MIN_POSITIVE as f64,
    1e-45,
    7e-46,
    1e-35,
    1e-35f32 as f64,
    f64::from_bits((1e-35f32 as f64).to_bits() + 1),
    1e300,
    16_777_217.0,
    9_007_199_254_740_993.0,
    88.7,
    709.8,
    0.1,
];
