//! The one error type: a numbered code, a message, and what the message speaks of.

use std::fmt;

use crate::ErrorCode;

pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. One pointer wide, so that results of the prediction path stay small.
#[derive(Clone, PartialEq)]
pub struct Error(Box<Details>);

#[derive(Clone, PartialEq)]
struct Details {
    code: ErrorCode,
    message: String,
    feature: Option<String>,
    row: Option<usize>,
    node: Option<String>,
    hint: Option<String>,
}

impl Error {
    #[cold]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code,
            message: message.into(),
            feature: None,
            row: None,
            node: None,
            hint: None,
        }))
    }

    /// The error that a failed call of the operating system is.
    #[cold]
    pub fn io(doing: &str, error: &std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::OutOfMemory => ErrorCode::NoMemory,
            _ => ErrorCode::Io,
        };
        Self::new(code, format!("{doing}: {error}"))
    }

    /// Says where it is wrong, such as the member: stands before the message.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        self.0.message.insert_str(0, &format!("{place}: "));
        self
    }

    /// Names the feature that the error speaks of.
    #[must_use]
    pub fn with_feature(mut self, feature: impl Into<String>) -> Self {
        self.0.feature = Some(feature.into());
        self
    }

    /// Numbers the row within the call.
    #[must_use]
    pub fn with_row(mut self, row: usize) -> Self {
        self.0.row = Some(row);
        self
    }

    /// Names the partition node.
    #[must_use]
    pub fn with_node(mut self, node: impl Into<String>) -> Self {
        self.0.node = Some(node.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn feature(&self) -> Option<&str> {
        self.0.feature.as_deref()
    }

    pub fn row(&self) -> Option<usize> {
        self.0.row
    }

    pub fn node(&self) -> Option<&str> {
        self.0.node.as_deref()
    }

    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)?;
        match &self.0.hint {
            Some(hint) => write!(out, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {self}", self.0.code.name())?;
        if let Some(feature) = &self.0.feature {
            write!(out, " (feature {feature:?})")?;
        }
        if let Some(row) = self.0.row {
            write!(out, " (row {row})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_message_and_way_out() {
        let error = Error::new(ErrorCode::WrongType, "'hour' is text")
            .with_feature("hour")
            .with_row(3)
            .with_hint("cast it");
        assert_eq!(error.to_string(), "'hour' is text; cast it");
        assert_eq!(
            (error.feature(), error.row(), error.node()),
            (Some("hour"), Some(3), None)
        );
        assert_eq!(error.code().number(), 302);
    }

    #[test]
    fn a_result_costs_one_pointer() {
        assert_eq!(std::mem::size_of::<Result<()>>(), std::mem::size_of::<usize>());
    }
}
