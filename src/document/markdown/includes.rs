//! What a file of mdBook takes from others, and what it hides: `{{#include file.rs:2:5}}` and its like, and the lines of a
//! program that are there to make it run.

use super::decoded::{missed, text_at};
use crate::document::{
    archive::Archive,
    beside::target,
    left_out::{LeftOut, What},
    unreadable::Unreadable,
};
use std::{collections::HashSet, ops::ControlFlow};

/// How deep one file is taken into another that is taken into another.
const DEEPEST: usize = 8;
/// How much is taken in, in all.
const MOST: usize = 16 << 20;

/// What is taken in of a book.
pub(super) struct Includes {
    left: usize,
    /// The paths of the files of which something was taken.
    taken: HashSet<String>,
}

impl Default for Includes {
    fn default() -> Self {
        Self { left: MOST, taken: HashSet::new() }
    }
}

impl Includes {
    /// Whether something was taken of the file at this path.
    pub(super) fn has_taken(&self, path: &str) -> bool {
        self.taken.contains(path)
    }

    /// A text with what it takes from others, and without what it hides.
    pub(super) fn filled(
        &mut self,
        text: &str,
        path: &str,
        archive: &mut Archive,
        left_out: &mut LeftOut,
    ) -> Result<String, Unreadable> {
        let filled = self.take_in(text, path, archive, left_out, 0)?;
        Ok(without_hidden(&filled, left_out))
    }

    fn take_in(
        &mut self,
        text: &str,
        path: &str,
        archive: &mut Archive,
        left_out: &mut LeftOut,
        depth: usize,
    ) -> Result<String, Unreadable> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{#") {
            // One that is written of, and not used.
            if let Some(before) = before.strip_suffix('\\') {
                filled.push_str(before);
                filled.push_str("{{#");
                rest = after;
                continue;
            }
            let Some((inside, after)) = after.split_once("}}").filter(|(inside, _)| !inside.contains('\n')) else {
                filled.push_str(before);
                filled.push_str("{{#");
                rest = after;
                continue;
            };
            filled.push_str(before);
            rest = after;
            let (kind, what) = inside.trim().split_once(char::is_whitespace).unwrap_or((inside.trim(), ""));
            match kind {
                "include" | "rustdoc_include" | "playground" | "playpen" => {
                    let file = what.split_whitespace().next().unwrap_or_default();
                    let taken = self.include(file, path, archive, left_out, depth)?;
                    filled.push_str(taken.trim_end_matches('\n'));
                }
                // It is what a page is called in a browser.
                "title" => {}
                _ => left_out.add(What::Element, inside.trim()),
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// What is taken from a file, which may be a part of it. What cannot be is noted.
    fn include(
        &mut self,
        file: &str,
        path: &str,
        archive: &mut Archive,
        left_out: &mut LeftOut,
        depth: usize,
    ) -> Result<String, Unreadable> {
        let (file, lines) = file.split_once(':').unwrap_or((file, ""));
        let Some((path, _)) = target(path, file) else {
            left_out.add(What::File, file);
            return Ok(String::new());
        };
        self.taken.extend(archive.find(&path).map(str::to_owned));
        let text = if depth < DEEPEST { text_at(archive, &path)? } else { None };
        let Some(text) = text else {
            left_out.add(missed(archive, &path), &path);
            return Ok(String::new());
        };
        let part = part(&text, lines);
        self.left = self.left.checked_sub(part.len()).ok_or(Unreadable::TooLarge)?;
        self.take_in(&part, &path, archive, left_out, depth + 1)
    }
}

/// The lines of a file that are meant: by numbers, or by the name of a place that is marked in it.
fn part(text: &str, lines: &str) -> String {
    let is_mark = |line: &&str| line.contains("ANCHOR: ") || line.contains("ANCHOR_END: ");
    let numbers: Vec<Option<usize>> = lines.split(':').map(|number| number.trim().parse().ok()).collect();
    let is_numbered = lines.split(':').all(|number| number.trim().is_empty() || number.trim().parse::<usize>().is_ok());
    let kept: Vec<&str> = if lines.is_empty() {
        text.lines().filter(|line| !is_mark(line)).collect()
    } else if is_numbered {
        let first = numbers[0].unwrap_or(1).max(1);
        let last = match numbers[..] {
            [first] => first.unwrap_or(usize::MAX),
            _ => numbers[1].unwrap_or(usize::MAX),
        };
        text.lines().take(last).skip(first - 1).filter(|line| !is_mark(line)).collect()
    } else {
        let names = |line: &str, sign: &str| line.split_once(sign).is_some_and(|(_, name)| name.trim() == lines);
        let after = text.lines().skip_while(|line| !names(line, "ANCHOR: ")).skip(1);
        let mut kept = Vec::new();
        let _ = after.into_iter().try_for_each(|line| {
            if names(line, "ANCHOR_END: ") {
                return ControlFlow::Break(());
            }
            kept.push(line);
            ControlFlow::Continue(())
        });
        kept.into_iter().filter(|line| !is_mark(line)).collect()
    };
    kept.join("\n")
}

/// A text without the lines of Rust that mdBook hides.
fn without_hidden(text: &str, left_out: &mut LeftOut) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut fence: Option<(String, bool)> = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        let sign: String = bare.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        match &fence {
            None if sign.len() >= 3 => {
                let language = bare[sign.len()..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                fence = Some((sign, language.eq_ignore_ascii_case("rust")));
            }
            Some((open, _))
                if bare.starts_with(open.as_str()) && bare.trim_end().trim_matches(['`', '~']).is_empty() =>
            {
                fence = None;
            }
            Some((_, true)) => match shown(line) {
                Some(line) => {
                    kept.push_str(&line);
                    continue;
                }
                None => {
                    left_out.add(What::HiddenLine, "");
                    continue;
                }
            },
            _ => {}
        }
        kept.push_str(line);
    }
    kept
}

/// A line of Rust as it is shown, if it is.
fn shown(line: &str) -> Option<String> {
    let bare = line.trim_start();
    let blank = &line[..line.len() - bare.len()];
    match bare.strip_prefix('#') {
        Some(rest) if rest.starts_with('#') => Some(format!("{blank}{rest}")),
        Some(rest) if rest.trim().is_empty() || rest.starts_with(' ') => None,
        _ => Some(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_by_number_or_by_name() {
        let text = "one\n// ANCHOR: a\ntwo\nthree\n// ANCHOR_END: a\nfour\n";
        let cases = [
            ("", "one\ntwo\nthree\nfour"),
            ("1", "one"),
            ("3:4", "two\nthree"),
            (":1", "one"),
            ("6:", "four"),
            ("a", "two\nthree"),
            ("none", ""),
        ];
        for (lines, expected) in cases {
            assert_eq!(part(text, lines), expected, "{lines}");
        }
    }

    #[test]
    fn lines_of_rust_that_are_hidden_are_counted() {
        let mut left_out = LeftOut::default();
        let text = "# A\n\n```rust\n# fn main() {\nlet a = 1;\n##[attribute]\n#[attribute]\n#\n# }\n```\n\n```text\n# b\n```\n";
        let kept = without_hidden(text, &mut left_out);
        let expected = "# A\n\n```rust\nlet a = 1;\n#[attribute]\n#[attribute]\n```\n\n```text\n# b\n```\n";
        assert_eq!((kept.as_str(), left_out.count(What::HiddenLine)), (expected, 3));
    }
}
