//! The gate for what comes in: columns of every type under every policy, against each value's own way through `normalise`,
//! `admit` and the reference.

use modelpack_bundle::cell::{BOOL_MISSING, INTEGER_MISSING, NUMBER_NULL};
use modelpack_bundle::{admit, normalise, Carrier, Error, FeatureType, Policy, Raw, Result};

use super::Case;
use crate::batch::Shares;
use crate::columns::{Column, Strided, Text, TimeUnit, Validity, Values};
use crate::reference;
use crate::testing::Random;

const CASES: u64 = 300;

/// A column of a caller, its memory its own.
enum Memory {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I64(Vec<i64>),
    Bool(Vec<u8>),
    Time(Vec<i64>),
    Text { data: Vec<u8>, offsets: Vec<i64> },
    Cells(Vec<u64>),
    Absent,
}

struct Carried {
    memory: Memory,
    valid: Vec<u8>,
}

impl Carried {
    fn column(&self) -> Column<'_> {
        let rows = self.valid.len();
        let values = match &self.memory {
            Memory::F64(values) => Values::F64(Strided::packed(values)),
            Memory::F32(values) => Values::F32(Strided::packed(values)),
            Memory::I64(values) => Values::I64(Strided::packed(values)),
            Memory::Bool(values) => Values::Bool(Strided::packed(values)),
            Memory::Time(values) => Values::Time(Strided::packed(values), TimeUnit::Micro),
            Memory::Text { data, offsets } => Values::Text(Text::Offsets64 {
                offsets: Strided::packed(offsets),
                data,
            }),
            Memory::Cells(values) => Values::Cells(Strided::packed(values)),
            Memory::Absent => return Column::absent(rows),
        };
        Column::new(values, Validity::Bytes(Strided::packed(&self.valid)), rows)
    }

    fn raw(&self, row: usize) -> Raw<'_> {
        if self.valid[row] == 0 {
            return Raw::Null;
        }
        match &self.memory {
            Memory::F64(values) => Raw::F64(values[row]),
            Memory::F32(values) => Raw::F32(values[row]),
            Memory::I64(values) => Raw::I64(values[row]),
            Memory::Bool(values) => Raw::Bool(values[row] == 1),
            Memory::Time(values) => Raw::Time(values[row]),
            Memory::Text { data, offsets } => Raw::Text(&data[offsets[row] as usize..offsets[row + 1] as usize]),
            Memory::Cells(values) => Raw::Cell(values[row]),
            Memory::Absent => Raw::Null,
        }
    }

    fn carrier(&self) -> Carrier {
        match self.memory {
            Memory::Cells(_) => Carrier::Row,
            _ => Carrier::Matrix,
        }
    }
}

/// The cells of a feature as some carrier would hold them.
fn carry(random: &mut Random, dtype: FeatureType, categories: &[&str], cells: &[u64]) -> Carried {
    let integers = || cells.iter().map(|&cell| cell as i64).collect();
    let number = |&cell: &u64| f64::from_bits(cell);
    let missing = match dtype {
        FeatureType::Float64 | FeatureType::Float32 => NUMBER_NULL,
        FeatureType::Int64 | FeatureType::Timestamp => INTEGER_MISSING,
        FeatureType::Bool => BOOL_MISSING,
        FeatureType::String => -1i64 as u64,
    };
    let mut valid: Vec<u8> = cells.iter().map(|&cell| u8::from(cell != missing)).collect();
    let memory = match dtype {
        _ if random.once_in(4) => {
            valid.fill(1);
            Memory::Cells(cells.to_vec())
        }
        _ if random.once_in(12) => Memory::Absent,
        FeatureType::Float64 if random.once_in(4) => {
            Memory::F32(cells.iter().map(|cell| number(cell) as f32).collect())
        }
        // Now and then one that is no f32, for a feature that is.
        FeatureType::Float32 if random.once_in(2) => Memory::F64(
            cells
                .iter()
                .map(|cell| if random.once_in(40) { 0.1 } else { number(cell) })
                .collect(),
        ),
        FeatureType::Float32 => Memory::F32(cells.iter().map(|cell| number(cell) as f32).collect()),
        FeatureType::Float64 => Memory::F64(cells.iter().map(number).collect()),
        FeatureType::Int64 => Memory::I64(integers()),
        FeatureType::Timestamp => Memory::Time(integers()),
        FeatureType::Bool => Memory::Bool(cells.iter().map(|&cell| u8::from(cell == 1)).collect()),
        FeatureType::String => texts(categories, cells),
    };
    Carried { memory, valid }
}

fn texts(categories: &[&str], cells: &[u64]) -> Memory {
    let (mut data, mut offsets) = (Vec::new(), vec![0]);
    for &cell in cells {
        let known = usize::try_from(cell as i64).ok().and_then(|code| categories.get(code));
        data.extend(known.unwrap_or(&"never seen").as_bytes());
        offsets.push(data.len() as i64);
    }
    Memory::Text { data, offsets }
}

/// A case whose features have policies, and its columns.
fn draw(seed: u64) -> (Case, Vec<Carried>) {
    let mut case = Case::draw(seed);
    let mut random = Random::new(seed ^ 0xca77);
    let mut carried = Vec::new();
    for (feature, cells) in case.columns().iter().enumerate() {
        let feature = &mut case.schema.features[feature];
        let default = cells[random.below(cells.len())];
        // Mostly as the model does, or few rows would be answered.
        let policy = |random: &mut Random| match random.below(16) {
            0 => Policy::Reject,
            1 | 2 => Policy::Default(default),
            _ => Policy::Model,
        };
        feature.missing = policy(&mut random);
        feature.optional = true;
        let dictionary = feature.dictionary.clone();
        if dictionary.is_some() {
            feature.unseen = policy(&mut random);
        }
        let count = dictionary.as_ref().map_or(0, |dictionary| dictionary.len() as u32);
        let texts: Vec<&str> = (0..count).filter_map(|code| dictionary.as_ref()?.text(code)).collect();
        carried.push(carry(&mut random, feature.dtype, &texts, cells));
    }
    case.model.forget_counts(&case.schema);
    let program = case.model.program.clone();
    case.model = crate::model::Model::new(program, &case.schema);
    (case, carried)
}

/// What the definition answers: its outputs, or its error.
fn expected(case: &Case, columns: &[Carried], row: usize) -> Result<Vec<reference::OutputCells>> {
    let mut cells = Vec::new();
    for (feature, column) in case.schema.features.iter().zip(columns) {
        let cell = normalise(feature, column.raw(row))?;
        cells.push(admit(feature, cell, column.carrier())?.cell);
    }
    reference::run(&case.model.program, &case.schema, &cells)
}

fn text(error: Error) -> (i32, String, Option<String>) {
    (
        error.code().number(),
        error.to_string(),
        error.feature().map(String::from),
    )
}

#[test]
fn columns_answer_as_their_values_one_by_one() {
    let (mut answered, mut refused) = (0, 0);
    for seed in 0..CASES {
        let (case, carried) = draw(seed);
        let columns: Vec<Column<'_>> = carried.iter().map(Carried::column).collect();
        let shares = Shares {
            threads: 1,
            block_rows: 32,
        };
        let batch = |call: &mut crate::Call<'_>| {
            case.model
                .predict_shares(&case.schema, &columns, case.rows, shares, call)
        };
        let answer = case.answer(case.rows, case.all(), true, batch);
        let first = case.answer(case.rows, case.all(), false, batch).error;
        let mut first_expected = None;
        for row in 0..case.rows {
            let place = format!("seed {seed}, row {row}");
            match expected(&case, &carried, row) {
                Ok(outputs) => {
                    answered += 1;
                    assert_eq!(answer.status[row], 0, "{place}");
                    for (index, output) in outputs.iter().enumerate() {
                        assert!(
                            answer.row(index, row, case.rows, output) == bytes(output),
                            "{place}, output {index}"
                        );
                    }
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(answer.status[row], error.code().number(), "{place}: {error}");
                    first_expected.get_or_insert((row, text(error)));
                }
            }
        }
        let first =
            first.map(|(row, code, feature, message)| (row.unwrap_or(usize::MAX), (code.number(), message, feature)));
        assert_eq!(first, first_expected, "seed {seed}");
    }
    assert!(
        answered > 1_000 && refused > 1_000,
        "{answered} rows answered, {refused} refused"
    );
}

fn bytes(output: &reference::OutputCells) -> Vec<u8> {
    match output {
        reference::OutputCells::F64(cells) => cells.iter().flat_map(|cell| cell.to_ne_bytes()).collect(),
        reference::OutputCells::F32(cells) => cells.iter().flat_map(|cell| cell.to_ne_bytes()).collect(),
        reference::OutputCells::I64(cells) => cells.iter().flat_map(|cell| cell.to_ne_bytes()).collect(),
    }
}

impl super::Answer {
    /// The bytes of one row of an output.
    fn row(&self, index: usize, row: usize, rows: usize, like: &reference::OutputCells) -> &[u8] {
        let bytes = bytes(like).len();
        assert!(self.outputs[index].len() >= rows * bytes);
        &self.outputs[index][row * bytes..][..bytes]
    }
}
