//! The schema, as Java's `SchemaReader` reads it.

use modelpack_bundle::{
    Class, Classes, Dictionary, Feature, FeatureType, NullIs, Output, OutputType, Policy, Result, Schema,
};

use crate::wire::Wire;

/// Numbers of `Dtype`.
const FLOAT64: i32 = 1;
const FLOAT32: i32 = 2;
pub const INT64: i32 = 3;
pub const BOOL: i32 = 4;
pub const STRING: i32 = 5;
const TIMESTAMP: i32 = 6;

pub fn encode(schema: &Schema) -> Result<Vec<u8>> {
    let mut wire = Wire::default();
    wire.int64(schema.token() as i64);
    wire.count(schema.features.len())?;
    for feature in &schema.features {
        write_feature(&mut wire, feature)?;
    }
    wire.count(schema.keys.len())?;
    for &feature in &schema.keys {
        wire.count(feature)?;
    }
    wire.count(schema.outputs.len())?;
    for output in &schema.outputs {
        write_output(&mut wire, output)?;
    }
    Ok(wire.into_bytes())
}

fn write_feature(wire: &mut Wire, feature: &Feature) -> Result<()> {
    wire.text(&feature.name)?;
    wire.int32(feature_dtype(feature.dtype));
    write_policy(wire, feature, feature.missing)?;
    write_policy(wire, feature, feature.unseen)?;
    wire.int32(match feature.null_is {
        NullIs::None => 0,
        NullIs::Nan => 1,
    });
    wire.bool(feature.optional);
    let Some(dictionary) = &feature.dictionary else {
        return wire.count(0);
    };
    wire.count(dictionary.len())?;
    (0..dictionary.len()).try_for_each(|code| wire.text(category(dictionary, code)))
}

fn category(dictionary: &Dictionary, code: usize) -> &str {
    u32::try_from(code)
        .ok()
        .and_then(|code| dictionary.text(code))
        .expect("the code is below the dictionary's length")
}

fn feature_dtype(dtype: FeatureType) -> i32 {
    match dtype {
        FeatureType::Float64 => FLOAT64,
        FeatureType::Float32 => FLOAT32,
        FeatureType::Int64 => INT64,
        FeatureType::Bool => BOOL,
        FeatureType::String => STRING,
        FeatureType::Timestamp => TIMESTAMP,
    }
}

/// The policy's kind; a default's value follows, after its dtype.
fn write_policy(wire: &mut Wire, feature: &Feature, policy: Policy) -> Result<()> {
    let cell = match policy {
        Policy::Model => {
            wire.int32(0);
            return Ok(());
        }
        Policy::Reject => {
            wire.int32(1);
            return Ok(());
        }
        Policy::Default(cell) => cell,
    };
    wire.int32(2);
    wire.int32(feature_dtype(feature.dtype));
    match (feature.dtype, &feature.dictionary) {
        (FeatureType::Float64 | FeatureType::Float32, _) => wire.float64(f64::from_bits(cell)),
        (FeatureType::Bool, _) => wire.bool(cell == 1),
        (FeatureType::String, Some(dictionary)) => wire.text(category(dictionary, cell as usize))?,
        _ => wire.int64(cell as i64),
    }
    Ok(())
}

fn write_output(wire: &mut Wire, output: &Output) -> Result<()> {
    wire.text(&output.name)?;
    wire.int32(match output.dtype {
        OutputType::Float64 => FLOAT64,
        OutputType::Float32 => FLOAT32,
        OutputType::Int64 => INT64,
    });
    wire.count(output.columns)?;
    wire.count(output.classes.len())?;
    output
        .classes
        .iter()
        .try_for_each(|classes| write_classes(wire, classes))
}

fn write_classes(wire: &mut Wire, classes: &Classes) -> Result<()> {
    // All classes of a label are of one dtype, and there is at least one.
    wire.int32(classes.values.first().map_or(STRING, class_dtype));
    wire.count(classes.values.len())?;
    for class in &classes.values {
        wire.int32(class_dtype(class));
        match class {
            Class::Int64(value) => wire.int64(*value),
            Class::Float64(value) => wire.float64(*value),
            Class::Bool(value) => wire.bool(*value),
            Class::Text(text) => wire.text(text)?,
        }
    }
    Ok(())
}

fn class_dtype(class: &Class) -> i32 {
    match class {
        Class::Int64(_) => INT64,
        Class::Float64(_) => FLOAT64,
        Class::Bool(_) => BOOL,
        Class::Text(_) => STRING,
    }
}
