//! How text is marked, and the fields and links it stands in.

use super::{
    super::super::{beside::PART, html_reader::link_among, left_out::What, schema::Value, tree::Mark},
    package::Link,
    styles::Look,
    text::{Reader, Tag},
};

/// A field: what it does, and what it shows.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// What it does, as far as it is read.
    does: String,
    /// Whether what is read is what it shows.
    is_shown: bool,
    /// Where it leads, and whether it is the contents.
    leads_to: Option<Value>,
    pub(super) is_contents: bool,
}

/// How long a field's instruction is read at most, in bytes.
const LONGEST: usize = 8_192;

impl Reader<'_> {
    /// How the run that is read is marked, for this text.
    pub(super) fn marks(&self, text: &str) -> Vec<Mark> {
        let own = &self.run.look;
        let look = match &self.run.style {
            Some(style) => self.beside.styles.look(style).below(own),
            None => own.clone(),
        };
        let Look { bold, italic, strike, small_caps, raised, is_code, is_rtl, languages, .. } = look;
        let mut marks = Vec::new();
        let link = self.links.iter().rev().flatten().next();
        let link = link.or_else(|| self.fields.iter().rev().find_map(|field| field.leads_to.as_ref()));
        marks.extend(link.map(|link| Mark::new("link", &[("href", link.clone())])));
        let [plain, eastern, rtl] = languages;
        let language = if is_rtl {
            rtl
        } else if text.chars().any(is_eastern) {
            eastern
        } else {
            plain
        };
        if let Some(lang) = language.filter(|lang| crate::metadata::check::is_language(lang)) {
            marks.push(Mark::new("language", &[("lang", Value::Text(lang))]));
        }
        let raised = raised.as_deref();
        for (is, name) in [
            (small_caps == Some(true), "small_caps"),
            (italic == Some(true), "emphasis"),
            (bold == Some(true), "strong"),
            (strike == Some(true), "strike"),
            (raised == Some("superscript"), "superscript"),
            (raised == Some("subscript"), "subscript"),
            (is_code, "code"),
        ] {
            if is {
                marks.push(Mark::new(name, &[]));
            }
        }
        marks
    }

    /// A link begins.
    pub(super) fn begin_link(&mut self, tag: &Tag<'_>) {
        let anchor = tag.get("anchor").unwrap_or_default();
        let outside = tag.get("id").and_then(|id| match self.beside.links.get(&id) {
            Some(Link::Outside(href)) if anchor.is_empty() => Some(href.clone()),
            Some(Link::Outside(href)) => Some(format!("{href}#{anchor}")),
            _ => None,
        });
        let link = match outside {
            Some(href) => self.outside(&href),
            None if anchor.is_empty() => None,
            None => Some(within(&anchor)),
        };
        self.links.push(link);
    }

    /// Where an address leads, if it may lead there.
    fn outside(&mut self, href: &str) -> Option<Value> {
        let allowed = link_among(None, href).filter(|_| !href.starts_with(['/', '#']));
        if allowed.is_none() {
            self.left_out.add(What::Link, href);
        }
        allowed
    }

    /// A field begins, shows something, or ends.
    pub(super) fn field(&mut self, kind: &str) {
        match kind {
            "begin" => self.fields.push(Field::default()),
            "separate" => {
                if let Some(does) = self.fields.last_mut().map(|field| std::mem::take(&mut field.does)) {
                    self.shows(&does);
                }
            }
            "end" => self.end_field(),
            _ => {}
        }
    }

    /// A field ends. One that shows nothing may still say something of the text.
    pub(super) fn end_field(&mut self) {
        let Some(field) = self.fields.pop() else { return };
        if let Some(paragraph) = self.paragraphs.last_mut().filter(|_| !field.is_shown) {
            paragraph.hidden_field(&field.does);
        }
    }

    /// What the last field does is known.
    pub(super) fn shows(&mut self, does: &str) {
        let mut words = words(does).into_iter();
        let name = words.next().unwrap_or_default().to_ascii_uppercase();
        let words: Vec<String> = words.collect();
        let after = |switch: &str| {
            let at = words.iter().position(|word| word.eq_ignore_ascii_case(switch))?;
            words.get(at + 1).cloned()
        };
        let first = words.first().filter(|word| !word.starts_with('\\')).cloned();
        let leads_to = match name.as_str() {
            "HYPERLINK" => match (first, after("\\l")) {
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
            self.left_out.add(What::Contents, "");
        }
        if let Some(field) = self.fields.last_mut() {
            (field.leads_to, field.is_contents, field.is_shown) = (leads_to, is_contents, name != "XE");
        }
    }

    /// Text of what a field does.
    pub(super) fn does(&mut self, text: &str) {
        if let Some(field) = self.fields.last_mut().filter(|field| field.does.len() < LONGEST) {
            field.does.push_str(text);
        }
    }

    /// Whether text is shown that is read now.
    pub(super) fn is_shown(&self) -> bool {
        self.fields.iter().all(|field| field.is_shown && !field.is_contents)
    }
}

/// The address of a place in the text.
fn within(place: &str) -> Value {
    Value::Text(format!("{PART}0#{place}"))
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

/// Whether a letter is one of Chinese, Japanese or Korean.
fn is_eastern(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
