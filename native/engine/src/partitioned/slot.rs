//! One node's place: its model if it is loaded, and its counters. A cache line, so that nodes do not disturb one another.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;

use super::zeroed::Zeroable;
use crate::model::Model;

/// A loaded model, and about how much memory it takes.
pub struct Loaded {
    pub model: Model,
    pub memory_bytes: u64,
}

#[repr(align(64))]
pub struct Slot {
    /// One count of an `Arc`, or null.
    model: AtomicPtr<Loaded>,
    /// Calls that look at the model, or are about to.
    readers: AtomicU64,
    /// The cache's clock when it was last used.
    pub used: AtomicU64,
    pub rows: AtomicU64,
    pub loads: AtomicU32,
    pub failures: AtomicU32,
}

// SAFETY: atomics of zero and a null pointer; the owner takes the model out before memory goes.
unsafe impl Zeroable for Slot {}

/// While it lives, the model stays.
pub struct Pin<'a> {
    slot: &'a Slot,
    pub loaded: &'a Loaded,
}

impl Drop for Pin<'_> {
    fn drop(&mut self) {
        self.slot.readers.fetch_sub(1, Ordering::Release);
    }
}

/// A model that was taken out of its slot; it may still be looked at.
pub struct Retired {
    loaded: *const Loaded,
}

// SAFETY: it stands for one count of an `Arc<Loaded>`.
unsafe impl Send for Retired {}

impl Retired {
    pub fn memory_bytes(&self) -> u64 {
        // SAFETY: the count keeps it alive.
        unsafe { (*self.loaded).memory_bytes }
    }
}

impl Slot {
    /// The model, if it is loaded. Neither locks nor allocates.
    #[inline]
    pub fn pin(&self) -> Option<Pin<'_>> {
        // In the one order of all such accesses this stands before `free`'s look at the readers, and the model is seen to be taken
        // out; or after it, and then `free` sees the reader.
        self.readers.fetch_add(1, Ordering::SeqCst);
        let loaded = self.model.load(Ordering::SeqCst);
        // SAFETY: the count that the slot holds is given back only when no reader is there after the model was taken out.
        match unsafe { loaded.as_ref() } {
            Some(loaded) => Some(Pin { slot: self, loaded }),
            None => {
                self.readers.fetch_sub(1, Ordering::Release);
                None
            }
        }
    }

    /// Only where none is loaded, by whoever holds the cache's lock.
    pub fn put(&self, loaded: Arc<Loaded>) {
        self.model.store(Arc::into_raw(loaded).cast_mut(), Ordering::SeqCst);
    }

    /// Takes the model out; by whoever holds the cache's lock.
    pub fn take(&self) -> Option<Retired> {
        let loaded = self.model.swap(ptr::null_mut(), Ordering::SeqCst);
        (!loaded.is_null()).then_some(Retired { loaded })
    }

    /// Gives the memory back, unless somebody may still look at it.
    pub fn free(&self, retired: Retired) -> Option<Retired> {
        if self.readers.load(Ordering::SeqCst) != 0 {
            return Some(retired);
        }
        // SAFETY: the pointer came from `Arc::into_raw` and stands for one count; nobody who came before is still there, and who
        // came later does not see it.
        unsafe { Arc::decrement_strong_count(retired.loaded) };
        None
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(retired) = self.take() {
            // Nobody else has the slot any more.
            let _ = self.free(retired);
        }
    }
}
