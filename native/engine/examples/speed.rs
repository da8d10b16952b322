//! Times one row and one batch of a forest of 100 trees on 30 features: as XGBoost makes it (depth 6), or as the argument says.
//! `cargo run --release -p modelpack-engine --example speed [xgboost | deep64 | lightgbm | categorical | deep]`

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
    let program = program(
        &mut random,
        style(std::env::args().nth(1).as_deref().unwrap_or("xgboost")),
    );
    let cells: Vec<u64> = (0..ROWS * FEATURES.len())
        .map(|_| (random.unit() * 4.0).to_bits())
        .collect();
    let golden = program.golden(&[cells[..FEATURES.len()].to_vec()])?;
    let bundle = program.bundle(Some(&golden))?;
    let start = Instant::now();
    let predictor = Predictor::new(&bundle, &PredictorOptions::default())?;
    let made = start.elapsed();
    println!("{}", predictor.plan_text());
    println!("made in {made:?}");
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

/// What kind of forest is timed.
#[derive(Clone, Copy)]
struct Style {
    precision: (&'static str, Float),
    nodes: usize,
    /// Splits a random leaf rather than the oldest, as LightGBM grows trees.
    leafwise: bool,
    /// One node in four tests a set of categories.
    categorical: bool,
}

const F32: (&str, Float) = ("f32", Float::F32);
const F64: (&str, Float) = ("f64", Float::F64);

fn style(name: &str) -> Style {
    let full = Style {
        precision: F32,
        nodes: (1 << DEPTH) - 1,
        leafwise: false,
        categorical: false,
    };
    match name {
        "xgboost" => full,
        "deep64" => Style { precision: F64, ..full },
        "lightgbm" => Style {
            precision: F64,
            nodes: 30,
            leafwise: true,
            categorical: false,
        },
        "categorical" => Style {
            precision: F64,
            nodes: 30,
            leafwise: true,
            categorical: true,
        },
        "deep" => Style {
            precision: F32,
            nodes: 20_000,
            leafwise: true,
            categorical: false,
        },
        other => panic!("no style {other}: xgboost, deep64, lightgbm, categorical, deep"),
    }
}

/// Children of a tree of so many nodes, in the notation of the forest tensor.
fn grow(random: &mut Random, style: Style) -> (Vec<i32>, Vec<i32>) {
    let mut children = [vec![0; style.nodes], vec![0; style.nodes]];
    let mut open = vec![];
    for node in 0..style.nodes {
        if node > 0 {
            let index = if style.leafwise { random.below(open.len()) } else { 0 };
            let (parent, side): (usize, usize) = open.remove(index);
            children[side][parent] = node as i32;
        }
        open.extend([(node, 0), (node, 1)]);
    }
    for (leaf, (parent, side)) in (0..).zip(open) {
        children[side][parent] = !leaf;
    }
    let [left, right] = children;
    (left, right)
}

fn program(random: &mut Random, style: Style) -> TestProgram {
    let (nodes, (name, float)) = (style.nodes, style.precision);
    let mut build = Build::new();
    let inputs: Vec<String> = FEATURES.iter().map(|name| build.feature(name, "float64")).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let block = build.op("concat@1", &inputs, &[], &[]);
    let (mut left, mut right) = (vec![], vec![]);
    for _ in 0..TREES {
        let (l, r) = grow(random, style);
        left.extend(l);
        right.extend(r);
    }
    let mut draw = |count: usize, scale: f64| -> Vec<f64> { (0..count).map(|_| random.unit() * scale).collect() };
    let mut thresholds = draw(TREES * nodes, 3.0);
    let leaves = Fitted::floats(float, &draw(TREES * (nodes + 1), 0.1));
    let features: Vec<u32> = (0..TREES * nodes)
        .map(|_| random.below(FEATURES.len()) as u32)
        .collect();
    let mut sets = vec![];
    let mut flags = vec![];
    for node in 0..(TREES * nodes) as u32 {
        let categorical = style.categorical && random.once_in(4);
        sets.extend(categorical.then_some(node));
        flags.push((2 << 2) | if random.once_in(2) { 2 } else { 0 } | u8::from(categorical));
    }
    sets.iter().for_each(|&node| thresholds[node as usize] = 0.0);
    let offsets = |each: usize| -> Vec<u32> { (0..=TREES).map(|tree| (tree * each) as u32).collect() };
    let mut tensors = vec![
        ("tree_node", Fitted::u32s(&offsets(nodes))),
        ("tree_leaf", Fitted::u32s(&offsets(nodes + 1))),
        ("tree_output", Fitted::i32s(&[0; TREES])),
        ("feature", Fitted::u32s(&features)),
        ("threshold", Fitted::floats(float, &thresholds)),
        ("left", Fitted::i32s(&left)),
        ("right", Fitted::i32s(&right)),
        ("flags", Fitted::u8s(&flags)),
        ("leaf", leaves),
        ("init", Fitted::floats(float, &[0.5])),
    ];
    if style.categorical {
        let words: Vec<u32> = sets.iter().map(|_| random.bits() as u32).collect();
        tensors.push(("category_node", Fitted::u32s(&sets)));
        tensors.push((
            "category_offset",
            Fitted::u32s(&(0..=words.len() as u32).collect::<Vec<_>>()),
        ));
        tensors.push(("category_bits", Fitted::u32s(&words)));
    }
    let options = [
        ("input", name),
        ("compare", "lt"),
        ("acc", name),
        ("emit", "sum"),
        ("category_cast", "trunc"),
    ];
    let margin = build.op("forest@1", &[&block], &options, &tensors);
    let single = match float {
        Float::F64 => build.op("cast@1", &[&margin], &[("to", "f32")], &[]),
        Float::F32 => margin,
    };
    let probability = build.op("sigmoid@1", &[&single], &[("form", "xgboost_f32")], &[]);
    let both = build.op("complement@1", &[&probability], &[], &[]);
    build.output("margin", &both, "float32", 2);
    build.finish()
}
