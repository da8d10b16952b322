//! Rows that programs stumble over.

use super::Random;
use crate::program::{AffineForm, Floats, OpKind, Program};
use modelpack_bundle::{FeatureType, Schema};

/// Missing of either kind, unseen, infinities, zeros of both signs, subnormals, and each threshold with its neighbours, drawn back
/// through the program's affine operations too: `count` rows of admitted cells.
pub fn hostile_rows(program: &Program, schema: &Schema, seed: u64, count: usize) -> Vec<Vec<u64>> {
    let mut random = Random::new(seed);
    let cuts = cuts(program);
    let mut row = |index: usize| {
        // now and then a row of the same kind of cell throughout
        let mut fixed = (index % 7 == 0).then(|| random.hostile());
        let mut cell = |feature: FeatureType, categories: usize| {
            let number = fixed.as_mut().map_or_else(|| number(&mut random, &cuts), |x| *x);
            cell(&mut random, feature, categories, number)
        };
        schema
            .features
            .iter()
            .map(|f| cell(f.dtype, f.dictionary.as_ref().map_or(0, |d| d.len())))
            .collect()
    };
    (0..count).map(&mut row).collect()
}

/// A number that a caller might send, or one at a cut of the program.
fn number(random: &mut Random, cuts: &Cuts) -> f64 {
    if cuts.thresholds.is_empty() || random.once_in(3) {
        return random.hostile();
    }
    let mut x = random.pick(&cuts.thresholds);
    if !cuts.affine.is_empty() && random.once_in(2) {
        let (form, a, b) = random.pick(&cuts.affine);
        x = inverse(form, x, a, b);
    }
    match random.below(5) {
        0 => f64::from_bits(x.to_bits().wrapping_add(1)),
        1 => f64::from_bits(x.to_bits().wrapping_sub(1)),
        2 => f64::from(f32::from_bits((x as f32).to_bits().wrapping_add(1))),
        3 => f64::from(f32::from_bits((x as f32).to_bits().wrapping_sub(1))),
        _ => x,
    }
}

fn inverse(form: AffineForm, y: f64, a: f64, b: f64) -> f64 {
    match form {
        AffineForm::SubDiv => y * b + a,
        AffineForm::MulAdd => (y - b) / a,
        AffineForm::Sub => y + a,
        AffineForm::Div => y * a,
        AffineForm::Mul => y / a,
    }
}

fn cell(random: &mut Random, feature: FeatureType, categories: usize, number: f64) -> u64 {
    let integer = match random.below(8) {
        0 => i64::MIN,
        1 => random.pick(&[i64::MAX, i64::MIN + 1, (1 << 53) + 1, -(1 << 53) - 1, 16_777_217]),
        2 => number as i64,
        _ => random.below(9) as i64 - 4,
    };
    match feature {
        FeatureType::Float64 if random.once_in(16) => modelpack_bundle::cell::NUMBER_NULL,
        FeatureType::Float64 => number.to_bits(),
        FeatureType::Float32 if random.once_in(16) => modelpack_bundle::cell::NUMBER_NULL,
        FeatureType::Float32 => f64::from(number as f32).to_bits(),
        FeatureType::Int64 | FeatureType::Timestamp => integer as u64,
        FeatureType::Bool => random.below(3) as u64,
        FeatureType::String => (random.below(categories + 3) as i64 - 3) as u64,
    }
}

/// The numbers at which a program changes its mind.
struct Cuts {
    thresholds: Vec<f64>,
    affine: Vec<(AffineForm, f64, f64)>,
}

fn cuts(program: &Program) -> Cuts {
    let mut cuts = Cuts {
        thresholds: vec![],
        affine: vec![],
    };
    for op in &program.ops {
        match &op.kind {
            OpKind::Forest(forest) => cuts.thresholds.extend(widened(&forest.threshold)),
            OpKind::Clip { low, high } => cuts.thresholds.extend(widened(low).into_iter().chain(widened(high))),
            OpKind::Compare { constant, .. } => cuts.thresholds.push(*constant),
            OpKind::NumberCodeF64(values) => cuts.thresholds.extend(values),
            OpKind::NumberCodeI64(values) => cuts.thresholds.extend(values.iter().map(|&value| value as f64)),
            OpKind::Affine { form, a, b } => {
                let b = b.as_ref().map(widened);
                let b = |i: usize| b.as_ref().map_or(0.0, |b| b[i]);
                cuts.affine
                    .extend(widened(a).into_iter().enumerate().map(|(i, a)| (*form, a, b(i))));
            }
            _ => {}
        }
    }
    cuts
}

fn widened(floats: &Floats) -> Vec<f64> {
    match floats {
        Floats::F64(floats) => floats.clone(),
        Floats::F32(floats) => floats.iter().map(|&x| f64::from(x)).collect(),
    }
}
