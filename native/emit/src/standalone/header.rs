//! NAME.h: two thirds of it comment.

use modelpack_bundle::{CellKind, Class, Classes, Feature, NullIs, OutputType, Policy};

use super::Standalone;
use crate::literal::comment;
use crate::{Names, SourceFile};

/// Entries of a list that a comment shows.
const SHOWN: usize = 20;

pub fn file(of: &Standalone<'_>) -> SourceFile {
    let Names { lower, upper, about } = of.names;
    let template = include_str!("../../c/standalone.h")
        .replace("NAME", upper)
        .replace("name_", &format!("{lower}_"));
    let values = [
        ("notice", of.names.notice().trim_end().to_owned()),
        ("about", comment(about)),
        ("count", of.schema.features.len().to_string()),
        ("features", features(of).trim_end().to_owned()),
        ("workspace", of.layout.bytes().to_string()),
        ("golden", of.golden.rows.to_string()),
        ("outputs", outputs(of).trim_end().to_owned()),
    ];
    SourceFile {
        name: format!("{lower}.h"),
        text: filled(&template, &values),
    }
}

/// The template with each `@key@` replaced, in one pass: no value is searched for keys.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let value = |key: &str| {
        values
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value.as_str())
    };
    let part = |(index, part): (usize, &'_ str)| match index % 2 {
        0 => part.to_owned(),
        _ => value(part).expect("the template knows its keys").to_owned(),
    };
    template.split('@').enumerate().map(part).collect()
}

fn features(of: &Standalone<'_>) -> String {
    let mut text = String::new();
    for (index, (feature, name)) in of.schema.features.iter().zip(&of.features).enumerate() {
        text += &format!(
            "/* {} */\n#define {}_{name} {index}\n",
            described(feature),
            of.names.upper
        );
    }
    text
}

fn described(feature: &Feature) -> String {
    let cell = match feature.dtype.cell_kind() {
        CellKind::Number => "number; missing: NaN",
        CellKind::Integer => "integer; missing: INT64_MIN",
        CellKind::Time => "integer, microseconds since 1970-01-01 UTC; missing: INT64_MIN",
        CellKind::Bool => "integer, 0 or 1; missing: 2",
        CellKind::Code => match feature.null_is {
            NullIs::None => "integer, a code; missing: -1 (NaN: -2)",
            NullIs::Nan => "integer, a code; missing: -2 (None: -1)",
        },
    };
    let policy = |what: &str, policy: Policy| match policy {
        Policy::Model => String::new(),
        Policy::Reject => format!(" {what} is refused."),
        Policy::Default(_) => format!(" {what} takes a default."),
    };
    format!(
        "{} ({}): {cell}.{}{}",
        comment(&feature.name),
        feature.dtype.name(),
        policy("What is missing", feature.missing),
        policy("An unseen category", feature.unseen)
    )
}

fn outputs(of: &Standalone<'_>) -> String {
    let mut text = String::new();
    for (output, name) in of.schema.outputs.iter().zip(&of.outputs) {
        let c = match output.dtype {
            OutputType::Float64 => "double",
            OutputType::Float32 => "float",
            OutputType::Int64 => "int64_t",
        };
        for (column, classes) in output.classes.iter().enumerate() {
            text += &format!("    /* [{column}]: {}. */\n", described_classes(classes));
        }
        text += &format!("    {c} {name}[{}];\n", output.columns);
    }
    text
}

fn described_classes(classes: &Classes) -> String {
    let class = |class: &Class| match class {
        Class::Int64(value) => value.to_string(),
        Class::Float64(value) => format!("{value:?}"),
        Class::Bool(value) => value.to_string(),
        Class::Text(value) => comment(&format!("{value:?}")),
    };
    let shown = classes.values.iter().take(SHOWN).enumerate();
    let mut text = shown
        .map(|(index, value)| format!("{index} {}", class(value)))
        .collect::<Vec<_>>()
        .join(", ");
    if classes.values.len() > SHOWN {
        text += &format!(" and {} more", classes.values.len() - SHOWN);
    }
    format!("index of the class: {text}")
}
