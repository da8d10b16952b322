//! Evaluates a function of math 1 for doubles: little-endian from standard input to standard output (tools/check_math.py).

use modelpack_math::own;
use std::io::{Error, Read, Result, Write};

fn main() -> Result<()> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let function: fn(f64) -> f64 = match name.as_str() {
        "exp" => own::exp,
        "exp2" => own::exp2,
        "expm1" => own::expm1,
        "log" => own::log,
        "log1p" => own::log1p,
        "log2" => own::log2,
        "tanh" => own::tanh,
        _ => return Err(Error::other(format!("no function {name:?}"))),
    };
    let mut data = Vec::new();
    std::io::stdin().read_to_end(&mut data)?;
    for chunk in data.chunks_exact_mut(8) {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(chunk);
        chunk.copy_from_slice(&function(f64::from_le_bytes(bytes)).to_le_bytes());
    }
    std::io::stdout().write_all(&data)
}
