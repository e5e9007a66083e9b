//! References: links to a chapter of the book that say what it is called, such as *Chapter 3*. What they say is no part of
//! the text, but follows when the chapter is renamed or moved. In the text one is a link whose address says so, as
//! `/book/7/12?show=number`; its words are what it said when it was written.

use super::matter::{Numbering, words};
use std::borrow::Cow;

/// What begins that end of an address.
const SHOW: &str = "show=";

/// What a reference says of the chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Its title.
    Title,
    /// Its number; its title, where it has none.
    Number,
    /// Both.
    Both,
}

impl Show {
    /// All of them, by the words that stand for them.
    const ALL: [(&'static str, Self); 3] = [("title", Self::Title), ("number", Self::Number), ("both", Self::Both)];

    /// What it says of a chapter with this title and number.
    #[must_use]
    pub fn words(self, title: &str, label: Option<&str>, numbering: Numbering, language: &str) -> String {
        let Some(label) = label.filter(|_| self != Self::Title) else { return title.to_owned() };
        let number = match numbering {
            Numbering::Words => label.to_owned(),
            _ => format!("{} {label}", words(language)[0]),
        };
        if self == Self::Both { format!("{number}, {title}") } else { number }
    }
}

/// The address of the chapter that a link leads to, and what it says of it; nothing, where it is an ordinary link.
#[must_use]
pub fn reference(href: &str) -> Option<(&str, Show)> {
    // What follows a `#` is a place in the page, whatever it looks like.
    let (path, said) = href.split('#').next()?.split_once('?')?;
    let said = said.strip_prefix(SHOW)?;
    let (_, show) = Show::ALL.into_iter().find(|(word, _)| *word == said)?;
    Some((path, show))
}

/// The end of an address by which its link is a reference, with the sign before it; empty, where it is none.
#[must_use]
pub fn suffix(href: &str) -> &str {
    let end = href.find('#').unwrap_or(href.len());
    if reference(href).is_some() { &href[href.find('?').unwrap_or(end)..end] } else { "" }
}

/// The HTML of a chapter, as the server writes it, in which references say what chapters are called now: `called` knows
/// that by the address of a chapter.
pub fn followed<'a>(html: &'a str, called: impl Fn(&str, Show) -> Option<String>) -> Cow<'a, str> {
    const BEGIN: &str = "<a href=\"";
    const END: &str = "</a>";
    if !html.contains(SHOW) {
        return Cow::Borrowed(html);
    }
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(at) = rest.find(BEGIN) {
        let (before, link) = rest.split_at(at);
        out.push_str(before);
        let href = link[BEGIN.len()..].split('"').next().unwrap_or_default();
        let words = reference(href).and_then(|(path, show)| called(path, show));
        let (begins, ends) = (link.find('>').map(|at| at + 1), link.find(END));
        match (words, begins, ends) {
            (Some(words), Some(begins), Some(ends)) if begins <= ends => {
                out.push_str(&link[..begins]);
                out.push_str(&words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
                rest = &link[ends..];
            }
            _ => {
                out.push_str(BEGIN);
                rest = &link[BEGIN.len()..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_its_link_shows_or_nothing() {
        assert_eq!(reference("/book/b/c?show=number#x"), Some(("/book/b/c", Show::Number)));
        assert_eq!(suffix("/book/b/c?show=number#x"), "?show=number");
        for plain in ["/book/b/c", "/book/b/c?show=all", "/book/b/c?x=1&show=title", "#n?show=title"] {
            assert_eq!((plain, suffix(plain), reference(plain)), (plain, "", None));
        }
    }

    #[test]
    fn the_words_of_references_in_html_are_those_of_now_and_nothing_else_is_touched() {
        let called = |path: &str, _: Show| (path == "/book/b/c").then(|| "Now <&>".to_owned());
        let html = "<p>a <a href=\"/book/b/c?show=title\" rel=\"noopener\">was <em>once</em></a>, \
                    <a href=\"/book/b/d?show=title\">d</a> <a href=\"/x\">show=title</a></p>";
        let now = html.replace("was <em>once</em>", "Now &lt;&amp;&gt;");
        assert_eq!(followed(html, called), now);
        assert_eq!(followed("<a href=\"/book/b/c?show=title\">", called), "<a href=\"/book/b/c?show=title\">");
    }
}
