//! A paragraph, until it is whole: only then is it known what stands in it.

use super::{
    super::super::tree::{Element, Mark},
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
    /// Whether its end was deleted: it goes on with the next.
    pub(super) goes_on: bool,
    pub(super) line: Vec<Inline>,
    pub(super) pictures: Vec<Element>,
    /// The places in it that have a name.
    pub(super) anchors: Vec<String>,
    /// How many bytes of text it has, and the terms of the index that stand in it.
    pub(super) bytes: usize,
    pub(super) terms: Vec<Term>,
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

    /// Whether it is nothing but the signs that part scenes.
    pub(super) fn is_scene_break(&self) -> bool {
        let is_text = self.line.iter().all(|one| matches!(one, Inline::Text(..)));
        let signs: String = self.words().split_whitespace().collect();
        is_text && self.pictures.is_empty() && matches!(&*signs, "***" | "*****" | "\u{2042}" | "###")
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
