//! Lists. Each has a number of its own, so that it begins anew, and none is taken for a part of another.

use super::body::{Around, Body, STEP};
use crate::document::tree::{Element, Node};
use std::io;

/// How many levels lists have in a word processor. What is deeper stands beside the deepest.
pub(super) const LEVELS: usize = 9;

/// The kinds of lists, as they are counted among all that are written.
const BULLETS: usize = 1;
const NUMBERS: usize = 2;
const TO_DO: usize = 3;
const DONE: usize = 4;

impl Body<'_> {
    /// A list.
    pub(super) fn list(&mut self, list: &Element, around: Around<'_>) -> io::Result<()> {
        let (lists, is_outer) = (around.lists + 1, around.is_outer);
        let number = match list.kind.name.as_str() {
            "ordered_list" => self.number(NUMBERS, Some((lists, list.number("start"))))?,
            "task_list" => 0,
            _ => self.number(BULLETS, None)?,
        };
        for item in &list.children {
            let Node::Element(item) = item else { continue };
            let number = match (number, item.flag("done")) {
                (0, done) => Self::of_tasks(done),
                (number, _) => number,
            };
            let within = Around { is_quoted: is_outer, is_outer, lists, number: None, plain: "" };
            let mut rest = item.children.as_slice();
            // What begins with something else has its sign before that.
            match rest.split_first() {
                Some((Node::Element(first), after)) if first.kind.name == "paragraph" => {
                    self.blocks(std::slice::from_ref(&rest[0]), Around { number: Some(number), ..within })?;
                    rest = after;
                }
                _ => {
                    self.begin("ListParagraph", Around { number: Some(number), ..within }, "");
                    self.end();
                }
            }
            self.blocks(rest, within)?;
        }
        Ok(())
    }

    /// Two lists that are there in any case: tasks have no numbers, and their signs are those of their items.
    fn of_tasks(done: bool) -> usize {
        if done { DONE } else { TO_DO }
    }

    /// The number of a new list, which begins with this number on this level.
    fn number(&mut self, kind: usize, begins: Option<(usize, i64)>) -> io::Result<usize> {
        let number = self.beside.numbers.next() + DONE;
        let begins = begins.map_or_else(String::new, |(level, start)| {
            let level = level.clamp(1, LEVELS) - 1;
            format!("<w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{start}\"/></w:lvlOverride>")
        });
        self.beside
            .numbers
            .add(&format!("<w:num w:numId=\"{number}\"><w:abstractNumId w:val=\"{kind}\"/>{begins}</w:num>\n"))?;
        Ok(number)
    }
}

/// What the lists are numbered by, and where their numbers begin.
pub(super) fn kinds() -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:numbering xmlns:w=\"{}\">\n",
        super::package::WORDS
    );
    for kind in [BULLETS, NUMBERS, TO_DO, DONE] {
        out.push_str(&format!(
            "<w:abstractNum w:abstractNumId=\"{kind}\"><w:multiLevelType w:val=\"hybridMultilevel\"/>"
        ));
        for level in 0..LEVELS {
            let (format, sign) = match kind {
                NUMBERS => (["decimal", "lowerLetter", "lowerRoman"][level % 3], format!("%{}.", level + 1)),
                TO_DO => ("bullet", "\u{2610}".to_owned()),
                DONE => ("bullet", "\u{2611}".to_owned()),
                _ => ("bullet", ["\u{2022}", "\u{25e6}", "\u{25aa}"][level % 3].to_owned()),
            };
            let left = (level + 1) * STEP;
            out.push_str(&format!(
                "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>\
                 <w:lvlText w:val=\"{sign}\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{left}\" w:hanging=\"360\"/>\
                 </w:pPr></w:lvl>"
            ));
        }
        out.push_str("</w:abstractNum>\n");
    }
    for kind in [BULLETS, NUMBERS, TO_DO, DONE] {
        out.push_str(&format!("<w:num w:numId=\"{kind}\"><w:abstractNumId w:val=\"{kind}\"/></w:num>\n"));
    }
    out
}
