//! Numbers and texts as C writes them, to the last bit.

use std::fmt::Write;

/// A double. Infinities and NaN are written as their bits.
pub fn double(value: f64) -> String {
    match hexadecimal(value) {
        Some(text) => text,
        None => format!("mp_f64(UINT64_C(0x{:016x}))", value.to_bits()),
    }
}

pub fn float(value: f32) -> String {
    match hexadecimal(f64::from(value)) {
        Some(text) => format!("{text}f"),
        None => format!("mp_f32(UINT32_C(0x{:08x}))", value.to_bits()),
    }
}

pub fn integer(value: i64) -> String {
    match value {
        i64::MIN => "INT64_MIN".to_owned(),
        _ => format!("INT64_C({value})"),
    }
}

/// A finite number with its mantissa's bits as digits.
fn hexadecimal(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let bits = value.abs().to_bits();
    if bits == 0 {
        return Some(format!("{sign}0.0"));
    }
    let (whole, exponent) = match bits >> 52 {
        0 => (0, -1022),
        exponent => (1, exponent as i64 - 1023),
    };
    let digits = format!("{:013x}", bits & ((1 << 52) - 1));
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    Some(format!("{sign}0x{whole}{point}{digits}p{exponent}"))
}

/// A text as a string literal; all but plain ASCII as octal escapes, which end after three digits.
pub fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => {
                literal.push('\\');
                literal.push(char::from(byte));
            }
            0x20..=0x7e => literal.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(literal, "\\{byte:03o}")),
        }
    }
    literal.push('"');
    literal
}

/// A text within a comment.
pub fn comment(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '.' };
    text.chars()
        .map(plain)
        .collect::<String>()
        .replace("*/", "* /")
        .replace("/*", "/ *")
}

/// Initialisers between braces, a few on each line.
pub fn list(items: impl Iterator<Item = String>) -> String {
    let (mut text, mut line) = (String::from("{"), 0);
    for item in items {
        if line + item.len() > 110 {
            text.push_str("\n ");
            line = 0;
        }
        line += item.len() + 2;
        text.push_str(&item);
        text.push_str(", ");
    }
    text.truncate(text.trim_end_matches([',', ' ']).len());
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_to_the_last_bit() {
        assert_eq!(double(1.0), "0x1p0");
        assert_eq!(double(-0.1), "-0x1.999999999999ap-4");
        assert_eq!(double(-0.0), "-0.0");
        assert_eq!(double(5e-324), "0x0.0000000000001p-1022");
        assert_eq!(double(f64::INFINITY), "mp_f64(UINT64_C(0x7ff0000000000000))");
        assert_eq!(float(0.1), "0x1.99999ap-4f");
        assert_eq!(float(f32::from_bits(1)), "0x1p-149f");
        assert_eq!(integer(i64::MIN), "INT64_MIN");
    }

    #[test]
    fn texts_end_where_they_are_meant_to() {
        assert_eq!(string("a\"b\\c"), "\"a\\\"b\\\\c\"");
        assert_eq!(string("é1??/"), "\"\\303\\2511\\?\\?/\"");
        assert_eq!(comment("a */ b"), "a * / b");
    }
}
