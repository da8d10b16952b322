//! The loaded models, up to a budget of memory: least recently used, one load a node however many threads want it.
//!
//! A model that is there is found without a lock. "Recently" is told by a clock that ticks with every load: nothing is given up
//! between two loads, so a finer one would decide nothing but ties.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use modelpack_bundle::Result;

use super::flight::{lock, Flights, Turn};
use super::lease::Lease;
use super::slot::{Loaded, Retired, Slot};
use super::zeroed::zeroed;
use super::NodeStats;

/// What the cache has done since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    pub budget_bytes: u64,
    /// Of the loaded models, about.
    pub memory_bytes: u64,
    /// Loaded models.
    pub nodes: u64,
    pub loads: u64,
    pub failures: u64,
    /// Models given up to keep to the budget.
    pub evictions: u64,
}

pub struct Cache {
    slots: Box<[Slot]>,
    flights: Flights,
    /// Ticks twice with every load.
    clock: AtomicU64,
    held: Mutex<Held>,
    budget: u64,
    failures: AtomicU64,
}

#[derive(Default)]
struct Held {
    memory_bytes: u64,
    /// Every loaded node, by the last use that this list knows of: the earliest on top.
    order: BinaryHeap<Reverse<(u64, u32)>>,
    /// Given up, but calls may still look at them.
    retired: Vec<(u32, Retired)>,
    loads: u64,
    evictions: u64,
}

impl Cache {
    pub fn new(nodes: usize, budget: u64) -> Cache {
        Cache {
            slots: zeroed(nodes),
            flights: Flights::default(),
            clock: AtomicU64::new(0),
            held: Mutex::default(),
            budget,
            failures: AtomicU64::new(0),
        }
    }

    pub fn slot(&self, node: u32) -> &Slot {
        &self.slots[node as usize]
    }

    /// The model of a node, by `load` if it is not there and no other thread is loading it.
    #[inline]
    pub fn get(&self, node: u32, load: impl FnOnce() -> Result<Loaded>) -> Result<Lease<'_>> {
        match self.pin(node) {
            Some(lease) => Ok(lease),
            None => self.fetch(node, load),
        }
    }

    #[inline]
    fn pin(&self, node: u32) -> Option<Lease<'_>> {
        let slot = self.slot(node);
        let pin = slot.pin()?;
        let now = self.clock.load(Ordering::Relaxed);
        if slot.used.load(Ordering::Relaxed) != now {
            slot.used.store(now, Ordering::Relaxed);
        }
        Some(Lease::Pinned(pin))
    }

    #[cold]
    fn fetch(&self, node: u32, load: impl FnOnce() -> Result<Loaded>) -> Result<Lease<'_>> {
        let pilot = match self.flights.turn(node, || self.pin(node)) {
            Turn::Landed(lease) => return Ok(lease),
            Turn::Wait(waiter) => return waiter.wait().map(Lease::Own),
            Turn::Load(pilot) => pilot,
        };
        let answer = load().map(Arc::new);
        match &answer {
            Ok(loaded) => self.install(node, loaded),
            Err(_) => {
                self.slot(node).failures.fetch_add(1, Ordering::Relaxed);
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        pilot.land(&answer);
        answer.map(Lease::Own)
    }

    fn install(&self, node: u32, loaded: &Arc<Loaded>) {
        let slot = self.slot(node);
        let mut held = lock(&self.held);
        held.memory_bytes += loaded.memory_bytes;
        // Before the newest stands there: it stays whatever its size.
        self.evict(&mut held);
        // After every use before it, and before every use to come.
        let now = self.clock.fetch_add(2, Ordering::Relaxed) + 1;
        slot.used.store(now, Ordering::Relaxed);
        slot.loads.fetch_add(1, Ordering::Relaxed);
        slot.put(Arc::clone(loaded));
        held.loads += 1;
        held.order.push(Reverse((now, node)));
        self.free_retired(&mut held);
    }

    /// Gives models up until the budget holds.
    fn evict(&self, held: &mut Held) {
        while held.memory_bytes > self.budget {
            let Some(Reverse((known, node))) = held.order.pop() else {
                return;
            };
            let slot = self.slot(node);
            let used = slot.used.load(Ordering::Relaxed);
            if used > known {
                held.order.push(Reverse((used, node)));
                continue;
            }
            if let Some(retired) = slot.take() {
                held.memory_bytes -= retired.memory_bytes();
                held.evictions += 1;
                held.retired.push((node, retired));
            }
        }
    }

    fn free_retired(&self, held: &mut Held) {
        let retired = std::mem::take(&mut held.retired);
        let kept = retired
            .into_iter()
            .filter_map(|(node, retired)| Some((node, self.slot(node).free(retired)?)));
        held.retired = kept.collect();
    }

    /// Whether so many bytes of tensors are likely to fit in.
    pub fn has_room(&self, bytes: u64) -> bool {
        lock(&self.held).memory_bytes.saturating_add(bytes) <= self.budget
    }

    pub fn node_stats(&self, node: u32) -> NodeStats {
        let slot = self.slot(node);
        NodeStats {
            rows: slot.rows.load(Ordering::Relaxed),
            loads: slot.loads.load(Ordering::Relaxed).into(),
            failures: slot.failures.load(Ordering::Relaxed).into(),
            memory_bytes: slot.pin().map(|pin| pin.loaded.memory_bytes),
        }
    }

    pub fn stats(&self) -> CacheStats {
        let held = lock(&self.held);
        CacheStats {
            budget_bytes: self.budget,
            memory_bytes: held.memory_bytes,
            nodes: held.order.len() as u64,
            loads: held.loads,
            failures: self.failures.load(Ordering::Relaxed),
            evictions: held.evictions,
        }
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        // Nobody looks any more; what is in the slots, they give back themselves.
        let mut held = std::mem::take(&mut *lock(&self.held));
        self.free_retired(&mut held);
    }
}
