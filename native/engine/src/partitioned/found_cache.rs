//! Which node answers for which key, for keys that were seen lately: found without hashing their texts, and without a lock.
//!
//! A table of a fixed size whose entries are overwritten. Each has a version that is odd while somebody writes it (a sequence
//! lock): who reads compares the version before and after, and believes nothing that was changed meanwhile.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{fence, AtomicU64, Ordering};

use modelpack_bundle::{Found, Reason};

use super::zeroed::{zeroed, Zeroable};

/// Entries that a key may stand in.
const WAYS: usize = 4;
const LEAST_ENTRIES: usize = 1 << 8;
const MOST_ENTRIES: usize = 1 << 18;
/// Words before the key's cells: version and answer.
const HEAD_WORDS: usize = 2;
const PRESENT: u64 = 1 << 63;

#[repr(transparent)]
struct Word(AtomicU64);

// SAFETY: an atomic zero.
unsafe impl Zeroable for Word {}

pub struct FoundCache {
    words: Box<[Word]>,
    /// Words of an entry.
    stride: usize,
    mask: usize,
    seed: u64,
}

impl FoundCache {
    pub fn new(nodes: usize, levels: usize) -> FoundCache {
        let entries = (2 * nodes).next_power_of_two().clamp(LEAST_ENTRIES, MOST_ENTRIES);
        let stride = HEAD_WORDS + levels;
        FoundCache {
            words: zeroed(entries * stride),
            stride,
            mask: entries - 1,
            // Nobody can choose keys that all fall on one place.
            seed: RandomState::new().hash_one(0),
        }
    }

    #[inline]
    pub fn get(&self, key: &[u64]) -> Option<Found> {
        let first = self.first(key);
        (0..WAYS).find_map(|way| self.read(first + way, key))
    }

    /// Remembers an answer, in the place of another if need be.
    pub fn put(&self, key: &[u64], found: Found) {
        let first = self.first(key);
        let is_free = |entry: &usize| self.entry(*entry)[1].0.load(Ordering::Relaxed) == 0;
        let free = (first..first + WAYS).find(is_free);
        // Any of them: a number that changes from node to node.
        self.write(free.unwrap_or(first + found.node as usize % WAYS), key, found);
    }

    fn first(&self, key: &[u64]) -> usize {
        let hash = key.iter().fold(self.seed, |state, &cell| {
            let product = u128::from(state ^ cell) * 0x9E37_79B9_7F4A_7C15;
            product as u64 ^ (product >> 64) as u64
        });
        hash as usize & self.mask & !(WAYS - 1)
    }

    fn entry(&self, entry: usize) -> &[Word] {
        &self.words[entry * self.stride..][..self.stride]
    }

    #[inline]
    fn read(&self, entry: usize, key: &[u64]) -> Option<Found> {
        let (head, cells) = self.entry(entry).split_at(HEAD_WORDS);
        let version = head[0].0.load(Ordering::Acquire);
        let answer = head[1].0.load(Ordering::Relaxed);
        let same = cells
            .iter()
            .zip(key)
            .all(|(word, cell)| word.0.load(Ordering::Relaxed) == *cell);
        if answer & PRESENT == 0 || !same || version % 2 == 1 {
            return None;
        }
        fence(Ordering::Acquire);
        (head[0].0.load(Ordering::Relaxed) == version).then(|| unpacked(answer))
    }

    /// Not if another thread writes there: it is only a cache.
    fn write(&self, entry: usize, key: &[u64], found: Found) {
        let (head, cells) = self.entry(entry).split_at(HEAD_WORDS);
        let version = head[0].0.load(Ordering::Relaxed);
        let begun = version % 2 == 0
            && head[0]
                .0
                .compare_exchange(version, version + 1, Ordering::Acquire, Ordering::Relaxed)
                .is_ok();
        if !begun {
            return;
        }
        fence(Ordering::Release);
        head[1].0.store(packed(found), Ordering::Relaxed);
        for (word, &cell) in cells.iter().zip(key) {
            word.0.store(cell, Ordering::Relaxed);
        }
        head[0].0.store(version + 2, Ordering::Release);
    }
}

fn packed(found: Found) -> u64 {
    PRESENT | (found.reason as u64) << 32 | u64::from(found.node)
}

fn unpacked(answer: u64) -> Found {
    let reason = match answer >> 32 & 0xFF {
        0 => Reason::Exact,
        1 => Reason::Pruned,
        2 => Reason::Unknown,
        _ => Reason::Missing,
    };
    Found {
        node: answer as u32,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn found(node: u32) -> Found {
        let reason = [Reason::Exact, Reason::Pruned, Reason::Unknown, Reason::Missing][node as usize % 4];
        Found { node, reason }
    }

    #[test]
    fn a_key_is_found_as_it_was_put_or_not_at_all() {
        let cache = FoundCache::new(1_000, 2);
        let key = |node: u32| [u64::from(node), u64::MAX - u64::from(node / 3)];
        (0..50_000).for_each(|node| cache.put(&key(node), found(node)));
        let there = (0..50_000).filter(|&node| match cache.get(&key(node)) {
            Some(answer) => {
                assert_eq!(answer, found(node));
                true
            }
            None => false,
        });
        assert!(there.count() > 500);
        assert_eq!(cache.get(&[1, 1]), None);
    }

    #[test]
    fn threads_never_read_a_mixture() {
        let cache = FoundCache::new(1, 3);
        let (rounds, keys) = (20_000u64, 2_000);
        thread::scope(|scope| {
            for thread in 0..4 {
                let cache = &cache;
                scope.spawn(move || {
                    for round in 0..rounds {
                        let cell = (round * 31 + thread * 7) % keys;
                        let key = [cell, cell * 3, !cell];
                        match cache.get(&key) {
                            Some(answer) => assert_eq!(answer, found(cell as u32)),
                            None => cache.put(&key, found(cell as u32)),
                        }
                    }
                });
            }
        });
    }
}
