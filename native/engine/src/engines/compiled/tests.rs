//! Libraries as the system's compiler makes them, and what is refused of them.

use std::fs;
use std::process::Command;

use super::*;

const PROGRAM: Digest = Digest([1; 32]);
const MODEL: Digest = Digest([2; 32]);
const REST: &str = "1, 1, 64";

/// The source of a library that adds one to its only column; `head` is what stands before predict in the structure.
fn source(head: &str, rest: &str, predict: &str) -> String {
    format!(
        "#include <stdint.h>
         static int32_t add_one(const void *const *in, uint64_t rows, void *const *out, void *workspace, void *violation) {{
             double *one = workspace;
             *one = 1.0;
             for (uint64_t row = 0; row < rows; row++) ((double *)out[0])[row] = ((const double *)in[0])[row] + *one;
             return violation == 0;
         }}
         const struct {{
             uint32_t size, abi;
             uint8_t program[32], model[32];
             uint32_t inputs, columns;
             uint64_t workspace;
             void *predict;
         }} mp_compiled_model = {{{head}, {{{}}}, {{{}}}, {rest}, {predict}}};",
        bytes(PROGRAM),
        bytes(MODEL),
    )
}

fn bytes(digest: Digest) -> String {
    digest.0.map(|byte| byte.to_string()).join(",")
}

fn compile(source: &str) -> Vec<u8> {
    let mut library = private_file::PrivateFile::create(source.as_bytes()).expect("a private folder");
    let folder = library.path().parent().expect("a folder").to_owned();
    library.file().sync_all().expect("written");
    let out = folder.join("compiled.so");
    let made = Command::new("cc")
        .args(["-x", "c", "-shared", "-fPIC", "-nostdlib", "-o"])
        .args([&out, library.path()])
        .status();
    assert!(made.expect("cc is there: Rust links with it").success());
    let bytes = fs::read(&out).expect("compiled");
    fs::remove_file(out).expect("ours");
    bytes
}

fn load(bytes: &[u8], program: Digest, model: Digest) -> Result<Compiled> {
    let origin = Origin {
        program,
        model,
        inputs: 1,
        output_columns: 1,
    };
    // SAFETY: compiled above, or no library at all.
    unsafe { Compiled::from_bytes(bytes, "x86_64-linux-gnu".to_owned(), &origin) }
}

#[test]
fn a_library_of_this_model_is_called() {
    let bytes = compile(&source("96, 1", REST, "add_one"));
    let first = load(&bytes, PROGRAM, MODEL).expect("it fits");
    let second = load(&bytes, PROGRAM, MODEL).expect("twice");
    for compiled in [&first, &second] {
        let input = [1.5f64, -2.0];
        let mut output = [0f64; 2];
        let mut violation = abi::CompiledViolation::default();
        // SAFETY: the library's columns are these two.
        let code = unsafe {
            (compiled.entry.predict)(
                [input.as_ptr().cast()].as_ptr(),
                2,
                [output.as_mut_ptr().cast()].as_ptr(),
                [0u64; 8].as_mut_ptr().cast(),
                &raw mut violation,
            )
        };
        assert_eq!((code, output), (0, [2.5, -1.0]));
    }
}

#[test]
fn what_was_compiled_from_something_else_is_refused() {
    let bytes = compile(&source("96, 1", REST, "add_one"));
    let message = |program, model| load(&bytes, program, model).expect_err("another one").to_string();
    assert!(message(Digest([3; 32]), MODEL).contains("another program, sha256:0101"));
    assert!(message(PROGRAM, Digest([3; 32])).contains("another model, sha256:0202"));
}

#[test]
fn what_does_not_keep_to_the_interface_is_refused() {
    for (source, message) in [
        (source("95, 1", REST, "add_one"), "a structure of 95 bytes; at least 96"),
        (source("96, 2", REST, "add_one"), "version 2 of the interface"),
        (source("96, 1", REST, "0"), "no predict"),
        (source("96, 1", "2, 1, 0", "add_one"), "takes 2 columns and answers 1"),
        (
            source("96, 1", "1, 1, 1ull << 40", "add_one"),
            "wants 1099511627776 bytes",
        ),
        ("int something_else = 1;".to_owned(), "exports no mp_compiled_model"),
    ] {
        let error = load(&compile(&source), PROGRAM, MODEL).expect_err(message);
        assert_eq!(error.code(), ErrorCode::Engine);
        assert!(error.to_string().contains(message), "{error}");
    }
    let error = load(b"no library", PROGRAM, MODEL).expect_err("no library");
    assert!(error.to_string().contains("cannot be loaded"), "{error}");
}

#[test]
fn a_library_for_another_machine_is_named() {
    let error = absent(
        "x86_64-linux-gnu",
        &["aarch64-linux-gnu".to_owned(), "aarch64-macos".to_owned()],
    )
    .to_string();
    assert!(error.contains("it has 'aarch64-linux-gnu', 'aarch64-macos'"), "{error}");
    assert!(error.contains("--triple x86_64-linux-gnu"), "{error}");
}
