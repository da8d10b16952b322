//! The lists of native/math/tests/hard, which tools/check_math.py writes: the arguments that lie closest to a midpoint, with the
//! results that MPFR rounds.

use crate::function::{same, Function, FUNCTIONS};
use std::path::Path;

/// Arguments (each of the function's width) and right results; empty where the function has no list.
pub fn list(function: &Function) -> (Vec<f64>, Vec<f64>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hard");
    let text = std::fs::read_to_string(folder.join(format!("{}.tsv", function.name))).unwrap_or_default();
    let (mut arguments, mut results) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let bits = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("the bits of a double"));
        let words: Vec<&str> = line.split('\t').collect();
        assert_eq!(words.len(), function.width() + 2, "{line}");
        arguments.extend(words[..function.width()].iter().map(|word| bits(word)));
        results.push(bits(words[function.width()]));
    }
    (arguments, results)
}

#[test]
fn the_hardest_arguments_are_rounded_right() {
    let mut lists = 0;
    for function in FUNCTIONS {
        let (arguments, results) = list(&function);
        lists += usize::from(!results.is_empty());
        for (argument, right) in arguments.chunks(function.width()).zip(results) {
            let got = function.at(argument);
            assert!(
                same(got, right),
                "{}({argument:?}) is {got:e}, not {right:e}",
                function.name
            );
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hard");
    let files = std::fs::read_dir(folder).expect("the folder of the lists").count();
    assert_eq!(lists, files, "each list belongs to a function");
}
