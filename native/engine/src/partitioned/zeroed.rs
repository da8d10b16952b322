//! Large arrays whose memory the system gives when it is first touched.

use std::alloc::{alloc_zeroed, handle_alloc_error, Layout};
use std::ptr;

/// A type of which all bytes zero are a value.
///
/// # Safety
/// They are, and it needs no drop.
pub unsafe trait Zeroable {}

pub fn zeroed<T: Zeroable>(count: usize) -> Box<[T]> {
    let layout = Layout::array::<T>(count).expect("as many as a bundle may have nodes fit in memory");
    if layout.size() == 0 {
        return Box::new([]);
    }
    // SAFETY: the layout is not empty.
    let memory = unsafe { alloc_zeroed(layout) };
    if memory.is_null() {
        handle_alloc_error(layout);
    }
    // SAFETY: the allocator gave `count` values, all bytes zero, under the layout that a box of them has.
    unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(memory.cast(), count)) }
}
