//! Columns of a batch as the caller holds them: any layout, any alignment, read where they stand.

mod decimal;
mod half;
mod read;
mod strided;
mod text;
mod time;

pub use strided::{Bits, Plain, Strided};
pub use text::Text;
pub use time::TimeUnit;

/// The values of a column. Whoever makes one answers for its bounds; reading never looks outside of them.
#[derive(Clone, Debug)]
pub enum Values<'a> {
    /// The (optional) feature is not present in this batch.
    Absent,
    /// Every row is null.
    Null,
    F64(Strided<'a, f64>),
    F32(Strided<'a, f32>),
    /// The bits of IEEE binary16.
    F16(Strided<'a, u16>),
    I8(Strided<'a, i8>),
    I16(Strided<'a, i16>),
    I32(Strided<'a, i32>),
    I64(Strided<'a, i64>),
    U8(Strided<'a, u8>),
    U16(Strided<'a, u16>),
    U32(Strided<'a, u32>),
    U64(Strided<'a, u64>),
    /// One byte a row, 0 or 1.
    Bool(Strided<'a, u8>),
    BoolBits(Bits<'a>),
    Time(Strided<'a, i64>, TimeUnit),
    /// Days since 1970-01-01.
    Date(Strided<'a, i32>),
    /// The integer times 10^-scale.
    Decimal(Strided<'a, i128>, i32),
    Text(Text<'a>),
    /// 8-byte cells of the feature's own kind.
    Cells(Strided<'a, u64>),
    Dictionary(Box<Dictionary<'a>>),
}

/// Rows that point into a list of values.
#[derive(Clone, Debug)]
pub struct Dictionary<'a> {
    /// One of the integers.
    keys: Values<'a>,
    values: Column<'a>,
    /// Per value its cell, and whether a decimal was rounded; empty where they were not looked up ahead.
    cells: Vec<Option<(u64, bool)>>,
}

impl<'a> Dictionary<'a> {
    pub fn new(keys: Values<'a>, values: Column<'a>) -> Self {
        Self {
            keys,
            values,
            cells: Vec::new(),
        }
    }
}

/// Which rows hold a value.
#[derive(Clone, Copy, Debug)]
pub enum Validity<'a> {
    All,
    /// One byte a row, 0 for null.
    Bytes(Strided<'a, u8>),
    /// One bit a row, 0 for null.
    Bits(Bits<'a>),
}

/// One column of a batch, bound to the feature at its position.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    values: Values<'a>,
    valid: Validity<'a>,
    rows: usize,
}

impl<'a> Column<'a> {
    /// `values` and `valid` hold `rows` rows each.
    pub fn new(values: Values<'a>, valid: Validity<'a>, rows: usize) -> Self {
        Self { values, valid, rows }
    }

    /// Cells as they are.
    pub fn of_cells(cells: &'a [u64]) -> Self {
        Self::new(Values::Cells(Strided::packed(cells)), Validity::All, cells.len())
    }

    pub fn absent(rows: usize) -> Self {
        Self::new(Values::Absent, Validity::All, rows)
    }

    pub fn is_absent(&self) -> bool {
        matches!(self.values, Values::Absent)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn values(&self) -> &Values<'a> {
        &self.values
    }

    pub fn into_parts(self) -> (Values<'a>, Validity<'a>, usize) {
        (self.values, self.valid, self.rows)
    }

    pub fn validity(&self) -> &Validity<'a> {
        &self.valid
    }
}

impl Validity<'_> {
    pub fn is_valid(&self, row: usize) -> bool {
        match self {
            Validity::All => true,
            Validity::Bytes(bytes) => bytes.get(row) != 0,
            Validity::Bits(bits) => bits.get(row),
        }
    }
}
