//! JSON in its one form, and in any spelling, as signatures and policies may have it.

use modelpack_bundle::json::{parse, parse_any_spelling};

pub fn json(data: &[u8]) {
    let canonical = parse(data);
    let lax = parse_any_spelling(data);
    if let Ok(value) = &canonical {
        assert_eq!(value.to_bytes(), data, "a second spelling was taken");
        assert_eq!(lax.as_ref().ok(), Some(value), "two readers differ");
    }
    if let Ok(value) = &lax {
        let spelled = value.to_bytes();
        assert_eq!(&parse_any_spelling(&spelled).expect("written as read"), value);
    }
}
