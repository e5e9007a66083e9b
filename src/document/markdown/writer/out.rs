//! The lines of a text, and what each begins with: bullets and quotation marks of all that it stands in.

/// A text that is being written.
#[derive(Default)]
pub(super) struct Out {
    text: String,
    /// What the next line begins with: markers of items that begin in it, too.
    first: String,
    /// What every line after it begins with.
    then: String,
}

/// Where a block that holds others began.
pub(super) struct Before(usize);

impl Out {
    /// Begins what holds blocks: its first line begins with this, and the others.
    pub fn begin(&mut self, first: &str, then: &str) -> Before {
        let before = Before(self.then.len());
        self.first.push_str(first);
        self.then.push_str(then);
        before
    }

    /// Ends it. At least one line was written within.
    pub fn end(&mut self, before: Before) {
        self.then.truncate(before.0);
        self.first.clone_from(&self.then);
    }

    /// Whether the next line begins with the marker of an item, or the sign of a quotation.
    pub fn is_at_marker(&self) -> bool {
        self.first != self.then
    }

    /// Adds a line.
    pub fn line(&mut self, line: &str) {
        let first = if line.is_empty() { self.first.trim_end() } else { &self.first };
        self.text.push_str(first);
        self.text.push_str(line);
        self.text.push('\n');
        self.first.clone_from(&self.then);
    }

    /// Adds each line.
    pub fn lines(&mut self, lines: &str) {
        lines.split('\n').for_each(|line| self.line(line));
    }

    /// Adds a blank line; none at the very beginning.
    pub fn blank(&mut self) {
        if !self.text.is_empty() {
            self.line("");
        }
    }

    /// All that was written.
    pub fn into_text(self) -> String {
        self.text
    }
}
