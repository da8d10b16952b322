//! tests/vectors/valid as C: golden rows by the self-test, and every row of a vector.

use std::path::{Path, PathBuf};
use std::process::Command;

use modelpack_bundle::{normalise, Bundle, ErrorCode, OutputType, Schema};
use modelpack_emit::{emit_bundle, Form, Options, SourceFile, BRANCH_NODES};

use crate::build::{self, compilers, is_there, Answer, Compiler, Executable, Folder, GCC};
use crate::input::{parse, raw};

/// Of each kind of arithmetic one.
const SOME: [&str; 8] = [
    "gradient-boosting-huber",
    "hist-categories",
    "lightgbm-zero-missing",
    "logistic-mixed",
    "math-functions",
    "softmaxes",
    "xgboost-multiclass",
    "xgboost-sparse-columns",
];
/// What a compiler may call by itself: memory, and arithmetic of processors that lack it.
const PERMITTED: [&str; 3] = ["memcpy", "memset", "__aeabi_"];
/// Other machines, and what runs their programs here: 32-bit ARM without floating-point hardware, and 64-bit ARM, where fused
/// operations are always at hand.
const OTHERS: [(Compiler, &str); 2] = [
    (Compiler(&["arm-linux-gnueabi-gcc", "-O2", "-static"]), "qemu-arm"),
    (Compiler(&["aarch64-linux-gnu-gcc", "-O3", "-static"]), "qemu-aarch64"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/valid")
}

fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("a table");
    let fields = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().map(fields).collect()
}

/// All vectors of one model.
fn names() -> Vec<String> {
    let index = lines(&folder().join("index.tsv"));
    let names = index.into_iter().map(|mut line| line.swap_remove(0));
    names.filter(|name| name != "partitions").collect()
}

fn source(name: &str, branch_nodes: usize) -> (Schema, Vec<SourceFile>) {
    let bundle = Bundle::inspect(&folder().join(name).join("bundle.mpk")).expect(name);
    let options = Options {
        prefix: Some("vector".to_owned()),
        form: Form::Standalone,
        branch_nodes,
    };
    (bundle.schema().clone(), emit_bundle(&bundle, &options).expect(name))
}

fn check(name: &str, compiler: Compiler, runner: &[&str]) {
    check_form(name, compiler, runner, BRANCH_NODES);
}

fn check_form(name: &str, compiler: Compiler, runner: &[&str], branch_nodes: usize) {
    let (schema, files) = source(name, branch_nodes);
    let executable = Executable::new(&files, "vector", &schema, compiler);
    let cell = |(text, feature): (&String, _)| match normalise(feature, raw(&parse(text)).expect("a single value")) {
        Ok(cell) => cell,
        // The cell of an unseen category, which the policy refuses in C where it is admitted.
        Err(error) if error.code() == ErrorCode::Unseen => -3i64 as u64,
        Err(error) => panic!("{name}: {error}"),
    };
    let input = lines(&folder().join(name).join("input.tsv"));
    let cells: Vec<u64> = input[1..]
        .iter()
        .flat_map(|row| row.iter().zip(&schema.features).map(cell))
        .collect();
    let expected = lines(&folder().join(name).join("expected.tsv"))[1..].to_vec();
    let answers = executable.answer(&cells, runner);
    assert_eq!(answers.len(), expected.len(), "{name}");
    for (row, (answer, expected)) in answers.iter().zip(&expected).enumerate() {
        assert_eq!(&texts(answer, &schema), expected, "{name}, row {row}, {compiler:?}");
    }
}

/// An answer as expected.tsv writes it.
fn texts(answer: &Answer, schema: &Schema) -> Vec<String> {
    let refused = ErrorCode::from_number(answer.result).map(|code| code.name().to_owned());
    let mut texts = vec![refused.clone().unwrap_or("ok".to_owned())];
    for (bytes, output) in answer.outputs.iter().zip(&schema.outputs) {
        let size = if output.dtype == OutputType::Float32 { 4 } else { 8 };
        texts.extend(bytes.chunks_exact(size).map(|cell| match output.dtype {
            _ if refused.is_some() => "-".to_owned(),
            OutputType::Float64 => format!("{:016x}", u64::from_le_bytes(cell.try_into().expect("8 bytes"))),
            OutputType::Float32 => format!("{:08x}", u32::from_le_bytes(cell.try_into().expect("4 bytes"))),
            OutputType::Int64 => i64::from_le_bytes(cell.try_into().expect("8 bytes")).to_string(),
        }));
    }
    texts
}

#[test]
fn every_vector_answers_every_bit() {
    let names = names();
    assert!(names.len() > 45, "only {} vectors", names.len());
    names.iter().for_each(|name| check(name, GCC, &[]));
}

#[test]
fn forests_answer_the_same_as_tables() {
    for name in SOME
        .into_iter()
        .chain(["lightgbm-categories", "xgboost-categories", "forest-wine"])
    {
        check_form(name, GCC, &[], 0);
    }
}

#[test]
fn vectors_answer_the_same_unoptimised_and_optimised() {
    for compiler in compilers() {
        SOME.iter().for_each(|name| check(name, compiler, &[]));
    }
}

#[test]
fn vectors_answer_the_same_on_other_machines() {
    for (compiler, runner) in OTHERS {
        match [compiler.0[0], runner].into_iter().find(|tool| !is_there(tool)) {
            Some(missing) => eprintln!("no {missing}: its machine is not tested here"),
            None => SOME.iter().for_each(|name| check(name, compiler, &[runner])),
        }
    }
}

#[test]
fn a_model_needs_no_library() {
    let cross = [
        "arm-linux-gnueabi-gcc",
        "-O2",
        "-mcpu=cortex-m3",
        "-mthumb",
        "-mfloat-abi=soft",
    ];
    let host = ["gcc", "-O2"];
    for compiler in [&host[..], &cross[..]]
        .into_iter()
        .filter(|compiler| is_there(compiler[0]))
    {
        for name in SOME {
            check_freestanding(name, compiler);
        }
    }
}

fn check_freestanding(name: &str, compiler: &[&str]) {
    let (_, files) = source(name, BRANCH_NODES);
    let folder = Folder::new();
    build::write(&files, &folder.0);
    let sources = files.iter().map(|file| file.name.as_str());
    let sources = sources.filter(|file| file.ends_with(".c") && !file.ends_with("_test.c"));
    let mut command = Command::new(compiler[0]);
    command.args(&compiler[1..]).args([
        "-std=c99",
        "-ffp-contract=off",
        "-ffreestanding",
        "-fno-pic",
        "-r",
        "-nostdlib",
    ]);
    build::run(command.args(sources).args(["-o", "all.o"]).current_dir(&folder.0));
    let names = Command::new(compiler[0].replace("gcc", "nm"))
        .args(["-u", "all.o"])
        .current_dir(&folder.0)
        .output()
        .expect("stands beside gcc");
    assert!(names.status.success(), "{compiler:?}");
    let names = String::from_utf8(names.stdout).expect("text");
    for symbol in names.lines().map(|line| line.trim_start_matches([' ', 'U'])) {
        let permitted = PERMITTED.iter().any(|permitted| symbol.starts_with(permitted));
        assert!(permitted, "{name} with {compiler:?} needs {symbol}");
    }
}

#[test]
fn options_that_change_bits_are_refused() {
    let (_, files) = source("xgboost-binary", BRANCH_NODES);
    let folder = Folder::new();
    build::write(&files, &folder.0);
    for option in ["-ffast-math", "-funsafe-math-optimizations", "-ffinite-math-only"] {
        let mut command = Command::new("gcc");
        command
            .args(["-std=c99", option, "-c", "vector.c", "-o", "out.o"])
            .current_dir(&folder.0);
        let done = command.output().expect("gcc is there");
        assert!(
            String::from_utf8_lossy(&done.stderr).contains("this model needs"),
            "{option}"
        );
    }
}
