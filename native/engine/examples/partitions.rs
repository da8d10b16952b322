//! Times what partitions cost: `cargo run --release -p modelpack-engine --example partitions`.
//!
//! Warm rows and a mixed batch against the same rows on one model, the first use of an entry of 100 KB, and opening 100,000 nodes.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpack_bundle::{Bundle, Digest, Error, KeyValue, OpenOptions, Result};
use modelpack_engine::columns::{Strided, Validity, Values};
use modelpack_engine::program::Float;
use modelpack_engine::testing::{Build, Fitted, Random, TestProgram};
use modelpack_engine::{Call, Column, OutputBuffer, Predictor, PredictorOptions};

const NUMBERS: [&str; 10] = ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"];
const FEATURES: usize = NUMBERS.len() + 2;
const TREES: usize = 150;
// At depth 5 an entry of about 100 KB.
const NODES: i64 = 1_000;
const ROWS: usize = 100_000;
const MANY: i64 = 100_000;
const REPEATS: usize = 7;

fn main() -> Result<()> {
    let mut random = Random::new(3);
    let folder = std::env::temp_dir().join(format!("modelpack-partitions-{}", std::process::id()));
    fs::create_dir(&folder).map_err(|error| Error::io("cannot make a folder", &error))?;
    let answer = run(&mut random, &folder);
    // What is left in the folder for temporary files harms nobody.
    let _ = fs::remove_dir_all(&folder);
    answer
}

fn run(random: &mut Random, folder: &std::path::Path) -> Result<()> {
    let keyed = forest(random, 5, true);
    let rows = rows(random);
    let golden = keyed.golden(&[rows[0].clone()])?;
    let path = folder.join("mixed.mpk");
    let node = |number: i64| [KeyValue::Text("PL"), KeyValue::Int(number)];
    keyed.write_partitioned(&golden, &path, |writer| {
        (0..NODES).try_for_each(|number| {
            let (text, tensors) = forest(random, 5, true).entry()?;
            writer.add(&node(number), &text, &tensors, None)
        })
    })?;
    let bundle = open(&path)?;
    let mixed = Predictor::new(&bundle, &PredictorOptions::default())?;
    let alone = forest(random, 5, false);
    let single = Predictor::new(
        &alone.bundle(Some(&alone.golden(&[rows[0].clone()])?))?,
        &PredictorOptions::default(),
    )?;
    first_use(&bundle, &mixed, &rows)?;
    warm_rows(&single, &mixed, &rows)?;
    batches(&single, &mixed, &rows)?;
    opening(random, folder.join("many.mpk"))
}

fn open(path: &std::path::Path) -> Result<Arc<Bundle>> {
    Bundle::open(path, &OpenOptions::unsigned())
}

fn first_use(bundle: &Arc<Bundle>, predictor: &Predictor, rows: &[Vec<u64>]) -> Result<()> {
    let bytes = bundle.partitions().map_or(0, |partitions| partitions.size_bytes(1));
    let mut times = vec![];
    for row in rows.iter().take(200) {
        let before = predictor.cache_stats().loads;
        let start = Instant::now();
        predict(predictor, row)?;
        let time = start.elapsed();
        if predictor.cache_stats().loads > before {
            times.push(time);
        }
    }
    times.sort_unstable();
    println!(
        "first use of an entry of {} KB: {:?} (median of {}; bar 1 ms), {} KB in memory",
        bytes / 1024,
        times[times.len() / 2],
        times.len(),
        predictor.cache_stats().memory_bytes / 1024 / times.len() as u64,
    );
    Ok(())
}

/// One node's rows, so that both models lie in the processor's caches alike: what is compared is the look-up.
fn warm_rows(single: &Predictor, mixed: &Predictor, rows: &[Vec<u64>]) -> Result<()> {
    let same_node: Vec<Vec<u64>> = rows
        .iter()
        .take(2_000)
        .map(|row| [&row[..NUMBERS.len()], &rows[0][NUMBERS.len()..]].concat())
        .collect();
    let time = |predictor: &Predictor| -> Result<f64> {
        let time = best(|| same_node.iter().try_for_each(|row| predict(predictor, row)))?;
        Ok(time.as_secs_f64() * 1e9 / same_node.len() as f64)
    };
    let (one, node) = (time(single)?, time(mixed)?);
    println!(
        "warm row: {one:.0} ns on one model, {node:.0} ns by key: {:+.0} ns (bar 200 ns)",
        node - one
    );
    Ok(())
}

fn batches(single: &Predictor, mixed: &Predictor, rows: &[Vec<u64>]) -> Result<()> {
    let column = |feature: usize| rows.iter().map(|row| row[feature]).collect::<Vec<u64>>();
    let cells: Vec<Vec<u64>> = (0..FEATURES).map(column).collect();
    let numbers: Vec<Vec<f64>> = cells[..NUMBERS.len()]
        .iter()
        .map(|cells| cells.iter().map(|&cell| f64::from_bits(cell)).collect())
        .collect();
    let mut columns: Vec<Column<'_>> = numbers
        .iter()
        .map(|numbers| Column::new(Values::F64(Strided::packed(numbers)), Validity::All, ROWS))
        .collect();
    columns.extend(
        cells[NUMBERS.len()..]
            .iter()
            .map(|cells| Column::new(Values::Cells(Strided::packed(cells)), Validity::All, ROWS)),
    );
    let mut answers = vec![0f32; ROWS];
    let mut time = |predictor: &Predictor| {
        best(|| {
            let outputs = [OutputBuffer::from_f32(0, &mut answers)];
            let mut call = Call {
                outputs: &outputs,
                ..Call::default()
            };
            predictor.predict_columns(&columns, ROWS, &mut call)
        })
    };
    let (one, many) = (time(single)?, time(mixed)?);
    println!(
        "{ROWS} rows: {one:?} on one model, {many:?} over {NODES} nodes: {:.0} % of its throughput (bar 60 %)",
        100.0 * one.as_secs_f64() / many.as_secs_f64()
    );
    Ok(())
}

/// Small models, as only their number counts.
fn opening(random: &mut Random, path: PathBuf) -> Result<()> {
    let root = forest(random, 1, true);
    let golden = root.golden(&[rows(random).swap_remove(0)])?;
    let (text, tensors) = root.entry()?;
    root.write_partitioned(&golden, &path, |writer| {
        (0..MANY)
            .try_for_each(|number| writer.add(&[KeyValue::Text("PL"), KeyValue::Int(number)], &text, &tensors, None))
    })?;
    let whole = best(|| open(&path).map(|bundle| drop(black_box(bundle))))?;
    let bundle = open(&path)?;
    let index = bundle.member("partitions.idx")?;
    let hashed = best(|| {
        black_box(Digest::of(&index));
        Ok(())
    })?;
    let predictor = best(|| Predictor::new(&bundle, &PredictorOptions::default()).map(|made| drop(black_box(made))))?;
    println!(
        "opening {MANY} nodes: {:?} after {hashed:?} for the digest of the index; then the predictor {predictor:?} (bar 20 ms)",
        whole.saturating_sub(hashed)
    );
    Ok(())
}

fn predict(predictor: &Predictor, row: &[u64]) -> Result<()> {
    let mut answer = [0f32];
    let outputs = [OutputBuffer::from_f32(0, &mut answer)];
    let mut call = Call {
        outputs: &outputs,
        ..Call::default()
    };
    predictor.predict_row(row, &[], &mut call)?;
    black_box(answer);
    Ok(())
}

/// The least of several times.
fn best(mut run: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        run()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}

/// Rows spread over all nodes.
fn rows(random: &mut Random) -> Vec<Vec<u64>> {
    (0..ROWS)
        .map(|_| {
            let mut row: Vec<u64> = NUMBERS.iter().map(|_| (random.unit() * 4.0).to_bits()).collect();
            row.extend([0, random.below(NODES as usize) as u64]);
            row
        })
        .collect()
}

/// Full trees of one depth, as XGBoost makes them. `keyed`: chosen by country and city.
fn forest(random: &mut Random, depth: u32, keyed: bool) -> TestProgram {
    let nodes = (1usize << depth) - 1;
    let mut build = Build::new();
    let inputs: Vec<String> = NUMBERS.iter().map(|name| build.feature(name, "float64")).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    build.categories("country", &["PL"]);
    build.feature("city", "int64");
    let block = build.op("concat@1", &inputs, &[], &[]);
    let child = |node: usize| {
        if node < nodes {
            node as i32
        } else {
            !((node - nodes) as i32)
        }
    };
    let children = |side: usize| -> Vec<i32> {
        let tree: Vec<i32> = (0..nodes).map(|node| child(2 * node + side)).collect();
        tree.repeat(TREES)
    };
    let offsets = |each: usize| -> Vec<u32> { (0..=TREES).map(|tree| (tree * each) as u32).collect() };
    let mut draw = |count: usize, scale: f64| -> Vec<f64> { (0..count).map(|_| random.unit() * scale).collect() };
    let (thresholds, leaves) = (draw(TREES * nodes, 4.0), draw(TREES * (nodes + 1), 0.1));
    let features: Vec<u32> = (0..TREES * nodes).map(|_| random.below(NUMBERS.len()) as u32).collect();
    let tensors = [
        ("tree_node", Fitted::u32s(&offsets(nodes))),
        ("tree_leaf", Fitted::u32s(&offsets(nodes + 1))),
        ("tree_output", Fitted::i32s(&[0; TREES])),
        ("feature", Fitted::u32s(&features)),
        ("threshold", Fitted::floats(Float::F32, &thresholds)),
        ("left", Fitted::i32s(&children(1))),
        ("right", Fitted::i32s(&children(2))),
        ("flags", Fitted::u8s(&vec![8; TREES * nodes])),
        ("leaf", Fitted::floats(Float::F32, &leaves)),
        ("init", Fitted::floats(Float::F32, &[0.5])),
    ];
    let options = [
        ("input", "f32"),
        ("compare", "lt"),
        ("acc", "f32"),
        ("emit", "sum"),
        ("category_cast", "trunc"),
    ];
    let margin = build.op("forest@1", &[&block], &options, &tensors);
    build.output("margin", &margin, "float32", 1);
    if keyed {
        build.keys(&["country", "city"]);
    }
    build.finish()
}
