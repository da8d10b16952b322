//! Which slots are free.

use std::collections::BTreeMap;

use crate::scratch::Slot;

/// Hands out runs of neighbouring slots, the lowest that fit.
#[derive(Debug, Default)]
pub struct SlotAllocator {
    /// Free runs below `end`: first slot to length. Neighbours are merged.
    free: BTreeMap<Slot, Slot>,
    end: Slot,
}

impl SlotAllocator {
    pub fn take(&mut self, count: Slot) -> Slot {
        let found = self
            .free
            .iter()
            .find(|&(_, &length)| length >= count)
            .map(|(&first, &length)| (first, length));
        let Some((first, length)) = found else {
            let first = self.end;
            self.end += count;
            return first;
        };
        self.free.remove(&first);
        if length > count {
            self.free.insert(first + count, length - count);
        }
        first
    }

    pub fn give_back(&mut self, slot: Slot) {
        let (mut first, mut length) = (slot, 1);
        if let Some(&after) = self.free.get(&(slot + 1)) {
            self.free.remove(&(slot + 1));
            length += after;
        }
        if let Some((&before, &size)) = self.free.range(..slot).next_back() {
            if before + size == slot {
                first = before;
                length += size;
            }
        }
        self.free.insert(first, length);
    }

    /// Slots that were ever in use.
    pub fn high_water(&self) -> usize {
        self.end as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freed_neighbours_serve_a_wider_run() {
        let mut slots = SlotAllocator::default();
        assert_eq!((slots.take(3), slots.take(2)), (0, 3));
        for slot in [1, 0, 2] {
            slots.give_back(slot);
        }
        assert_eq!(slots.take(3), 0);
        assert_eq!(slots.take(1), 5);
        assert_eq!(slots.high_water(), 6);
    }

    #[test]
    fn a_run_is_cut_from_a_longer_one() {
        let mut slots = SlotAllocator::default();
        slots.take(4);
        slots.give_back(1);
        slots.give_back(2);
        assert_eq!(slots.take(1), 1);
        assert_eq!(slots.take(1), 2);
        assert_eq!(slots.take(1), 4);
    }
}
