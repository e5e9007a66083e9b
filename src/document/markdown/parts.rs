//! A whole book as one file: a remark before each heading that begins a chapter or a section says so, which nobody sees
//! who reads the text, and which brings the same book back. Headings within a chapter are lower than its title; where
//! Markdown has no level as low, the remark says which they were.

use std::{collections::VecDeque, fmt::Write};

/// The lowest level that Markdown has.
const LOWEST: u8 = 6;

/// A chapter or a section that is about to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A section.
    Section,
    /// A chapter. Which levels its headings have is said where it cannot be seen.
    Chapter(Vec<u8>),
}

impl Part {
    /// A chapter whose headings have these levels and are written so much lower.
    pub fn chapter(levels: Vec<u8>, lower: u8) -> Self {
        let is_seen = levels.iter().all(|level| level.saturating_add(lower) <= LOWEST);
        Self::Chapter(if is_seen { Vec::new() } else { levels })
    }

    /// The remark that says so.
    pub fn mark(&self) -> String {
        let mut mark = match self {
            Self::Section => "<!-- section".to_owned(),
            Self::Chapter(_) => "<!-- chapter".to_owned(),
        };
        if let Self::Chapter(levels) = self
            && !levels.is_empty()
        {
            mark.push_str(", headings:");
            // Writing to a string cannot fail.
            for level in levels {
                let _ = write!(mark, " {level}");
            }
        }
        mark + " -->\n"
    }

    /// What a remark says, if it says that.
    pub(super) fn marked(html: &str) -> Option<Self> {
        let said = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
        match said {
            "section" => Some(Self::Section),
            "chapter" => Some(Self::Chapter(Vec::new())),
            _ => {
                let levels = said.strip_prefix("chapter, headings:")?.split_ascii_whitespace();
                levels.map(|level| level.parse().ok()).collect::<Option<_>>().map(Self::Chapter)
            }
        }
    }

    /// Which levels the headings have that come next.
    pub(super) fn levels(&self) -> Levels {
        let said = if let Self::Chapter(levels) = self { levels.iter().copied().collect() } else { VecDeque::new() };
        Levels { is_title: true, lower: 0, said }
    }
}

/// Which level a heading has: as it is written, or higher, in a chapter that is one of many.
#[derive(Debug, Default)]
pub(super) struct Levels {
    is_title: bool,
    lower: u8,
    said: VecDeque<u8>,
}

impl Levels {
    /// The level of the next heading, which is written at this one.
    pub(super) fn of(&mut self, level: u8) -> u8 {
        if std::mem::take(&mut self.is_title) {
            self.lower = level.saturating_sub(1);
            return level;
        }
        self.said.pop_front().unwrap_or_else(|| level.saturating_sub(self.lower).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_remark_says_is_read_as_it_was_written() {
        for part in [Part::Section, Part::Chapter(Vec::new()), Part::chapter(vec![2, 4, 3], 4)] {
            assert_eq!(Part::marked(&part.mark()), Some(part.clone()), "{part:?}");
        }
        assert_eq!(Part::chapter(vec![2, 4], 2), Part::Chapter(Vec::new()));
        for other in ["<!-- chapters -->", "<!-- section", "<p>", "<!-- chapter, headings: x -->"] {
            assert_eq!(Part::marked(other), None, "{other}");
        }
    }

    #[test]
    fn headings_are_as_high_as_they_were() {
        let mut levels = Part::Chapter(Vec::new()).levels();
        assert_eq!([3, 4, 6, 3, 1].map(|level| levels.of(level)), [3, 2, 4, 1, 1]);
        let mut levels = Part::Chapter(vec![2, 4]).levels();
        assert_eq!([5, 6, 6].map(|level| levels.of(level)), [5, 2, 4]);
        assert_eq!([1, 6].map(|level| Levels::default().of(level)), [1, 6]);
    }
}
