//! Columns of a batch in the order of its groups.
//!
//! Rows of a group stand far apart, so reading them column by column fetches a whole cache line for each number. Here columns are
//! read once, from first to last, and the numbers of a row go side by side, several columns at a time.

use modelpack_bundle::{FeatureType, Schema};

use crate::columns::{Column, Strided, Validity, Values};

/// Columns that stand side by side: a cache line of numbers.
const TILE_COLUMNS: usize = 8;
/// Rows that are read from each column of a tile in turn.
const BLOCK_ROWS: usize = 64;
/// More memory than this is not taken.
pub const MOST_BYTES: usize = 64 << 20;

/// The numbers of a column that can be packed; others are read where they stand.
#[derive(Clone, Copy)]
enum Numbers<'a> {
    F64(Strided<'a, f64>),
    F32(Strided<'a, f32>),
    Cells(Strided<'a, u64>),
}

impl<'a> Numbers<'a> {
    fn of(column: &Column<'a>, dtype: FeatureType) -> Option<Numbers<'a>> {
        let float = matches!(dtype, FeatureType::Float64 | FeatureType::Float32);
        match (column.values(), column.validity()) {
            (Values::F64(values), Validity::All) if float => Some(Numbers::F64(*values)),
            (Values::F32(values), Validity::All) if float => Some(Numbers::F32(*values)),
            (Values::Cells(values), Validity::All) => Some(Numbers::Cells(*values)),
            _ => None,
        }
    }

    /// The bits of f64s, or cells.
    fn read(self, first: usize, out: &mut [u64]) {
        let rows = first..first + out.len();
        match self {
            Numbers::F64(values) => fill(out, values.iter(rows).map(f64::to_bits)),
            Numbers::F32(values) => fill(out, values.iter(rows).map(|value| f64::from(value).to_bits())),
            Numbers::Cells(values) => fill(out, values.iter(rows)),
        }
    }
}

fn fill(out: &mut [u64], values: impl Iterator<Item = u64>) {
    out.iter_mut().zip(values).for_each(|(out, value)| *out = value);
}

/// The packed columns of a chunk of rows.
pub struct Packed {
    rows: usize,
    /// Tile by tile, row by row.
    numbers: Vec<u64>,
    /// Per feature its place among the packed columns, and whether it holds cells.
    places: Vec<Option<(usize, bool)>>,
}

impl Packed {
    /// `order`: in the lower half of each entry the row, counted from `base`. None where it is not worth its memory.
    pub fn new(schema: &Schema, columns: &[Column<'_>], base: usize, order: &[u64]) -> Option<Packed> {
        let mut packable = vec![];
        let mut places = vec![];
        for (column, feature) in columns.iter().zip(&schema.features) {
            let numbers = Numbers::of(column, feature.dtype);
            places.push(numbers.map(|numbers| (packable.len(), matches!(numbers, Numbers::Cells(_)))));
            packable.extend(numbers);
        }
        let tiles = packable.len().div_ceil(TILE_COLUMNS);
        let numbers = order.len() * tiles * TILE_COLUMNS;
        if numbers == 0 || numbers > MOST_BYTES / size_of::<u64>() {
            return None;
        }
        let mut packed = Packed {
            rows: order.len(),
            numbers: vec![0; numbers],
            places,
        };
        let positions = positions(order);
        let tiles = packed.numbers.chunks_exact_mut(order.len() * TILE_COLUMNS);
        for (tile, columns) in tiles.zip(packable.chunks(TILE_COLUMNS)) {
            pack(tile, columns, base, &positions);
        }
        Some(packed)
    }

    /// Columns whose row is a position in the order; None for a feature that was not packed.
    pub fn columns(&self) -> Vec<Option<Column<'_>>> {
        let column = |(place, is_cells): (usize, bool)| {
            let tile = place / TILE_COLUMNS * self.rows * TILE_COLUMNS;
            let first = &self.numbers[tile + place % TILE_COLUMNS..];
            let stride = size_of::<[u64; TILE_COLUMNS]>() as isize;
            let start = first.as_ptr().cast();
            // SAFETY: a tile holds `rows` rows of TILE_COLUMNS numbers, of which every bit pattern is a f64 and a cell.
            let values = unsafe {
                match is_cells {
                    true => Values::Cells(Strided::new(start, stride, self.rows)),
                    false => Values::F64(Strided::new(start, stride, self.rows)),
                }
            };
            Column::new(values, Validity::All, self.rows)
        };
        self.places.iter().map(|place| place.map(column)).collect()
    }
}

/// Where each row stands in the order.
fn positions(order: &[u64]) -> Vec<u32> {
    let mut positions = vec![0; order.len()];
    for (position, &entry) in (0..).zip(order) {
        positions[entry as u32 as usize] = position;
    }
    positions
}

fn pack(tile: &mut [u64], columns: &[Numbers<'_>], base: usize, positions: &[u32]) {
    let mut block = [[0; BLOCK_ROWS]; TILE_COLUMNS];
    for (index, positions) in positions.chunks(BLOCK_ROWS).enumerate() {
        for (column, out) in columns.iter().zip(&mut block) {
            column.read(base + index * BLOCK_ROWS, &mut out[..positions.len()]);
        }
        for (row, &position) in positions.iter().enumerate() {
            let line = &mut tile[position as usize * TILE_COLUMNS..][..TILE_COLUMNS];
            line.iter_mut()
                .zip(&block)
                .for_each(|(number, column)| *number = column[row]);
        }
    }
}
