//! Contents that a program made are left out and named, whether a field says what they are, a part of the document, or
//! nothing but the styles of their lines.

use super::{super::super::left_out::What, paragraph::Paragraph, styles::Meaning, text::Reader};

/// The contents that are read.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// What stands above them, until it is known that they come; and whether it looks like a heading.
    heading: Option<(Paragraph, bool)>,
    is_named: bool,
}

impl Reader<'_> {
    /// Contents are read that say what they are.
    pub(super) fn name_contents(&mut self) {
        self.left_out.add(What::Contents, "");
        self.contents.is_named = true;
        if let Some((heading, _)) = self.contents.heading.take() {
            self.name_pictures(&heading);
        }
    }

    /// A paragraph that is whole: it is part of contents or of the text.
    pub(super) fn paragraph(&mut self, paragraph: Paragraph) {
        let meaning = self.blocks.meaning(&paragraph);
        match meaning {
            Meaning::Contents | Meaning::ContentsHeading | Meaning::IndexHeading if paragraph.is_empty() => {}
            Meaning::Contents => {
                if !self.contents.is_named {
                    self.name_contents();
                }
                self.name_pictures(&paragraph);
            }
            Meaning::ContentsHeading | Meaning::IndexHeading => {
                self.end_contents();
                self.contents.heading = Some((paragraph, meaning == Meaning::ContentsHeading));
            }
            _ => {
                if !paragraph.is_empty() {
                    self.end_contents();
                }
                self.blocks.paragraph(paragraph);
            }
        }
    }

    /// No contents go on here. What would have stood above some is text: the style is taken for headings, too, that are
    /// not to stand in the contents.
    pub(super) fn end_contents(&mut self) {
        self.contents.is_named = false;
        if let Some((mut heading, is_heading)) = self.contents.heading.take() {
            (heading.style, heading.outline) = (None, is_heading.then_some(0));
            self.blocks.paragraph(heading);
        }
    }

    fn name_pictures(&mut self, paragraph: &Paragraph) {
        for picture in &paragraph.pictures {
            self.left_out.add(What::Picture, picture.text_value("alt"));
        }
    }
}
