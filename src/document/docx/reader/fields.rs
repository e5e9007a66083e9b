//! Fields: what they do, and what they show. Some show nothing that stands in the document, and are shown all the same:
//! what that is, their instruction says.

use super::{
    super::super::{left_out::What, schema::Value},
    controls::Form,
    equation,
    paragraph::Inline,
    run::within,
    signs::Font,
    text::Reader,
};

/// A field: what it does, and what it shows.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// What it does, as far as it is read.
    does: String,
    /// Whether all of that is read, and what is read is its result.
    is_result: bool,
    /// Whether its result is shown.
    is_shown: bool,
    /// Where it leads, and whether it is the contents.
    pub(super) leads_to: Option<Value>,
    pub(super) is_contents: bool,
    pub(super) form: Form,
}

/// How long a field's instruction is read at most, in bytes.
const LONGEST: usize = 8_192;

impl Field {
    /// Whether what it shows is said by what it does, under this name.
    fn says_itself(&self, name: &str, does: &str) -> bool {
        match name {
            "EQ" => equation::shown(does).is_some(),
            "FORMCHECKBOX" => self.form.is_box,
            "FORMDROPDOWN" => !self.form.choices.is_empty(),
            _ => false,
        }
    }
}

impl Reader<'_> {
    /// A field begins, shows something, or ends.
    pub(super) fn field(&mut self, kind: &str) {
        match kind {
            "begin" => self.fields.push(Field::default()),
            "separate" => {
                if let Some(does) = self.fields.last().map(|field| field.does.clone()) {
                    self.shows(&does);
                }
            }
            "end" => self.end_field(),
            _ => {}
        }
    }

    /// A field that is told at once.
    pub(super) fn whole_field(&mut self, does: &str) {
        self.fields.push(Field::default());
        self.does(does);
        self.shows(does);
    }

    /// A field ends. One that shows nothing may still say something of the text, or something in it.
    pub(super) fn end_field(&mut self) {
        let Some(field) = self.fields.pop().filter(|field| !field.is_shown) else { return };
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.hidden_field(&field.does);
        }
        if !self.is_shown() {
            return;
        }
        match name(&field.does).as_str() {
            "EQ" => {
                if let Some(equation) = equation::shown(&field.does) {
                    if !equation.is_reading {
                        self.left_out.add(What::Formula, "");
                    }
                    self.add(&equation.line);
                }
            }
            "SYMBOL" => self.symbol(&words(&field.does)),
            // Each has the name of something before what it shows.
            "MACROBUTTON" | "GOTOBUTTON" => self.add(after_words(&field.does, 2)),
            "FORMCHECKBOX" if field.form.is_box => self.item(Inline::Tick(field.form.is_ticked())),
            "FORMDROPDOWN" => self.add(field.form.choice()),
            _ => {}
        }
    }

    /// A sign by its number in a font.
    fn symbol(&mut self, words: &[String]) {
        let Some(number) = words.get(1) else { return };
        let code = match number.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        };
        let font = after(words, "\\f").map_or(Font::Other, |font| Font::named(&font));
        if let Some(letter) = code.and_then(char::from_u32) {
            self.sign_of(font, letter);
        }
    }

    /// What the last field does is known.
    pub(super) fn shows(&mut self, does: &str) {
        let name = name(does);
        let words: Vec<String> = words(does).into_iter().skip(1).collect();
        let first = words.first().filter(|word| !word.starts_with('\\')).cloned();
        let leads_to = match name.as_str() {
            "HYPERLINK" => match (first, after(&words, "\\l")) {
                (Some(href), None) => self.outside(&href),
                (Some(href), Some(place)) => self.outside(&format!("{href}#{place}")),
                (None, Some(place)) => Some(within(&place)),
                (None, None) => None,
            },
            "REF" if words.iter().any(|word| word == "\\h") => first.map(|place| within(&place)),
            _ => None,
        };
        let is_contents = matches!(name.as_str(), "TOC" | "INDEX");
        if is_contents {
            self.name_contents();
        }
        if let Some(field) = self.fields.last_mut() {
            let is_shown = name != "XE" && !field.says_itself(&name, does);
            (field.leads_to, field.is_contents, field.is_shown, field.is_result) =
                (leads_to, is_contents, is_shown, true);
        }
    }

    /// Text of what a field does.
    pub(super) fn does(&mut self, text: &str) {
        if let Some(field) = self.fields.last_mut().filter(|field| field.does.len() < LONGEST && !field.is_result) {
            field.does.push_str(text);
        }
    }

    /// Whether text is shown that is read now.
    pub(super) fn is_shown(&self) -> bool {
        self.fields.iter().all(|field| field.is_shown && !field.is_contents)
    }
}

/// The name of a field, in capital letters.
fn name(does: &str) -> String {
    does.trim_start().chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// The words of a field: what stands in quotation marks is one.
fn words(does: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, piece) in does.split('"').enumerate() {
        if number % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The word that comes after another.
fn after(words: &[String], switch: &str) -> Option<String> {
    let at = words.iter().position(|word| word.eq_ignore_ascii_case(switch))?;
    words.get(at + 1).cloned()
}

/// What comes after so many words.
fn after_words(text: &str, many: usize) -> &str {
    (0..many)
        .fold(text.trim(), |rest, _| rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start()))
}
