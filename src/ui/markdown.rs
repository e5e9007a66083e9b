//! Markdown as pages show it, the same on the server and in the browser.
//!
//! What people write is not trusted: HTML in it is shown as the text it is, links lead only where a link may
//! ([`is_safe`]), and everything else is drawn by this file and escaped.
//!
//! A text is split into its top-level blocks, each with a key made of its content: while somebody types, a page draws
//! anew only the blocks that changed, and nothing else on it moves or loses its selection.

use leptos::prelude::*;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html::push_html};
use std::collections::HashMap;

/// A top-level block: a paragraph, a heading, a list, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Made of the content, and of how many equal blocks stand before it.
    pub key: (u64, u32),
    /// Safe to show.
    pub html: String,
}

/// The blocks of a text.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_SMART_PUNCTUATION;
    let mut blocks = Vec::new();
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let (mut depth, mut events) = (0_u32, Vec::new());
    let mut guard = Guard::default();
    for event in Parser::new_ext(text, options) {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        guard.pass(event, &mut events);
        if depth == 0 {
            let mut html = String::new();
            push_html(&mut html, events.drain(..));
            let hash = fnv(html.as_bytes());
            let nth = seen.entry(hash).and_modify(|nth| *nth += 1).or_insert(0);
            blocks.push(Block { key: (hash, *nth), html });
        }
    }
    blocks
}

/// Whether a link may lead there: `http`, `https`, `mailto`, or a path of this site.
#[must_use]
pub fn is_safe(url: &str) -> bool {
    // Browsers drop control characters and blanks at the front before they look for a scheme.
    if url.chars().any(char::is_control) || url.starts_with(char::is_whitespace) {
        return false;
    }
    let scheme = url.find([':', '/', '?', '#']).filter(|at| url[*at..].starts_with(':')).map(|at| &url[..at]);
    scheme.is_none_or(|scheme| ["http", "https", "mailto"].iter().any(|good| scheme.eq_ignore_ascii_case(good)))
}

/// Lets through what is safe, and replaces what is not.
#[derive(Default)]
struct Guard {
    /// For every link that is open, whether it was let through.
    links: Vec<bool>,
    /// For every image that is open, whether it was let through.
    images: Vec<bool>,
}

impl Guard {
    fn pass<'a>(&mut self, event: Event<'a>, out: &mut Vec<Event<'a>>) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => out.push(Event::Text(text)),
            Event::Start(Tag::HtmlBlock) => out.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => out.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let url = if link_type == LinkType::Email { format!("mailto:{dest_url}").into() } else { dest_url };
                // Within an image's description there are only words.
                let safe = is_safe(&url) && !self.images.contains(&true);
                self.links.push(safe);
                if safe {
                    out.push(Event::InlineHtml(opening_link(&url, &title)));
                }
            }
            Event::End(TagEnd::Link) => {
                if self.links.pop() == Some(true) {
                    out.push(Event::InlineHtml("</a>".into()));
                }
            }
            Event::Start(Tag::Image { ref dest_url, .. }) => {
                let safe = is_safe(dest_url) && !dest_url.to_ascii_lowercase().starts_with("mailto:");
                self.images.push(safe);
                if safe {
                    out.push(event);
                }
            }
            Event::End(TagEnd::Image) => {
                if self.images.pop() == Some(true) {
                    out.push(event);
                }
            }
            // The page's own heading is the chapter's title: what stands in its text is one level down.
            Event::Start(Tag::Heading { level, .. }) => {
                out.push(Event::Start(Tag::Heading { level: lower(level), id: None, classes: vec![], attrs: vec![] }));
            }
            Event::End(TagEnd::Heading(level)) => out.push(Event::End(TagEnd::Heading(lower(level)))),
            other => out.push(other),
        }
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

fn opening_link(url: &str, title: &str) -> CowStr<'static> {
    let mut tag = format!("<a href=\"{}\" rel=\"noopener nofollow\"", escaped(url));
    if !title.is_empty() {
        tag.push_str(&format!(" title=\"{}\"", escaped(title)));
    }
    tag.push('>');
    tag.into()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;").replace('>', "&gt;")
}

/// FNV-1a: the same on the server and in the browser, unlike the standard library's hasher.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// A text, set as a page of a book. What changes while it is shown is marked for a moment.
#[component]
pub fn Prose(
    /// Markdown.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    // What is there when the page appears is not news.
    let settled = StoredValue::new(false);
    Effect::new(move || settled.set_value(true));
    let blocks = move || text.with(|text| blocks(text));
    view! {
        <div class="prose">
            <For each=blocks key=|block| block.key let:block>
                <div
                    class="block"
                    class:fresh=settled.try_get_value().unwrap_or_default()
                    dir="auto"
                    inner_html=block.html
                ></div>
            </For>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        blocks(text).into_iter().map(|block| block.html).collect()
    }

    #[test]
    fn html_is_shown_as_the_text_it_is() {
        for text in
            ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<!-- x -->", "<b>x</b>\n\n<div>\n"]
        {
            let html = html(text);
            for bad in ["<script", "<img", "<!--", "<b>", "<div"] {
                assert!(!html.contains(bad), "{html}");
            }
            assert!(html.contains("&lt;"), "{html}");
        }
    }

    #[test]
    fn links_lead_only_where_a_link_may() {
        for bad in ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "file:///etc"] {
            assert!(!is_safe(bad), "{bad}");
            assert!(!html(&format!("[x]({bad}) ![y]({bad}) <{bad}>")).contains("href"), "{bad}");
        }
        assert!(!is_safe("java\nscript:x") && !is_safe("\u{1}javascript:x") && !is_safe(" javascript:x"));
        for good in ["https://a.b/c?d=e:f", "http://a", "mailto:a@b.c", "/book/1", "#x", "?a=b:c"] {
            assert!(is_safe(good), "{good}");
        }
        assert!(html("<a@b.c>").contains("href=\"mailto:a@b.c\""));
        assert!(!html("[x](javascript&colon;alert(1))").contains("href=\"javascript"));
    }

    #[test]
    fn an_attribute_cannot_be_left() {
        let html = html("[a](<https://b.c/\" onclick=\"x> 'q\" onfocus=\"y')");
        assert!(!html.contains("\" onclick") && !html.contains("\" onfocus"), "{html}");
    }

    #[test]
    fn only_the_block_that_changed_has_another_key() {
        let (before, after) = (blocks("# A\n\nsame\n\nsame\n\nold"), blocks("# A\n\nsame\n\nsame\n\nnew"));
        assert_eq!(before.len(), 4);
        assert_eq!(before[..3], after[..3]);
        assert_ne!(before[1].key, before[2].key);
        assert_ne!(before[3].key, after[3].key);
        assert!(before[0].html.starts_with("<h2>A"));
    }
}
