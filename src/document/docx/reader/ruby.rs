//! Letters with their reading beside them. A document says the reading first; in a line it stands behind the letters, in
//! brackets.

use super::paragraph::{Inline, Paragraph};
use std::mem::{replace, take};

/// A reading as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The line before it, as long as what comes is the reading.
    before: Option<Vec<Inline>>,
    /// What it says.
    said: Vec<Inline>,
}

impl Paragraph {
    /// What comes is a reading.
    pub(super) fn begin_reading(&mut self) {
        self.end_reading();
        self.reading.before = Some(take(&mut self.line));
    }

    /// What comes is none any more.
    pub(super) fn end_reading(&mut self) {
        let Some(before) = self.reading.before.take() else { return };
        let said = replace(&mut self.line, before);
        let bytes: usize = said.iter().map(|one| if let Inline::Text(text, _) = one { text.len() } else { 0 }).sum();
        self.bytes = self.bytes.saturating_sub(bytes);
        self.reading.said.extend(said);
    }

    /// The letters are there that the reading belongs to.
    pub(super) fn end_ruby(&mut self) {
        self.end_reading();
        let said = take(&mut self.reading.said);
        let marks =
            said.iter().find_map(|one| if let Inline::Text(_, marks) = one { Some(marks.clone()) } else { None });
        let Some(marks) = marks else { return self.line.extend(said) };
        self.text("(", marks.clone());
        for one in said {
            match one {
                Inline::Text(text, marks) => self.text(&text, marks),
                other => self.line.push(other),
            }
        }
        self.text(")", marks);
    }
}
