//! Lines of C, indented by their braces.

#[derive(Default)]
pub struct Code {
    text: String,
    depth: usize,
}

/// Deeper lines are not moved further to the right.
const DEEPEST: usize = 12;

impl Code {
    pub fn new() -> Code {
        Code::default()
    }

    /// One line or several; a line that ends with `{` opens a block, one that starts with `}` closes one.
    pub fn put(&mut self, lines: impl AsRef<str>) {
        for line in lines.as_ref().lines().map(str::trim) {
            if line.starts_with('}') {
                self.depth = self.depth.saturating_sub(1);
            }
            if !line.is_empty() && !line.starts_with('#') {
                (0..self.depth.min(DEEPEST)).for_each(|_| self.text.push_str("    "));
            }
            self.text.push_str(line);
            self.text.push('\n');
            if line.ends_with('{') {
                self.depth += 1;
            }
        }
    }

    /// As it stands.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn into_text(self) -> String {
        self.text
    }
}
