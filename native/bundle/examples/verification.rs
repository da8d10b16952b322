//! How long verification takes, beside `sha256sum` of the same file: medians in seconds, one a line, for `make bench`.
//! `cargo run --release -p modelpack-bundle --example verification`

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use modelpack_bundle::json;
use modelpack_bundle::write::{write_signed, NewMember};
use modelpack_bundle::{verify, OpenOptions, PrivateKey, Signer, TrustPolicy};

const MANIFEST: &str = concat!(
    r#"{"created_at":"2026-01-01T00:00:00Z","engines":[{"name":"native","requires":[]}],"format":{"major":1,"minor":0},"#,
    r#""name":"speed","partition_keys":[],"requires":[],"task":"other","version":"1.0.0"}"#
);
const SCHEMA: &[u8] = br#"{"features":[],"keys":[],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#;
const RUNS: usize = 15;

/// A bundle of one large member, signed, in a folder of its own.
fn signed_bundle(folder: &Path, bytes: usize, key: &PrivateKey) -> PathBuf {
    let path = folder.join(format!("{bytes}.mpk"));
    let data: Vec<u8> = (0..bytes).map(|at| ((at * 31) >> 3) as u8).collect();
    let members = [
        NewMember {
            name: "schema.json",
            data: SCHEMA,
        },
        NewMember {
            name: "models/main/tensors.safetensors",
            data: &data,
        },
    ];
    let manifest = json::parse(MANIFEST.as_bytes()).expect("canonical");
    write_signed(&path, manifest, &members, &[key as &dyn Signer], true).expect("written");
    path
}

/// The median of the runs, in seconds.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

fn main() {
    let folder = std::env::temp_dir().join(format!("modelpack-verification-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a fresh folder");
    let key = PrivateKey::generate().expect("random numbers");
    let options = OpenOptions {
        trust: Some(TrustPolicy::of_key(key.public().clone(), "the example").into()),
        ..OpenOptions::default()
    };
    for (what, bytes) in [("10 KB", 10 << 10), ("200 MB", 200 << 20)] {
        let path = signed_bundle(&folder, bytes, &key);
        let opened = median(|| drop(verify(&path, &options, false).expect("trusted")));
        let full = median(|| drop(verify(&path, &options, true).expect("trusted")));
        let sum = median(|| {
            let output = Command::new("sha256sum").arg(&path).output();
            assert!(output.is_ok_and(|output| output.status.success()), "sha256sum failed");
        });
        println!("open, signed, {what}: {opened}");
        println!("verify --full, {what}: {full}");
        println!("sha256sum, {what}: {sum}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
