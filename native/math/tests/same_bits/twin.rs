//! The C twin (native/math/c), compiled by the system's compiler at several settings, against Rust, bit by bit.
//!
//! `CC` names another compiler, `TWIN_RUNNER` the command that runs what it makes, as for another processor:
//!
//!     CC=aarch64-linux-gnu-gcc TWIN_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu" \
//!       cargo test -p modelpack-math --test same_bits -- --exact twin::optimised twin::not_optimised

use crate::arguments::{drawn, special};
use crate::function::{same, Function, FUNCTIONS};
use crate::hard;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

const DRAWN: usize = 100_000;
/// Every warning is an error; nothing of a hosted C is needed.
const ALWAYS: [&str; 6] = [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-ffreestanding",
];

fn compiler() -> String {
    std::env::var("CC").unwrap_or_else(|_| "cc".to_owned())
}

/// A folder of this test's own for what is compiled and run.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("twin-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder below target");
    folder
}

fn sources() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("c");
    let entries = std::fs::read_dir(folder).expect("the C twin");
    let paths = entries.map(|entry| entry.expect("a file of the C twin").path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "c"))
        .collect()
}

/// The program that evaluates the functions, compiled with these options.
fn compile(folder: &Path, options: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = folder.join("evaluate");
    let mut command = Command::new(compiler());
    command.args(ALWAYS).args(options).arg("-I").arg(root.join("c"));
    command
        .args(sources())
        .arg(root.join("tests/same_bits/evaluate.c"))
        .arg("-o")
        .arg(&program);
    let done = command.output();
    let done = done.unwrap_or_else(|error| panic!("this test needs a C compiler, and {} is none: {error}", compiler()));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    program
}

/// Runs the program, by the runner if there is one.
fn runs(program: &Path) -> Command {
    let runner = std::env::var("TWIN_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace();
    let Some(first) = words.next() else {
        return Command::new(program);
    };
    let mut command = Command::new(first);
    command.args(words).arg(program);
    command
}

fn evaluate(program: &Path, function: &Function, arguments: &[f64]) -> Vec<f64> {
    let input = program.with_extension("in");
    let bytes: Vec<u8> = arguments.iter().flat_map(|number| number.to_ne_bytes()).collect();
    std::fs::write(&input, bytes).expect("the arguments are written");
    let mut command = runs(program);
    command
        .arg(function.name)
        .stdin(File::open(&input).expect("the arguments"));
    let done = command.output().expect("the program runs");
    assert!(
        done.status.success(),
        "{}: {}",
        function.name,
        String::from_utf8_lossy(&done.stderr)
    );
    let numbers = done.stdout.chunks_exact(8);
    numbers
        .map(|bytes| f64::from_ne_bytes(bytes.try_into().expect("eight bytes")))
        .collect()
}

fn compare(test: &str, options: &[&str]) {
    let folder = folder(test);
    let program = compile(&folder, options);
    for function in FUNCTIONS {
        let mut arguments = special(&function);
        arguments.extend(hard::list(&function).0);
        arguments.extend(drawn(&function, DRAWN));
        let results = evaluate(&program, &function, &arguments);
        assert_eq!(results.len() * function.width(), arguments.len());
        for (argument, got) in arguments.chunks(function.width()).zip(results) {
            let right = function.at(argument);
            assert!(
                same(got, right),
                "{}({argument:?}): {got:e} in C, {right:e} in Rust",
                function.name
            );
        }
    }
    std::fs::remove_dir_all(folder).expect("the folder is removed");
}

#[test]
fn not_optimised() {
    compare("not-optimised", &["-O0"]);
}

#[test]
fn optimised() {
    compare("optimised", &["-O3"]);
}

/// In its own dialect gcc contracts products and sums unless it is told not to.
#[test]
#[cfg(target_os = "linux")]
fn optimised_for_this_processor() {
    compare("native", &["-O3", "-march=native", "-std=gnu99"]);
}

/// Without anything but C99.
#[test]
fn portable() {
    compare("portable", &["-O2", "-DMP_MATH_PORTABLE"]);
}

/// Settings under which the bits would change do not compile.
#[test]
fn unsafe_settings_are_refused() {
    for option in ["-ffast-math", "-ffinite-math-only"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("c/modelpack_math_exp.c");
        let mut command = Command::new(compiler());
        let done = command.args([option, "-fsyntax-only"]).arg(file).output();
        let done =
            done.unwrap_or_else(|error| panic!("this test needs a C compiler, and {} is none: {error}", compiler()));
        let message = String::from_utf8_lossy(&done.stderr);
        assert!(
            !done.status.success() && message.contains("modelpack_math needs"),
            "{option}: {message}"
        );
    }
}
