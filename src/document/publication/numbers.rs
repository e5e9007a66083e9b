//! The numbers of chapters, and what links say that name one. They are counted anew each time a book goes out, so they
//! follow when chapters move.

use super::{Part, Publication, words::Words};
use crate::metadata::{
    matter::{Counted, Numbering, labels},
    reference::{Show, reference},
};
use std::collections::HashSet;

impl Publication {
    /// Counts its chapters, but for these.
    pub fn number(&mut self, unnumbered: &HashSet<usize>) {
        let counted = |(at, part): (usize, &Part)| Counted {
            is_section: part.is_section,
            depth: part.depth,
            is_counted: !unnumbered.contains(&at),
        };
        let parts = self.parts.iter().enumerate().map(counted);
        self.labels = labels(self.matter.numbering, Words::of(self).language, parts);
    }

    /// What stands before the title of a part: `3`, `III`, `Chapter 3`.
    #[must_use]
    pub fn label(&self, at: usize) -> Option<&str> {
        self.labels.get(at)?.as_deref()
    }

    /// The same with what parts it from the title, where both stand in one line: `3. `, `Chapter 3: `. Nothing, where
    /// there is no number.
    #[must_use]
    pub fn label_in_line(&self, at: usize) -> String {
        let sign = if self.matter.numbering == Numbering::Words { ':' } else { '.' };
        self.label(at).map_or_else(String::new, |label| format!("{label}{sign} "))
    }

    /// What a link says that leads to this part and says what it is called.
    #[must_use]
    pub fn called(&self, at: usize, show: Show) -> Option<String> {
        let part = self.parts.get(at)?;
        Some(show.words(&part.title, self.label(at), self.matter.numbering, Words::of(self).language))
    }

    /// What a link says that is a reference to a part of this book; nothing, where it is another.
    #[must_use]
    pub fn words_of_link(&self, href: &str) -> Option<String> {
        let (path, show) = reference(href)?;
        self.called(*self.links.get(path)?, show)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::book;
    use crate::metadata::matter::Numbering;

    #[test]
    fn what_a_link_says_follows_titles_and_numbers() {
        let mut book = book();
        let says = |book: &super::Publication, show: &str| book.words_of_link(&format!("/book/b/f?show={show}"));
        assert_eq!(says(&book, "number").as_deref(), Some("Flood"), "without a number it is the title");
        book.matter.numbering = Numbering::Numbers;
        book.number(&[1].into());
        assert_eq!(says(&book, "number").as_deref(), Some("Chapter 1"));
        assert_eq!(says(&book, "both").as_deref(), Some("Chapter 1, Flood"));
        book.parts[2].title = "High water".into();
        assert_eq!(says(&book, "title").as_deref(), Some("High water"));
        assert_eq!(
            [says(&book, "colour"), book.words_of_link("/book/b/f"), book.words_of_link("/x?show=title")],
            [None, None, None]
        );
    }
}
