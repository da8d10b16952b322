//! Input cells as tests/vectors/README.md writes them.

use modelpack_bundle::Raw;

/// A value as a line writes it.
#[derive(Debug)]
pub enum Input {
    Null,
    None,
    Nan,
    F64(f64),
    F32(f32),
    F16(u16),
    I64(i64),
    U64(u64),
    Bool(u8),
    Time(i64),
    Text(Vec<u8>),
    Decimal(i128, i32),
    Cell(u64),
}

pub fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).expect("hex digits")
}

pub fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        (bytes, rest) = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                bytes.push(hex(std::str::from_utf8(&[*high, *low]).expect("hex digits")) as u8);
                (bytes, tail)
            }
            _ => {
                bytes.push(*first);
                (bytes, tail)
            }
        };
    }
    bytes
}

pub fn parse(text: &str) -> Input {
    let (kind, value) = text.split_once(':').unwrap_or((text, ""));
    match kind {
        "null" => Input::Null,
        "none" => Input::None,
        "nan" => Input::Nan,
        "f" => Input::F64(f64::from_bits(hex(value))),
        "g" => Input::F32(f32::from_bits(hex(value) as u32)),
        "h" => Input::F16(hex(value) as u16),
        "i" => Input::I64(value.parse().expect("an integer")),
        "u" => Input::U64(value.parse().expect("an integer")),
        "b" => Input::Bool(value.parse().expect("0 or 1")),
        "t" => Input::Time(value.parse().expect("an integer")),
        "s" => Input::Text(unescaped(value)),
        "x" => Input::Cell(hex(value)),
        "d" => {
            let (unscaled, scale) = value.split_once(':').expect("a scale");
            Input::Decimal(
                unscaled.parse().expect("an integer"),
                scale.parse().expect("an integer"),
            )
        }
        _ => panic!("unknown input {text}"),
    }
}

/// The raw value, where a single value can be one.
pub fn raw(input: &Input) -> Option<Raw<'_>> {
    Some(match input {
        Input::Null => Raw::Null,
        Input::None => Raw::None,
        Input::Nan => Raw::Nan,
        Input::F64(value) => Raw::F64(*value),
        Input::F32(value) => Raw::F32(*value),
        Input::I64(value) => Raw::I64(*value),
        Input::U64(value) => Raw::U64(*value),
        Input::Bool(value) => Raw::Bool(*value == 1),
        Input::Time(value) => Raw::Time(*value),
        Input::Text(value) => Raw::Text(value),
        Input::Cell(value) => Raw::Cell(*value),
        Input::F16(_) | Input::Decimal(..) => return None,
    })
}
