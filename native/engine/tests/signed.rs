//! Every vector of tests/vectors/hostile/signed.tsv: refused with its error under its policy, or accepted.

use std::fs;
use std::path::PathBuf;

use modelpack_bundle::{Bundle, Error, OpenOptions, Trust, TrustPolicy};
use modelpack_engine::{Predictor, PredictorOptions};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/hostile")
}

/// A line of the index; `-` stands for what the caller does not say.
struct Vector<'a> {
    id: &'a str,
    file: &'a str,
    policy: &'a str,
    name: Option<String>,
    min_version: Option<String>,
    identity: Option<String>,
    engine: Option<String>,
    error: &'a str,
}

fn parse(line: &str) -> Vector<'_> {
    let [id, file, policy, name, min_version, identity, engine, error, _comment] =
        line.split('\t').collect::<Vec<_>>()[..]
    else {
        panic!("a line of the index has not nine fields: {line}");
    };
    let given = |text: &str| (text != "-").then(|| text.to_owned());
    Vector {
        id,
        file,
        policy,
        name: given(name),
        min_version: given(min_version),
        identity: given(identity),
        engine: given(engine),
        error,
    }
}

fn trust(vector: &Vector<'_>) -> Result<Trust, Error> {
    if vector.policy == "UNSIGNED" {
        return Ok(Trust::Unsigned);
    }
    let text = fs::read(folder().join(vector.policy)).expect("the policy is there");
    TrustPolicy::from_bytes(&text, vector.policy).map(Trust::from)
}

/// Opens and makes the predictor; answers whether the bundle counts as verified.
fn load(vector: &Vector<'_>, from_memory: bool) -> Result<bool, Error> {
    let options = OpenOptions {
        trust: Some(trust(vector)?),
        name: vector.name.clone(),
        min_version: vector.min_version.clone(),
        identity: vector.identity.clone(),
    };
    let path = folder().join(vector.file);
    let bundle = match from_memory {
        true => Bundle::open_bytes(fs::read(&path).expect("the vector is there"), &options)?,
        false => Bundle::open(&path, &options)?,
    };
    let options = PredictorOptions {
        engine: vector.engine.clone(),
        ..PredictorOptions::default()
    };
    Predictor::new(&bundle, &options)?;
    Ok(bundle.verified())
}

#[test]
fn every_signed_vector_is_judged_as_the_index_says() {
    let index = fs::read_to_string(folder().join("signed.tsv")).expect("the index is there");
    let vectors: Vec<Vector<'_>> = index.lines().map(parse).collect();
    let mut wrong = Vec::new();
    for vector in &vectors {
        for from_memory in [true, false] {
            let found = load(vector, from_memory);
            let name = found.as_ref().map_or_else(|error| error.code().name(), |_| "ok");
            if name != vector.error {
                wrong.push(format!("{}: {found:?}, expected {}", vector.id, vector.error));
            } else if let Ok(verified) = found {
                assert_eq!(verified, vector.policy != "UNSIGNED", "{}", vector.id);
            }
        }
    }
    assert!(vectors.len() > 300, "the index is cut");
    assert!(
        vectors.iter().filter(|vector| vector.error == "ok").count() >= 20,
        "the index is cut"
    );
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
