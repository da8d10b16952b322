//! Parsers that stand behind a signature or a rule, for fuzzing without a key.

use crate::{signature, Result};

/// Reads a signature's content as that of the key with this hint, and if it is well formed its payload as a statement; nothing
/// is verified.
pub fn read_signature(content: &[u8], hint: &str) -> Result<()> {
    signature::read_unverified(content, hint)
}

/// Reads a statement and writes it: what comes out must be read as the same.
pub fn read_statement(payload: &[u8]) -> Result<()> {
    let statement = signature::Statement::parse(payload)?;
    let again = signature::Statement::parse(&statement.to_bytes())?;
    assert_eq!(again, statement, "a statement is read as it was written");
    Ok(())
}
