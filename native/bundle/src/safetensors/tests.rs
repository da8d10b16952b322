use super::*;

fn sample() -> Vec<u8> {
    let numbers: Vec<u8> = [1.5f64, -0.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    to_bytes(
        &[
            TensorData {
                name: "b",
                dtype: Dtype::F64,
                shape: &[1, 2],
                data: &numbers,
            },
            TensorData {
                name: "a",
                dtype: Dtype::U8,
                shape: &[3],
                data: &[1, 2, 3],
            },
            TensorData {
                name: "empty",
                dtype: Dtype::I32,
                shape: &[0, 5],
                data: &[],
            },
            TensorData {
                name: "scalar",
                dtype: Dtype::U32,
                shape: &[],
                data: &7u32.to_le_bytes(),
            },
        ],
        &[("program", "0123")],
    )
    .expect("valid tensors")
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let mut header = header.as_bytes().to_vec();
    while (8 + header.len()) % 64 != 0 {
        header.push(b' ');
    }
    [&(header.len() as u64).to_le_bytes()[..], &header, data].concat()
}

fn code(bytes: Vec<u8>) -> ErrorCode {
    TensorFile::parse(bytes).expect_err("must be refused").code()
}

#[test]
fn tensors_come_back_as_written() {
    let file = TensorFile::parse(sample()).expect("canonical");
    assert_eq!(file.names().collect::<Vec<_>>(), ["a", "b", "empty", "scalar"]);
    assert_eq!(file.metadata("program"), Some("0123"));
    let b = file.get("b").expect("there");
    assert_eq!(
        (b.dtype, b.shape, b.f64s().expect("f64")),
        (Dtype::F64, &[1usize, 2][..], vec![1.5, -0.0])
    );
    assert_eq!(b.f32s().expect_err("another dtype").code(), ErrorCode::Tensors);
    assert_eq!(file.get("scalar").expect("there").u32s().expect("u32"), [7]);
    assert!(file.get("empty").expect("there").is_empty());
    assert!(file.get("c").is_none());
}

#[test]
fn large_elements_stand_first_and_all_are_aligned() {
    let bytes = sample();
    let file = TensorFile::parse(bytes.clone()).expect("canonical");
    let mut end = 0;
    for name in ["b", "empty", "scalar", "a"] {
        let tensor = file.get(name).expect("there");
        let at = tensor.data.as_ptr() as usize - file.bytes.as_ptr() as usize - file.data_start;
        assert_eq!(at, end, "{name}");
        assert_eq!((file.data_start + at) % tensor.dtype.size(), 0, "{name}");
        end = at + tensor.data.len();
    }
    assert_eq!(file.data_start % ALIGNMENT, 0);
}

#[test]
fn every_other_layout_is_refused() {
    let entry = |start: u32, end: u32, dtype: &str, shape: &str| {
        format!(r#"{{"data_offsets":[{start},{end}],"dtype":"{dtype}","shape":{shape}}}"#)
    };
    let one = |value: String, data: &[u8]| with_header(&format!(r#"{{"a":{value}}}"#), data);
    let eight = [0u8; 8];
    assert!(TensorFile::parse(one(entry(0, 8, "F64", "[1]"), &eight)).is_ok());
    for (what, bytes) in [
        ("bytes after the last tensor", one(entry(0, 8, "F64", "[1]"), &[0; 9])),
        ("data too short", one(entry(0, 8, "F64", "[1]"), &[0; 7])),
        ("not at its place", one(entry(64, 72, "F64", "[1]"), &[0; 72])),
        ("reversed offsets", one(entry(8, 0, "F64", "[1]"), &eight)),
        ("shape and size disagree", one(entry(0, 8, "F64", "[2]"), &eight)),
        (
            "overflowing shape",
            one(entry(0, 8, "F64", "[4503599627370496,4503599627370496,1]"), &eight),
        ),
        (
            "overflow to the right size",
            one(entry(0, 0, "F64", "[4503599627370496,4096]"), &[]),
        ),
        ("negative size", one(entry(0, 8, "F64", "[-1]"), &eight)),
        ("unknown dtype", one(entry(0, 2, "F16", "[1]"), &[0; 2])),
        ("lower-case dtype", one(entry(0, 8, "f64", "[1]"), &eight)),
        ("no object", with_header("[]", &[])),
        ("empty metadata", with_header(r#"{"__metadata__":{}}"#, &[])),
        (
            "metadata that is no string",
            with_header(r#"{"__metadata__":{"a":1}}"#, &[]),
        ),
        (
            "missing key",
            with_header(r#"{"a":{"data_offsets":[0,0],"dtype":"U8"}}"#, &[]),
        ),
        ("further key", one(entry(0, 8, "F64", r#"[1],"x":1"#), &eight)),
        ("white space", with_header(r#"{ "a":1}"#, &[])),
        ("empty", vec![]),
        ("header past the member", [&1000u64.to_le_bytes()[..], b"{}"].concat()),
        ("unaligned data", [&2u64.to_le_bytes()[..], b"{}"].concat()),
        (
            "too much padding",
            [&120u64.to_le_bytes()[..], b"{}", &[b' '; 118]].concat(),
        ),
    ] {
        assert_eq!(code(bytes), ErrorCode::Tensors, "{what}");
    }
    assert_eq!(code(u64::MAX.to_le_bytes().to_vec()), ErrorCode::Limit);
    assert_eq!(
        code(one(entry(0, 8, "F64", "[1,1,1,1,1,1,1,1,1]"), &eight)),
        ErrorCode::Limit
    );
}

#[test]
fn another_order_is_refused() {
    let entry = |start: u32, end: u32, dtype: &str| {
        format!(r#"{{"data_offsets":[{start},{end}],"dtype":"{dtype}","shape":[1]}}"#)
    };
    let two = |a: String, b: String| with_header(&format!(r#"{{"a":{a},"b":{b}}}"#), &[0; 12]);
    assert!(TensorFile::parse(two(entry(8, 12, "F32"), entry(0, 8, "F64"))).is_ok());
    assert_eq!(code(two(entry(0, 4, "F32"), entry(4, 12, "F64"))), ErrorCode::Tensors);
}

#[test]
fn cut_and_changed_members_never_panic() {
    let bytes = sample();
    for length in 0..bytes.len() {
        assert!(TensorFile::parse(bytes[..length].to_vec()).is_err(), "cut to {length}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let _ = TensorFile::parse(changed);
        }
    }
}
