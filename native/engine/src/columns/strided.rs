//! Numbers of the caller, at any address and any distance from one another.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::ptr;

mod sealed {
    pub trait Plain: Copy {}
    impl Plain for f64 {}
    impl Plain for f32 {}
    impl Plain for i8 {}
    impl Plain for i16 {}
    impl Plain for i32 {}
    impl Plain for i64 {}
    impl Plain for i128 {}
    impl Plain for u8 {}
    impl Plain for u16 {}
    impl Plain for u32 {}
    impl Plain for u64 {}
}

/// A number of which every bit pattern is a value.
pub trait Plain: sealed::Plain {}
impl<T: sealed::Plain> Plain for T {}

/// `len` numbers, `stride` bytes from one to the next (0 and negative too).
#[derive(Clone, Copy)]
pub struct Strided<'a, T> {
    first: *const u8,
    stride: isize,
    len: usize,
    memory: PhantomData<&'a [T]>,
}

// SAFETY: it only reads memory that is shared for 'a.
unsafe impl<T> Send for Strided<'_, T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Strided<'_, T> {}

impl<'a, T: Plain> Strided<'a, T> {
    /// # Safety
    /// For each `row < len`, `size_of::<T>()` bytes at `first + row * stride` can be read, and stay as they are as long as `'a`.
    pub unsafe fn new(first: *const u8, stride: isize, len: usize) -> Self {
        Self {
            first,
            stride,
            len,
            memory: PhantomData,
        }
    }

    pub fn packed(values: &'a [T]) -> Self {
        Self {
            first: values.as_ptr().cast(),
            stride: size_of::<T>() as isize,
            len: values.len(),
            memory: PhantomData,
        }
    }

    /// The same number in each of `len` rows.
    pub fn repeated(value: &'a T, len: usize) -> Self {
        Self {
            first: ptr::from_ref(value).cast(),
            stride: 0,
            len,
            memory: PhantomData,
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    pub fn get(&self, row: usize) -> T {
        assert!(row < self.len, "row {row} of {}", self.len);
        // SAFETY: the row is in range, which `new` was promised to be readable.
        unsafe { self.read(row) }
    }

    /// The numbers of a range of rows, in order.
    pub fn iter(&self, rows: Range<usize>) -> impl ExactSizeIterator<Item = T> + use<'a, T> {
        assert!(
            rows.start <= rows.end && rows.end <= self.len,
            "rows {rows:?} of {}",
            self.len
        );
        let column = *self;
        // SAFETY: the whole range is in range.
        rows.map(move |row| unsafe { column.read(row) })
    }

    /// # Safety
    /// `row < len`.
    #[inline]
    unsafe fn read(&self, row: usize) -> T {
        // SAFETY: promised by the caller and by the maker.
        unsafe {
            self.first
                .offset(row as isize * self.stride)
                .cast::<T>()
                .read_unaligned()
        }
    }
}

impl<T> fmt::Debug for Strided<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} numbers, {} bytes apart", self.len, self.stride)
    }
}

/// One bit a row, least significant first.
#[derive(Clone, Copy)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// Bit of the first row.
    offset: usize,
    len: usize,
}

impl<'a> Bits<'a> {
    /// `None`: the bytes hold fewer bits.
    pub fn new(bytes: &'a [u8], offset: usize, len: usize) -> Option<Self> {
        let needed = offset.checked_add(len)?;
        (needed.div_ceil(8) <= bytes.len()).then_some(Self { bytes, offset, len })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, row: usize) -> bool {
        assert!(row < self.len, "row {row} of {}", self.len);
        let bit = self.offset + row;
        self.bytes[bit / 8] >> (bit % 8) & 1 != 0
    }
}

impl fmt::Debug for Bits<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bits", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_backwards_unaligned_and_repeated() {
        let mut bytes = vec![0u8];
        for value in [1.5f64, -2.0, 3.25] {
            bytes.extend(value.to_ne_bytes());
        }
        // SAFETY: each read lies in `bytes`.
        let (forward, backward, repeated) = unsafe {
            (
                Strided::<f64>::new(bytes.as_ptr().add(1), 8, 3),
                Strided::<f64>::new(bytes.as_ptr().add(17), -8, 3),
                Strided::<f64>::new(bytes.as_ptr().add(9), 0, 2),
            )
        };
        assert_eq!(forward.iter(0..3).collect::<Vec<_>>(), [1.5, -2.0, 3.25]);
        assert_eq!(backward.iter(1..3).collect::<Vec<_>>(), [-2.0, 1.5]);
        assert_eq!((repeated.get(0), repeated.get(1)), (-2.0, -2.0));
    }

    #[test]
    #[should_panic(expected = "row 3 of 3")]
    fn a_row_beyond_the_end_is_not_read() {
        Strided::packed(&[1i8, 2, 3]).get(3);
    }

    #[test]
    fn bits_start_anywhere_and_end_with_their_bytes() {
        let bits = Bits::new(&[0b1010_0000, 0b0000_0001], 5, 4).expect("nine bits");
        assert_eq!(
            (0..4).map(|row| bits.get(row)).collect::<Vec<_>>(),
            [true, false, true, true]
        );
        assert!(Bits::new(&[0xFF], 1, 8).is_none());
        assert!(Bits::new(&[], usize::MAX, 2).is_none());
    }
}
