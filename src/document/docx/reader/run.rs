//! How text is marked, and the links it stands in.

use super::{
    super::super::{beside::PART, html_reader::link_among, left_out::What, schema::Value, tree::Mark},
    package::Link,
    styles::Look,
    text::{Reader, Tag},
};

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
    pub(super) fn outside(&mut self, href: &str) -> Option<Value> {
        let allowed = link_among(None, href).filter(|_| !href.starts_with(['/', '#']));
        if allowed.is_none() {
            self.left_out.add(What::Link, href);
        }
        allowed
    }
}

/// The address of a place in the text.
pub(super) fn within(place: &str) -> Value {
    Value::Text(format!("{PART}0#{place}"))
}

/// Whether a letter is one of Chinese, Japanese or Korean.
fn is_eastern(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
