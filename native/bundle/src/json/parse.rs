//! The strict parser, of canonical JSON and of JSON that others wrote.

use super::{short_escape, Json, MAX_INTEGER, SHORT_ESCAPED};
use crate::quote::quote;
use crate::{limits, Error, ErrorCode, Result};

/// Which spellings of a value are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Canonical,
    /// White space, any order of keys and every escape of RFC 8259. No key twice, integers only, no byte order mark.
    Any,
}

pub(super) fn parse(bytes: &[u8], spelling: Spelling) -> Result<Json> {
    if bytes.len() > limits::JSON_BYTES {
        return Err(Error::new(
            ErrorCode::Limit,
            format!("JSON of {} bytes; at most {} are read", bytes.len(), limits::JSON_BYTES),
        ));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::new(ErrorCode::Json, format!("not UTF-8 at byte {}", error.valid_up_to())))?;
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        spelling,
    };
    let value = parser.value()?;
    parser.skip();
    if parser.at < text.len() {
        return Err(parser.error("something stands after the value"));
    }
    Ok(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    spelling: Spelling,
}

impl Parser<'_> {
    fn error(&self, what: &str) -> Error {
        Error::new(ErrorCode::Json, format!("{what} at byte {}", self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over white space where it may stand.
    fn skip(&mut self) {
        while self.spelling == Spelling::Any && matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// As [`Parser::take`], with white space before it.
    fn take_token(&mut self, byte: u8) -> bool {
        self.skip();
        self.take(byte)
    }

    /// Steps over `byte` if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take_token(byte) {
            return Ok(());
        }
        match self.peek() {
            Some(b' ' | b'\t' | b'\r' | b'\n') => Err(self.error("white space")),
            _ => Err(self.error(&format!("{:?} is missing", byte as char))),
        }
    }

    fn value(&mut self) -> Result<Json> {
        self.skip();
        match self.peek() {
            Some(b'n') => self.word("null", Json::Null),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'"') => self.string().map(Json::Str),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b'[') => self.nested(Self::array),
            Some(b'{') => self.nested(Self::object),
            Some(b' ' | b'\t' | b'\r' | b'\n') => Err(self.error("white space")),
            Some(_) => Err(self.error("no value")),
            None => Err(self.error("the text ends")),
        }
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Result<Json>) -> Result<Json> {
        if self.depth == limits::JSON_DEPTH {
            return Err(Error::new(
                ErrorCode::Limit,
                format!("JSON nested deeper than {}", limits::JSON_DEPTH),
            ));
        }
        self.depth += 1;
        self.at += 1;
        let value = parse(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.error("no value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self) -> Result<Json> {
        let mut items = Vec::new();
        if self.take_token(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.take_token(b',') {
                self.expect(b']')?;
                return Ok(Json::Array(items));
            }
        }
    }

    fn object(&mut self) -> Result<Json> {
        let mut entries: Vec<(String, Json)> = Vec::new();
        if self.take_token(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            let key = self.string()?;
            if self.spelling == Spelling::Canonical {
                self.check_order(entries.last(), &key)?;
            }
            self.expect(b':')?;
            let value = self.value()?;
            entries.push((key, value));
            if !self.take_token(b',') {
                self.expect(b'}')?;
                return self.sorted(entries);
            }
        }
    }

    fn check_order(&self, last: Option<&(String, Json)>, key: &str) -> Result<()> {
        match last {
            Some((last, _)) if last == key => Err(self.twice(key)),
            Some((last, _)) if last.as_str() > key => {
                Err(self.error(&format!("the key {} is out of order", quote(key))))
            }
            _ => Ok(()),
        }
    }

    fn twice(&self, key: &str) -> Error {
        self.error(&format!("the key {} stands twice", quote(key)))
    }

    /// The object of entries that may stand in any order.
    fn sorted(&self, mut entries: Vec<(String, Json)>) -> Result<Json> {
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(self.twice(&pair[0].0)),
            None => Ok(Json::Object(entries)),
        }
    }

    fn integer(&mut self) -> Result<Json> {
        let start = self.at;
        let negative = self.take(b'-');
        let digits_start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(self.error("a number that is no integer"));
        }
        let digits = &self.text[digits_start..self.at];
        if digits.is_empty() || (digits.starts_with('0') && (digits.len() > 1 || negative)) {
            return Err(self.error("a number that is not in its shortest form"));
        }
        match self.text[start..self.at].parse::<i64>() {
            Ok(value) if value.unsigned_abs() <= MAX_INTEGER as u64 => Ok(Json::Int(value)),
            _ => Err(self.error("an integer beyond 2^53-1")),
        }
    }

    fn string(&mut self) -> Result<String> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(stop) = rest
                .bytes()
                .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
            else {
                self.at = self.text.len();
                return Err(self.error("a string that does not end"));
            };
            out.push_str(&rest[..stop]);
            self.at += stop;
            match rest.as_bytes()[stop] {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => out.push(self.escape()?),
                _ => return Err(self.error("a control character that is not escaped")),
            }
        }
    }

    /// The character of an escape.
    fn escape(&mut self) -> Result<char> {
        if self.spelling == Spelling::Any {
            return self.any_escape();
        }
        let rest = &self.text.as_bytes()[self.at..];
        let (length, byte) = match rest.get(1) {
            Some(b'u') => (6, rest.get(2..6).and_then(long_escape)),
            Some(letter) => (
                2,
                SHORT_ESCAPED
                    .into_iter()
                    .find(|&byte| short_escape(byte) == Some(*letter)),
            ),
            None => (0, None),
        };
        let byte = byte.ok_or_else(|| self.error("an escape that is not the canonical one"))?;
        self.at += length;
        Ok(byte as char)
    }
}

impl Parser<'_> {
    /// Any escape of RFC 8259; two of UTF-16's halves make one character, a half alone none.
    fn any_escape(&mut self) -> Result<char> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match letter {
            Some(b'/') => Some('/'),
            Some(letter) => SHORT_ESCAPED
                .into_iter()
                .find(|&byte| short_escape(byte) == Some(letter))
                .map(char::from),
            None => None,
        };
        if let Some(character) = plain {
            self.at += 2;
            return Ok(character);
        }
        let bad = |parser: &Self| parser.error("an escape that does not exist");
        let first = self.unit().ok_or_else(|| bad(self))?;
        let units = match first {
            0xD800..=0xDBFF => [first, self.unit().ok_or_else(|| bad(self))?].to_vec(),
            _ => [first].to_vec(),
        };
        let mut characters = char::decode_utf16(units);
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(bad(self)),
        }
    }

    /// The number of `\uXXXX`.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 6)?.strip_prefix("\\u")?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 6;
        u16::from_str_radix(digits, 16).ok()
    }
}

/// The control character that four digits stand for, unless a shorter escape is its spelling.
fn long_escape(digits: &[u8]) -> Option<u8> {
    let [b'0', b'0', high @ b'0'..=b'1', low @ (b'0'..=b'9' | b'a'..=b'f')] = digits else {
        return None;
    };
    let byte = (high - b'0') * 16
        + if low.is_ascii_digit() {
            low - b'0'
        } else {
            low - b'a' + 10
        };
    short_escape(byte).is_none().then_some(byte)
}
