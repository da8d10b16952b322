//! NAME.h: two thirds of it comment.

use modelpack_bundle::{CellKind, Class, Classes, Feature, NullIs, OutputType, Policy};

use super::Standalone;
use crate::literal::comment;
use crate::SourceFile;

/// Entries of a list that a comment shows.
const SHOWN: usize = 20;

pub fn file(of: &Standalone<'_>) -> SourceFile {
    let template = include_str!("../../c/standalone.h");
    let text = template
        .replace("@notice@", of.names.notice().trim_end())
        .replace("@features@", features(of).trim_end())
        .replace("@outputs@", outputs(of).trim_end())
        .replace("@count@", &of.schema.features.len().to_string())
        .replace("@golden@", &of.golden.rows.to_string())
        .replace("@workspace@", &of.layout.bytes().to_string())
        .replace("@about@", &comment(&of.names.about))
        .replace("NAME", &of.names.upper)
        .replace("name_", &format!("{}_", of.names.lower))
        .replace("name.h", &format!("{}.h", of.names.lower));
    SourceFile {
        name: format!("{}.h", of.names.lower),
        text,
    }
}

fn features(of: &Standalone<'_>) -> String {
    let mut text = String::new();
    for (index, (feature, name)) in of.schema.features.iter().zip(&of.features).enumerate() {
        text += &format!("/* {} */\n#define NAME_{name} {index}\n", described(feature));
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
            NullIs::None => "integer, from name_code; missing: -1 (NaN: -2)",
            NullIs::Nan => "integer, from name_code; missing: -2 (None: -1)",
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
