//! What an ONNX file must not hold, asked before ONNX Runtime reads it: data in other files, operators of other domains, functions of
//! its own (a few of them, each calling the next twice, unfold to any size), and ONNX Runtime's other format, which this cannot read.
//!
//! ONNX is protocol buffers: a message is a list of fields, each a number, a wire type and a value. Only the fields that lead to
//! tensors, nodes and domains are followed; the numbers are those of onnx.proto.

use modelpack_bundle::{quote_bytes, Error, ErrorCode, Result};

/// Operators that ONNX itself defines.
const DOMAINS: [&[u8]; 3] = [b"", b"ai.onnx", b"ai.onnx.ml"];
/// Graphs within graphs.
const DEPTH: usize = 32;
/// TensorProto.data_location of a tensor whose data are in the file itself.
const INSIDE: u32 = 0;
/// What marks ONNX Runtime's own format, and where. The bytes before may pass for a field that holds all the rest.
const ORT_FORMAT: (usize, &[u8]) = (4, b"ORTM");

/// Where the walk is; each says below which of its fields lead on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    OperatorSet,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
}

impl Message {
    /// The message in a field.
    fn child(self, field: u64) -> Option<Message> {
        Some(match (self, field) {
            (Message::Model, 7) | (Message::Attribute, 6 | 11) => Message::Graph,
            (Message::Model, 8) => Message::OperatorSet,
            (Message::Graph, 1) => Message::Node,
            (Message::Graph, 5) | (Message::Attribute, 5 | 10) | (Message::SparseTensor, 1 | 2) => Message::Tensor,
            (Message::Graph, 15) | (Message::Attribute, 22 | 23) => Message::SparseTensor,
            (Message::Node, 5) => Message::Attribute,
            _ => return None,
        })
    }
}

/// A field's value, as far as the walk looks.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Refuses a model that reaches beyond its own file.
pub fn check(model: &[u8]) -> Result<()> {
    let (start, mark) = ORT_FORMAT;
    if model.get(start..).is_some_and(|rest| rest.starts_with(mark)) {
        return Err(refused("it is in ONNX Runtime's own format"));
    }
    walk(Message::Model, model, 0)
}

fn walk(message: Message, bytes: &[u8], depth: usize) -> Result<()> {
    if depth > 4 * DEPTH {
        return Err(refused("graphs stand in graphs too deeply"));
    }
    each_field(bytes, |field, value| match (message, field, &value) {
        (Message::OperatorSet, 1, Value::Bytes(domain)) | (Message::Node, 7, Value::Bytes(domain)) => {
            check_domain(domain)
        }
        (Message::Tensor, 13, _) => Err(external()),
        // An enumeration has 32 bits, whatever the number is written with.
        (Message::Tensor, 14, Value::Number(place)) if *place as u32 != INSIDE => Err(external()),
        (Message::Model, 20, _) => Err(refused("it holds instructions for training")),
        (Message::Model, 25, _) => {
            Err(refused("it defines functions")
                .with_hint("put them in their places: onnx.inliner.inline_local_functions"))
        }
        _ => match (message.child(field), value) {
            (Some(child), Value::Bytes(inner)) => walk(child, inner, depth + 1),
            (Some(_), _) => Err(refused("a field is not of its type")),
            (None, _) => Ok(()),
        },
    })
}

fn check_domain(domain: &[u8]) -> Result<()> {
    if DOMAINS.contains(&domain) {
        return Ok(());
    }
    let domain = quote_bytes(domain);
    Err(refused(&format!(
        "its operators of the domain {domain} are not ONNX's own"
    )))
}

/// Calls `each` with number and value of every field of a message.
fn each_field<'a>(mut bytes: &'a [u8], mut each: impl FnMut(u64, Value<'a>) -> Result<()>) -> Result<()> {
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let value = match key & 7 {
            0 => Value::Number(varint(&mut bytes)?),
            1 => skipped(&mut bytes, 8)?,
            2 => {
                let length = varint(&mut bytes)?;
                Value::Bytes(take(&mut bytes, length)?)
            }
            5 => skipped(&mut bytes, 4)?,
            _ => return Err(not_protobuf()),
        };
        if key >> 3 == 0 || key > u64::from(u32::MAX) {
            return Err(not_protobuf());
        }
        each(key >> 3, value)?;
    }
    Ok(())
}

fn varint(bytes: &mut &[u8]) -> Result<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or_else(not_protobuf)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(not_protobuf())
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8]> {
    let length = usize::try_from(length).map_err(|_| not_protobuf())?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(not_protobuf)?;
    *bytes = rest;
    Ok(taken)
}

fn skipped<'a>(bytes: &mut &'a [u8], length: u64) -> Result<Value<'a>> {
    take(bytes, length).map(|_| Value::Other)
}

fn external() -> Error {
    refused("data of its tensors are in other files, which nothing verifies")
        .with_hint("save it with all data inside: onnx.save_model(model, path, save_as_external_data=False)")
}

fn not_protobuf() -> Error {
    refused("it is no ONNX file")
}

fn refused(what: &str) -> Error {
    Error::new(ErrorCode::Program, format!("the ONNX model is refused: {what}"))
}
