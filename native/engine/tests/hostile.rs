//! Every vector of tests/vectors/hostile is refused with its error, and the bundle that they were made from is not.

use std::fs;
use std::path::PathBuf;

use modelpack_bundle::write::{to_bytes, NewMember};
use modelpack_bundle::{json, Bundle, Error, Json, OpenOptions};
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
        Ok(bundle) => Predictor::new(&bundle, &PredictorOptions::default())
            .err()
            .map(|error| ("predictor", error)),
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

#[test]
fn the_bundle_whose_partitions_the_attacks_alter_is_sound() {
    let bundle = Bundle::open(&folder().join("partitions.mpk"), &OpenOptions::unsigned()).expect("it opens");
    bundle.check_members().expect("its entries have their digests");
    assert_eq!(bundle.partitions().expect("it has partitions").node_count(), 7);
}

/// A small generator, so that every run tries the same bytes.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// The base bundle's manifest as a writer takes it, and its other members.
fn parts(bundle: &Bundle) -> (Json, Vec<(String, Vec<u8>)>) {
    let member = |name: &str| bundle.member(name).expect("the base bundle is valid").to_vec();
    let Json::Object(mut manifest) = json::parse(&member("bundle.json")).expect("the base bundle is valid") else {
        panic!("bundle.json is an object");
    };
    manifest.retain(|(key, _)| key != "members" && key != "model_digest");
    let others = bundle.member_names().filter(|name| *name != "bundle.json");
    (
        Json::Object(manifest),
        others.map(|name| (name.to_owned(), member(name))).collect(),
    )
}

/// A forger who repairs every digest still cannot make the reader panic, and what is accepted answers.
#[test]
fn bytes_changed_under_fitting_digests_never_panic() {
    let base = Bundle::open(&folder().join("base.mpk"), &OpenOptions::unsigned()).expect("the base bundle is valid");
    let (manifest, members) = parts(&base);
    let mut random = Random(7);
    for _ in 0..4_000 {
        let mut changed = members.clone();
        let which = random.below(changed.len());
        let data = &mut changed[which].1;
        for _ in 0..=random.below(3) {
            let at = random.below(data.len());
            data[at] = [data[at] ^ (1 << random.below(8)), random.below(256) as u8, 0, 0xff][random.below(4)];
        }
        let members: Vec<NewMember<'_>> = changed.iter().map(|(name, data)| NewMember { name, data }).collect();
        let (bytes, _) = to_bytes(manifest.clone(), &members).expect("names and manifest are unchanged");
        if let Ok(bundle) = Bundle::open_bytes(bytes, &OpenOptions::unsigned()) {
            let _ = Predictor::new(&bundle, &PredictorOptions::default());
        }
    }
}
