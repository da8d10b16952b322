//! Arrays as a producer would make them, well formed and not.

use std::ffi::{c_void, CString};
use std::ptr;

use modelpack_bundle::{
    normalise, Dictionary, Error, ErrorCode, Feature, FeatureType, NullIs, Policy, Raw, Result, Schema,
};

use super::array::{column, Slice};
use super::{bind, consume, ArrowArray, ArrowSchema, Binding};

/// An array of one column or of a struct, with the memory that it points into.
struct Produced {
    schema: ArrowSchema,
    array: ArrowArray,
    texts: Vec<CString>,
    buffers: Vec<Vec<u8>>,
    buffer_pointers: Vec<*const c_void>,
    children: Vec<Produced>,
    schema_pointers: Vec<*mut ArrowSchema>,
    array_pointers: Vec<*mut ArrowArray>,
}

unsafe extern "C" fn keep_schema(schema: *mut ArrowSchema) {
    // SAFETY: the consumer passes the struct that it releases.
    unsafe { (*schema).release = None }
}

unsafe extern "C" fn keep_array(array: *mut ArrowArray) {
    // SAFETY: as above.
    unsafe { (*array).release = None }
}

impl Produced {
    fn new(format: &str, name: &str, rows: i64, buffers: Vec<Option<Vec<u8>>>) -> Produced {
        let texts = vec![
            CString::new(format).expect("no NUL"),
            CString::new(name).expect("no NUL"),
        ];
        let present: Vec<bool> = buffers.iter().map(Option::is_some).collect();
        let buffers: Vec<Vec<u8>> = buffers.into_iter().map(Option::unwrap_or_default).collect();
        let pointer = |(buffer, present): (&Vec<u8>, bool)| if present { buffer.as_ptr().cast() } else { ptr::null() };
        let buffer_pointers: Vec<*const c_void> = buffers.iter().zip(present).map(pointer).collect();
        let schema = ArrowSchema {
            format: texts[0].as_ptr(),
            name: texts[1].as_ptr(),
            metadata: ptr::null(),
            flags: 2,
            n_children: 0,
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: Some(keep_schema),
            private_data: ptr::null_mut(),
        };
        let array = ArrowArray {
            length: rows,
            null_count: -1,
            offset: 0,
            n_buffers: buffers.len() as i64,
            n_children: 0,
            buffers: buffer_pointers.as_ptr().cast_mut(),
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: Some(keep_array),
            private_data: ptr::null_mut(),
        };
        let (children, schema_pointers, array_pointers) = (Vec::new(), Vec::new(), Vec::new());
        Produced {
            schema,
            array,
            texts,
            buffers,
            buffer_pointers,
            children,
            schema_pointers,
            array_pointers,
        }
    }

    fn with_children(mut self, children: Vec<Produced>) -> Self {
        self.children = children;
        self.schema_pointers = self.children.iter_mut().map(|child| &raw mut child.schema).collect();
        self.array_pointers = self.children.iter_mut().map(|child| &raw mut child.array).collect();
        self.schema.children = self.schema_pointers.as_mut_ptr();
        self.array.children = self.array_pointers.as_mut_ptr();
        self.schema.n_children = self.children.len() as i64;
        self.array.n_children = self.children.len() as i64;
        self
    }

    fn with_dictionary(mut self, dictionary: Produced) -> Self {
        self.children = vec![dictionary];
        self.schema.dictionary = &raw mut self.children[0].schema;
        self.array.dictionary = &raw mut self.children[0].array;
        self
    }

    fn with(mut self, change: impl FnOnce(&mut ArrowArray)) -> Self {
        change(&mut self.array);
        self
    }

    /// Every row's cell, or the first error.
    fn cells(&self, feature: &Feature) -> Result<Vec<u64>> {
        self.part(feature, 0, usize::try_from(self.array.length).unwrap_or(1))
    }

    fn part(&self, feature: &Feature, start: usize, rows: usize) -> Result<Vec<u64>> {
        let slice = Slice::new(&self.array, start, rows, "x")?;
        // SAFETY: the structs are the producer's own and live.
        let column = unsafe { column(&self.schema, &self.array, slice, "x") }?;
        let mut cells = vec![0; rows];
        column.cells(feature, 0, &mut cells)?;
        Ok(cells)
    }

    fn refusal(&self, feature: &Feature) -> ErrorCode {
        self.cells(feature).expect_err("must be refused").code()
    }
}

fn bytes<T: Copy, const N: usize>(values: &[T], to_bytes: impl Fn(T) -> [u8; N]) -> Option<Vec<u8>> {
    Some(values.iter().flat_map(|value| to_bytes(*value)).collect())
}

fn text(format: &str, offsets: &[i64], data: &str) -> Produced {
    let offset_bytes = match format {
        "u" => bytes(offsets, |offset| (offset as i32).to_ne_bytes()),
        _ => bytes(offsets, i64::to_ne_bytes),
    };
    Produced::new(
        format,
        "x",
        offsets.len() as i64 - 1,
        vec![None, offset_bytes, Some(data.into())],
    )
}

fn feature(dtype: FeatureType) -> Feature {
    let dictionary = (dtype == FeatureType::String)
        .then(|| Dictionary::new(b"JFKLGAEWR".to_vec().into(), &[0, 3, 6, 9]).expect("well formed"));
    let (missing, unseen, null_is) = (Policy::Model, Policy::Model, NullIs::Nan);
    Feature {
        name: "x".into(),
        dtype,
        missing,
        unseen,
        null_is,
        optional: false,
        dictionary,
    }
}

fn floats(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

const NAN: u64 = 0x7FF8_0000_0000_0000;
const I64_MISSING: u64 = 1 << 63;

#[test]
fn every_number_type_is_read_with_its_offset() {
    let number = feature(FeatureType::Float64);
    let formats: [(&str, Option<Vec<u8>>); 10] = [
        ("c", bytes(&[9, -1, 2], i8::to_ne_bytes)),
        ("s", bytes(&[9, -1, 2], i16::to_ne_bytes)),
        ("i", bytes(&[9, -1, 2], i32::to_ne_bytes)),
        ("l", bytes(&[9, -1, 2], i64::to_ne_bytes)),
        ("f", bytes(&[9.0, -1.0, 2.0], f32::to_ne_bytes)),
        ("g", bytes(&[9.0, -1.0, 2.0], f64::to_ne_bytes)),
        ("e", bytes(&[0x4880, 0xBC00, 0x4000], u16::to_ne_bytes)),
        ("d:5,1", bytes(&[90, -10, 20], i128::to_ne_bytes)),
        ("d:5,-1", bytes(&[90, 0, 0], i128::to_ne_bytes)),
        ("n", None),
    ];
    for (format, data) in formats {
        let expected = match format {
            "d:5,-1" => floats(&[0.0, 0.0]),
            "n" => vec![NAN, NAN],
            _ => floats(&[-1.0, 2.0]),
        };
        let buffers = if format == "n" { vec![] } else { vec![None, data] };
        let produced = Produced::new(format, "x", 2, buffers).with(|array| array.offset = 1);
        assert_eq!(produced.cells(&number).expect(format), expected, "{format}");
    }
    for (format, data) in [
        ("C", bytes(&[0, 255], u8::to_ne_bytes)),
        ("S", bytes(&[0, 255], u16::to_ne_bytes)),
        ("I", bytes(&[0, 255], u32::to_ne_bytes)),
        ("L", bytes(&[0, 255], u64::to_ne_bytes)),
    ] {
        let produced = Produced::new(format, "x", 2, vec![None, data]);
        assert_eq!(
            produced.cells(&feature(FeatureType::Int64)).expect(format),
            [0, 255],
            "{format}"
        );
    }
}

#[test]
fn nulls_and_bools_are_bits_from_the_offset_on() {
    let values = bytes(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], f64::to_ne_bytes);
    let produced = Produced::new("g", "x", 3, vec![Some(vec![0xFF, 0b01]), values]).with(|array| array.offset = 7);
    assert_eq!(
        produced.cells(&feature(FeatureType::Float64)).expect("read"),
        [floats(&[8.0, 9.0]), vec![NAN]].concat()
    );
    let produced =
        Produced::new("b", "x", 3, vec![Some(vec![0xFF, 0b01]), Some(vec![0x80, 0xFE])]).with(|array| array.offset = 7);
    assert_eq!(produced.cells(&feature(FeatureType::Bool)).expect("read"), [1, 0, 2]);
    let all_valid = Produced::new("g", "x", 1, vec![Some(vec![0]), bytes(&[1.5], f64::to_ne_bytes)])
        .with(|array| array.null_count = 0);
    assert_eq!(
        all_valid.cells(&feature(FeatureType::Float64)).expect("read"),
        floats(&[1.5]),
        "a count of 0 overrules the bitmap"
    );
}

#[test]
fn texts_of_each_layout_become_codes() {
    let string = feature(FeatureType::String);
    for format in ["u", "U"] {
        let produced = text(format, &[0, 3, 3, 6, 8], "EWRJFKxx");
        assert_eq!(
            produced
                .cells(&string)
                .expect(format)
                .iter()
                .map(|code| *code as i64)
                .collect::<Vec<_>>(),
            [2, -3, 0, -3]
        );
        assert_eq!(produced.part(&string, 2, 1).expect(format), [0]);
        let descending = text(format, &[0, 3, 2, 6], "EWRJFK");
        assert_eq!(descending.refusal(&string), ErrorCode::Arrow);
        let negative = text(format, &[-1, 3], "EWR");
        assert_eq!(negative.refusal(&string), ErrorCode::Arrow);
        let empty = Produced::new(format, "x", 0, vec![None, None, None]);
        assert!(empty.cells(&string).expect("no row, no buffer").is_empty());
    }
    let view = |length: i32, rest: [u8; 12]| [&length.to_ne_bytes()[..], &rest].concat();
    let outside = view(13, *b"LGAL\x00\x00\x00\x00\x01\x00\x00\x00");
    let views = [view(3, *b"LGA\0\0\0\0\0\0\0\0\0"), outside].concat();
    let sizes = bytes(&[13], i64::to_ne_bytes);
    let produced = Produced::new(
        "vu",
        "x",
        2,
        vec![None, Some(views), Some(b"LGALGALGALGAL".to_vec()), sizes],
    );
    assert_eq!(produced.part(&string, 0, 1).expect("inline"), [1]);
    assert_eq!(produced.refusal(&string), ErrorCode::Arrow, "a view beyond its buffer");
}

#[test]
fn a_dictionary_is_looked_up_by_its_keys() {
    let string = feature(FeatureType::String);
    let keys = |keys: &[i8]| {
        Produced::new(
            "c",
            "x",
            keys.len() as i64,
            vec![Some(vec![0b1111_0111]), bytes(keys, i8::to_ne_bytes)],
        )
    };
    let codes = |cells: Vec<u64>| cells.into_iter().map(|code| code as i64).collect::<Vec<_>>();
    let produced = keys(&[1, 0, 1, 99, 2]).with_dictionary(text("u", &[0, 3, 6, 8], "JFKEWR??"));
    assert_eq!(codes(produced.cells(&string).expect("read")), [2, 0, 2, -2, -3]);
    for key in [-1, 3] {
        let outside = keys(&[key]).with_dictionary(text("u", &[0, 3, 6, 8], "JFKEWR??"));
        assert_eq!(outside.refusal(&string), ErrorCode::Arrow, "key {key}");
    }
    let numbers = Produced::new("l", "x", 2, vec![None, bytes(&[i64::MAX, 7], i64::to_ne_bytes)]);
    let produced = keys(&[1, 1]).with_dictionary(numbers);
    assert_eq!(
        produced
            .cells(&feature(FeatureType::Float64))
            .expect("the refused value is not used"),
        floats(&[7.0, 7.0])
    );
    let nested = keys(&[0]).with_dictionary(keys(&[0]).with_dictionary(text("u", &[0, 1], "x")));
    assert_eq!(nested.refusal(&string), ErrorCode::Arrow);
}

#[test]
fn times_become_microseconds_and_decimals_round_once() {
    let time = feature(FeatureType::Timestamp);
    for (format, value, micros) in [
        ("tss:", 2, 2_000_000),
        ("tsm:UTC", -2, -2_000),
        ("tsu:", 7, 7),
        ("tsn:", 5_000, 5),
        ("tdm", 3, 3_000),
    ] {
        let produced = Produced::new(format, "x", 1, vec![None, bytes(&[value], i64::to_ne_bytes)]);
        assert_eq!(produced.cells(&time).expect(format), [micros as u64], "{format}");
    }
    let date = Produced::new("tdD", "x", 1, vec![None, bytes(&[1], i32::to_ne_bytes)]);
    assert_eq!(date.cells(&time).expect("a date"), [86_400_000_000]);
    for (format, value) in [("tsn:", 5_001), ("tss:", i64::MAX), ("tsu:", i64::MIN)] {
        let produced = Produced::new(format, "x", 1, vec![None, bytes(&[value], i64::to_ne_bytes)]);
        assert_eq!(produced.refusal(&time), ErrorCode::NotExact, "{format}");
        assert_eq!(
            produced.refusal(&feature(FeatureType::Float64)),
            ErrorCode::WrongType,
            "{format}"
        );
    }
    let price = Produced::new("d:10,2", "x", 1, vec![None, bytes(&[1999], i128::to_ne_bytes)]);
    assert_eq!(
        price.cells(&feature(FeatureType::Float64)).expect("rounded"),
        floats(&[19.99])
    );
    assert_eq!(price.refusal(&feature(FeatureType::Int64)), ErrorCode::NotExact);
    assert_eq!(price.refusal(&feature(FeatureType::String)), ErrorCode::WrongType);
}

/// What is done to a good one, and its name.
type Change<T> = (&'static str, fn(&mut T));

#[test]
fn a_malformed_array_is_refused() {
    let number = feature(FeatureType::Float64);
    let good = || Produced::new("g", "x", 2, vec![None, bytes(&[1.0, 2.0], f64::to_ne_bytes)]);
    assert_eq!(good().cells(&number).expect("read"), floats(&[1.0, 2.0]));
    let changes: [Change<ArrowArray>; 9] = [
        ("negative length", |array| array.length = -1),
        ("negative offset", |array| array.offset = -1),
        ("offset beyond memory", |array| array.offset = i64::MAX),
        ("length beyond memory", |array| {
            (array.length, array.offset) = (2, i64::MAX / 8)
        }),
        ("too few buffers", |array| array.n_buffers = 1),
        ("too many buffers", |array| array.n_buffers = 3),
        ("no buffers", |array| array.buffers = ptr::null_mut()),
        ("nulls without a bitmap", |array| array.null_count = 1),
        ("negative null count", |array| array.null_count = -2),
    ];
    for (what, change) in changes {
        assert_eq!(good().with(change).refusal(&number), ErrorCode::Arrow, "{what}");
    }
    assert_eq!(
        good().with(|array| array.release = None).refusal(&number),
        ErrorCode::Arrow,
        "released"
    );
    let null = Produced::new("g", "x", 2, vec![None, None]);
    assert_eq!(null.refusal(&number), ErrorCode::Arrow, "NULL data");
    assert_eq!(
        good().part(&number, 1, 2).expect_err("beyond the end").code(),
        ErrorCode::Arrow
    );
    let mut without_format = good();
    without_format.schema.format = ptr::null();
    assert_eq!(without_format.refusal(&number), ErrorCode::Arrow, "no format");
}

fn model() -> Schema {
    let feature = |name: &str, optional: bool| {
        format!(
            r#"{{"dtype":"float64","missing":"model","name":"{name}","null_is":"nan","optional":{optional},"unseen":"model"}}"#
        )
    };
    let features = [
        feature("hour", false),
        feature("distance", false),
        feature("wind", true),
    ]
    .join(",");
    let json = format!(
        r#"{{"features":[{features}],"keys":[],"outputs":[{{"columns":1,"dtype":"float64","name":"value"}}]}}"#
    );
    Schema::parse(json.as_bytes(), None).expect("well formed")
}

fn table(names: &[&str]) -> Produced {
    let child = |(index, name): (usize, &&str)| {
        let first = index as f64;
        Produced::new(
            "g",
            name,
            3,
            vec![None, bytes(&[first, first + 10.0, first + 20.0], f64::to_ne_bytes)],
        )
    };
    Produced::new("+s", "", 2, vec![None]).with_children(names.iter().enumerate().map(child).collect())
}

fn bound(produced: &Produced, strict: bool) -> Result<Vec<Vec<u64>>> {
    let model = model();
    // SAFETY: the structs are the producer's own and live.
    let batch = unsafe { bind(&produced.schema, &produced.array, &model, Binding { strict, key: &[] }) }?;
    let read = |(column, feature): (&crate::columns::Column<'_>, &Feature)| {
        let mut cells = vec![0; batch.rows];
        column.cells(feature, 0, &mut cells).map(|_| cells)
    };
    batch.columns.iter().zip(&model.features).map(read).collect()
}

#[test]
fn children_are_bound_by_name_whatever_their_order() {
    let produced = table(&["extra", "distance", "hour"]);
    let expected = [floats(&[2.0, 12.0]), floats(&[1.0, 11.0]), vec![NAN, NAN]];
    assert_eq!(bound(&produced, false).expect("bound"), expected);
    let sliced = produced.with(|array| array.offset = 1);
    assert_eq!(
        bound(&sliced, false).expect("bound")[0],
        floats(&[12.0, 22.0]),
        "the struct's offset is the children's too"
    );
}

#[test]
fn names_that_do_not_fit_are_refused_with_the_near_one() {
    let refusal = |names: &[&str], strict| bound(&table(names), strict).expect_err("must be refused");
    let error = refusal(&["hour", "Distance"], false);
    assert_eq!(
        (error.code(), error.feature()),
        (ErrorCode::FeatureAbsent, Some("distance"))
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("Distance")), "{error}");
    let error = refusal(&["hour", "distance", "winds"], true);
    assert_eq!(
        (error.code(), error.feature()),
        (ErrorCode::FeatureUnknown, Some("winds"))
    );
    assert_eq!(refusal(&["hour", "hour", "distance"], false).code(), ErrorCode::Arrow);
    assert!(
        bound(&table(&["hour", "distance", "x", "x"]), false).is_ok(),
        "what no feature reads may stand twice"
    );
}

#[test]
fn a_malformed_struct_is_refused() {
    let good = || table(&["hour", "distance"]);
    let changes: [Change<Produced>; 9] = [
        ("released schema", |table| table.schema.release = None),
        ("released array", |table| table.array.release = None),
        ("children of the array only", |table| table.schema.n_children = 1),
        ("negative number of children", |table| {
            (table.schema.n_children, table.array.n_children) = (-1, -1)
        }),
        ("no children's address", |table| table.array.children = ptr::null_mut()),
        ("a child that is NULL", |table| {
            table.array_pointers[1] = ptr::null_mut()
        }),
        ("more rows than a child has", |table| table.array.length = 4),
        ("negative length", |table| table.array.length = -1),
        ("offset beyond memory", |table| table.array.offset = i64::MAX),
    ];
    for (what, change) in changes {
        let mut table = good();
        change(&mut table);
        assert_eq!(bound(&table, false).expect_err(what).code(), ErrorCode::Arrow, "{what}");
    }
    let not_a_struct = Produced::new("g", "hour", 1, vec![None, bytes(&[1.0], f64::to_ne_bytes)]);
    assert_eq!(
        bound(&not_a_struct, false).expect_err("no struct").code(),
        ErrorCode::Arrow
    );
    let mut null_row = Produced::new("+s", "", 2, vec![Some(vec![0b01])]);
    null_row = null_row.with_children(std::mem::take(&mut good().children));
    let error = bound(&null_row, false).expect_err("a null row");
    assert_eq!((error.code(), error.row()), (ErrorCode::Arrow, Some(1)));
}

#[test]
fn releasing_marks_both_structs_once() {
    let mut produced = table(&["hour"]);
    // SAFETY: nothing borrows from the structs.
    unsafe {
        produced.schema.release();
        produced.array.release();
        produced.schema.release();
        produced.array.release();
    }
    assert!(produced.schema.release.is_none() && produced.array.release.is_none());
    assert_eq!(
        (
            produced.texts.len(),
            produced.buffers.len(),
            produced.buffer_pointers.len()
        ),
        (2, 1, 1),
        "memory stays the producer's"
    );
}

#[test]
fn a_batch_is_released_on_success_and_stays_the_callers_after_an_error() {
    let model = model();
    let mut produced = table(&["hour", "distance"]);
    let (schema, array) = (&raw mut produced.schema, &raw mut produced.array);
    let refusal = || Error::new(ErrorCode::WrongType, "refused");
    // SAFETY: the structs are the producer's own and live.
    unsafe {
        let error = consume(schema, array, &model, Binding::default(), |_| Err(refusal()));
        assert_eq!(error.expect_err("the body's").code(), ErrorCode::WrongType);
        assert!((*schema).release.is_some() && (*array).release.is_some());
        let answered = consume(schema, array, &model, Binding::default(), |batch| {
            assert_eq!(batch.rows, 2);
            Ok(())
        });
        answered.expect("answered");
        assert!((*schema).release.is_none() && (*array).release.is_none());
        let again = consume(schema, array, &model, Binding::default(), |_| Ok(()));
        assert_eq!(again.expect_err("released").code(), ErrorCode::Arrow);
    }
}

#[test]
fn addresses_that_can_hold_no_struct_are_misuse() {
    let model = model();
    let mut produced = table(&["hour", "distance"]);
    let (schema, array) = (&raw mut produced.schema, &raw mut produced.array);
    let cases = [
        (ptr::null_mut(), array, "schema is NULL"),
        (schema, ptr::null_mut(), "array is NULL"),
        (schema.wrapping_byte_add(1), array, "schema is not aligned to 8 bytes"),
        (schema, array.wrapping_byte_add(4), "array is not aligned to 8 bytes"),
    ];
    for (schema, array, message) in cases {
        // SAFETY: what is neither NULL nor the producer's is not read.
        let error = unsafe { consume(schema, array, &model, Binding::default(), |_| Ok(())) };
        let error = error.expect_err(message);
        assert_eq!((error.code(), error.message()), (ErrorCode::Usage, message));
    }
}

#[test]
fn the_cells_of_a_key_stand_for_its_levels_in_every_row() {
    let mut model = model();
    model.keys = vec![1, 2];
    let produced = table(&["hour"]);
    let key = [floats(&[5.0])[0]];
    let binding = Binding {
        strict: false,
        key: &key,
    };
    // SAFETY: the structs are the producer's own and live.
    let batch = unsafe { bind(&produced.schema, &produced.array, &model, binding) }.expect("distance is the key's");
    let mut cells = vec![0; 2];
    batch.columns[1]
        .cells(&model.features[1], 0, &mut cells)
        .expect("cells");
    assert_eq!(cells, floats(&[5.0, 5.0]));
    // SAFETY: as above.
    let error = unsafe { bind(&produced.schema, &produced.array, &model, Binding::default()) };
    assert_eq!(error.expect_err("no key").code(), ErrorCode::FeatureAbsent);
}

#[test]
fn null_goes_by_the_feature() {
    let mut string = feature(FeatureType::String);
    let null = Produced::new("n", "x", 1, vec![]);
    assert_eq!(null.cells(&string).expect("null")[0] as i64, -2);
    string.null_is = NullIs::None;
    assert_eq!(null.cells(&string).expect("null")[0] as i64, -1);
    assert_eq!(null.cells(&feature(FeatureType::Int64)).expect("null"), [I64_MISSING]);
    assert_eq!(normalise(&string, Raw::Null).expect("null") as i64, -1);
}
