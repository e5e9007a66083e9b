//! From HTML: what it says, as nodes of a chapter. Tokens are read as browsers read them; what they mean is what the editor
//! makes of pasted HTML (`editor/src/paste.ts`, `editor/src/parsing.ts`).
//!
//! It is added to a tree in the making, piece by piece, as HTML stands in Markdown: an element may begin in one piece and
//! end in a later one. Nothing in it is run or fetched; what a browser would run, and what it does not show, is left out
//! and counted.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `elements`, `style` | what an element is, and what its style says |
//! | `whole` | a file of HTML that is one of those a book is made of |
//! | `formula` | a formula in it, as text |
//! | `notes` | which elements of those are notes, and what points to them |

mod elements;
mod formula;
mod notes;
mod sheet;
mod style;
mod whole;

pub(super) use notes::{Notes, Scanned, scan};
pub(super) use sheet::{Sheet, Sheets};
pub(super) use style::index_entry;
pub(super) use whole::Whole;

use super::{
    beside::{Around, PART},
    builder::{Begins, Builder},
    left_out::{LeftOut, What},
    schema::{SCHEMA, Value},
    tree::{Element, Mark},
};
use elements::{is_block, is_formatting, is_unshown, is_void, known};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use std::collections::HashMap;
use yrs::Any;

/// How many elements may be open in each other. Those that begin deeper mean nothing; their text stays.
const OPEN: usize = 96;

/// How many letters a picture's description has. What is more of it stands below the picture.
const ALT: usize = 2_000;

/// How many ends of which elements are still to come. What is left out has to end somewhere: an element that never does
/// would take all that comes after it along.
#[derive(Default)]
pub(super) struct Ends(HashMap<&'static str, usize>);

impl Ends {
    /// Notes that there is one more in this piece, if it is the end of something.
    pub(super) fn note(&mut self, html: &str) {
        if let Some(name) = html.strip_prefix("</").map(|rest| rest.trim_end_matches('>').trim())
            && let Some(name) = known(name)
        {
            *self.0.entry(name).or_default() += 1;
        }
    }

    /// Notes all that are among these.
    fn note_all(&mut self, tokens: impl Iterator<Item = Token<usize>>) {
        for token in tokens {
            if let Token::EndTag(tag) = token
                && let Some(name) = known(&String::from_utf8_lossy(&tag.name))
            {
                *self.0.entry(name).or_default() += 1;
            }
        }
    }

    fn passed(&mut self, name: &'static str) {
        if let Some(count) = self.0.get_mut(name) {
            *count = count.saturating_sub(1);
        }
    }

    fn comes(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|count| *count > 0)
    }
}

/// A piece of HTML on its way into a tree.
pub(super) struct Html<'a> {
    /// Where it goes.
    pub tree: &'a mut Builder,
    /// Where that is noted for which there is no place.
    pub left_out: &'a mut LeftOut,
    /// What ends later on.
    pub ends: &'a mut Ends,
    /// Where the files lie that it names, if it is one of several.
    pub around: Option<Around<'a>>,
    /// The file of a book that it is, if it is one.
    pub whole: Option<&'a Whole<'a>>,
}

type Tag = StartTag<usize>;

/// Adds a piece of HTML that is whole: what is left out of it ends in it.
pub(super) fn add_block(html: &str, tree: &mut Builder, left_out: &mut LeftOut, around: Option<Around<'_>>) {
    let mut ends = Ends::default();
    ends.note_all(tokens(html, HTML));
    Html { tree: &mut *tree, left_out, ends: &mut ends, around, whole: None }.add(html);
    tree.end_nothing();
}

/// Markup that is no XML: what stands in some elements, such as a script, is no markup.
const HTML: bool = false;

fn tokens(html: &str, is_xml: bool) -> impl Iterator<Item = Token<usize>> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(!is_xml);
    Tokenizer::new_with_emitter(html, emitter).flatten()
}

impl Html<'_> {
    /// Adds a piece of HTML.
    pub(super) fn add(&mut self, html: &str) {
        let mut rest = html;
        while let Some(after) = self.add_until_text(rest) {
            rest = after;
        }
    }

    /// Adds a piece up to the end of a text in it that is marked as no HTML, and answers what comes after that.
    fn add_until_text<'h>(&mut self, html: &'h str) -> Option<&'h str> {
        for token in tokens(html, HTML) {
            if self.tree.is_full() {
                return None;
            }
            match token {
                Token::Comment(comment) if comment.starts_with(b"[CDATA[") => {
                    let source = html.get(comment.span.start..)?;
                    let text = source.strip_prefix("<![CDATA[").unwrap_or(source);
                    let (text, after) = text.split_once("]]>").unwrap_or((text, ""));
                    self.tree.flowing_text(text);
                    return Some(after);
                }
                token => self.token(token, html),
            }
        }
        None
    }

    fn token(&mut self, token: Token<usize>, html: &str) {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name);
                match known(&name) {
                    Some(name) => self.start(name, &tag, html.get(tag.span.start..tag.span.end)),
                    None => self.unknown(&name, html.get(tag.span.start..tag.span.end)),
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name);
                match known(&name) {
                    Some(name) => self.end(name),
                    None => self.unknown(&name, html.get(tag.span.start..tag.span.end)),
                }
            }
            Token::String(text) => self.tree.flowing_text(&String::from_utf8_lossy(&text)),
            Token::Comment(comment) => {
                self.comment(&String::from_utf8_lossy(&comment), html.get(comment.span.start..));
            }
            // A file has one.
            Token::Doctype(_) if self.whole.is_some() => {}
            Token::Doctype(_) => self.left_out.add(What::Element, "!doctype"),
            Token::Error(_) => {}
        }
    }

    /// What no HTML knows is no element but text, such as the `<T>` of `Vec<T>`; but for names with a mark in them, which
    /// programs give to what means nothing to others.
    fn unknown(&mut self, name: &str, source: Option<&str>) {
        // A program wrote a file of a book, and what it means by an element is known to that.
        if self.whole.is_none() && !name.contains([':', '-']) {
            self.tree.flowing_text(source.unwrap_or(name));
        }
    }

    /// `source` is the HTML from its beginning on.
    fn comment(&mut self, text: &str, source: Option<&str>) {
        match source {
            // It never ends: what is taken for it may be the rest of a book.
            Some(source) if source.starts_with("<!--") && !source.contains("-->") => self.tree.flowing_text(source),
            // One that says nothing parts what would else be read as one.
            _ if text.trim().is_empty() => {}
            _ => {
                self.left_out.add(What::Comment, "");
                self.tree.vanish();
            }
        }
    }

    fn start(&mut self, name: &'static str, tag: &Tag, source: Option<&str>) {
        // Of what is left out only its end is looked for.
        if self.tree.is_nothing() {
            if !is_void(name) {
                self.open_if_room(name, Begins::Inline);
            }
            return;
        }
        if is_unshown(name) || style::is_hidden(tag) {
            return self.leave_out(name, tag, source);
        }
        if self.tree.is_code() {
            return self.start_in_code(name, tag);
        }
        if is_played(name) || name == "source" && self.tree.open_names().any(|(_, open)| is_played(open)) {
            self.left_out.add(What::Element, &with_address(name, tag));
        }
        if is_block(name) {
            self.close_paragraph();
        }
        match name {
            "br" => return self.tree.line_break(),
            "hr" => return self.tree.block(Element::new("scene_break", &[], Vec::new())),
            "img" => return self.picture(tag),
            "input" => return self.input(tag),
            _ if is_void(name) => return,
            _ => {}
        }
        self.close_implied(name);
        if self.tree.open_count() >= OPEN {
            if is_block(name) {
                self.tree.end_line();
            }
            return;
        }
        let begins =
            self.whole.and_then(|_| whole::begins(name, tag, self.tree)).unwrap_or_else(|| self.begins(name, tag));
        let is_cell_alone = matches!(name, "td" | "th") && self.tree.node_kind() == "table";
        if is_cell_alone {
            self.tree.open("tr", Begins::Node("table_row", Vec::new()), false);
        }
        self.tree.open(name, begins, false);
        if let Some(whole) = self.whole {
            whole.opened(name, tag, self.tree);
        }
        if style::keeps_blanks(name, tag) {
            self.tree.keep_blanks();
        }
        // What its style says, beside what its name does. A heading is bold as it is.
        if !matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "th") {
            for mark in style::marks(name, tag, self.whole.map(|whole| whole.sheets)) {
                self.tree.open("", Begins::Mark(mark), false);
            }
        }
        match name {
            "li" if let Some(is_done) = attribute(tag, "data-done") => self.tree.tick(is_done == "true"),
            "q" => self.tree.text("\u{201c}"),
            "rt" => self.tree.text("("),
            _ => {}
        }
    }

    /// What begins with an element that is shown.
    fn begins(&mut self, name: &'static str, tag: &Tag) -> Begins {
        let class = attribute(tag, "class").unwrap_or_default();
        let has_class = |wanted: &str| class.split_ascii_whitespace().any(|class| class == wanted);
        let mark = |kind: &str| Begins::Mark(Mark::new(kind, &[]));
        // An empty line that the editor wrote is meant; others are how some make room.
        let is_ours = attribute(tag, "dir").is_some_and(|dir| dir == "auto");
        let line = if is_ours { Begins::EmptyLine } else { Begins::Line };
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => line("heading", name.as_bytes()[1] - b'0'),
            // A line that is something else already stays that.
            "p" if self.tree.line_name().is_some_and(|line| line != "p") => Begins::Block,
            "p" => line(if has_class("verse") { "verse" } else { "paragraph" }, 0),
            "ul" if has_class("tasks") => Begins::Node("task_list", Vec::new()),
            "ul" | "menu" | "dir" => Begins::Node("bullet_list", Vec::new()),
            "ol" => Begins::Node("ordered_list", vec![("start", Value::Number(whole(tag, "start", 0, 999_999, 1)))]),
            "li" => Begins::Node("list_item", Vec::new()),
            "blockquote" => Begins::Node("blockquote", Vec::new()),
            "table" => Begins::Node("table", Vec::new()),
            "tr" => Begins::Node("table_row", Vec::new()),
            "td" => Begins::Node("table_cell", spans(tag)),
            "th" => Begins::Node("table_header", spans(tag)),
            "figure" => Begins::Figure(placed(tag)),
            "figcaption" => Begins::Caption,
            "pre" | "xmp" | "listing" => Begins::Code(language(tag)),
            "span" if has_class("footnote") => Begins::Note,
            "a" => self.link(tag),
            "em" | "i" | "cite" | "dfn" | "var" => mark("emphasis"),
            "b" | "strong" if !style::is_plain(tag) => mark("strong"),
            "s" | "strike" | "del" => mark("strike"),
            "sup" => mark("superscript"),
            "sub" => mark("subscript"),
            "code" | "kbd" | "samp" | "tt" => mark("code"),
            _ if is_block(name) => Begins::Block,
            _ => Begins::Inline,
        }
    }

    fn link(&mut self, tag: &Tag) -> Begins {
        let Some(href) = attribute(tag, "href").filter(|href| !href.is_empty()) else { return Begins::Inline };
        match link_among(self.around, &href) {
            Some(url) => Begins::Mark(Mark::new("link", &[("href", url)])),
            None => {
                self.left_out.add(What::Link, &href);
                Begins::Inline
            }
        }
    }

    fn picture(&mut self, tag: &Tag) {
        let src = attribute(tag, "src").unwrap_or_default();
        let alt = attribute(tag, "alt").unwrap_or_default();
        let caption = attribute(tag, "title").filter(|_| self.whole.is_none()).unwrap_or_default();
        let size = |name| Value::Number(if is_share(tag, name) { 0 } else { whole(tag, name, 0, 100_000, 0) });
        let size = [("width", size("width")), ("height", size("height"))];
        let url = picture_among(self.around, &src);
        add_picture(self.tree, self.left_out, (&src, url), &alt, &caption, size);
    }

    /// A box that is ticked is what an item begins with; other fields are not text.
    fn input(&mut self, tag: &Tag) {
        if attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox")) {
            self.tree.tick(attribute(tag, "checked").is_some());
        } else {
            self.left_out.add(What::Element, "input");
        }
    }

    fn start_in_code(&mut self, name: &'static str, tag: &Tag) {
        match name {
            "br" => self.tree.line_break(),
            "img" => self.tree.text(&attribute(tag, "alt").unwrap_or_default()),
            "code" => {
                self.tree.code_language(&language(tag));
                self.open_if_room(name, Begins::Inline);
            }
            _ if is_void(name) => {}
            _ => self.open_if_room(name, Begins::Inline),
        }
    }

    fn open_if_room(&mut self, name: &'static str, begins: Begins) {
        if self.tree.open_count() < OPEN {
            self.tree.open(name, begins, false);
        }
    }

    /// Leaves an element out with all that stands in it. One that never ends is text: somebody may write of it.
    fn leave_out(&mut self, name: &'static str, tag: &Tag, source: Option<&str>) {
        let is_empty = tag.self_closing && self.whole.is_some_and(|whole| whole.is_xml);
        let ends = is_void(name) || is_empty || tag.self_closing && name != "script" || self.ends.comes(name);
        if !ends && is_unshown(name) {
            return self.tree.flowing_text(source.unwrap_or(name));
        }
        self.tree.vanish();
        if is_block(name) && !self.tree.is_code() {
            self.tree.end_line();
        }
        // What stands in it is for browsers that do not know what it stands beside.
        if name != "rp" {
            self.left_out.add(What::Element, &with_address(name, tag));
        }
        if !is_void(name) && !is_empty && self.ends.comes(name) {
            self.open_if_room(name, Begins::Nothing);
        }
    }

    /// A paragraph ends where another block begins.
    fn close_paragraph(&mut self) {
        if self.tree.line_name() == Some("p") {
            self.close_first(|name| name == "p", |_| false);
        }
    }

    /// What ends where this begins, though nothing says so.
    fn close_implied(&mut self, name: &'static str) {
        let is_list = |name: &str| matches!(name, "ul" | "ol" | "menu" | "dir");
        match name {
            "li" => self.close_first(|name| name == "li", is_list),
            "dt" | "dd" => self.close_first(|name| matches!(name, "dt" | "dd"), |name| name == "dl"),
            "td" | "th" => self.close_first(|name| matches!(name, "td" | "th"), |name| matches!(name, "tr" | "table")),
            "tr" => self.close_first(|name| name == "tr", |name| name == "table"),
            "thead" | "tbody" | "tfoot" => {
                self.close_first(
                    |name| matches!(name, "thead" | "tbody" | "tfoot" | "tr" | "caption"),
                    |name| name == "table",
                );
            }
            "rt" | "rp" => self.end_ruby_text(),
            "a" => self.close_first(|name| name == "a", |_| false),
            "option" => self.close_first(|name| name == "option", |_| false),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.close_first(is_heading, |name| !is_formatting(name) && !is_heading(name));
            }
            _ => {}
        }
    }

    /// Closes the innermost of these that is open, if none of those is open within it.
    fn close_first(&mut self, closes: impl Fn(&str) -> bool, stops: impl Fn(&str) -> bool) {
        let found = self.tree.open_names().find(|(_, name)| closes(name) || stops(name));
        if let Some((at, name)) = found
            && closes(name)
        {
            self.tree.close(at);
        }
    }

    fn end_ruby_text(&mut self) {
        if self.tree.open_names().take_while(|(_, name)| *name != "ruby").any(|(_, name)| name == "rt") {
            self.tree.text(")");
        }
        self.close_first(|name| matches!(name, "rt" | "rp"), |name| name == "ruby");
    }

    fn end(&mut self, name: &'static str) {
        self.ends.passed(name);
        self.ended(name);
    }

    fn ended(&mut self, name: &'static str) {
        match name {
            "br" => return self.tree.line_break(),
            "rt" => return self.end_ruby_text(),
            "q" if self.tree.open_names().any(|(_, open)| open == "q") => self.tree.text("\u{201d}"),
            _ => {}
        }
        let found = self.tree.open_names().find(|(_, open)| *open == name || is_heading(open) && is_heading(name));
        match found {
            Some((at, _)) => self.tree.close(at),
            None if is_block(name) && !self.tree.is_code() && !self.tree.is_nothing() => self.tree.end_line(),
            None => {}
        }
    }
}

/// Adds a picture that lies on this site, or is a file of the book; of another its description, and its caption in
/// brackets. It is given as it is named, and where it is.
pub(super) fn add_picture(
    tree: &mut Builder,
    left_out: &mut LeftOut,
    (src, url): (&str, Option<Value>),
    alt: &str,
    caption: &str,
    size: [(&str, Value); 2],
) {
    if tree.is_nothing() {
        return;
    }
    let [width, height] = size;
    match url {
        Some(url) => {
            // A picture cannot be a link.
            if let Some(href) = tree.link() {
                // One within the book has no address yet that would say anything.
                left_out.add(What::Link, if href.starts_with(PART) { "" } else { href });
            }
            if tree.is_note() {
                left_out.add(What::Picture, src);
            }
            let end = alt.char_indices().nth(ALT).map_or(alt.len(), |(at, _)| at);
            let (alt, more) = alt.split_at(end);
            let given = [("src", url), ("alt", Value::Text(alt.to_owned())), width, height];
            tree.block(Element::new("figure", &given, super::builder::plain(caption)));
            tree.flowing_text(more);
        }
        // A picture from elsewhere is not fetched: what it shows is said.
        None => {
            left_out.add(What::Picture, src);
            if alt.is_empty() && caption.is_empty() {
                tree.vanish();
            }
            tree.flowing_text(alt);
            if !caption.is_empty() {
                tree.flowing_text(&format!(" ({caption})"));
            }
        }
    }
}

/// Where a link leads that stands in one of several files, or in one alone.
pub(super) fn link_among(around: Option<Around<'_>>, href: &str) -> Option<Value> {
    match around {
        None => allowed_link(href),
        Some(around) => match around.text(href) {
            Some(text) => Some(Value::Text(text)),
            // No file of the book, nor anything on this site.
            None => allowed_link(href).filter(|_| !href.starts_with(['/', '#'])),
        },
    }
}

/// Where a picture is that one of several files names, or one alone.
pub(super) fn picture_among(around: Option<Around<'_>>, src: &str) -> Option<Value> {
    match around {
        None => picture_address(src),
        Some(around) => around.picture(src).map(Value::Text),
    }
}

/// Where a link leads, if it may lead there.
fn allowed_link(href: &str) -> Option<Value> {
    let attribute = SCHEMA.mark("link")?.attributes.iter().find(|attribute| attribute.name == "href")?;
    attribute.read(&Any::from(href)).filter(|value| *value != attribute.default)
}

fn picture_address(url: &str) -> Option<Value> {
    let src = SCHEMA.node("figure")?.attributes.iter().find(|attribute| attribute.name == "src")?;
    src.read(&Any::from(url)).filter(|value| *value != src.default)
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// The value of an attribute.
fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// The value of an attribute that is a whole number within bounds.
fn whole(tag: &Tag, name: &str, least: i64, most: i64, otherwise: i64) -> i64 {
    let value = attribute(tag, name).unwrap_or_default();
    let digits: String = value.trim_start().chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok().filter(|number| (least..=most).contains(number)).unwrap_or(otherwise)
}

/// Whether a measure is told as a part of what is around.
fn is_share(tag: &Tag, name: &str) -> bool {
    attribute(tag, name).is_some_and(|measure| measure.trim_end().ends_with('%'))
}

/// Whether it is fetched and played, or shown by something else: what stands in it is what is shown in its place.
fn is_played(name: &str) -> bool {
    matches!(name, "audio" | "object" | "video")
}

/// An element by its name, and by where what it shows is.
fn with_address(name: &str, tag: &Tag) -> String {
    let at = attribute(tag, "src").or_else(|| attribute(tag, "data"));
    at.map_or_else(|| name.to_owned(), |at| format!("{name} {at}"))
}

fn spans(tag: &Tag) -> Vec<(&'static str, Value)> {
    let span = |name, most| Value::Number(whole(tag, name, 1, most, 1));
    // What is no share of the table is another's measure.
    let own = if is_share(tag, "width") { whole(tag, "width", 1, 100, 0) } else { 0 };
    let width = if own > 0 { own } else { style::share_of_width(tag) };
    let width = (width > 0).then_some(("width", Value::Number(width)));
    [("colspan", span("colspan", 100)), ("rowspan", span("rowspan", 1_000))].into_iter().chain(width).collect()
}

/// Where a picture stands and how large it is shown, as our own HTML says it.
fn placed(tag: &Tag) -> Vec<(&'static str, Value)> {
    let value = |name, data| {
        let attribute_of = SCHEMA.node("figure")?.attributes.iter().find(|attribute| attribute.name == name)?;
        Some((name, attribute_of.read(&Any::from(attribute(tag, data)?))?))
    };
    [value("size", "data-size"), value("place", "data-place")].into_iter().flatten().collect()
}

/// How pandoc says that something is code, and how it is shown.
const PANDOCS: [&str; 4] = ["sourceCode", "numberSource", "numberLines", "lineAnchors"];

/// The language of code, as our own HTML names it, or as most others do.
fn language(tag: &Tag) -> String {
    let class = attribute(tag, "class").unwrap_or_default();
    let of_class = class
        .split_ascii_whitespace()
        .find_map(|class| class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")).map(str::to_owned));
    // As pandoc names it: among its own.
    let mut beside = class.split_ascii_whitespace().filter(|class| !PANDOCS.contains(class));
    let of_pandoc = || class.contains("sourceCode").then(|| beside.next().map(str::to_owned)).flatten();
    attribute(tag, "data-language").or(of_class).or_else(of_pandoc).unwrap_or_default()
}
