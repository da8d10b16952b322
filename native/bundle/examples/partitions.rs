//! How long a bundle of many partitions takes to write, open, search and read: a line each. `-- NODES` for another number than a million.
//! `cargo run --release -p modelpack-bundle --example partitions`

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use modelpack_bundle::partitions::PartitionWriter;
use modelpack_bundle::safetensors::{self, Dtype, TensorData};
use modelpack_bundle::write::NewMember;
use modelpack_bundle::{json, Bundle, Digest, Json, KeyType, KeyValue, OpenOptions};

const MANIFEST: &str = concat!(
    r#"{"created_at":"2026-01-01T00:00:00Z","engines":[{"name":"native","requires":[]}],"format":{"major":1,"minor":0},"#,
    r#""name":"speed","partition_keys":["country","city"],"requires":["partitions"],"task":"other","version":"1.0.0"}"#
);
const SCHEMA: &[u8] = concat!(
    r#"{"features":[{"dtype":"string","missing":"model","name":"country","null_is":"none","optional":false,"unseen":"model"},"#,
    r#"{"dtype":"int64","missing":"model","name":"city","null_is":"none","optional":false,"unseen":"model"}],"#,
    r#""keys":["country","city"],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#
)
.as_bytes();
const PROGRAM: &str = r#"{"program":1}"#;
const COUNTRIES: i64 = 200;
const SEARCHES: usize = 1_000_000;
const CHUNK: usize = 10_000;
const READS: usize = 2_000;
const RUNS: usize = 25;
const LARGE_BYTES: usize = 100_000;

fn main() {
    let nodes: i64 = std::env::args()
        .nth(1)
        .map_or(1_000_000, |text| text.parse().expect("a number of nodes"));
    let folder = std::env::temp_dir().join(format!("modelpack-partitions-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a fresh folder");
    let path = folder.join("speed.mpk");
    let names: Vec<String> = (0..COUNTRIES).map(|number| format!("country {number}")).collect();
    time(&format!("write {nodes} nodes"), || write(&path, nodes, &names));
    println!("size: {} bytes", std::fs::metadata(&path).expect("written").len());
    measure(&path, nodes, &names);
    std::fs::remove_dir_all(&folder).expect("removed");
}

fn time<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = run();
    println!("{what}: {:.3} ms", start.elapsed().as_secs_f64() * 1e3);
    out
}

/// The best of the runs, in milliseconds: what else runs on the machine only adds.
fn best(runs: usize, mut run: impl FnMut()) -> f64 {
    let times = (0..runs).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e3
    });
    times.min_by(f64::total_cmp).expect("there is a run")
}

/// The key of a node: its country and its number.
fn key(number: i64, names: &[String]) -> [KeyValue<'_>; 2] {
    [
        KeyValue::Text(&names[(number % COUNTRIES) as usize]),
        KeyValue::Int(number),
    ]
}

/// One number a node; one of 100 KB for the last.
fn tensors(number: i64, bytes: usize) -> Vec<u8> {
    let mut data = vec![0; bytes];
    data[..8].copy_from_slice(&number.to_le_bytes());
    let tensor = TensorData {
        name: "t0",
        dtype: Dtype::F64,
        shape: &[bytes / 8],
        data: &data,
    };
    let program = Digest::of(PROGRAM.as_bytes()).hex();
    safetensors::to_bytes(&[tensor], &[("program", &program)]).expect("canonical")
}

fn dictionaries(names: &[String]) -> Vec<u8> {
    let mut offsets = vec![0; 8];
    let mut all = String::new();
    for name in names {
        all.push_str(name);
        offsets.extend((all.len() as u64).to_le_bytes());
    }
    let tensors = [
        TensorData {
            name: "0.bytes",
            dtype: Dtype::U8,
            shape: &[all.len()],
            data: all.as_bytes(),
        },
        TensorData {
            name: "0.offsets",
            dtype: Dtype::U64,
            shape: &[names.len() + 1],
            data: &offsets,
        },
    ];
    safetensors::to_bytes(&tensors, &[]).expect("canonical")
}

fn write(path: &Path, nodes: i64, names: &[String]) {
    let levels = [KeyType::String, KeyType::Int64];
    let mut writer = PartitionWriter::new(path, &levels, false).expect("begun");
    for number in 0..nodes {
        let bytes = if number + 1 == nodes { LARGE_BYTES } else { 8 };
        let entry = tensors(number, bytes);
        writer.add(&key(number, names), PROGRAM, &entry, None).expect("added");
    }
    let (dictionaries, root) = (dictionaries(names), tensors(-1, 8));
    let programs = Json::object([(Digest::of(PROGRAM.as_bytes()).hex(), Json::str(PROGRAM))]).to_bytes();
    let member = |name, data| NewMember { name, data };
    let members = [
        member("schema.json", SCHEMA),
        member("dictionaries.safetensors", &dictionaries),
        member("models/main/tensors.safetensors", &root),
        member("programs.json", &programs),
    ];
    let manifest = json::parse(MANIFEST.as_bytes()).expect("canonical");
    writer.finish(manifest, &members, &[]).expect("written");
}

fn measure(path: &Path, nodes: i64, names: &[String]) {
    let options = OpenOptions::unsigned();
    let bundle = time("open, read the first time", || {
        Bundle::open(path, &options).expect("opens")
    });
    let opened = best(RUNS, || drop(Bundle::open(path, &options).expect("opens")));
    let index = bundle.member("partitions.idx").expect("there");
    let hashed = best(RUNS, || {
        black_box(Digest::of(&index));
    });
    println!("open: {opened:.3} ms");
    println!("hash the index: {hashed:.3} ms");
    println!("open but for hashing the index: {:.3} ms", opened - hashed);
    let partitions = bundle.partitions().expect("there");
    let find = |what: &str, number: &dyn Fn(usize) -> i64| {
        let keys: Vec<[KeyValue<'_>; 2]> = (0..SEARCHES).map(|at| key(number(at), names)).collect();
        let mut chunks = keys.chunks_exact(CHUNK).cycle();
        let time = best(SEARCHES / CHUNK, || {
            let chunk = chunks.next().expect("there is one");
            let nodes = chunk.iter().map(|key| u64::from(partitions.find(key).node));
            black_box(nodes.fold(0, u64::wrapping_add));
        });
        println!("find, {what}: {:.0} ns", time * 1e6 / CHUNK as f64);
    };
    let spread = |at: usize| (at as i64).wrapping_mul(7_919).rem_euclid(nodes);
    find("one node again and again", &|_| 5 % nodes);
    find("1,000 nodes in turn", &|at| spread(at % 1_000));
    find("all nodes, spread", &spread);
    find("a key that is not there", &|at| nodes + at as i64 % 1_000);
    let mut at = 0;
    let read = best(READS, || {
        at += 1;
        let node = partitions.find(&key(spread(at), names)).node;
        black_box(bundle.entry(node).expect("sound"));
    });
    println!("first use of a small entry: {:.1} µs", read * 1e3);
    let large = partitions.find(&key(nodes - 1, names)).node;
    let read = best(READS, || drop(black_box(bundle.entry(large).expect("sound"))));
    println!("first use of an entry of 100 KB: {:.1} µs", read * 1e3);
}
