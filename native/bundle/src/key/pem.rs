//! PEM: the text around a key's bytes, read in every spelling and written in one.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::key_error;
use crate::quote::quote;
use crate::Result;

const COLUMNS: usize = 64;
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// What OpenSSL writes before a key of a named curve; the key names the curve again.
const IGNORED: &str = "EC PARAMETERS";

pub(super) struct Pem {
    pub label: String,
    pub der: Zeroizing<Vec<u8>>,
}

/// The one key of a text, whatever the width and the ends of its lines. Text around it is ignored.
pub(super) fn decode(text: &str) -> Result<Pem> {
    let mut found = None;
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = boundary(line, BEGIN) else {
            continue;
        };
        let block = block(label, &mut lines)?;
        if block.label == IGNORED {
            continue;
        }
        if found.replace(block).is_some() {
            return Err(key_error("the PEM text holds more than one key"));
        }
    }
    found.ok_or_else(|| key_error("the text holds no PEM key").with_hint("give the text of a .pem or .pub file"))
}

/// The label of a line that begins or ends a block.
fn boundary<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix(DASHES)
}

fn block<'a>(label: &str, lines: &mut impl Iterator<Item = &'a str>) -> Result<Pem> {
    let mut body = Zeroizing::new(String::new());
    for line in lines {
        if boundary(line, END) == Some(label) {
            let der = Base64::decode_vec(&body).map_err(|_| key_error("the PEM text is not base64"))?;
            return Ok(Pem {
                label: label.to_owned(),
                der: Zeroizing::new(der),
            });
        }
        if line.contains(':') {
            let error = key_error("PEM with headers, as OpenSSL's old form of encryption has them, is not read");
            return Err(error.with_hint("convert it: openssl pkcs8 -topk8 -in OLD -out NEW"));
        }
        body.push_str(line);
    }
    Err(key_error(format!("the PEM block {} does not end", quote(label))))
}

/// Lines of 64 columns, each ended by LF.
pub(super) fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(Base64::encode_string(der));
    // Room for all of it, so that no copy is left behind when the text grows.
    let mut out = Zeroizing::new(String::with_capacity(
        body.len() + body.len() / COLUMNS + 2 * label.len() + 64,
    ));
    out.push_str(&format!("{BEGIN}{label}{DASHES}\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(COLUMNS));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("{END}{label}{DASHES}\n"));
    out
}
