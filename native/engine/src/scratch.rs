//! Working memory of a plan: `slots` columns of `rows` cells, and a region for what a kernel needs only while it runs.
//!
//! A cell has 8 bytes. A column of narrower values (f32, codes) uses the first bytes of its slot, packed.

use std::cell::RefCell;
use std::ffi::c_void;
use std::slice;

use modelpack_bundle::{Error, ErrorCode, Result};

/// A column of the scratch.
pub type Slot = u32;

/// Numbers of bytes that every slot and the temporary region start at a multiple of: a cache line.
const ALIGNMENT_BYTES: usize = 64;
const CELL_BYTES: usize = 8;

mod sealed {
    pub trait Plain: Copy {}
    impl Plain for f64 {}
    impl Plain for f32 {}
    impl Plain for i64 {}
    impl Plain for i32 {}
    impl Plain for u64 {}
    impl Plain for u32 {}
}

/// What a slot can hold: at most 8 bytes, at most 8-aligned, every bit pattern a value.
pub trait Cell: sealed::Plain {}
impl<T: sealed::Plain> Cell for T {}

/// The scratch of one call on one thread. Slots of values that are live at once are distinct, so a kernel reads some and writes others.
pub struct Scratch<'a> {
    cells: &'a mut [u64],
    slots: usize,
    /// Cells from slot to slot.
    stride: usize,
    temporary: &'a mut [u64],
}

impl Scratch<'_> {
    fn start(&self, slot: Slot, rows: usize) -> usize {
        assert!((slot as usize) < self.slots && rows <= self.stride);
        slot as usize * self.stride
    }

    pub fn read<T: Cell>(&self, slot: Slot, rows: usize) -> &[T] {
        let start = self.start(slot, rows);
        // SAFETY: `start` checked that the slot's `stride` cells lie in the memory; T is plain and no larger than a cell.
        unsafe { slice::from_raw_parts(self.cells.as_ptr().add(start).cast(), rows) }
    }

    pub fn write<T: Cell>(&mut self, slot: Slot, rows: usize) -> &mut [T] {
        let start = self.start(slot, rows);
        // SAFETY: as `read`, and the borrow is exclusive.
        unsafe { slice::from_raw_parts_mut(self.cells.as_mut_ptr().add(start).cast(), rows) }
    }

    /// One column in, another out.
    pub fn map<A: Cell, B: Cell>(&mut self, input: Slot, output: Slot, rows: usize) -> (&[A], &mut [B]) {
        assert_ne!(input, output);
        let (from, to) = (self.start(input, rows), self.start(output, rows));
        let base = self.cells.as_mut_ptr();
        // SAFETY: as `read`; the slots differ, so the slices do not overlap.
        unsafe {
            (
                slice::from_raw_parts(base.add(from).cast(), rows),
                slice::from_raw_parts_mut(base.add(to).cast(), rows),
            )
        }
    }

    /// Two columns in, a third out.
    pub fn zip<T: Cell>(&mut self, inputs: [Slot; 2], output: Slot, rows: usize) -> (&[T], &[T], &mut [T]) {
        assert!(inputs[0] != output && inputs[1] != output);
        let from = inputs.map(|slot| self.start(slot, rows));
        let to = self.start(output, rows);
        let base = self.cells.as_mut_ptr();
        // SAFETY: as `read`; the output differs from both inputs, so what is written overlaps nothing that is read.
        unsafe {
            (
                slice::from_raw_parts(base.add(from[0]).cast(), rows),
                slice::from_raw_parts(base.add(from[1]).cast(), rows),
                slice::from_raw_parts_mut(base.add(to).cast(), rows),
            )
        }
    }

    /// The addresses of columns, for code that takes pointers, and what is left of the temporary region: the list lies at its start,
    /// a cell each.
    pub fn addresses(&mut self, slots: &[Slot], rows: usize) -> (&[*mut c_void], &mut [u64]) {
        let base = self.cells.as_mut_ptr();
        let (list, rest) = self.temporary.split_at_mut(slots.len());
        let list = list.as_mut_ptr().cast::<*mut c_void>();
        for (index, &slot) in slots.iter().enumerate() {
            assert!((slot as usize) < self.slots && rows <= self.stride);
            // SAFETY: a pointer is no larger than a cell, and the list has as many cells; the column lies in the memory.
            unsafe { list.add(index).write(base.add(slot as usize * self.stride).cast()) };
        }
        // SAFETY: written a moment ago.
        (unsafe { slice::from_raw_parts(list, slots.len()) }, rest)
    }

    /// The slots beside the temporary region.
    pub fn split(&mut self) -> (Scratch<'_>, &mut [u64]) {
        let slots = Scratch {
            cells: self.cells,
            slots: self.slots,
            stride: self.stride,
            temporary: &mut [],
        };
        (slots, self.temporary)
    }
}

/// How much a plan needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub slots: usize,
    pub rows: usize,
    pub temporary_cells: usize,
}

impl Layout {
    fn stride(&self) -> usize {
        let line = ALIGNMENT_BYTES / CELL_BYTES;
        if self.rows <= 1 {
            return 1;
        }
        self.rows.next_multiple_of(line)
    }
}

thread_local! {
    /// Grows to the largest plan that the thread has run; no call after that allocates.
    static MEMORY: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Runs `body` on this thread's scratch. What the memory held before is left in it: kernels write before they read.
pub fn with_scratch<R>(layout: Layout, body: impl FnOnce(&mut Scratch<'_>) -> R) -> Result<R> {
    let line = ALIGNMENT_BYTES / CELL_BYTES;
    let stride = layout.stride();
    let columns = (layout.slots * stride).next_multiple_of(line);
    let needed = columns + layout.temporary_cells + line;
    MEMORY.with(|memory| {
        // A kernel never calls back into a predictor, so the memory is free here.
        let mut memory = memory.borrow_mut();
        if memory.len() < needed {
            let more = needed - memory.len();
            memory.try_reserve_exact(more).map_err(|_| no_memory(needed))?;
            memory.resize(needed, 0);
        }
        let offset = memory.as_ptr().align_offset(ALIGNMENT_BYTES).min(line);
        let (cells, temporary) = memory[offset..].split_at_mut(columns);
        let temporary = &mut temporary[..layout.temporary_cells];
        Ok(body(&mut Scratch {
            cells,
            slots: layout.slots,
            stride,
            temporary,
        }))
    })
}

#[cold]
fn no_memory(cells: usize) -> Error {
    let bytes = cells.saturating_mul(CELL_BYTES);
    Error::new(
        ErrorCode::NoMemory,
        format!("{bytes} bytes of working memory cannot be had"),
    )
}

/// `count` values at the start of temporary memory, and the cells after them. Starts at a cache line if the memory does.
pub fn carve<T: Cell>(memory: &mut [u64], count: usize) -> (&mut [T], &mut [u64]) {
    let (cells, rest) = memory.split_at_mut(carved_cells::<T>(count));
    // SAFETY: T is plain, needs no more than a cell's alignment, and `count` of them fit into the cells.
    let values = unsafe { slice::from_raw_parts_mut(cells.as_mut_ptr().cast(), count) };
    (values, rest)
}

/// Cells that [`carve`] takes: whole cache lines.
pub fn carved_cells<T: Cell>(count: usize) -> usize {
    (count * size_of::<T>()).next_multiple_of(ALIGNMENT_BYTES) / CELL_BYTES
}
