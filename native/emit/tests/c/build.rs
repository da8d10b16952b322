//! From source files to an answer: a compiler, a folder, a driver that reads rows of cells.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use modelpack_bundle::{OutputType, Schema};
use modelpack_emit::SourceFile;

/// A command with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Compiler(pub &'static [&'static str]);

pub const GCC: Compiler = Compiler(&["gcc", "-O1"]);
const GCC_LEVELS: [Compiler; 3] = [
    Compiler(&["gcc", "-O0"]),
    Compiler(&["gcc", "-O3"]),
    Compiler(&["gcc", "-O3", "-march=x86-64-v3"]),
];
const CLANG_LEVELS: [Compiler; 3] = [
    Compiler(&["clang", "-O0"]),
    Compiler(&["clang", "-O3"]),
    Compiler(&["clang", "-O3", "-march=x86-64-v3"]),
];
const STRICT: [&str; 6] = [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-ffp-contract=off",
];

/// Compilers and levels between which bits may not differ: those that are there, with fused operations where this processor has them.
pub fn compilers() -> Vec<Compiler> {
    let mut compilers = Vec::new();
    for [plain, optimised, fused] in [GCC_LEVELS, CLANG_LEVELS] {
        match is_there(plain.0[0]) {
            true if has_fused_multiply_add() => compilers.extend([plain, fused]),
            true => compilers.extend([plain, optimised]),
            false => eprintln!("no {}: its answers are not tested here", plain.0[0]),
        }
    }
    assert!(!compilers.is_empty(), "no compiler is installed");
    compilers
}

pub fn is_there(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok()
}

#[cfg(target_arch = "x86_64")]
fn has_fused_multiply_add() -> bool {
    std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_fused_multiply_add() -> bool {
    false
}

/// A folder that goes with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("modelpack-emit-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What one row is answered: a result, the feature of a refusal, and the bytes of each output.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub result: i32,
    pub feature: i32,
    pub outputs: Vec<Vec<u8>>,
}

/// A compiled driver around a model.
pub struct Executable {
    folder: Folder,
    answer_bytes: Vec<usize>,
}

pub fn write(files: &[SourceFile], folder: &Path) {
    for file in files {
        fs::write(folder.join(&file.name), &file.text).expect("a file");
    }
}

/// Runs a command to its end; its output where it fails.
pub fn run(command: &mut Command) {
    let done = command.output().expect("the command is there");
    let text = String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{command:?}\n{text}");
}

pub fn command(compiler: Compiler) -> Command {
    let mut command = Command::new(compiler.0[0]);
    command.args(&compiler.0[1..]).args(STRICT);
    command
}

/// Compiles the sources with the driver. The functions of math are compiled once for each compiler.
pub fn build(files: &[SourceFile], driver: String, compiler: Compiler, output: &str) -> Folder {
    let folder = Folder::new();
    write(files, &folder.0);
    fs::write(folder.0.join("driver.c"), driver).expect("a file");
    let own = |name: &&str| name.ends_with(".c") && !name.starts_with("modelpack_math") && !name.ends_with("_test.c");
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).filter(own).collect();
    let math = files
        .iter()
        .filter(|file| file.name.starts_with("modelpack_math") && file.name.ends_with(".c"));
    let objects: Vec<PathBuf> = math.map(|file| math_object(&file.name, compiler)).collect();
    run(command(compiler)
        .args(names)
        .arg("driver.c")
        .args(objects)
        .args(["-o", output])
        .current_dir(&folder.0));
    folder
}

fn math_object(name: &str, compiler: Compiler) -> PathBuf {
    static OBJECTS: OnceLock<Mutex<HashMap<(Compiler, String), PathBuf>>> = OnceLock::new();
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let mut objects = OBJECTS.get_or_init(Mutex::default).lock().expect("no test panics here");
    let count = objects.len();
    let object = || {
        // Shared by all tests of this process, so it is removed by none of them: a few hundred kilobytes of a build.
        let folder = FOLDER.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("math-{}", std::process::id()));
            fs::create_dir_all(&folder).expect("a folder");
            folder
        });
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../math/c").join(name);
        let object = folder.join(format!("{count}.o"));
        run(command(compiler).arg("-c").arg(source).arg("-o").arg(&object));
        object
    };
    objects
        .entry((compiler, name.to_owned()))
        .or_insert_with(object)
        .clone()
}

impl Executable {
    pub fn new(files: &[SourceFile], prefix: &str, schema: &Schema, compiler: Compiler) -> Executable {
        let folder = build(files, driver(prefix, schema), compiler, "driver");
        let size = |dtype| if dtype == OutputType::Float32 { 4 } else { 8 };
        let answer_bytes = schema
            .outputs
            .iter()
            .map(|output| output.columns * size(output.dtype))
            .collect();
        Executable { folder, answer_bytes }
    }

    pub fn answer(&self, cells: &[u64], runner: &[&str]) -> Vec<Answer> {
        let driver = self.folder.0.join("driver");
        let mut command = match runner {
            [] => Command::new(&driver),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&driver);
                command
            }
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let input: Vec<u8> = cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
        let mut stdin = child.stdin.take().expect("is a pipe");
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let done = child.wait_with_output().expect("ends");
        writer.join().expect("does not panic").expect("reads all");
        assert!(done.status.success(), "{:?}", done.status);
        self.parse(&done.stdout)
    }

    fn parse(&self, mut bytes: &[u8]) -> Vec<Answer> {
        let mut answers = Vec::new();
        let mut take = |size: usize| {
            let (taken, rest) = bytes.split_at_checked(size)?;
            bytes = rest;
            Some(taken.to_vec())
        };
        let number = |bytes: Vec<u8>| i32::from_le_bytes(bytes.try_into().expect("four bytes"));
        while let Some(result) = take(4) {
            let mut next = |size| take(size).expect("an answer is whole");
            let feature = number(next(4));
            let outputs = self.answer_bytes.iter().map(|&size| next(size)).collect();
            answers.push(Answer {
                result: number(result),
                feature,
                outputs,
            });
        }
        answers
    }
}

/// Reads rows of cells and writes answers; what a refusal leaves of the answer is zero.
fn driver(prefix: &str, schema: &Schema) -> String {
    let writes: String = schema
        .outputs
        .iter()
        .map(|output| {
            format!(
                "        fwrite(answer.{0}, sizeof answer.{0}, 1, stdout);\n",
                output.name
            )
        })
        .collect();
    let count = schema.features.len();
    format!(
        "#include \"{prefix}.h\"\n#include <stdio.h>\n#include <string.h>\n\n\
         int main(void)\n{{\n    static {prefix}_cell row[{count}];\n\
         \x20   if ({prefix}_selftest() != 0) {{\n        return 1;\n    }}\n\
         \x20   while (fread(row, sizeof row, 1, stdin) == 1) {{\n        static {prefix}_answer answer;\n\
         \x20       {prefix}_refused refused = {{0, -1, NULL}};\n        int32_t result;\n\
         \x20       memset(&answer, 0, sizeof answer);\n        result = {prefix}_predict(row, &answer, &refused);\n\
         \x20       fwrite(&result, sizeof result, 1, stdout);\n\
         \x20       fwrite(&refused.feature, sizeof refused.feature, 1, stdout);\n{writes}    }}\n    return 0;\n}}\n"
    )
}
