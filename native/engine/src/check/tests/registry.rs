//! The registry, ops.toml and the checker name the same operations, options and tensors.

use crate::registry::{OpSpec, OPS};
use crate::testing::random_program;
use std::collections::{BTreeMap, BTreeSet};

const OPS_TOML: &str = include_str!("../../../ops.toml");

/// What random programs have made use of: of each operation the options with their values, and the tensors.
#[derive(Default)]
struct Seen {
    options: BTreeSet<(String, String)>,
    tensors: BTreeSet<String>,
}

#[test]
fn random_programs_reach_every_operation_option_and_tensor() {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for seed in 0..2_000 {
        let test = random_program(seed);
        test.check().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for op in test
            .json
            .get("ops")
            .and_then(|ops| ops.as_array())
            .expect("ops is an array")
        {
            let name = op.get("op").and_then(|name| name.as_str()).expect("op is a string");
            let seen = seen.entry(name.to_string()).or_default();
            for (key, value) in op.as_object().expect("an operation is an object") {
                match (key.as_str(), value.as_str(), value.as_object()) {
                    ("tensors", _, Some(tensors)) => seen.tensors.extend(tensors.iter().map(|(name, _)| name.clone())),
                    ("op" | "origin", ..) => {}
                    (_, Some(value), _) => drop(seen.options.insert((key.clone(), value.to_string()))),
                    _ => {}
                }
            }
        }
    }
    for spec in OPS {
        let seen = seen
            .get(spec.name)
            .unwrap_or_else(|| panic!("{} does not occur", spec.name));
        let options = spec
            .options
            .iter()
            .flat_map(|(name, values)| values.iter().map(|v| (name.to_string(), v.to_string())));
        assert_eq!(seen.options, options.collect(), "{}", spec.name);
        let tensors = spec.tensors.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(seen.tensors, tensors, "{}", spec.name);
    }
}

#[test]
fn the_registry_is_what_ops_toml_says() {
    let blocks: Vec<&str> = OPS_TOML.split("[[op]]").skip(1).collect();
    assert_eq!(blocks.len(), OPS.len());
    for (block, spec) in blocks.iter().zip(OPS) {
        assert_eq!(
            field(block, "name"),
            Some(format!("\"{}\"", spec.name).as_str()),
            "run tools/generate.py"
        );
        assert_eq!(
            field(block, "options").unwrap_or("").to_string(),
            options_text(spec),
            "run tools/generate.py"
        );
        for part in ["out", "text"] {
            assert!(
                field(block, part).is_some_and(|text| text.len() > 2),
                "{} has no {part}",
                spec.name
            );
        }
        let tensors: Vec<(&str, bool)> = field(block, "tensors").map_or(vec![], tensors_of);
        assert_eq!(tensors, spec.tensors, "{}: run tools/generate.py", spec.name);
    }
}

#[test]
fn an_operation_has_a_number_and_stands_once() {
    let names: BTreeSet<&str> = OPS.iter().map(|spec| spec.name).collect();
    assert_eq!(names.len(), OPS.len());
    for name in names {
        let (_, version) = name.split_once('@').expect("name@number");
        assert!(version.parse::<u32>().is_ok_and(|version| version > 0), "{name}");
    }
}

fn field<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    block
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
}

fn options_text(spec: &OpSpec) -> String {
    if spec.options.is_empty() {
        return String::new();
    }
    let values = |values: &[&str]| {
        values
            .iter()
            .map(|value| format!("\"{value}\""))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let options = spec
        .options
        .iter()
        .map(|(name, of)| format!("{name} = [{}]", values(of)));
    format!("{{ {} }}", options.collect::<Vec<_>>().join(", "))
}

/// `{ a = "f64[w]", b = "f64[w]?" }` as names, and whether each must stand.
fn tensors_of(table: &str) -> Vec<(&str, bool)> {
    let parts: Vec<&str> = table.split('"').collect();
    parts
        .chunks_exact(2)
        .map(|pair| {
            (
                pair[0].trim_matches(|c: char| " {,=".contains(c)),
                !pair[1].trim_end().ends_with('?'),
            )
        })
        .collect()
}
