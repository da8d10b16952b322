//! What the fuzz targets do with their bytes. A body panics where the core breaks a promise; errors are what it is made to answer.

mod arrow;
mod container;
mod json;
mod members;
mod onnx;
mod partitions;
mod policy;
mod produced;
mod program;
mod signature;

pub use arrow::arrow;
pub use container::container;
pub use json::json;
pub use members::members;
pub use onnx::onnx;
pub use partitions::partitions;
pub use policy::policy;
pub use program::program;
pub use signature::signature;

/// A target with the name of its corpus.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 9] = [
    ("arrow", arrow),
    ("container", container),
    ("json", json),
    ("members", members),
    ("onnx", onnx),
    ("partitions", partitions),
    ("policy", policy),
    ("program", program),
    ("signature", signature),
];

/// A policy that knows one key, and that key's hint; the key signed the files of tests/vectors/hostile/signed.
const POLICY: &[u8] = include_bytes!("../../../tests/vectors/hostile/policies/signature-good.trust");

/// Stands between the parts of an input that is made of several.
const MARK: &[u8] = b"\n%%\n";

/// The parts of an input, at most `N`; what is not there is empty.
fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = data;
    let mut next = |last: bool| {
        let at = rest.windows(MARK.len()).position(|window| window == MARK);
        let (part, after) = match at.filter(|_| !last) {
            Some(at) => (&rest[..at], &rest[at + MARK.len()..]),
            None => (rest, &[][..]),
        };
        rest = after;
        part
    };
    std::array::from_fn(|index| next(index + 1 == N))
}
