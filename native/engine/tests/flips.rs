//! A signed bundle of which one bit differs, any bit: it is refused, or the bit decides nothing.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use modelpack_bundle::{Bundle, OpenOptions, Result, Trust, TrustPolicy};
use modelpack_engine::{Call, OutputBuffer, Predictor, PredictorOptions};

fn read(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/hostile");
    fs::read(folder.join(name)).expect("the vector is there")
}

fn options() -> OpenOptions {
    let policy = TrustPolicy::from_bytes(&read("policies/signature-good.trust"), "the test's policy");
    OpenOptions {
        trust: Some(Trust::from(policy.expect("a policy"))),
        name: Some("hostile".to_owned()),
        ..OpenOptions::default()
    }
}

/// Everything that a user of the bundle can be told by it.
#[derive(Debug, PartialEq)]
struct Answers {
    identity: String,
    name: String,
    version: String,
    members: Vec<String>,
    values: Vec<u64>,
}

fn answers(bundle: &Arc<Bundle>) -> Result<Answers> {
    let predictor = Predictor::new(bundle, &PredictorOptions::default())?;
    let distance = |value: f64| value.to_bits();
    let cells = [distance(100.0), 0, distance(501.0), 1, distance(3.0), 1];
    let mut values = [0.0; 3];
    for (row, value) in cells.chunks(2).zip(&mut values) {
        let outputs = [OutputBuffer::from_f64(0, std::slice::from_mut(value))];
        let mut call = Call {
            outputs: &outputs,
            ..Call::default()
        };
        predictor.predict_row(row, &[], &mut call)?;
    }
    Ok(Answers {
        identity: bundle.identity().to_owned(),
        name: bundle.name().to_owned(),
        version: bundle.version().to_owned(),
        members: bundle.member_names().map(str::to_owned).collect(),
        values: values.map(f64::to_bits).to_vec(),
    })
}

/// Whether the changed file was accepted; what is accepted answers as the original and does not pass the full check.
fn accepted(bytes: Vec<u8>, options: &OpenOptions, expected: &Answers, place: &str) -> bool {
    let Ok(bundle) = Bundle::open_bytes(bytes, options) else {
        return false;
    };
    let Ok(found) = answers(&bundle) else {
        return false;
    };
    assert_eq!(&found, expected, "{place}");
    assert!(bundle.check_members().is_err(), "{place} passes the full check");
    true
}

fn flip(bit: u8, bytes: &[u8], options: &OpenOptions, expected: &Answers) -> usize {
    let changed = |at: usize| {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1 << bit;
        changed
    };
    let place = |at: usize| format!("bit {bit} of byte {at}");
    (0..bytes.len())
        .filter(|&at| accepted(changed(at), options, expected, &place(at)))
        .count()
}

#[test]
fn every_flipped_bit_is_refused_or_decides_nothing() {
    let (bytes, options) = (read("signed/signature-good.mpk"), options());
    let bundle = Bundle::open_bytes(bytes.clone(), &options).expect("the bundle is good");
    let expected = answers(&bundle).expect("the bundle is good");
    let mut accepted = 0;
    thread::scope(|scope| {
        let run = |bit| {
            let (bytes, options, expected) = (&bytes, &options, &expected);
            scope.spawn(move || flip(bit, bytes, options, expected))
        };
        let threads: Vec<_> = (0..8).map(run).collect();
        for thread in threads {
            accepted += thread.join().expect("no panic");
        }
    });
    // The bits of metrics.json, which is {} and is hashed when somebody asks for it.
    assert_eq!(accepted, 16);
}
