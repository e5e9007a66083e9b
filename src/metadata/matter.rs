//! What stands before and around the text of a book when it goes out, as its owners choose it.

use serde::{Deserialize, Serialize};

/// What stands before and around the text, besides what always does: title page, imprint, dedication and contents, each
/// where there is something to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matter {
    /// Whether a page with nothing but the title stands before the title page.
    pub half_title: bool,
    /// Whether a list of its figures follows the contents.
    pub figures: bool,
    /// Whether an index of what is marked as a term stands at its end.
    pub index: bool,
    /// How chapters are numbered.
    pub numbering: Numbering,
}

/// How chapters are numbered. The number is no part of a title: it follows when chapters move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// They are not.
    #[default]
    None,
    /// 1, 2, 3.
    Numbers,
    /// I, II, III.
    Roman,
    /// Chapter 1; and the sections at the top are Part I.
    Words,
}

impl Numbering {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::None, Self::Numbers, Self::Roman, Self::Words];

    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "No numbers",
            Self::Numbers => "1, 2, 3",
            Self::Roman => "I, II, III",
            Self::Words => "Part I, Chapter 1",
        }
    }

    /// The word that stands for it in a form.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Numbers => "numbers",
            Self::Roman => "roman",
            Self::Words => "words",
        }
    }

    /// The one that this word stands for.
    #[must_use]
    pub fn of_value(value: &str) -> Self {
        Self::ALL.into_iter().find(|numbering| numbering.value() == value).unwrap_or_default()
    }
}

/// What is counted: whether it is a section, in how many it stands, and whether it has a number at all.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// Whether it is a section.
    pub is_section: bool,
    /// In how many sections it stands.
    pub depth: usize,
    /// Whether it has a number where the others have one.
    pub is_counted: bool,
}

/// The numbers of chapters and sections, in their order: `3`, `III`, `Chapter 3`.
pub fn labels(numbering: Numbering, language: &str, parts: impl Iterator<Item = Counted>) -> Vec<Option<String>> {
    let [chapter, section] = words(language);
    let (mut chapters, mut sections) = (0, 0);
    let label = |Counted { is_section, depth, is_counted }: Counted| {
        let has_one =
            if is_section { depth == 0 && numbering == Numbering::Words } else { numbering != Numbering::None };
        if !is_counted || !has_one {
            return None;
        }
        if is_section {
            sections += 1;
            return Some(format!("{section} {}", roman(sections)));
        }
        chapters += 1;
        Some(match numbering {
            Numbering::None | Numbering::Numbers => chapters.to_string(),
            Numbering::Roman => roman(chapters),
            Numbering::Words => format!("{chapter} {chapters}"),
        })
    };
    parts.map(label).collect()
}

/// What a chapter and a section are called in a language, before their numbers; in English, where that is not known.
#[must_use]
pub fn words(language: &str) -> [&'static str; 2] {
    match language.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "de" => ["Kapitel", "Teil"],
        "fr" => ["Chapitre", "Partie"],
        "es" => ["Capítulo", "Parte"],
        "it" => ["Capitolo", "Parte"],
        "pt" => ["Capítulo", "Parte"],
        "nl" => ["Hoofdstuk", "Deel"],
        _ => ["Chapter", "Part"],
    }
}

/// A number as the Romans wrote it.
fn roman(mut number: usize) -> String {
    const SIGNS: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut text = String::new();
    for (worth, sign) in SIGNS {
        while number >= worth {
            text.push_str(sign);
            number -= worth;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(numbering: Numbering, unnumbered: &[usize], language: &str) -> Vec<String> {
        let parts = [(true, 0), (false, 1), (true, 1), (false, 2)].into_iter().enumerate();
        let parts =
            parts.map(|(at, (is_section, depth))| Counted { is_section, depth, is_counted: !unnumbered.contains(&at) });
        labels(numbering, language, parts).into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn chapters_are_counted_through_the_book_and_those_that_are_left_out_are_not() {
        assert_eq!(counted(Numbering::None, &[], "en"), ["", "", "", ""]);
        assert_eq!(counted(Numbering::Numbers, &[], "en"), ["", "1", "", "2"]);
        assert_eq!(counted(Numbering::Roman, &[1], "en"), ["", "", "", "I"]);
        assert_eq!(counted(Numbering::Words, &[], "de-AT"), ["Teil I", "Kapitel 1", "", "Kapitel 2"]);
        assert_eq!(counted(Numbering::Words, &[0, 3], ""), ["", "Chapter 1", "", ""]);
        assert_eq!([4, 9, 14, 1999].map(roman), ["IV", "IX", "XIV", "MCMXCIX"]);
    }
}
