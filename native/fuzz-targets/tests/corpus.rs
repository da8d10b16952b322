//! The kept corpora, on stable Rust: what once was found, and a way into every part of each target.

use std::fs;
use std::path::PathBuf;

use modelpack_fuzz_targets::TARGETS;

#[test]
fn the_kept_corpora_keep_every_promise() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in TARGETS {
        let entries = fs::read_dir(corpus.join(name)).expect("each target has a corpus");
        let mut count = 0;
        for entry in entries {
            target(&fs::read(entry.expect("readable").path()).expect("readable"));
            count += 1;
        }
        assert!(count > 0, "the corpus of {name} is empty");
    }
}
