//! What loaded models really take, by the allocator's count, against the budget.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};

use modelpack_bundle::{Bundle, KeyValue, OpenOptions};
use modelpack_engine::testing::{Build, Fitted, TestProgram};
use modelpack_engine::{Call, OutputBuffer, Predictor, PredictorOptions};

struct Counting;

static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE_BYTES.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const TREES: usize = 40;
const NODES: i64 = 60;
/// Models that the budget has room for.
const HELD: u64 = 10;

/// A forest of chains, 10 nodes each: no padding, as trees of depth 10 are walked as they are.
fn program(number: i64) -> TestProgram {
    let mut build = Build::new();
    let x = build.feature("x", "float64");
    build.feature("city", "int64");
    let (left, right): (Vec<i32>, Vec<i32>) = (0..10)
        .map(|node| (!node, if node < 9 { node + 1 } else { !10 }))
        .unzip();
    let offsets = |each: usize| -> Vec<u32> { (0..=TREES).map(|tree| (tree * each) as u32).collect() };
    let tensors = [
        ("tree_node", Fitted::u32s(&offsets(10))),
        ("tree_leaf", Fitted::u32s(&offsets(11))),
        ("tree_output", Fitted::i32s(&[0; TREES])),
        ("feature", Fitted::u32s(&[0; 10 * TREES])),
        ("threshold", Fitted::f64s(&[number as f64; 10 * TREES])),
        ("left", Fitted::i32s(&left.repeat(TREES))),
        ("right", Fitted::i32s(&right.repeat(TREES))),
        ("flags", Fitted::u8s(&[8; 10 * TREES])),
        ("leaf", Fitted::f64s(&[0.5; 11 * TREES])),
        ("init", Fitted::f64s(&[0.0])),
    ];
    let options = [
        ("input", "f64"),
        ("compare", "lt"),
        ("acc", "f64"),
        ("emit", "sum"),
        ("category_cast", "trunc"),
    ];
    let margin = build.op("forest@1", &[&x], &options, &tensors);
    build.output("margin", &margin, "float64", 1);
    build.keys(&["city"]);
    build.finish()
}

fn open(bytes: &[u8], cache_bytes: u64) -> Predictor {
    let bundle = Bundle::open_bytes(bytes.to_vec(), &OpenOptions::unsigned()).expect("well formed");
    let options = PredictorOptions {
        cache_bytes,
        ..PredictorOptions::default()
    };
    Predictor::new(&bundle, &options).expect("the root reproduces its golden rows")
}

fn predict(predictor: &Predictor, city: i64) {
    let mut margin = [0.0];
    let outputs = [OutputBuffer::from_f64(0, &mut margin)];
    let mut call = Call {
        outputs: &outputs,
        ..Call::default()
    };
    let cells = [1f64.to_bits(), city as u64];
    predictor.predict_row(&cells, &[], &mut call).expect("answered");
    assert_eq!(margin, [0.5 * TREES as f64]);
}

#[test]
fn loaded_models_keep_to_the_budget_by_the_allocators_count() {
    let root = program(0);
    let golden = root.golden(&[vec![0, 0]]).expect("answered");
    let programs: Vec<TestProgram> = (1..=NODES).map(program).collect();
    let nodes: Vec<_> = programs
        .iter()
        .zip(1..)
        .map(|(program, city)| (vec![KeyValue::Int(city)], Some(program)))
        .collect();
    let bytes = root.partitioned(&golden, &nodes).expect("well formed");
    let one = open(&bytes, 0);
    predict(&one, 1);
    let size = one.cache_stats().memory_bytes;
    let predictor = open(&bytes, HELD * size);
    // The root, a node, what the thread and the program's text take: there before the count begins.
    predict(&predictor, 0);
    predict(&predictor, 1);
    let before = LIVE_BYTES.load(Ordering::Relaxed);
    let mut most = 0;
    for city in (1..=NODES).chain(1..=NODES) {
        predict(&predictor, city);
        most = most.max(LIVE_BYTES.load(Ordering::Relaxed) - before);
    }
    let (size, held) = (size as i64, HELD as i64);
    assert!(
        most > (held - 2) * size * 3 / 4,
        "the reckoning is no more than a third above: {most} of {size} each"
    );
    assert!(
        most <= held * size + size / 2,
        "{most} bytes at {held} models of {size}"
    );
    assert_eq!(predictor.cache_stats().nodes, HELD);
}
