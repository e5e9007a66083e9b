//! What the styles mean. A style has a name that is the same in every language of the program, an id, and a style that it
//! is based on: the nearest that is known decides.

use super::{super::super::markup::Markup, signs::Font};
use std::{cell::RefCell, collections::HashMap};

/// How long a chain of styles is at most. One that leads back to itself ends there.
const CHAIN: usize = 24;

/// What a paragraph of a style is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Meaning {
    #[default]
    Plain,
    /// A heading of this level, 1 and more.
    Heading(u8),
    Title,
    Subtitle,
    Author,
    /// What stands on the title page or in the imprint of a book that was taken out.
    Front,
    /// Whom it is for.
    Dedication,
    Quote,
    Verse,
    Code,
    Caption,
    SceneBreak,
    ListContinue,
    TableHeading,
    /// What stands between two tables and is nothing else.
    TableGap,
    /// What parts two blocks that would else be one, and is nothing else.
    Gap,
    /// A line of the contents, what stands above them, and what stands above an index or a letter of one.
    Contents,
    ContentsHeading,
    IndexHeading,
}

/// How text is marked: nothing where that is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
    pub(super) strike: Option<bool>,
    pub(super) small_caps: Option<bool>,
    pub(super) hidden: Option<bool>,
    /// `superscript`, `subscript`, or neither.
    pub(super) raised: Option<String>,
    pub(super) font: Option<Font>,
    pub(super) is_code: bool,
    pub(super) is_rtl: bool,
    /// Its language, that of Chinese, Japanese and Korean in it, and that of what runs from right to left.
    pub(super) languages: [Option<String>; 3],
}

impl Look {
    /// The same, with what another says first.
    pub(super) fn below(mut self, above: &Self) -> Self {
        let Self { bold, italic, strike, small_caps, hidden, raised, font, is_code, is_rtl, languages } = above.clone();
        self.bold = bold.or(self.bold);
        self.italic = italic.or(self.italic);
        self.strike = strike.or(self.strike);
        self.small_caps = small_caps.or(self.small_caps);
        self.hidden = hidden.or(self.hidden);
        self.raised = raised.or(self.raised);
        self.font = font.or(self.font);
        self.is_code |= is_code;
        self.is_rtl |= is_rtl;
        for (own, above) in self.languages.iter_mut().zip(languages) {
            *own = above.or(own.take());
        }
        self
    }

    /// Takes in what one element says of text.
    pub(super) fn take(&mut self, name: &str, attribute: impl Fn(&str) -> Option<String>) {
        let on = || Some(is_on(attribute("val").as_deref()));
        match name {
            "b" => self.bold = on(),
            "i" => self.italic = on(),
            "strike" | "dstrike" => self.strike = on(),
            "smallcaps" => self.small_caps = on(),
            "vanish" => self.hidden = on(),
            "rtl" => self.is_rtl = is_on(attribute("val").as_deref()),
            "vertalign" => self.raised = attribute("val"),
            "rfonts" => {
                let font = attribute("ascii").or_else(|| attribute("hansi"));
                self.font = font.map(|name| Font::named(&name)).or(self.font);
            }
            "lang" => {
                for (own, said) in self.languages.iter_mut().zip(["val", "eastasia", "bidi"]) {
                    *own = attribute(said).or(own.take());
                }
            }
            _ => {}
        }
    }
}

/// Whether something is so that is said to be, or not to be.
pub(super) fn is_on(said: Option<&str>) -> bool {
    !matches!(said, Some("0" | "false" | "off" | "none"))
}

/// A style.
#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    /// The list it is an item of, and the level.
    number: Option<String>,
    level: Option<usize>,
    look: Look,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    all: HashMap<String, Style>,
    language: Option<String>,
    /// What was found out already.
    meanings: RefCell<HashMap<String, Meaning>>,
    looks: RefCell<HashMap<String, Look>>,
}

impl Styles {
    pub(super) fn read(text: &str) -> Self {
        let markup = Markup::read(text);
        let mut styles = Self::default();
        if let Some(defaults) = markup.find("docdefaults") {
            styles.language = defaults.find("lang").and_then(|lang| lang.attribute("val")).map(str::to_owned);
        }
        for element in markup.all().into_iter().filter(|element| element.name == "style") {
            let Some(id) = element.attribute("styleid") else { continue };
            let child = |name: &str| element.children.iter().find(|child| child.name == name);
            let value = |of: Option<&Markup>| of.and_then(|of| of.attribute("val")).map(str::to_owned);
            let about = child("ppr");
            let about = |name: &str| about.and_then(|about| about.find(name));
            let mut look = Look::default();
            for mark in child("rpr").into_iter().flat_map(|marks| &marks.children) {
                look.take(&mark.name, |name| mark.attribute(name).map(str::to_owned));
            }
            let style = Style {
                name: value(child("name")).unwrap_or_default().to_lowercase(),
                based_on: value(child("basedon")),
                outline: value(about("outlinelvl")).and_then(|level| level.parse().ok()),
                number: value(about("numid")),
                level: value(about("ilvl")).and_then(|level| level.parse().ok()),
                look,
            };
            styles.all.entry(id.to_owned()).or_insert(style);
        }
        styles
    }

    /// The language of the document, where it says one.
    pub(super) fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// A style and those it is based on, the nearest first.
    fn chain(&self, id: &str) -> impl Iterator<Item = (&str, &Style)> {
        let first = self.all.get_key_value(id);
        let next = |(_, style): &(&String, &Style)| self.all.get_key_value(style.based_on.as_ref()?);
        std::iter::successors(first, next).take(CHAIN).map(|(id, style)| (id.as_str(), style))
    }

    /// What a paragraph of this style is.
    pub(super) fn meaning(&self, id: &str) -> Meaning {
        if let Some(known) = self.meanings.borrow().get(id) {
            return *known;
        }
        let of_chain = self.chain(id).find_map(|(id, style)| {
            let of_outline = style.outline.filter(|level| *level < 9).map(|level| Meaning::Heading(level + 1));
            meaning(&style.name).or_else(|| meaning(&id.to_lowercase())).or(of_outline)
        });
        // A style that is not there may be known by its id all the same.
        let found = of_chain.or_else(|| meaning(&id.to_lowercase())).unwrap_or_default();
        self.meanings.borrow_mut().insert(id.to_owned(), found);
        found
    }

    /// How text of this style is marked.
    pub(super) fn look(&self, id: &str) -> Look {
        if let Some(known) = self.looks.borrow().get(id) {
            return known.clone();
        }
        let mut look = Look::default();
        for (id, style) in self.chain(id) {
            look = style.look.clone().below(&look);
            look.is_code |= is_code(&style.name) || is_code(&id.to_lowercase());
        }
        // Which way a link or a pointer to a note looks is no mark of anybody's.
        let name = self.all.get(id).map_or("", |style| style.name.as_str());
        if ["hyperlink", "internet link", "footnote reference", "endnote reference"].contains(&name) {
            look = Look { languages: look.languages, ..Look::default() };
        }
        self.looks.borrow_mut().insert(id.to_owned(), look.clone());
        look
    }

    /// The list that a paragraph of this style is an item of, and its level there.
    pub(super) fn number(&self, id: &str) -> Option<(String, usize)> {
        let number = self.chain(id).find_map(|(_, style)| style.number.clone())?;
        Some((number, self.chain(id).find_map(|(_, style)| style.level).unwrap_or(0)))
    }

    /// For how deep a level of lists this style is, as its name says.
    pub(super) fn list_level(&self, id: &str) -> usize {
        let level = self.chain(id).find_map(|(_, style)| list_level(&style.name));
        level.or_else(|| list_level(&id.to_lowercase())).unwrap_or(0)
    }
}

/// For how deep a level of lists a style of this name is, in small letters: word processors have them for five levels, of
/// which each counts for itself.
fn list_level(name: &str) -> Option<usize> {
    let kinds = ["list bullet", "list number", "list continue", "listbullet", "listnumber", "listcontinue"];
    match kinds.iter().find_map(|kind| name.strip_prefix(*kind))?.trim() {
        "" => Some(0),
        number => number.parse::<usize>().ok()?.checked_sub(1).filter(|level| *level < 5),
    }
}

fn is_code(name: &str) -> bool {
    matches!(
        name,
        "html code" | "htmlcode" | "html typewriter" | "verbatim char" | "verbatimchar" | "source text" | "sourcetext"
    ) || matches!(name, "code" | "code char" | "inline code" | "inlinecode" | "codechar")
}

/// What a style of this name means, in small letters.
fn meaning(name: &str) -> Option<Meaning> {
    let level = |after: &str| after.trim().parse::<u8>().ok().filter(|level| (1..=9).contains(level));
    if let Some(level) = name.strip_prefix("heading").and_then(level) {
        return Some(Meaning::Heading(level));
    }
    if name.strip_prefix("toc").and_then(level).is_some() || name.strip_prefix("contents").and_then(level).is_some() {
        return Some(Meaning::Contents);
    }
    if name.starts_with("list continue") || name.starts_with("listcontinue") {
        return Some(Meaning::ListContinue);
    }
    Some(match name {
        "title" => Meaning::Title,
        "subtitle" => Meaning::Subtitle,
        "author" => Meaning::Author,
        "title line" | "titleline" | "imprint" | "half title" | "halftitle" => Meaning::Front,
        "dedication" => Meaning::Dedication,
        "quote" | "intense quote" | "intensequote" | "block text" | "blocktext" | "quotations" | "block quote" => {
            Meaning::Quote
        }
        "verse" | "poem" | "poetry" => Meaning::Verse,
        "html preformatted" | "htmlpreformatted" | "source code" | "sourcecode" | "code" | "preformatted text"
        | "preformattedtext" | "code block" => Meaning::Code,
        "caption" | "image caption" | "imagecaption" | "figure caption" => Meaning::Caption,
        "scene break" | "scenebreak" | "horizontal line" => Meaning::SceneBreak,
        "table heading" | "tableheading" => Meaning::TableHeading,
        "table gap" | "tablegap" => Meaning::TableGap,
        "block gap" | "blockgap" => Meaning::Gap,
        "table of figures" | "tableoffigures" => Meaning::Contents,
        "toc heading" | "tocheading" | "contents heading" => Meaning::ContentsHeading,
        "index heading" | "indexheading" => Meaning::IndexHeading,
        _ => return None,
    })
}
