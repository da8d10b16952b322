//! Format strings to types.

use modelpack_bundle::Result;

use super::malformed;
use crate::columns::TimeUnit;

/// The types that a column may have; docs/TYPES.md says what becomes of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Null,
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
    Decimal128 {
        scale: i32,
    },
    Utf8,
    LargeUtf8,
    Utf8View,
    Date32,
    /// Also date64, which counts milliseconds.
    Timestamp(TimeUnit),
}

impl Type {
    pub fn parse(format: &str, name: &str) -> Result<Type> {
        if let Some(decimal) = format.strip_prefix("d:") {
            return decimal_type(decimal).ok_or_else(|| refused(format, name));
        }
        if let Some(unit) = format.strip_prefix("ts") {
            // The zone behind the colon changes how a time is shown, not which instant it is.
            return timestamp_unit(unit)
                .map(Type::Timestamp)
                .ok_or_else(|| refused(format, name));
        }
        Ok(match format {
            "n" => Type::Null,
            "b" => Type::Bool,
            "c" => Type::I8,
            "s" => Type::I16,
            "i" => Type::I32,
            "l" => Type::I64,
            "C" => Type::U8,
            "S" => Type::U16,
            "I" => Type::U32,
            "L" => Type::U64,
            "e" => Type::F16,
            "f" => Type::F32,
            "g" => Type::F64,
            "u" => Type::Utf8,
            "U" => Type::LargeUtf8,
            "vu" => Type::Utf8View,
            "tdD" => Type::Date32,
            "tdm" => Type::Timestamp(TimeUnit::Milli),
            _ => return Err(refused(format, name)),
        })
    }

    /// Buffers of an array of this type; views have a variable number more.
    pub fn buffers(self) -> usize {
        match self {
            Type::Null => 0,
            Type::Utf8 | Type::LargeUtf8 | Type::Utf8View => 3,
            _ => 2,
        }
    }
}

/// `precision,scale` or `precision,scale,128`.
fn decimal_type(text: &str) -> Option<Type> {
    let mut parts = text.split(',');
    let (_precision, scale) = (parts.next()?.parse::<u8>().ok()?, parts.next()?.parse().ok()?);
    let bits = parts.next().unwrap_or("128");
    (bits == "128" && parts.next().is_none()).then_some(Type::Decimal128 { scale })
}

/// `s:zone`, the zone may be empty.
fn timestamp_unit(text: &str) -> Option<TimeUnit> {
    let (unit, _zone) = text.split_once(':')?;
    Some(match unit {
        "s" => TimeUnit::Second,
        "m" => TimeUnit::Milli,
        "u" => TimeUnit::Micro,
        "n" => TimeUnit::Nano,
        _ => return None,
    })
}

#[cold]
fn refused(format: &str, name: &str) -> modelpack_bundle::Error {
    let kind = match format.as_bytes() {
        [b'z', ..] | [b'Z', ..] | [b'w', ..] | [b'v', b'z', ..] => "binary",
        [b't', b't', ..] => "a time of day",
        [b't', b'D', ..] => "a duration",
        [b't', b'i', ..] => "an interval",
        [b'd', ..] => "a decimal of other than 128 bits",
        [b'+', b's', ..] => "a struct",
        [b'+', b'm', ..] => "a map",
        [b'+', b'r', ..] => "run-end encoded",
        [b'+', b'u', ..] => "a union",
        [b'+', ..] => "a list",
        _ => "unknown",
    };
    let format = modelpack_bundle::quote(format);
    malformed(
        name,
        format!("its type is {kind} (format {format}), which no feature takes"),
    )
    .with_hint("cast the column to the feature's dtype")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_name_their_type() {
        let parse = |format| Type::parse(format, "x").expect(format);
        assert_eq!(parse("g"), Type::F64);
        assert_eq!(parse("d:10,2"), Type::Decimal128 { scale: 2 });
        assert_eq!(parse("d:38,-3,128"), Type::Decimal128 { scale: -3 });
        assert_eq!(parse("tsn:Europe/Warsaw"), Type::Timestamp(TimeUnit::Nano));
        assert_eq!(parse("tss:"), Type::Timestamp(TimeUnit::Second));
        assert_eq!(parse("tdm"), Type::Timestamp(TimeUnit::Milli));
    }

    #[test]
    fn what_no_feature_takes_is_named() {
        for (format, kind) in [
            ("z", "binary"),
            ("vz", "binary"),
            ("+l", "list"),
            ("tDu", "duration"),
            ("d:76,2,256", "decimal"),
        ] {
            let error = Type::parse(format, "price").expect_err(format);
            assert!(error.message().contains(kind), "{error}");
            assert!(error.message().contains("price"), "{error}");
        }
        for format in ["", "gg", "d:", "d:x,2", "d:10", "d:10,2,64,1", "ts", "tsx:", "tss"] {
            Type::parse(format, "x").expect_err(format);
        }
    }
}
