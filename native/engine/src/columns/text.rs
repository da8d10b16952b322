//! Texts of a column: one after the other between offsets, or views of buffers.

use super::strided::Strided;

const VIEW_BYTES: usize = 16;
/// A view holds a text of up to this many bytes in itself.
const INLINE_BYTES: usize = 12;

#[derive(Clone, Debug)]
pub enum Text<'a> {
    /// Row r stands between offsets r and r + 1.
    Offsets32 {
        offsets: Strided<'a, i32>,
        data: &'a [u8],
    },
    Offsets64 {
        offsets: Strided<'a, i64>,
        data: &'a [u8],
    },
    /// Arrow's 16-byte views: length, then the text itself, or its first 4 bytes, a buffer and an offset.
    Views {
        views: &'a [u8],
        buffers: Vec<&'a [u8]>,
    },
}

impl<'a> Text<'a> {
    /// The bytes of a row; `None` where offsets or view point outside.
    pub fn get(&self, row: usize) -> Option<&'a [u8]> {
        match self {
            Text::Offsets32 { offsets, data } => between(data, offsets.get(row).into(), offsets.get(row + 1).into()),
            Text::Offsets64 { offsets, data } => between(data, offsets.get(row), offsets.get(row + 1)),
            Text::Views { views, buffers } => viewed(views.get(row * VIEW_BYTES..)?.first_chunk()?, buffers),
        }
    }
}

fn between(data: &[u8], start: i64, end: i64) -> Option<&[u8]> {
    data.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

fn viewed<'a>(view: &'a [u8; VIEW_BYTES], buffers: &[&'a [u8]]) -> Option<&'a [u8]> {
    let number = |at: usize| {
        view[at..]
            .first_chunk()
            .and_then(|bytes| usize::try_from(i32::from_ne_bytes(*bytes)).ok())
    };
    let length = number(0)?;
    if length <= INLINE_BYTES {
        return view[4..].get(..length);
    }
    let start = number(12)?;
    buffers.get(number(8)?)?.get(start..start.checked_add(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_that_point_outside_give_no_text() {
        let text = Text::Offsets32 {
            offsets: Strided::packed(&[0, 2, 2, 5, 1, -1, 0]),
            data: b"abcd",
        };
        let texts: Vec<_> = (0..6).map(|row| text.get(row)).collect();
        assert_eq!(texts, [Some(&b"ab"[..]), Some(b""), None, None, None, None]);
    }

    #[test]
    fn views_are_inline_or_in_a_buffer() {
        let view = |words: [i32; 4]| words.iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>();
        let mut views = [&3i32.to_ne_bytes()[..], b"abc", &[0; 9]].concat();
        for words in [[13, 0, 0, 1], [13, 0, 0, 2], [13, 0, 1, 0], [-1, 0, 0, 0]] {
            views.extend(view(words));
        }
        let text = Text::Views {
            views: &views,
            buffers: vec![b".thirteen bytes"[..14].as_ref()],
        };
        assert_eq!(text.get(0), Some(&b"abc"[..]));
        assert_eq!(text.get(1), Some(&b"thirteen byte"[..]));
        assert_eq!([text.get(2), text.get(3), text.get(4), text.get(5)], [None; 4]);
    }
}
