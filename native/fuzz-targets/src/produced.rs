//! Arrow arrays from arbitrary bytes, within what the interface makes a producer promise: buffers as large as lengths and text
//! offsets say. Everything else (types, counts, offsets, nulls, names, NULL) is as the bytes want it.

use std::ffi::{c_void, CString};
use std::ptr;

use modelpack_engine::arrow::{ArrowArray, ArrowSchema};

/// Bytes of every buffer.
const BUFFER: usize = 4096;
/// Rows and offsets stay below this number, so that three of them fit into a buffer at 16 bytes each.
const ROWS: i64 = 64;
const NAMES: [&str; 8] = [
    "float64",
    "float64_none",
    "float32",
    "int64",
    "bool",
    "timestamp",
    "string",
    "string_none",
];
/// Types of a dictionary's keys, and some that are none.
const KEYS: [&str; 10] = ["c", "C", "s", "S", "i", "I", "l", "L", "g", "u"];
/// Types that suit the features, in their order.
const SUITED: [&str; 8] = ["g", "f", "f", "i", "b", "tsu:", "u", "vu"];
const FORMATS: [&str; 28] = [
    "n",
    "b",
    "c",
    "C",
    "s",
    "S",
    "i",
    "I",
    "l",
    "L",
    "e",
    "f",
    "g",
    "u",
    "U",
    "vu",
    "z",
    "tdD",
    "tdm",
    "tss:",
    "tsm:UTC",
    "tsu:",
    "tsn:",
    "d:10,2",
    "d:38,-3",
    "+s",
    "+l",
    "d:5,1,256",
];

/// Bytes in order; zeros at the end.
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub fn new(data: &'a [u8]) -> Bytes<'a> {
        Bytes(data)
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Mostly a small number, now and then one from the ends of the range.
    fn any(&mut self) -> i64 {
        match self.byte() {
            255 => i64::MAX,
            254 => i64::MIN,
            253 => i64::from(u32::MAX) + 1,
            small => i64::from(small) - 2,
        }
    }

    /// A number that a buffer can bear.
    fn bounded(&mut self) -> i64 {
        match self.byte() {
            200.. => self.any().clamp(-2, ROWS),
            small => i64::from(small) % ROWS,
        }
    }

    /// `usual`, but for now and then.
    fn or<T>(&mut self, usual: T, other: impl FnOnce(&mut Self) -> T) -> T {
        match self.byte() {
            235.. => other(self),
            _ => usual,
        }
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: the consumer passes the struct that it releases.
    unsafe { (*schema).release = None }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: as above.
    unsafe { (*array).release = None }
}

/// A schema and an array with all memory that they point into, each part of it on the heap, so that it can be moved.
pub struct Produced {
    pub schema: ArrowSchema,
    pub array: ArrowArray,
    texts: Vec<CString>,
    buffers: Vec<Vec<u64>>,
    pointers: Vec<*const c_void>,
    children: Vec<Produced>,
    dictionary: Option<Box<Produced>>,
    schemas: Vec<*mut ArrowSchema>,
    arrays: Vec<*mut ArrowArray>,
}

impl Produced {
    /// A struct of columns.
    pub fn table(bytes: &mut Bytes<'_>) -> Produced {
        let format = if bytes.byte() == 255 { "+l" } else { "+s" };
        let count = match bytes.byte() {
            count @ 240.. => usize::from(count - 240),
            _ => NAMES.len(),
        };
        let mut table = Self::new(format, "", bytes.bounded(), bytes);
        for index in 0..count {
            table.children.push(Self::column(index, bytes));
        }
        table.schemas = table.children.iter_mut().map(|child| &raw mut child.schema).collect();
        table.arrays = table.children.iter_mut().map(|child| &raw mut child.array).collect();
        if bytes.byte() == 7 && !table.arrays.is_empty() {
            table.arrays[0] = ptr::null_mut();
        }
        table.schema.children = table.schemas.as_mut_ptr();
        table.array.children = table.arrays.as_mut_ptr();
        table.schema.n_children = table.schemas.len() as i64;
        table.array.n_children = match bytes.byte() {
            // No more than there are, or so many that they are refused.
            250 => table.schema.n_children - 1,
            251 => i64::MAX,
            _ => table.schema.n_children,
        };
        table
    }

    /// Mostly the feature in this place, so that tables have them all.
    fn column(index: usize, bytes: &mut Bytes<'_>) -> Produced {
        let index = match bytes.byte() {
            other @ 240.. => usize::from(other - 240),
            _ => index,
        };
        let name = NAMES.get(index).copied().unwrap_or("other");
        // A child may claim any length: its parent's is what is read.
        let length = bytes.or(2 * ROWS, Bytes::any);
        let suited = SUITED.get(index).copied().unwrap_or("n");
        match bytes.byte() {
            225.. => Self::typed(name, length, bytes),
            keys @ 190.. => {
                let keys = KEYS[usize::from(keys) % KEYS.len()];
                Self::new(keys, name, length, bytes).with_dictionary(suited, bytes)
            }
            _ => Self::new(suited, name, length, bytes),
        }
    }

    fn with_dictionary(mut self, suited: &str, bytes: &mut Bytes<'_>) -> Produced {
        let length = bytes.bounded();
        let values = match bytes.byte() {
            200.. => Self::typed("", length, bytes),
            _ => Self::new(suited, "", length, bytes),
        };
        let mut values = Box::new(values);
        self.schema.dictionary = &raw mut values.schema;
        self.array.dictionary = match bytes.byte() {
            255 => ptr::null_mut(),
            _ => &raw mut values.array,
        };
        self.dictionary = Some(values);
        self
    }

    fn typed(name: &str, length: i64, bytes: &mut Bytes<'_>) -> Produced {
        match FORMATS.get(usize::from(bytes.byte() % 32)) {
            Some(format) => Self::new(format, name, length, bytes),
            None => {
                let size = usize::from(bytes.byte() % 8);
                let format: String = bytes.take(size).iter().map(|byte| char::from(byte & 0x7f)).collect();
                Self::new(&format, name, length, bytes)
            }
        }
    }

    fn new(format: &str, name: &str, length: i64, bytes: &mut Bytes<'_>) -> Produced {
        let count = match (bytes.byte(), expected(format)) {
            (extra @ 252.., count) => count + usize::from(extra - 251),
            (251, count) => count.saturating_sub(1),
            (_, count) => count,
        };
        let buffers: Vec<Vec<u64>> = (0..count).map(|index| buffer(format, index, count, bytes)).collect();
        let text = |text: &str| CString::new(text.replace('\0', "")).expect("no NUL");
        let mut produced = Produced {
            schema: ArrowSchema {
                format: ptr::null(),
                name: ptr::null(),
                metadata: ptr::null(),
                flags: 2,
                n_children: 0,
                children: ptr::null_mut(),
                dictionary: ptr::null_mut(),
                release: Some(release_schema),
                private_data: ptr::null_mut(),
            },
            array: ArrowArray {
                length,
                null_count: bytes.or(-1, |bytes| bytes.any().clamp(-3, ROWS)),
                offset: bytes.or(0, Bytes::bounded),
                n_buffers: count as i64,
                n_children: 0,
                buffers: ptr::null_mut(),
                children: ptr::null_mut(),
                dictionary: ptr::null_mut(),
                release: Some(release_array),
                private_data: ptr::null_mut(),
            },
            texts: vec![text(format), text(name)],
            buffers,
            pointers: Vec::new(),
            children: Vec::new(),
            dictionary: None,
            schemas: Vec::new(),
            arrays: Vec::new(),
        };
        // Mostly the validity alone is left out, for a table always.
        let absent = match bytes.byte() {
            252.. => bytes.byte(),
            byte if format == "+s" || byte % 2 == 0 => 1,
            _ => 0,
        };
        let pointer = |(index, buffer): (usize, &Vec<u64>)| match index < 8 && absent >> index & 1 == 1 {
            true => ptr::null(),
            false => buffer.as_ptr().cast::<c_void>(),
        };
        produced.pointers = produced.buffers.iter().enumerate().map(pointer).collect();
        produced.array.buffers = produced.pointers.as_mut_ptr();
        produced.schema.format = produced.texts[0].as_ptr();
        produced.schema.name = produced.texts[1].as_ptr();
        produced
    }
}

/// Buffers of a well-formed array of this type.
fn expected(format: &str) -> usize {
    match format {
        "n" => 0,
        "+s" => 1,
        "u" | "U" | "z" => 3,
        "vu" => 4,
        _ => 2,
    }
}

/// Content from the bytes, but no offset or size that the memory does not bear.
fn buffer(format: &str, index: usize, count: usize, bytes: &mut Bytes<'_>) -> Vec<u64> {
    let mut content = vec![0u8; BUFFER];
    let seed = bytes.take(32);
    for (at, byte) in content.iter_mut().enumerate() {
        *byte = seed.get(at % seed.len().max(1)).copied().unwrap_or(0);
    }
    match (format, index) {
        ("u", 1) => fill(&mut content, seed, |value| (value as i32).to_ne_bytes()),
        ("U", 1) => fill(&mut content, seed, i64::to_ne_bytes),
        ("vu", _) if index + 1 == count => fill(&mut content, seed, i64::to_ne_bytes),
        _ => {}
    }
    content
        .chunks_exact(8)
        .map(|chunk| u64::from_ne_bytes(chunk.try_into().expect("8 bytes")))
        .collect()
}

/// Offsets that mostly ascend, from -1 to the size of a buffer.
fn fill<const N: usize>(content: &mut [u8], seed: &[u8], spelled: impl Fn(i64) -> [u8; N]) {
    let mut value = 0i64;
    for (at, slot) in content.chunks_exact_mut(N).enumerate() {
        let step = seed.get(at % seed.len().max(1)).copied().unwrap_or(0);
        value = match step {
            255 => -1,
            254 => 0,
            _ => (value + i64::from(step % 5)).min(BUFFER as i64),
        };
        slot.copy_from_slice(&spelled(value));
    }
}
