//! Every vector of tests/vectors/hostile is refused with its error, and the bundle that they were made from is not.

use std::fs;
use std::path::PathBuf;

use modelpack_bundle::{Bundle, Error, OpenOptions};
use modelpack_engine::{Predictor, PredictorOptions};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/hostile")
}

/// The phase that fails and its error, opened from memory or from the file.
fn refusal(name: &str, from_memory: bool) -> Option<(&'static str, Error)> {
    let path = folder().join(name);
    let options = OpenOptions::unsigned();
    let opened = if from_memory {
        Bundle::open_bytes(fs::read(&path).expect("the vector is there"), &options)
    } else {
        Bundle::open(&path, &options)
    };
    match opened {
        Err(error) => Some(("open", error)),
        Ok(bundle) => Predictor::new(&bundle, &PredictorOptions::default()).err().map(|error| ("predictor", error)),
    }
}

#[test]
fn every_attack_is_refused_with_its_error() {
    let index = fs::read_to_string(folder().join("index.tsv")).expect("the index is there");
    let mut wrong = Vec::new();
    for line in index.lines() {
        let [id, file, phase, error, _comment] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a line of the index has not five fields: {line}");
        };
        for from_memory in [true, false] {
            match refusal(file, from_memory) {
                Some((at, found)) if at == phase && found.code().name() == error => {}
                Some((at, found)) => wrong.push(format!("{id}: {at} {found:?}, expected {phase} {error}")),
                None => wrong.push(format!("{id}: accepted, expected {phase} {error}")),
            }
        }
    }
    assert!(index.lines().count() > 300, "the index is cut");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_bundle_that_the_attacks_alter_answers() {
    if let Some((phase, error)) = refusal("base.mpk", false) {
        panic!("{phase}: {error:?}");
    }
}
