//! What is fitted, as arrays of C: the small ones beside the code that reads them, the large ones in files of their own.

use modelpack_engine::program::Floats;

use crate::literal;
use crate::{Names, SourceFile};

/// Elements of an array that stands beside the code.
const SMALL: usize = 4_096;
/// Elements of a file of arrays; a single larger array has a file of its own.
const PER_FILE: usize = 1 << 18;

/// An element of an array, in C.
pub trait Element {
    /// Type of the initialiser, and of the reading where that is another one: floats stand as their bits.
    const TYPES: (&'static str, Option<&'static str>);
    fn text(&self) -> String;
}

macro_rules! element {
    ($rust:ty, $c:expr, $read:expr, $text:expr) => {
        impl Element for $rust {
            const TYPES: (&'static str, Option<&'static str>) = ($c, $read);
            fn text(&self) -> String {
                let text: fn(&$rust) -> String = $text;
                text(self)
            }
        }
    };
}

element!(f64, "uint64_t", Some("double"), |x| format!("0x{:x}", x.to_bits()));
element!(f32, "uint32_t", Some("float"), |x| format!("0x{:x}", x.to_bits()));
element!(i64, "int64_t", None, |x| literal::integer(*x));
element!(i32, "int32_t", None, |x| x.to_string());
element!(u32, "uint32_t", None, |x| x.to_string());
element!(u64, "uint64_t", None, |x| format!("UINT64_C(0x{x:x})"));
element!(u8, "uint8_t", None, |x| x.to_string());

/// Arrays that a file of code reads.
#[derive(Default)]
pub struct Constants {
    count: usize,
    /// Definitions that stand at the top of the file.
    pub near: String,
    /// Declarations of those in other files.
    pub far: String,
    files: Vec<(String, usize)>,
}

impl Constants {
    /// An expression that is the array.
    pub fn array<T: Element>(&mut self, names: &Names, values: &[T]) -> String {
        self.put(names, values, SMALL)
    }

    /// As [`Constants::array`], beside the code however large it is.
    pub fn near_array<T: Element>(&mut self, names: &Names, values: &[T]) -> String {
        self.put(names, values, usize::MAX)
    }

    fn put<T: Element>(&mut self, names: &Names, values: &[T], small: usize) -> String {
        let name = format!("{}_t{}", names.lower, self.count);
        self.count += 1;
        let (plain, read) = T::TYPES;
        let length = values.len().max(1);
        let data = match values {
            [] => "{0}".to_owned(),
            _ => literal::list(values.iter().map(T::text)),
        };
        let (kind, data, expression) = match read {
            Some(read) => (
                format!("union {{ {plain} bits[{length}]; {read} value[{length}]; }}"),
                format!("{{{data}}}"),
                format!("{name}.value"),
            ),
            None => (String::new(), data, name.clone()),
        };
        if length <= small {
            self.near += &match read {
                Some(_) => format!("static const {kind} {name} = {data};\n"),
                None => format!("static const {plain} {name}[{length}] = {data};\n"),
            };
            return expression;
        }
        let definition = match read {
            Some(_) => {
                self.far += &format!("typedef {kind} {name}_type;\nextern const {name}_type {name};\n");
                format!("const {name}_type {name} = {data};\n")
            }
            None => {
                self.far += &format!("extern const {plain} {name}[{length}];\n");
                format!("const {plain} {name}[{length}] = {data};\n")
            }
        };
        self.put_far(definition, length);
        expression
    }

    /// Fitted numbers, in the precision that they have.
    pub fn floats(&mut self, names: &Names, values: &Floats) -> String {
        match values {
            Floats::F64(values) => self.array(names, values),
            Floats::F32(values) => self.array(names, values),
        }
    }

    fn put_far(&mut self, definition: String, length: usize) {
        match self.files.last_mut() {
            Some((text, elements)) if *elements + length <= PER_FILE => {
                text.push_str(&definition);
                *elements += length;
            }
            _ => self.files.push((definition, length)),
        }
    }

    /// Declarations and definitions for the file that is complete; the next one begins without any.
    pub fn next_file(&mut self) -> (String, String) {
        (std::mem::take(&mut self.far), std::mem::take(&mut self.near))
    }

    pub fn into_near(self) -> String {
        self.near
    }

    pub fn into_files(self, names: &Names) -> Vec<SourceFile> {
        let file = |(index, (text, _)): (usize, (String, usize))| SourceFile {
            name: format!("{}_data{index}.c", names.lower),
            text: format!("{}#include \"{}_model.h\"\n\n{text}", names.notice(), names.lower),
        };
        self.files.into_iter().enumerate().map(file).collect()
    }
}
