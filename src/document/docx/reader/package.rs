//! Which part of the file is where, and what it says of the book.

use super::super::super::{
    archive::Archive,
    beside::target,
    left_out::{LeftOut, What},
    markup::Markup,
    unreadable::Unreadable,
    web_pages::utf8,
};
use crate::metadata::{Contributor, ContributorRole, Metadata};
use std::collections::HashMap;

/// Where the text of a document is, if nothing says so.
const TEXT: &str = "word/document.xml";

/// Where the parts of a document are.
pub(super) struct Package {
    /// The text.
    pub(super) text: String,
    /// What the document says of itself.
    properties: Option<String>,
    /// The parts that the text leads to, each by its kind.
    parts: HashMap<String, Vec<String>>,
}

/// What a part leads to, by its ids.
pub(super) type Links = HashMap<String, Link>;

/// Something that a part leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// A part of the document, by its path.
    Within(String),
    /// An address elsewhere.
    Outside(String),
}

/// What a document says of itself.
#[derive(Debug, Default)]
pub(super) struct Says {
    pub(super) title: Option<String>,
    pub(super) metadata: Metadata,
}

impl Package {
    /// Finds the text, and what it leads to.
    pub(super) fn of(archive: &mut Archive) -> Result<Self, Unreadable> {
        let (mut text, mut properties) = (None, None);
        for (kind, link) in related(archive, "")? {
            match (kind.as_str(), link.1) {
                ("officeDocument", Link::Within(path)) => text = text.or(Some(path)),
                ("core-properties" | "metadata/core-properties", Link::Within(path)) => properties = Some(path),
                _ => {}
            }
        }
        let text = text.filter(|path| archive.has(path)).unwrap_or_else(|| TEXT.to_owned());
        if !archive.has(&text) {
            return Err(Unreadable::NoDocument);
        }
        let mut parts: HashMap<String, Vec<String>> = HashMap::new();
        for (kind, (_, link)) in related(archive, &text)? {
            if let Link::Within(path) = link {
                parts.entry(kind).or_default().push(path);
            }
        }
        Ok(Self { text, properties, parts })
    }

    /// The part of this kind.
    pub(super) fn part(&self, kind: &str) -> Option<&str> {
        self.parts.get(kind)?.first().map(String::as_str)
    }

    /// What a part leads to.
    pub(super) fn beside(&self, archive: &mut Archive, path: &str) -> Result<Links, Unreadable> {
        if path.is_empty() {
            return Ok(Links::new());
        }
        Ok(related(archive, path)?.into_iter().map(|(_, link)| link).collect())
    }

    /// Names what stands on pages and not in the text.
    pub(super) fn name_what_stays(&self, left_out: &mut LeftOut) {
        for kind in ["header", "footer"] {
            self.parts.get(kind).into_iter().flatten().for_each(|_| left_out.add(What::Header, ""));
        }
    }

    /// What the document says of itself.
    pub(super) fn says(&self, archive: &mut Archive) -> Result<Says, Unreadable> {
        let path = self.properties.as_deref().unwrap_or("docProps/core.xml");
        let text = match archive.read_text(path) {
            Ok(text) => text.map(|text| utf8(&text)).unwrap_or_default(),
            Err(Unreadable::Broken) => String::new(),
            Err(other) => return Err(other),
        };
        let markup = Markup::read(&text);
        let said = |name: &str| markup.find(name).map(|element| element.text.trim().to_owned()).unwrap_or_default();
        let isbn = said("identifier");
        let metadata = Metadata {
            people: authors(&said("creator")),
            language: said("language").replace('_', "-"),
            description: said("description"),
            subjects: several(&said("keywords")),
            isbn: isbn.strip_prefix("urn:isbn:").unwrap_or_default().to_owned(),
            ..Metadata::default()
        };
        Ok(Says { title: Some(said("title")).filter(|title| !title.is_empty()), metadata })
    }
}

/// What a part leads to: each of a kind, by its id.
type Related = (String, (String, Link));

/// What a part leads to, by kind and id.
fn related(archive: &mut Archive, path: &str) -> Result<Vec<Related>, Unreadable> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let between = if folder.is_empty() { "" } else { "/" };
    let text = match archive.read_text(&format!("{folder}{between}_rels/{file}.rels")) {
        Ok(text) => text.map(|text| utf8(&text)).unwrap_or_default(),
        Err(Unreadable::Broken) => String::new(),
        Err(other) => return Err(other),
    };
    let markup = Markup::read(&text);
    let all = markup.all().into_iter().filter(|element| element.name == "relationship");
    let read = all.filter_map(|element| {
        let (id, to) = (element.attribute("id")?.to_owned(), element.attribute("target")?);
        let kind = element.attribute("type").unwrap_or_default();
        let kind = kind.rsplit_once("/relationships/").map_or(kind, |(_, kind)| kind).to_owned();
        let is_outside = element.attribute("targetmode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
        let link = if is_outside { Link::Outside(to.to_owned()) } else { Link::Within(target(path, to)?.0) };
        Some((kind, (id, link)))
    });
    Ok(read.collect())
}

/// Those who wrote it.
pub(super) fn authors(said: &str) -> Vec<Contributor> {
    let author = |name| Contributor { name, role: ContributorRole::Author };
    said.split(';').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).map(author).collect()
}

/// Several words or names that are said at once.
fn several(said: &str) -> Vec<String> {
    let all = said.split([';', ',']).map(|one| one.trim().to_owned());
    all.filter(|one| !one.is_empty()).collect()
}
