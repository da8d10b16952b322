//! Times to microseconds.

const MICROS_PER_DAY: i64 = 86_400_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    Second,
    Milli,
    Micro,
    Nano,
}

impl TimeUnit {
    /// `None` where it is out of range or no whole microsecond.
    pub fn micros(self, time: i64) -> Option<i64> {
        match self {
            TimeUnit::Second => time.checked_mul(1_000_000),
            TimeUnit::Milli => time.checked_mul(1_000),
            TimeUnit::Micro => Some(time),
            TimeUnit::Nano => (time % 1_000 == 0).then_some(time / 1_000),
        }
    }
}

/// Midnight in UTC of a day counted from 1970-01-01.
pub fn day_micros(day: i32) -> Option<i64> {
    i64::from(day).checked_mul(MICROS_PER_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_whole_microseconds_or_nothing() {
        assert_eq!(TimeUnit::Second.micros(-1), Some(-1_000_000));
        assert_eq!(TimeUnit::Second.micros(i64::MAX / 1_000_000 + 1), None);
        assert_eq!(TimeUnit::Milli.micros(1_700_000_000_123), Some(1_700_000_000_123_000));
        assert_eq!(TimeUnit::Nano.micros(-5_000), Some(-5));
        assert_eq!(TimeUnit::Nano.micros(5_001), None);
        assert_eq!(day_micros(-1), Some(-86_400_000_000));
        assert_eq!(day_micros(i32::MAX), None);
    }
}
