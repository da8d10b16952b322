//! Parsing a safetensors header, and the proof that the tensors fill the data as the canonical form says.

use super::{place, Dtype, Entry, ALIGNMENT};
use crate::json::{self, Json};
use crate::quote::quote;
use crate::{limits, Error, ErrorCode, Result};

const LENGTH_BYTES: usize = 8;
const METADATA: &str = "__metadata__";

pub(super) struct Header {
    pub data_start: usize,
    pub metadata: Vec<(String, String)>,
    pub entries: Vec<Entry>,
}

fn error(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Tensors, message)
}

pub(super) fn parse(bytes: &[u8]) -> Result<Header> {
    let (data_start, content) = header_text(bytes)?;
    let Json::Object(content) = content else {
        return Err(error("the header of a safetensors member is no object"));
    };
    let mut metadata = Vec::new();
    let mut entries = Vec::new();
    for (name, value) in content {
        if name == METADATA {
            metadata = parse_metadata(value)?;
        } else {
            entries.push(parse_entry(name, &value)?);
        }
    }
    check_layout(&entries, &bytes[data_start..])?;
    Ok(Header {
        data_start,
        metadata,
        entries,
    })
}

/// Where the data starts, and the header, whose padding is the least that aligns the data.
fn header_text(bytes: &[u8]) -> Result<(usize, Json)> {
    let length = bytes
        .first_chunk::<LENGTH_BYTES>()
        .map(|chunk| u64::from_le_bytes(*chunk))
        .ok_or_else(|| error("a safetensors member is too short"))?;
    if length > limits::TENSOR_HEADER_BYTES as u64 {
        return Err(Error::new(
            ErrorCode::Limit,
            format!(
                "a safetensors header of {length} bytes; at most {} are read",
                limits::TENSOR_HEADER_BYTES
            ),
        ));
    }
    let data_start = LENGTH_BYTES + length as usize;
    let padded = bytes
        .get(LENGTH_BYTES..data_start)
        .ok_or_else(|| error("a safetensors header runs past its member"))?;
    let spaces = padded.iter().rev().take_while(|&&byte| byte == b' ').count();
    if data_start % ALIGNMENT != 0 || spaces >= ALIGNMENT {
        return Err(error("a safetensors header is not padded to a multiple of 64 bytes"));
    }
    let text = &padded[..padded.len() - spaces];
    let content = json::parse(text).map_err(|cause| match cause.code() {
        ErrorCode::Limit => cause,
        _ => error(format!("a safetensors header is not canonical: {}", cause.message())),
    })?;
    Ok((data_start, content))
}

fn parse_metadata(value: Json) -> Result<Vec<(String, String)>> {
    let Json::Object(entries) = value else {
        return Err(error("the metadata of a safetensors member is no object"));
    };
    if entries.is_empty() {
        return Err(error("empty metadata of a safetensors member is not left out"));
    }
    entries
        .into_iter()
        .map(|(key, value)| match value {
            Json::Str(text) => Ok((key, text)),
            _ => Err(error(format!("the metadata {} is no string", quote(&key)))),
        })
        .collect()
}

fn parse_entry(name: String, value: &Json) -> Result<Entry> {
    let bad = |what: &str| error(format!("tensor {}: {what}", quote(&name)));
    if name.is_empty() || name.len() > limits::MEMBER_NAME_BYTES {
        return Err(bad("the name is empty or too long"));
    }
    let [(offsets_key, offsets), (dtype_key, dtype), (shape_key, shape)] = value.as_object().unwrap_or_default() else {
        return Err(bad("the entry has not exactly data_offsets, dtype and shape"));
    };
    if offsets_key != "data_offsets" || dtype_key != "dtype" || shape_key != "shape" {
        return Err(bad("the entry has not exactly data_offsets, dtype and shape"));
    }
    let dtype = dtype
        .as_str()
        .and_then(Dtype::from_name)
        .ok_or_else(|| bad("the dtype is not in the list"))?;
    let shape = sizes(shape).ok_or_else(|| bad("the shape is no list of sizes"))?;
    if shape.len() > limits::TENSOR_RANK {
        return Err(Error::new(
            ErrorCode::Limit,
            format!(
                "tensor {} has more than {} dimensions",
                quote(&name),
                limits::TENSOR_RANK
            ),
        ));
    }
    let offsets = sizes(offsets).ok_or_else(|| bad("the offsets are no list of sizes"))?;
    let [start, end] = offsets[..] else {
        return Err(bad("the offsets are not two"));
    };
    let size = shape
        .iter()
        .try_fold(dtype.size(), |size, &dimension| size.checked_mul(dimension));
    if size.is_none() || end.checked_sub(start) != size {
        return Err(bad("shape, dtype and offsets disagree"));
    }
    Ok(Entry {
        name,
        dtype,
        shape,
        start,
        end,
    })
}

fn sizes(list: &Json) -> Option<Vec<usize>> {
    list.as_array()?
        .iter()
        .map(|item| usize::try_from(item.as_int()?).ok())
        .collect()
}

/// Tensors stand in order, each where the one before ends, and nothing after.
fn check_layout(entries: &[Entry], data: &[u8]) -> Result<()> {
    let mut in_place: Vec<&Entry> = entries.iter().collect();
    in_place.sort_by_key(|entry| place(entry.dtype, &entry.name));
    let mut previous_end = 0;
    for entry in in_place {
        if entry.start != previous_end {
            return Err(error(format!(
                "tensor {} does not stand at its place",
                quote(&entry.name)
            )));
        }
        previous_end = entry.end;
    }
    if previous_end != data.len() {
        return Err(error("the tensors do not fill a safetensors member"));
    }
    Ok(())
}
