//! A predictor over partitions, against a plain map of models.

use std::collections::HashMap;
use std::sync::{Arc, Barrier};
use std::thread;

use modelpack_bundle::{Bundle, ErrorCode, KeyValue, OpenOptions, Reason};
use modelpack_engine::columns::{Strided, Text, Validity, Values};
use modelpack_engine::testing::{Build, Fitted, Random, TestProgram};
use modelpack_engine::{Call, Column, OutputBuffer, Predictor, PredictorOptions};

const COUNTRIES: [&str; 5] = ["PL", "DE", "", "a/b", "Łódź"];
const UNKNOWN: &str = "XX";
const NONE: u64 = -1i64 as u64;
const UNSEEN: u64 = -3i64 as u64;

/// value = (distance - a) / b, infinite distances refused; country, zone and express are keys. `other`: another program.
fn program(a: f64, b: f64, other: bool, keyed: bool) -> TestProgram {
    let mut build = Build::new();
    let distance = build.feature("distance", "float64");
    build.categories("country", &COUNTRIES);
    build.feature("zone", "int64");
    build.feature("express", "bool");
    let finite = build.op("require@1", &[&distance], &[("form", "finite_or_nan")], &[]);
    let (a, b) = (Fitted::f64s(&[a]), Fitted::f64s(&[b]));
    let form = if other { "mul_add" } else { "sub_div" };
    let value = build.op("affine@1", &[&finite], &[("form", form)], &[("a", a), ("b", b)]);
    build.output("value", &value, "float64", 1);
    if keyed {
        build.keys(&["country", "zone", "express"]);
    }
    build.finish()
}

fn open(bytes: Vec<u8>, options: &PredictorOptions) -> Predictor {
    let bundle = Bundle::open_bytes(bytes, &OpenOptions::unsigned()).expect("the bundle is well formed");
    Predictor::new(&bundle, options).expect("the root reproduces its golden rows")
}

type Key = Vec<KeyValue<'static>>;

/// A tree drawn at random, and beside it each node's model alone.
struct Forest {
    bytes: Vec<u8>,
    /// None: pruned.
    models: HashMap<Key, Option<Predictor>>,
}

impl Forest {
    fn new(seed: u64) -> Forest {
        let mut random = Random::new(seed);
        let mut keys: Vec<Key> = vec![];
        for country in COUNTRIES {
            keys.push(vec![KeyValue::Text(country)]);
            for zone in -1..3 {
                keys.push(vec![KeyValue::Text(country), KeyValue::Int(zone)]);
                for express in [false, true] {
                    keys.push(vec![
                        KeyValue::Text(country),
                        KeyValue::Int(zone),
                        KeyValue::Bool(express),
                    ]);
                }
            }
        }
        keys.retain(|_| random.once_in(2));
        let mut draw = |pruned: bool| {
            let (a, b, other) = (random.unit(), 1.0 + random.unit(), random.once_in(3));
            (!pruned).then(|| [true, false].map(|keyed| program(a, b, other, keyed)))
        };
        let root = draw(false).expect("not pruned");
        let nodes: Vec<_> = keys.iter().enumerate().map(|(index, _)| draw(index % 5 == 4)).collect();
        let golden = |program: &TestProgram| program.golden(&[vec![0, 0, 0, 0]]).expect("not refused");
        let alone = |programs: &[TestProgram; 2]| {
            let bundle = programs[1].bundle(Some(&golden(&programs[1]))).expect("well formed");
            Predictor::new(&bundle, &PredictorOptions::default()).expect("reproduces its golden rows")
        };
        let listed: Vec<_> = keys
            .iter()
            .zip(&nodes)
            .map(|(key, programs)| (key.clone(), programs.as_ref().map(|programs| &programs[0])))
            .collect();
        let bytes = root[0].partitioned(&golden(&root[0]), &listed).expect("well formed");
        let mut models: HashMap<Key, Option<Predictor>> = keys
            .into_iter()
            .zip(nodes.iter().map(|programs| programs.as_ref().map(alone)))
            .collect();
        models.insert(vec![], Some(alone(&root)));
        Forest { bytes, models }
    }

    /// The plain look-up: the longest prefix that is there.
    fn expected(&self, row: &Row) -> (&Predictor, Reason) {
        let key = row.key();
        let depth = key.iter().position(|value| *value == KeyValue::Missing).unwrap_or(3);
        let reason = match self.models.get(&key) {
            _ if depth < 3 => Reason::Missing,
            Some(Some(_)) => Reason::Exact,
            Some(None) => Reason::Pruned,
            None => Reason::Unknown,
        };
        let found = (0..=depth)
            .rev()
            .find_map(|depth| self.models.get(&key[..depth])?.as_ref());
        (found.expect("the root is there"), reason)
    }
}

#[derive(Clone, Debug)]
struct Row {
    distance: f64,
    country: Option<&'static str>,
    zone: Option<i64>,
    express: Option<bool>,
}

impl Row {
    fn random(random: &mut Random) -> Row {
        Row {
            distance: if random.once_in(40) {
                f64::INFINITY
            } else {
                random.unit() * 10.0
            },
            country: [&COUNTRIES[..], &[UNKNOWN]].concat().get(random.below(7)).copied(),
            zone: (!random.once_in(6)).then(|| random.below(5) as i64 - 1),
            express: (!random.once_in(6)).then(|| random.once_in(2)),
        }
    }

    fn key(&self) -> Key {
        let known = |text: &'static str| {
            if text == UNKNOWN {
                KeyValue::Unknown
            } else {
                KeyValue::Text(text)
            }
        };
        vec![
            self.country.map_or(KeyValue::Missing, known),
            self.zone.map_or(KeyValue::Missing, KeyValue::Int),
            self.express.map_or(KeyValue::Missing, KeyValue::Bool),
        ]
    }

    fn cells(&self) -> [u64; 4] {
        let code = |text| {
            COUNTRIES
                .iter()
                .position(|known| *known == text)
                .map_or(UNSEEN, |code| code as u64)
        };
        [
            self.distance.to_bits(),
            self.country.map_or(NONE, code),
            self.zone.map_or(i64::MIN as u64, |zone| zone as u64),
            self.express.map_or(2, u64::from),
        ]
    }
}

/// (value or code of the error, node, reason) of a row.
fn row(predictor: &Predictor, cells: &[u64]) -> (Result<u64, i32>, i64, u8) {
    let (mut value, mut node, mut reason, mut status) = ([0.0], [-7], [9], [0]);
    let outputs = [OutputBuffer::from_f64(0, &mut value)];
    let mut call = Call {
        outputs: &outputs,
        status: Some(&mut status),
        nodes: Some(&mut node),
        reasons: Some(&mut reason),
        ..Call::default()
    };
    predictor.predict_row(cells, &[], &mut call).expect("the call is right");
    let answer = if status[0] == 0 {
        Ok(value[0].to_bits())
    } else {
        Err(status[0])
    };
    (answer, node[0], reason[0])
}

/// Rows as columns of the carriers that people have.
struct Table {
    distance: Vec<f64>,
    text: String,
    offsets: Vec<i64>,
    zone: Vec<i64>,
    express: Vec<u8>,
    valid: [Vec<u8>; 3],
}

impl Table {
    fn new(rows: &[Row]) -> Table {
        let mut table = Table {
            distance: rows.iter().map(|row| row.distance).collect(),
            text: String::new(),
            offsets: vec![0],
            zone: rows.iter().map(|row| row.zone.unwrap_or(77)).collect(),
            express: rows.iter().map(|row| row.express.unwrap_or(true).into()).collect(),
            valid: [vec![], vec![], vec![]],
        };
        for row in rows {
            table.text.push_str(row.country.unwrap_or("PL"));
            table.offsets.push(table.text.len() as i64);
            let valid = [row.country.is_some(), row.zone.is_some(), row.express.is_some()];
            table
                .valid
                .iter_mut()
                .zip(valid)
                .for_each(|(all, valid)| all.push(valid.into()));
        }
        table
    }

    fn columns(&self) -> [Column<'_>; 4] {
        let rows = self.distance.len();
        let valid = |level: usize| Validity::Bytes(Strided::packed(&self.valid[level]));
        let text = Text::Offsets64 {
            offsets: Strided::packed(&self.offsets),
            data: self.text.as_bytes(),
        };
        [
            Column::new(Values::F64(Strided::packed(&self.distance)), Validity::All, rows),
            Column::new(Values::Text(text), valid(0), rows),
            Column::new(Values::I64(Strided::packed(&self.zone)), valid(1), rows),
            Column::new(Values::Bool(Strided::packed(&self.express)), valid(2), rows),
        ]
    }
}

#[test]
fn rows_and_mixed_batches_answer_as_a_plain_map_of_models_does() {
    for seed in 0..6 {
        let forest = Forest::new(seed);
        let mut random = Random::new(seed + 100);
        let rows: Vec<Row> = (0..2_500).map(|_| Row::random(&mut random)).collect();
        // A budget so small that nearly each group loads its model anew, and one thread or several.
        for (cache_bytes, threads) in [(0, 1), (1, 3)] {
            let options = PredictorOptions {
                cache_bytes,
                threads,
                ..PredictorOptions::default()
            };
            check_forest(&forest, &open(forest.bytes.clone(), &options), &rows);
        }
    }
}

fn check_forest(forest: &Forest, predictor: &Predictor, rows: &[Row]) {
    let table = Table::new(rows);
    let columns = table.columns();
    let (mut values, mut nodes, mut reasons, mut status) = (
        vec![0.0; rows.len()],
        vec![-7; rows.len()],
        vec![9; rows.len()],
        vec![-7; rows.len()],
    );
    let outputs = [OutputBuffer::from_f64(0, &mut values)];
    let mut call = Call {
        outputs: &outputs,
        status: Some(&mut status),
        nodes: Some(&mut nodes),
        reasons: Some(&mut reasons),
        ..Call::default()
    };
    predictor
        .predict_columns(&columns, rows.len(), &mut call)
        .expect("the call is right");
    let mut by_row = HashMap::new();
    for (index, source) in rows.iter().enumerate() {
        let (model, reason) = forest.expected(source);
        let answer = row(predictor, &source.cells());
        assert_eq!(answer.0, row(model, &source.cells()).0, "{source:?}");
        assert_eq!(answer.2, reason as u8, "{source:?}");
        let in_batch = if status[index] == 0 {
            Ok(values[index].to_bits())
        } else {
            Err(status[index])
        };
        assert_eq!(
            (in_batch, nodes[index], reasons[index]),
            answer,
            "row {index}: {source:?}"
        );
        *by_row.entry(answer.1).or_insert(0) += 2 * u64::from(answer.0.is_ok());
    }
    for (node, answered) in by_row {
        assert_eq!(
            predictor.node_stats(node as u32).expect("there").rows,
            answered,
            "node {node}"
        );
    }
    let outputs = [OutputBuffer::from_f64(0, &mut values)];
    let mut call = Call {
        outputs: &outputs,
        ..Call::default()
    };
    let error = predictor
        .predict_columns(&columns, rows.len(), &mut call)
        .expect_err("some rows are refused");
    let first = rows.iter().position(|row| row.distance.is_infinite());
    assert_eq!(
        (error.row(), error.feature(), error.code()),
        (first, Some("distance"), ErrorCode::NonFinite)
    );
    assert!(error.node().is_some());
}

/// One node a zone of PL, each with its own factor.
fn zones(count: i64) -> Vec<u8> {
    let root = program(0.0, 1.0, false, true);
    let nodes: Vec<TestProgram> = (1..=count)
        .map(|zone| program(0.0, 1.0 / zone as f64, false, true))
        .collect();
    let listed: Vec<_> = nodes
        .iter()
        .zip(1..)
        .map(|(program, zone)| (vec![KeyValue::Text("PL"), KeyValue::Int(zone)], Some(program)))
        .collect();
    let golden = root.golden(&[vec![0, 0, 0, 0]]).expect("not refused");
    root.partitioned(&golden, &listed).expect("well formed")
}

fn in_zone(zone: i64) -> [u64; 4] {
    [1f64.to_bits(), 0, zone as u64, 2]
}

#[test]
fn many_threads_on_a_cold_cache_load_each_node_once() {
    const ZONES: i64 = 40;
    let predictor = Arc::new(open(zones(ZONES), &PredictorOptions::default()));
    let start = Arc::new(Barrier::new(32));
    let workers: Vec<_> = (0..32)
        .map(|thread| {
            let (predictor, start) = (Arc::clone(&predictor), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                for step in 0..ZONES {
                    let zone = (step + thread) % ZONES + 1;
                    let (answer, _, reason) = row(&predictor, &in_zone(zone));
                    assert_eq!(
                        (answer, reason),
                        (Ok((1.0 / (1.0 / zone as f64)).to_bits()), Reason::Missing as u8)
                    );
                }
            })
        })
        .collect();
    workers
        .into_iter()
        .for_each(|worker| worker.join().expect("every answer is right"));
    let stats = predictor.cache_stats();
    assert_eq!(
        (stats.loads, stats.nodes, stats.evictions, stats.failures),
        (ZONES as u64, ZONES as u64, 0, 0)
    );
}

#[test]
fn many_threads_under_a_small_budget_answer_right_and_keep_to_it() {
    const ZONES: i64 = 40;
    let bytes = zones(ZONES);
    let one = open(bytes.clone(), &PredictorOptions::default());
    assert!(row(&one, &in_zone(1)).0.is_ok());
    let size = one.cache_stats().memory_bytes;
    let options = PredictorOptions {
        cache_bytes: 5 * size,
        ..PredictorOptions::default()
    };
    let predictor = open(bytes, &options);
    thread::scope(|scope| {
        for thread in 0..32 {
            let predictor = &predictor;
            scope.spawn(move || {
                let mut random = Random::new(thread);
                for _ in 0..300 {
                    let zone = random.below(ZONES as usize) as i64 + 1;
                    assert_eq!(
                        row(predictor, &in_zone(zone)).0,
                        Ok((1.0 / (1.0 / zone as f64)).to_bits())
                    );
                    assert!(predictor.cache_stats().memory_bytes <= 6 * size, "within one entry");
                }
            });
        }
    });
    let stats = predictor.cache_stats();
    assert!(
        stats.nodes <= 5 && stats.evictions > 0 && stats.loads == stats.nodes + stats.evictions,
        "{stats:?}"
    );
}

#[test]
fn the_least_recently_used_goes_first() {
    let bytes = zones(4);
    let one = open(bytes.clone(), &PredictorOptions::default());
    assert!(row(&one, &in_zone(1)).0.is_ok());
    let options = PredictorOptions {
        cache_bytes: 2 * one.cache_stats().memory_bytes,
        ..PredictorOptions::default()
    };
    let predictor = open(bytes, &options);
    let nodes: Vec<u32> = (1..=4).map(|zone| row(&predictor, &in_zone(zone)).1 as u32).collect();
    // 3 and 4 are there; 3 is used, 1 comes, so 4 goes.
    let loaded = || {
        nodes
            .iter()
            .map(|&node| predictor.node_stats(node).expect("there").memory_bytes.is_some())
    };
    assert!(loaded().eq([false, false, true, true]));
    assert!(row(&predictor, &in_zone(2)).0.is_ok());
    assert!(row(&predictor, &in_zone(4)).0.is_ok());
    assert!(row(&predictor, &in_zone(1)).0.is_ok());
    assert!(
        loaded().eq([true, false, false, true]),
        "{:?}",
        loaded().collect::<Vec<_>>()
    );
}

#[test]
fn a_corrupt_entry_fails_alone_and_by_name() {
    let mut bytes = zones(5);
    let (_, tensors) = program(0.0, 1.0 / 3.0, false, true).entry().expect("well formed");
    let at = bytes
        .windows(tensors.len())
        .position(|window| window == tensors)
        .expect("the entry of zone 3");
    bytes[at + tensors.len() - 1] ^= 1;
    let predictor = open(bytes, &PredictorOptions::default());
    let zones: Vec<i64> = vec![1, 3, 4, 9, 3, 5];
    for &zone in &zones {
        let answer = row(&predictor, &in_zone(zone)).0;
        assert_eq!(answer.is_err(), zone == 3);
    }
    let mut value = [0.0; 6];
    let cells: Vec<[u64; 4]> = zones.iter().map(|&zone| in_zone(zone)).collect();
    let column = |feature: usize| cells.iter().map(|row| row[feature]).collect::<Vec<u64>>();
    let columns: Vec<Vec<u64>> = (0..4).map(column).collect();
    let columns: Vec<Column<'_>> = columns
        .iter()
        .map(|cells| Column::new(Values::Cells(Strided::packed(cells)), Validity::All, 6))
        .collect();
    let outputs = [OutputBuffer::from_f64(0, &mut value)];
    let mut status = [0; 6];
    let mut call = Call {
        outputs: &outputs,
        status: Some(&mut status),
        ..Call::default()
    };
    predictor
        .predict_columns(&columns, 6, &mut call)
        .expect("the call is right");
    let digest = ErrorCode::Digest as i32;
    assert_eq!(status, [0, digest, 0, 0, digest, 0]);
    let mut call = Call {
        outputs: &outputs,
        ..Call::default()
    };
    let error = predictor
        .predict_columns(&columns, 6, &mut call)
        .expect_err("zone 3 fails");
    assert_eq!(
        (error.code(), error.row(), error.node()),
        (ErrorCode::Digest, Some(1), Some("PL/3"))
    );
    let node = row(&predictor, &in_zone(3)).1 as u32;
    let error = predictor.preload(&[1, 2, 3, 4, 5]).expect_err("zone 3 fails");
    assert_eq!(error.node(), Some("PL/3"));
    let stats = predictor.node_stats(node).expect("there");
    assert_eq!((stats.rows, stats.loads, stats.memory_bytes), (0, 0, None));
    assert!(stats.failures >= 4);
    assert_eq!(predictor.cache_stats().nodes, 4, "the others are loaded");
    assert!(predictor.preload(&[6]).is_err() && predictor.preload_all().is_err());
}

#[test]
fn a_key_that_a_policy_refuses_is_the_error_of_its_feature() {
    let predictor = open(zones(2), &PredictorOptions::default());
    let mut cells = in_zone(1);
    cells[3] = 5;
    let (answer, node, reason) = row(&predictor, &cells);
    assert_eq!((answer, node, reason), (Err(ErrorCode::WrongType as i32), -1, 255));
}

#[test]
fn the_reference_answers_by_node_too() {
    let forest = Forest::new(11);
    let predictor = open(forest.bytes.clone(), &PredictorOptions::default());
    let mut random = Random::new(5);
    for _ in 0..300 {
        let source = Row::random(&mut random);
        let (mut value, mut status, mut node) = ([0.0], [0], [0]);
        let outputs = [OutputBuffer::from_f64(0, &mut value)];
        let mut call = Call {
            outputs: &outputs,
            status: Some(&mut status),
            nodes: Some(&mut node),
            ..Call::default()
        };
        predictor
            .reference(&source.cells(), 1, &mut call)
            .expect("the call is right");
        let answer = if status[0] == 0 {
            Ok(value[0].to_bits())
        } else {
            Err(status[0])
        };
        let (expected, expected_node, _) = row(&predictor, &source.cells());
        assert_eq!((answer, node[0]), (expected, expected_node));
    }
}

#[test]
fn the_root_alone_answers_where_there_are_no_partitions() {
    let program = program(0.0, 2.0, false, false);
    let golden = program.golden(&[vec![0, 0, 0, 0]]).expect("not refused");
    let bundle = program.bundle(Some(&golden)).expect("well formed");
    let predictor = Predictor::new(&bundle, &PredictorOptions::default()).expect("golden");
    assert_eq!(
        row(&predictor, &in_zone(1)),
        (Ok(0.5f64.to_bits()), 0, Reason::Exact as u8)
    );
    assert_eq!(predictor.node_stats(0).expect("the root").rows, 1);
    assert!(predictor.node_stats(1).is_err());
    assert_eq!(predictor.cache_stats(), Default::default());
}
