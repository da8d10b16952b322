//! Random damage to valid programs: whatever it is, the answer is a program or an error, never a panic.

use crate::reference;
use crate::testing::{hostile_rows, random_program, Random, TestProgram};
use modelpack_bundle::{ErrorCode, Json, TensorFile};

#[test]
fn random_programs_are_taken_and_answer() {
    for seed in 0..600 {
        let test = random_program(seed);
        let program = test.check().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for row in hostile_rows(&program, &test.schema, seed, 20) {
            if let Err(error) = reference::run(&program, &test.schema, &row) {
                let refusals = [ErrorCode::Missing, ErrorCode::Unseen, ErrorCode::NonFinite];
                assert!(refusals.contains(&error.code()), "seed {seed}: {error:?}");
            }
        }
    }
}

/// The codes that a program from outside may be refused with.
const REFUSALS: [ErrorCode; 3] = [ErrorCode::Program, ErrorCode::Requires, ErrorCode::Limit];

#[test]
fn damaged_json_is_refused_or_read() {
    let mut refused = 0;
    for seed in 0..4_000 {
        let mut random = Random::new(seed);
        let mut test = random_program(seed % 100);
        damage(&mut random, &mut test.json);
        match test.check() {
            Ok(program) => run(&program, &test, seed),
            Err(error) => {
                assert!(REFUSALS.contains(&error.code()), "seed {seed}: {error:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 3_000, "{refused} of 4,000");
}

#[test]
fn damaged_tensors_are_refused_or_read() {
    let mut refused = 0;
    for seed in 0..4_000 {
        let mut random = Random::new(seed);
        let mut test = random_program(seed % 100);
        for _ in 0..random.between(1, 3) {
            let byte = random.below(test.tensor_bytes.len());
            let any = random.bits() as u8;
            test.tensor_bytes[byte] = random.pick(&[0, 1, 0xff, 0x7f, 0x80, any]);
        }
        let Ok(tensors) = TensorFile::parse(test.tensor_bytes.clone()) else {
            continue;
        };
        test.tensors = tensors;
        match test.check() {
            Ok(program) => run(&program, &test, seed),
            Err(error) => {
                assert!(REFUSALS.contains(&error.code()), "seed {seed}: {error:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 300, "{refused} of 4,000");
}

#[test]
fn tensors_of_another_program_are_refused() {
    for seed in 0..200 {
        let mut test = random_program(seed);
        test.tensors = random_program(seed + 1).tensors;
        match test.check() {
            Ok(program) => run(&program, &test, seed),
            Err(error) => assert_eq!(error.code(), ErrorCode::Program, "seed {seed}: {error:?}"),
        }
    }
}

/// Whatever the checker takes, the interpreter runs.
fn run(program: &crate::program::Program, test: &TestProgram, seed: u64) {
    for row in hostile_rows(program, &test.schema, seed, 3) {
        let _ = reference::run(program, &test.schema, &row);
    }
}

/// Changes, removes, repeats or exchanges one part of the document.
fn damage(random: &mut Random, json: &mut Json) {
    let size = count(json);
    let mut target = random.below(size);
    let replacement = random.below(8);
    let words = [
        "", "x0", "v0", "v1", "t0", "t1", "affine@1", "sum@7", "f32", "none", "nan", "\u{202e}", "null",
    ];
    let word = random.pick(&words);
    visit(json, &mut target, &mut |part| match (replacement, &mut *part) {
        (0, _) => *part = Json::Null,
        (1, _) => *part = Json::Int(random.bits() as i64 >> 12),
        (2, _) => *part = Json::str(word),
        (3, Json::Array(items)) if !items.is_empty() => drop(items.remove(random.below(items.len()))),
        (4, Json::Array(items)) if !items.is_empty() => items.push(items[random.below(items.len())].clone()),
        (5, Json::Array(items)) => items.reverse(),
        (3, Json::Object(entries)) if !entries.is_empty() => drop(entries.remove(random.below(entries.len()))),
        (4, Json::Object(entries)) if !entries.is_empty() => {
            let at = random.below(entries.len());
            entries[at].0 = word.to_string();
        }
        (5, Json::Object(entries)) if !entries.is_empty() => entries.push(entries[random.below(entries.len())].clone()),
        (_, Json::Str(text)) => *text = word.to_string(),
        (_, Json::Int(number)) => *number = number.wrapping_add(1),
        _ => *part = Json::Array(vec![]),
    });
}

fn count(json: &Json) -> usize {
    1 + match json {
        Json::Array(items) => items.iter().fold(0, |total, item| total + count(item)),
        Json::Object(entries) => entries.iter().fold(0, |total, (_, value)| total + count(value)),
        _ => 0,
    }
}

/// Calls `change` with the part at position `target` of a walk through the document.
fn visit(json: &mut Json, target: &mut usize, change: &mut dyn FnMut(&mut Json)) {
    if *target == 0 {
        *target = usize::MAX;
        return change(json);
    }
    *target = target.wrapping_sub(1);
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| visit(item, target, change)),
        Json::Object(entries) => entries.iter_mut().for_each(|(_, value)| visit(value, target, change)),
        _ => {}
    }
}
