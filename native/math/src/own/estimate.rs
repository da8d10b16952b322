//! What a first phase knows: a sum of two doubles and how far off it may be.

/// `sum + correction`, and how far that may be from the exact result.
#[derive(Clone, Copy)]
pub struct Estimate {
    pub sum: f64,
    pub correction: f64,
    pub error: f64,
}

impl Estimate {
    /// The nearest double to everything within the error, and whether there is only one.
    ///
    /// Rounding is monotone: what lies between the two corrections lies between the two sums.
    #[inline(always)]
    pub fn nearest(self) -> (f64, bool) {
        let lower = self.sum + (self.correction - self.error);
        (lower, lower == self.sum + (self.correction + self.error))
    }
}
