//! Rows of a call that one model answers, where they do not stand side by side.

/// Row numbers in ascending order, from `base` on. The upper half of an entry is the caller's.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    entries: &'a [u64],
    base: usize,
    /// Where the first entry stands in the order that it was taken from.
    pub position: usize,
}

impl<'a> Places<'a> {
    pub fn new(entries: &'a [u64], base: usize, position: usize) -> Places<'a> {
        Places {
            entries,
            base,
            position,
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn row(&self, index: usize) -> usize {
        self.base + self.entries[index] as u32 as usize
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> + Clone + use<'a> {
        let base = self.base;
        self.entries.iter().map(move |&entry| base + entry as u32 as usize)
    }

    pub fn part(&self, start: usize, count: usize) -> Places<'a> {
        Places {
            entries: &self.entries[start..start + count],
            base: self.base,
            position: self.position + start,
        }
    }

    /// The first row, if all stand side by side.
    pub fn side_by_side(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        (self.row(last) - self.row(0) == last).then(|| self.row(0))
    }
}
