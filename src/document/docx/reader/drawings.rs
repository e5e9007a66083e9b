//! Pictures, and what else is drawn.

use super::{
    super::super::{beside::PICTURE, left_out::What, schema::Value, tree::Element},
    package::Link,
    paragraph::Inline,
    text::{Reader, Tag},
};

/// A drawing: what describes it, and whether anything of it was read.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    alt: String,
    pub(super) is_read: bool,
    /// Whether it is a line across the page, of whatever picture that is made.
    is_rule: bool,
}

impl Reader<'_> {
    pub(super) fn describe(&mut self, alt: Option<String>) {
        if let (Some(drawing), Some(alt)) = (self.drawings.last_mut(), alt) {
            drawing.alt = alt;
        }
    }

    /// A shape of the older kind, which may be a line across the page.
    pub(super) fn shape(&mut self, tag: &Tag<'_>) {
        self.describe(tag.get("alt"));
        if !matches!(tag.get("hr").as_deref(), Some("t" | "true" | "1")) {
            return;
        }
        if let Some(drawing) = self.drawings.last_mut() {
            (drawing.is_read, drawing.is_rule) = (true, true);
        }
        if self.is_shown() {
            self.item(Inline::Rule);
        }
    }

    /// A picture in the line.
    pub(super) fn picture(&mut self, id: Option<String>) {
        if self.drawings.last().is_some_and(|drawing| drawing.is_rule) {
            return;
        }
        let alt = self.drawings.last_mut().map(|drawing| {
            drawing.is_read = true;
            drawing.alt.clone()
        });
        let alt: String = alt.unwrap_or_default().chars().take(1_900).collect();
        let link = id.and_then(|id| self.beside.links.get(&id));
        let number = match link {
            Some(Link::Within(path)) => self.files.picture_at(path),
            _ => None,
        };
        if let Some(number) = number {
            let src = Value::Text(format!("{PICTURE}{number}"));
            let picture = Element::new("figure", &[("src", src), ("alt", Value::Text(alt))], Vec::new());
            if let Some(paragraph) = self.paragraphs.last_mut() {
                paragraph.pictures.push(picture);
            }
            return;
        }
        let Some(Link::Within(path) | Link::Outside(path)) = link else { return };
        self.left_out.add(What::Picture, path);
        self.add(&alt);
    }

    pub(super) fn end_drawing(&mut self) {
        let Some(drawing) = self.drawings.pop() else { return };
        if !drawing.is_read {
            self.left_out.add(What::Picture, &drawing.alt);
            self.add(&drawing.alt);
        }
    }
}
