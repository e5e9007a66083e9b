//! What one fills in: content controls, and the form fields that were before them. What is chosen or written in one is
//! text; a box is ticked or not, whichever sign it shows.

use super::{
    paragraph::Inline,
    text::{Of, Reader, Tag},
};

/// A content control that is open.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// Of a box whether it is ticked, until that stands in the text.
    tick: Option<bool>,
    /// The signs that it has when it is ticked, and when it is not.
    signs: Vec<char>,
}

/// A form field: a box, or a choice among words.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) is_box: bool,
    is_ticked: Option<bool>,
    is_ticked_first: bool,
    chosen: Option<usize>,
    chosen_first: usize,
    pub(super) choices: Vec<String>,
}

impl Form {
    /// Whether the box is ticked.
    pub(super) fn is_ticked(&self) -> bool {
        self.is_ticked.unwrap_or(self.is_ticked_first)
    }

    /// The words that are chosen.
    pub(super) fn choice(&self) -> &str {
        self.choices.get(self.chosen.unwrap_or(self.chosen_first)).map_or("", String::as_str)
    }
}

impl Reader<'_> {
    /// What a content control is.
    pub(super) fn about_control(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        match name {
            "docpartgallery" if tag.get("val").is_some_and(|kind| kind.contains("Contents")) => {
                self.name_contents();
                self.controls.pop();
                self.of = Of::Nothing;
                self.pass("sdt", false);
            }
            "rpr" => self.pass(name, is_whole),
            "sdtcontent" => self.of = Of::Nothing,
            _ => self.about_box(name, tag),
        }
    }

    fn about_box(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(control) = self.controls.last_mut() else { return };
        match name {
            "checked" => control.tick = Some(tag.is_on()),
            "checkedstate" | "uncheckedstate" => {
                let code = tag.get("val").and_then(|code| u32::from_str_radix(&code, 16).ok());
                control.signs.extend(code.and_then(char::from_u32));
            }
            _ => {}
        }
    }

    /// What a form field is.
    pub(super) fn about_form(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(field) = self.fields.last_mut() else { return };
        let form = &mut field.form;
        match name {
            "checkbox" => form.is_box = true,
            "checked" => form.is_ticked = Some(tag.is_on()),
            "default" => (form.is_ticked_first, form.chosen_first) = (tag.is_on(), tag.number("val").unwrap_or(0)),
            "result" => form.chosen = tag.number("val"),
            "listentry" => form.choices.extend(tag.get("val")),
            _ => {}
        }
    }

    /// Puts the tick of a box in its place, if none is there yet; says whether it did.
    pub(super) fn put_tick(&mut self) -> bool {
        if !self.is_shown() {
            return false;
        }
        let Some(is_done) = self.controls.last_mut().and_then(|control| control.tick.take()) else { return false };
        self.item(Inline::Tick(is_done));
        true
    }

    /// Text without the sign of a box that it begins with: that is a tick.
    pub(super) fn without_sign<'t>(&mut self, text: &'t str) -> &'t str {
        let Some(control) = self.controls.last() else { return text };
        let words = text.trim_start();
        let Some(sign) = words.chars().next().filter(|_| control.tick.is_some()) else { return text };
        let is_sign = control.signs.contains(&sign) || !sign.is_alphanumeric();
        self.put_tick();
        if is_sign { &words[sign.len_utf8()..] } else { text }
    }

    /// What stands in a content control is read. A box that shows nothing is one all the same.
    pub(super) fn end_content(&mut self) {
        if !self.paragraphs.is_empty() {
            self.put_tick();
        }
    }
}
