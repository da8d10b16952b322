//! Writing the canonical form.

use super::{place, Dtype, ALIGNMENT};
use crate::json::Json;
use crate::Result;

/// One tensor to write: little-endian elements, the last index fastest.
#[derive(Clone, Debug)]
pub struct TensorData<'a> {
    pub name: &'a str,
    pub dtype: Dtype,
    pub shape: &'a [usize],
    pub data: &'a [u8],
}

/// The canonical member of these tensors, which may come in any order.
pub fn to_bytes(tensors: &[TensorData<'_>], metadata: &[(&str, &str)]) -> Result<Vec<u8>> {
    let mut sorted: Vec<_> = tensors.iter().collect();
    sorted.sort_by_key(|tensor| place(tensor.dtype, tensor.name));
    let mut header = Vec::new();
    let mut data = Vec::new();
    for tensor in sorted {
        let start = data.len();
        data.extend_from_slice(tensor.data);
        header.push((tensor.name, entry(tensor, start, data.len())));
    }
    if !metadata.is_empty() {
        let entries = metadata.iter().map(|(key, value)| (*key, Json::str(*value)));
        header.push(("__metadata__", Json::object(entries)));
    }
    let mut header = Json::object(header).to_bytes();
    while (8 + header.len()) % ALIGNMENT != 0 {
        header.push(b' ');
    }
    let mut out = (header.len() as u64).to_le_bytes().to_vec();
    out.extend_from_slice(&header);
    out.extend_from_slice(&data);
    Ok(out)
}

fn entry(tensor: &TensorData<'_>, start: usize, end: usize) -> Json {
    let list = |sizes: &[usize]| Json::Array(sizes.iter().map(|&size| Json::Int(size as i64)).collect());
    Json::object([
        ("data_offsets", list(&[start, end])),
        ("dtype", Json::str(tensor.dtype.name())),
        ("shape", list(tensor.shape)),
    ])
}
