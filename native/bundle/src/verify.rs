//! Verification as an end in itself: a report instead of a bundle.

use std::path::Path;

use crate::open_options::OpenOptions;
use crate::unjudged::Unjudged;
use crate::{Bundle, Bytes, Explanation, Result};

/// Opens the bundle as anybody would who uses it, with `full` hashes every member and reads every partition too, and says why it may be used. What may not
/// be used is an error.
pub fn verify(path: &Path, options: &OpenOptions, full: bool) -> Result<Explanation> {
    let bundle = Bundle::open(path, options)?;
    if full {
        bundle.check_members()?;
        bundle.check_entries()?;
    }
    let explanation = bundle.explanation();
    Ok(explanation.expect("an opened bundle was judged").clone())
}

/// Why the bundle may be used or not. An error only if its structure or its bundle.json cannot be read.
pub fn explain(path: &Path, options: &OpenOptions) -> Result<Explanation> {
    Unjudged::open(path).map(|bundle| options.explain(&bundle))
}

/// As [`explain`], for a bundle in memory.
pub fn explain_bytes(bytes: impl Into<Bytes>, options: &OpenOptions) -> Result<Explanation> {
    Unjudged::read(Box::new(bytes.into())).map(|bundle| options.explain(&bundle))
}
