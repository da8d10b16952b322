//! What a predictor has seen: counters per feature, spread over shards so that threads do not wait for each other.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Shards of a predictor: about as many threads as count at once.
const SHARDS: usize = 8;
/// With more features than this there is one shard, so that the counters stay small.
const SHARDED_FEATURES: usize = 1 << 12;
const COUNTERS: usize = 4;

/// Counts of one feature since the predictor was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeatureStats {
    /// Rows answered by this predictor.
    pub rows: u64,
    /// Of those, with this feature missing.
    pub missing: u64,
    /// With a category that training did not see.
    pub unseen: u64,
    /// Rounded to the feature's type.
    pub rounded: u64,
    /// With this (optional) feature not present.
    pub absent: u64,
}

/// One count to add.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    Missing = 0,
    Unseen = 1,
    Rounded = 2,
    Absent = 3,
}

#[derive(Debug)]
struct Shard {
    rows: AtomicU64,
    /// `COUNTERS` for each feature.
    counters: Vec<AtomicU64>,
}

#[derive(Debug)]
pub struct Stats {
    shards: Vec<Shard>,
}

/// Counts of the row or block in hand on this thread. Between calls all are zero.
#[derive(Default)]
struct Tally {
    counters: Vec<u32>,
    touched: bool,
}

static NEXT_THREAD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static TALLY: RefCell<Tally> = RefCell::default();
    static THREAD: Cell<usize> = Cell::new(NEXT_THREAD.fetch_add(1, Ordering::Relaxed));
}

/// Counts for the row or block in hand; nothing is added to a predictor before [`Stats::keep`].
#[inline]
pub fn count(feature: usize, seen: Seen, times: u32) {
    if times != 0 {
        tally(feature, seen, times);
    }
}

fn tally(feature: usize, seen: Seen, times: u32) {
    TALLY.with_borrow_mut(|tally| {
        let index = feature * COUNTERS + seen as usize;
        if tally.counters.len() <= index {
            tally.counters.resize((feature + 1) * COUNTERS, 0);
        }
        tally.counters[index] += times;
        tally.touched = true;
    });
}

/// Forgets the counts of a row or block that was not answered.
pub fn forget() {
    TALLY.with_borrow_mut(|tally| {
        if tally.touched {
            tally.counters.fill(0);
            tally.touched = false;
        }
    });
}

impl Stats {
    pub fn new(features: usize) -> Stats {
        let shards = if features > SHARDED_FEATURES { 1 } else { SHARDS };
        let counters = || (0..features * COUNTERS).map(|_| AtomicU64::new(0)).collect();
        Stats {
            shards: (0..shards)
                .map(|_| Shard {
                    rows: AtomicU64::new(0),
                    counters: counters(),
                })
                .collect(),
        }
    }

    /// Adds answered rows, and what was counted for them on this thread.
    pub fn keep(&self, rows: usize) {
        let shard = &self.shards[THREAD.get() % self.shards.len()];
        shard.rows.fetch_add(rows as u64, Ordering::Relaxed);
        TALLY.with_borrow_mut(|tally| {
            if !tally.touched {
                return;
            }
            for (count, counter) in tally.counters.iter_mut().zip(&shard.counters) {
                if *count != 0 {
                    counter.fetch_add(u64::from(*count), Ordering::Relaxed);
                    *count = 0;
                }
            }
            tally.touched = false;
        });
    }

    /// Rows answered so far.
    pub fn rows(&self) -> u64 {
        let rows = self.shards.iter().map(|shard| shard.rows.load(Ordering::Relaxed));
        rows.fold(0, u64::saturating_add)
    }

    /// The counts so far; calls in flight may be missing from them.
    pub fn of(&self, feature: usize) -> FeatureStats {
        let mut stats = FeatureStats::default();
        for shard in &self.shards {
            let counter = |seen: Seen| shard.counters[feature * COUNTERS + seen as usize].load(Ordering::Relaxed);
            stats.rows += shard.rows.load(Ordering::Relaxed);
            stats.missing += counter(Seen::Missing);
            stats.unseen += counter(Seen::Unseen);
            stats.rounded += counter(Seen::Rounded);
            stats.absent += counter(Seen::Absent);
        }
        stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answered_rows_count() {
        let stats = Stats::new(3);
        count(1, Seen::Missing, 2);
        forget();
        count(2, Seen::Unseen, 1);
        count(0, Seen::Rounded, 5);
        stats.keep(7);
        stats.keep(1);
        assert_eq!(
            stats.of(0),
            FeatureStats {
                rows: 8,
                rounded: 5,
                ..Default::default()
            }
        );
        assert_eq!(
            stats.of(1),
            FeatureStats {
                rows: 8,
                ..Default::default()
            }
        );
        assert_eq!(
            stats.of(2),
            FeatureStats {
                rows: 8,
                unseen: 1,
                ..Default::default()
            }
        );
    }

    #[test]
    fn threads_add_up() {
        let stats = Stats::new(1);
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    count(0, Seen::Missing, 1);
                    stats.keep(3);
                });
            }
        });
        assert_eq!(
            stats.of(0),
            FeatureStats {
                rows: 60,
                missing: 20,
                ..Default::default()
            }
        );
    }
}
