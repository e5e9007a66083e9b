//! A paragraph, until it is whole: only then is it known what stands in it.

use super::{
    super::super::tree::{Element, Mark},
    ruby::Reading,
    terms::Term,
};

/// What stands in a line.
#[derive(Debug, Clone)]
pub(super) enum Inline {
    Text(String, Vec<Mark>),
    Break,
    Note(Element),
    /// A box that can be ticked.
    Tick(bool),
    /// The end of a page or of a column.
    Page,
    /// A line that is drawn across the page.
    Rule,
}

impl Inline {
    /// Whether what comes after it is no more of the same line.
    pub(super) fn parts(&self) -> bool {
        matches!(self, Self::Page | Self::Rule)
    }

    fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text, _) if text.trim().is_empty())
    }
}

/// Whether nothing stands in a part of a line but blanks.
pub(super) fn is_blank(line: &[Inline]) -> bool {
    line.iter().all(Inline::is_blank)
}

/// A paragraph as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) style: Option<String>,
    /// The list it is an item of, and the level there.
    pub(super) number: Option<String>,
    pub(super) level: Option<usize>,
    /// Its level as a heading, counted from 0; 9 where it is none.
    pub(super) outline: Option<u8>,
    /// How far it stands to the right.
    pub(super) left: Option<i64>,
    /// Whether a line is drawn below it.
    pub(super) has_line: bool,
    /// Whether it goes on with the next: its end was deleted, or it is the large letter that the next begins with.
    pub(super) goes_on: bool,
    pub(super) line: Vec<Inline>,
    /// The reading of letters in it that is read.
    pub(super) reading: Reading,
    pub(super) pictures: Vec<Element>,
    /// The places in it that have a name.
    pub(super) anchors: Vec<String>,
    /// How many bytes of text it has, and the terms of the index that stand in it.
    pub(super) bytes: usize,
    pub(super) terms: Vec<Term>,
    /// Where a term begins that has not ended, after how many bytes.
    pub(super) term: Option<usize>,
}

impl Paragraph {
    /// Adds text.
    pub(super) fn text(&mut self, text: &str, marks: Vec<Mark>) {
        self.bytes += text.len();
        match self.line.last_mut() {
            _ if text.is_empty() => {}
            Some(Inline::Text(last, its)) if *its == marks => last.push_str(text),
            _ => self.line.push(Inline::Text(text.to_owned(), marks)),
        }
    }

    /// A page ends here: that matters only between words.
    pub(super) fn end_page(&mut self) {
        if self.line.last().is_some_and(|last| !last.parts()) {
            self.line.push(Inline::Page);
        }
    }

    /// All that stands in it is there.
    pub(super) fn complete(&mut self) {
        self.end_ruby();
        while matches!(self.line.last(), Some(Inline::Page)) {
            self.line.pop();
        }
        self.mark_terms();
    }

    /// What the next begins with, where it goes on with that.
    pub(super) fn carried(self) -> Self {
        let Self { line, reading, pictures, anchors, bytes, terms, .. } = self;
        Self { line, reading, pictures, anchors, bytes, terms, ..Self::default() }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.line.is_empty() && self.pictures.is_empty()
    }

    /// Its text alone.
    pub(super) fn words(&self) -> String {
        let text =
            self.line.iter().filter_map(|one| if let Inline::Text(text, _) = one { Some(text.as_str()) } else { None });
        text.collect()
    }

    /// Whether words stand in it, or a note.
    pub(super) fn says_something(&self) -> bool {
        self.line.iter().any(|one| match one {
            Inline::Text(text, _) => text.contains(char::is_alphanumeric),
            Inline::Note(_) => true,
            _ => false,
        })
    }

    /// Whether it is nothing but the signs that part scenes.
    pub(super) fn is_scene_break(&self) -> bool {
        let is_text = self.line.iter().all(|one| matches!(one, Inline::Text(..)));
        let signs: String = self.words().split_whitespace().collect();
        is_text && self.pictures.is_empty() && matches!(&*signs, "***" | "*****" | "\u{2042}" | "###")
    }

    /// Whether it is nothing but a line that is drawn across the page.
    pub(super) fn is_rule(&self) -> bool {
        let is_rule = |one: &Inline| matches!(one, Inline::Rule);
        let is_alone = self.line.iter().all(|one| one.parts() || one.is_blank());
        is_alone && self.pictures.is_empty() && self.line.iter().any(is_rule)
    }

    /// The tick that it begins with, which is no text of it.
    pub(super) fn take_tick(&mut self) -> Option<bool> {
        match self.line.first_mut()? {
            Inline::Tick(done) => {
                let done = *done;
                self.line.remove(0);
                if let Some(Inline::Text(text, _)) = self.line.first_mut() {
                    *text = text.trim_start().to_owned();
                }
                Some(done)
            }
            Inline::Text(text, _) => {
                let sign = text.chars().next()?;
                let done = match sign {
                    '\u{2610}' => false,
                    '\u{2611}' | '\u{2612}' => true,
                    _ => return None,
                };
                *text = text[sign.len_utf8()..].trim_start().to_owned();
                Some(done)
            }
            _ => None,
        }
    }
}
