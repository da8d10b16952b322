//! The gate of the engine: from the cells of a row or block, by each feature's policies, into typed slots.

use modelpack_bundle::{admit, Carrier, Feature, FeatureType, Policy, Result, Schema};

use crate::plan::PlannedInput;
use crate::program::Kind;
use crate::scratch::{Scratch, Slot};
use crate::stats::{count, Seen};

/// A feature's way in.
#[derive(Clone, Copy, Debug)]
struct Gate {
    /// Where its cells go; `None` if the program does not read it.
    target: Option<(Kind, Slot)>,
    /// A float feature whose policies change nothing: any cell passes as it is.
    plain: bool,
}

#[derive(Debug)]
pub struct Admission {
    gates: Vec<Gate>,
}

impl Admission {
    pub fn new(schema: &Schema, inputs: &[PlannedInput]) -> Admission {
        let plain = |feature: &Feature| feature.dtype == FeatureType::Float64 && feature.missing == Policy::Model;
        let mut gates: Vec<Gate> = schema
            .features
            .iter()
            .map(|feature| Gate {
                target: None,
                plain: plain(feature),
            })
            .collect();
        for input in inputs {
            gates[input.feature].target = Some((input.kind, input.slot));
        }
        Admission { gates }
    }

    pub fn memory_bytes(&self) -> usize {
        size_of_val(&*self.gates)
    }

    /// One cell of one feature, to row 0.
    #[inline]
    pub fn cell(
        &self,
        schema: &Schema,
        feature: usize,
        cell: u64,
        carrier: Carrier,
        scratch: &mut Scratch<'_>,
    ) -> Result<()> {
        let gate = self.gates[feature];
        if gate.plain {
            let x = f64::from_bits(cell);
            count(feature, Seen::Missing, u32::from(x.is_nan()));
            if let Some((_, slot)) = gate.target {
                scratch.write::<f64>(slot, 1)[0] = canonical(x);
            }
            return Ok(());
        }
        let cell = judge(schema, feature, cell, carrier)?;
        if let Some((kind, slot)) = gate.target {
            store(scratch, kind, slot, &[cell]);
        }
        Ok(())
    }

    /// The cells of a block. They are changed to those that the policies put in their place.
    pub fn cells(
        &self,
        schema: &Schema,
        feature: usize,
        cells: &mut [u64],
        carrier: Carrier,
        scratch: &mut Scratch<'_>,
    ) -> Result<()> {
        let gate = self.gates[feature];
        if gate.plain {
            let missing = cells
                .iter()
                .fold(0, |missing, &cell| missing + u32::from(f64::from_bits(cell).is_nan()));
            count(feature, Seen::Missing, missing);
        } else {
            for cell in cells.iter_mut() {
                *cell = judge(schema, feature, *cell, carrier)?;
            }
        }
        if let Some((kind, slot)) = gate.target {
            store(scratch, kind, slot, cells);
        }
        Ok(())
    }
}

/// The cell that the policies put in place of one, counted.
fn judge(schema: &Schema, feature: usize, cell: u64, carrier: Carrier) -> Result<u64> {
    let admitted = admit(&schema.features[feature], cell, carrier)?;
    count(feature, Seen::Missing, u32::from(admitted.missing));
    count(feature, Seen::Unseen, u32::from(admitted.unseen));
    count(feature, Seen::Rounded, u32::from(admitted.rounded));
    Ok(admitted.cell)
}

fn canonical(x: f64) -> f64 {
    if x.is_nan() {
        f64::NAN
    } else {
        x
    }
}

/// Writes admitted cells as the values that a program reads.
fn store(scratch: &mut Scratch<'_>, kind: Kind, slot: Slot, cells: &[u64]) {
    let rows = cells.len();
    match kind {
        Kind::F64 => fill(scratch.write::<f64>(slot, rows), cells, |cell| {
            canonical(f64::from_bits(cell))
        }),
        Kind::F32 => fill(scratch.write::<f32>(slot, rows), cells, |cell| {
            canonical(f64::from_bits(cell)) as f32
        }),
        Kind::I64 | Kind::Time | Kind::Bool | Kind::Text => {
            fill(scratch.write::<i64>(slot, rows), cells, |cell| cell as i64);
        }
        Kind::Code { size } => fill(scratch.write::<i32>(slot, rows), cells, |cell| code(cell as i64, size)),
    }
}

fn fill<T>(slot: &mut [T], cells: &[u64], value: impl Fn(u64) -> T) {
    for (value_of_row, &cell) in slot.iter_mut().zip(cells) {
        *value_of_row = value(cell);
    }
}

/// A code as the program sees it: beyond the dictionary that it was made for is unseen.
fn code(cell: i64, size: u32) -> i32 {
    match i32::try_from(cell) {
        Ok(code @ -2..=-1) => code,
        Ok(code) if code >= 0 && (code as u32) < size => code,
        _ => -3,
    }
}
