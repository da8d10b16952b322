//! Times one row and one batch of a forest as XGBoost makes it: 100 trees of depth 6 on 30 features.
//! `cargo run --release -p modelpack-engine --features testing --example speed`

use std::hint::black_box;
use std::time::Instant;

use modelpack_bundle::Result;
use modelpack_engine::columns::{Strided, Validity, Values};
use modelpack_engine::program::Float;
use modelpack_engine::testing::{Build, Fitted, Random, TestProgram};
use modelpack_engine::{Call, Column, OutputBuffer, Predictor, PredictorOptions};

const FEATURES: [&str; 30] = [
    "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17",
    "f18", "f19", "f20", "f21", "f22", "f23", "f24", "f25", "f26", "f27", "f28", "f29",
];
const TREES: usize = 100;
const DEPTH: u32 = 6;
const ROWS: usize = 4_096;
const REPEATS: usize = 200;

fn main() -> Result<()> {
    let mut random = Random::new(7);
    let program = program(&mut random, std::env::args().nth(1).as_deref() == Some("f64"));
    let cells: Vec<u64> = (0..ROWS * FEATURES.len())
        .map(|_| (random.unit() * 4.0).to_bits())
        .collect();
    let golden = program.golden(&[cells[..FEATURES.len()].to_vec()])?;
    let predictor = Predictor::new(&program.bundle(Some(&golden))?, &PredictorOptions::default())?;
    println!("{}", predictor.plan_text());
    println!("row   {:7.3} µs", best(|| rows(&predictor, &cells))?);
    let column = |feature: usize| {
        cells
            .iter()
            .skip(feature)
            .step_by(FEATURES.len())
            .map(|&cell| f64::from_bits(cell))
    };
    let values: Vec<Vec<f64>> = (0..FEATURES.len()).map(|feature| column(feature).collect()).collect();
    let columns: Vec<Column<'_>> = values
        .iter()
        .map(|values| Column::new(Values::F64(Strided::packed(values)), Validity::All, ROWS))
        .collect();
    println!("batch {:7.3} µs per row", best(|| batch(&predictor, &columns))?);
    Ok(())
}

/// The least time per row, in µs.
fn best(run: impl Fn() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..REPEATS {
        let start = Instant::now();
        run()?;
        let time = start.elapsed().as_secs_f64() * 1e6 / ROWS as f64;
        best = if time < best { time } else { best };
    }
    Ok(best)
}

fn rows(predictor: &Predictor, cells: &[u64]) -> Result<()> {
    let mut probability = [0f32; 2];
    for row in cells.chunks_exact(FEATURES.len()) {
        let outputs = [OutputBuffer::from_f32(0, &mut probability)];
        predictor.predict_row(
            row,
            &[],
            &mut Call {
                outputs: &outputs,
                ..Call::default()
            },
        )?;
        black_box(&probability);
    }
    Ok(())
}

fn batch(predictor: &Predictor, columns: &[Column<'_>]) -> Result<()> {
    let mut probability = vec![0f32; ROWS * 2];
    let outputs = [OutputBuffer::from_f32(0, &mut probability)];
    predictor.predict_columns(
        columns,
        ROWS,
        &mut Call {
            outputs: &outputs,
            ..Call::default()
        },
    )?;
    black_box(&probability);
    Ok(())
}

fn program(random: &mut Random, double: bool) -> TestProgram {
    let nodes = (1usize << DEPTH) - 1;
    let kind = if double {
        ("f64", Float::F64)
    } else {
        ("f32", Float::F32)
    };
    let mut build = Build::new();
    let inputs: Vec<String> = FEATURES.iter().map(|name| build.feature(name, "float64")).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let block = build.op("concat@1", &inputs, &[], &[]);
    let mut draw = |count: usize, scale: f64| -> Vec<f64> { (0..count).map(|_| random.unit() * scale).collect() };
    let thresholds = Fitted::floats(kind.1, &draw(TREES * nodes, 3.0));
    let leaves = Fitted::floats(kind.1, &draw(TREES * (nodes + 1), 0.1));
    let features: Vec<u32> = (0..TREES * nodes)
        .map(|_| random.below(FEATURES.len()) as u32)
        .collect();
    let flags: Vec<u8> = (0..TREES * nodes)
        .map(|_| (2 << 2) | if random.once_in(2) { 2 } else { 0 })
        .collect();
    let child = |side: usize| -> Vec<i32> {
        let one = (0..nodes).map(|node| match 2 * node + side {
            child if child < nodes => child as i32,
            child => !((child - nodes) as i32),
        });
        let one: Vec<i32> = one.collect();
        one.repeat(TREES)
    };
    let offsets = |each: usize| -> Vec<u32> { (0..=TREES).map(|tree| (tree * each) as u32).collect() };
    let margin = build.op(
        "forest@1",
        &[&block],
        &[
            ("input", kind.0),
            ("compare", "lt"),
            ("acc", kind.0),
            ("emit", "sum"),
            ("category_cast", "trunc"),
        ],
        &[
            ("tree_node", Fitted::u32s(&offsets(nodes))),
            ("tree_leaf", Fitted::u32s(&offsets(nodes + 1))),
            ("tree_output", Fitted::i32s(&[0; TREES])),
            ("feature", Fitted::u32s(&features)),
            ("threshold", thresholds),
            ("left", Fitted::i32s(&child(1))),
            ("right", Fitted::i32s(&child(2))),
            ("flags", Fitted::u8s(&flags)),
            ("leaf", leaves),
            ("init", Fitted::floats(kind.1, &[0.5])),
        ],
    );
    let single = if double {
        build.op("cast@1", &[&margin], &[("to", "f32")], &[])
    } else {
        margin
    };
    let probability = build.op("sigmoid@1", &[&single], &[("form", "xgboost_f32")], &[]);
    let both = build.op("complement@1", &[&probability], &[], &[]);
    build.output("margin", &both, "float32", 2);
    build.finish()
}
