//! The package of an EPUB: which files are the book, and what it says about itself.

use super::super::super::{beside::target, markup::Markup};
use crate::metadata::{Contributor, ContributorRole, Metadata};
use std::collections::{HashMap, HashSet};

/// What a package says.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// The title.
    pub title: Option<String>,
    /// What else it says about the book.
    pub metadata: Metadata,
    /// Its files of text in the order of reading.
    pub spine: Vec<Item>,
    /// Those of them that are no text: a page for the cover, printed contents.
    pub apparatus: HashSet<String>,
    /// The file with its contents, as EPUB 3 has it.
    pub nav: Option<String>,
    /// The same as EPUB 2 has it.
    pub ncx: Option<String>,
    /// The picture on its cover.
    pub cover: Option<String>,
}

/// A file of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub path: String,
    pub is_xml: bool,
}

/// A file that is listed.
struct Listed<'a> {
    path: String,
    kind: &'a str,
    properties: &'a str,
}

impl Listed<'_> {
    fn is_text(&self) -> bool {
        let ending = self.path.rsplit('.').next().unwrap_or_default().to_lowercase();
        self.kind.contains("html") || self.kind.contains("dtbook") || matches!(&*ending, "xhtml" | "html" | "htm")
    }

    fn has(&self, property: &str) -> bool {
        self.properties.split_ascii_whitespace().any(|own| own == property)
    }
}

impl Package {
    /// What it says; nothing where it lists no files.
    pub(super) fn read(markup: &Markup, path: &str) -> Option<Self> {
        let package = markup.find("package").unwrap_or(markup);
        let mut listed: HashMap<&str, Listed<'_>> = HashMap::new();
        let mut order = Vec::new();
        for item in package.find("manifest")?.all().into_iter().filter(|element| element.name == "item") {
            let (Some(id), Some(href)) = (item.attribute("id"), item.attribute("href")) else { continue };
            let Some((path, _)) = target(path, href) else { continue };
            let kind = item.attribute("media-type").unwrap_or_default();
            let properties = item.attribute("properties").unwrap_or_default();
            listed.entry(id).or_insert(Listed { path, kind, properties });
            order.push(id);
        }
        let mut read = Self::default();
        read.read_spine(package, &listed, &order);
        read.nav = listed.values().find(|item| item.has("nav")).map(|item| item.path.clone());
        let spine = package.find("spine");
        let ncx = spine.and_then(|spine| listed.get(spine.attribute("toc")?));
        let ncx = ncx.or_else(|| listed.values().find(|item| item.kind.contains("dtbncx")));
        read.ncx = ncx.map(|item| item.path.clone());
        read.read_guide(package, path);
        read.cover = cover(package, &listed);
        let says = Says::of(package);
        read.title = says.title();
        read.metadata = says.metadata();
        Some(read)
    }

    fn read_spine(&mut self, package: &Markup, listed: &HashMap<&str, Listed<'_>>, order: &[&str]) {
        let mut seen = HashSet::new();
        let refs = package.all().into_iter().filter(|element| element.name == "itemref");
        let named: Vec<&str> = refs.filter_map(|element| element.attribute("idref")).collect();
        // Without an order that of the list is as good as any.
        let named = if named.is_empty() { order.to_vec() } else { named };
        for id in named {
            let Some(item) = listed.get(id) else {
                // It is named all the same, so that it is missed.
                if seen.insert(id.to_owned()) {
                    self.spine.push(Item { path: id.to_owned(), is_xml: true });
                }
                continue;
            };
            if item.is_text() && seen.insert(item.path.clone()) {
                let is_xml = item.kind != "text/html";
                self.spine.push(Item { path: item.path.clone(), is_xml });
            }
        }
    }

    fn read_guide(&mut self, package: &Markup, path: &str) {
        let Some(guide) = package.find("guide") else { return };
        for reference in guide.all() {
            let kind = reference.attribute("type").unwrap_or_default().to_lowercase();
            if matches!(&*kind, "toc" | "cover")
                && let Some((path, _)) = reference.attribute("href").and_then(|href| target(path, href))
            {
                self.apparatus.insert(path);
            }
        }
    }
}

/// The picture on the cover, as EPUB 3 names it, or as EPUB 2 does.
fn cover(package: &Markup, listed: &HashMap<&str, Listed<'_>>) -> Option<String> {
    let is_picture = |item: &&Listed<'_>| item.kind.starts_with("image/");
    let of_property = listed.values().find(|item| item.has("cover-image"));
    let of_meta = || {
        let metas = package.all().into_iter().filter(|element| element.name == "meta");
        let cover = metas.into_iter().find(|meta| meta.attribute("name") == Some("cover"))?;
        let said = cover.attribute("content")?;
        listed.get(said).or_else(|| listed.values().find(|item| item.path.ends_with(said)))
    };
    of_property.or_else(of_meta).filter(is_picture).map(|item| item.path.clone())
}

/// What a package says about its book: elements, each with what refines it.
struct Says<'a> {
    elements: Vec<&'a Markup>,
    /// What is said of an element by its id: what about, and what.
    refined: HashMap<&'a str, Vec<(&'a str, &'a Markup)>>,
}

impl<'a> Says<'a> {
    fn of(package: &'a Markup) -> Self {
        let elements = package.find("metadata").map(Markup::all).unwrap_or_default();
        let mut refined: HashMap<&str, Vec<(&str, &Markup)>> = HashMap::new();
        for meta in elements.iter().filter(|element| element.name == "meta") {
            if let (Some(of), Some(property)) = (meta.attribute("refines"), meta.attribute("property")) {
                refined.entry(of.trim_start_matches('#')).or_default().push((property, meta));
            }
        }
        Self { elements, refined }
    }

    fn named(&self, name: &'static str) -> impl Iterator<Item = &'a Markup> + '_ {
        self.elements.iter().copied().filter(move |element| element.name == name)
    }

    fn first(&self, name: &'static str) -> String {
        self.named(name).map(Markup::words).find(|words| !words.is_empty()).unwrap_or_default()
    }

    /// What refines an element.
    fn refines(&self, element: &Markup, property: &str) -> Option<String> {
        let refined = self.refined.get(element.attribute("id")?)?;
        refined.iter().find(|(own, _)| *own == property).map(|(_, meta)| meta.words())
    }

    /// What a meta says that refines nothing: as EPUB 3 has it, or as EPUB 2.
    fn meta(&self, name: &str) -> Option<&'a Markup> {
        self.named("meta").find(|meta| {
            meta.attribute("refines").is_none()
                && (meta.attribute("property") == Some(name) || meta.attribute("name") == Some(name))
        })
    }

    fn meta_words(&self, name: &str) -> Option<String> {
        let meta = self.meta(name)?;
        let words = meta.attribute("content").map_or_else(|| meta.words(), str::to_owned);
        (!words.trim().is_empty()).then_some(words)
    }

    fn titles(&self, kind: &str) -> Option<String> {
        self.named("title").find(|title| self.refines(title, "title-type").as_deref() == Some(kind)).map(Markup::words)
    }

    fn title(&self) -> Option<String> {
        let first = || self.named("title").map(Markup::words).find(|words| !words.is_empty());
        self.titles("main").or_else(first)
    }

    fn metadata(&self) -> Metadata {
        let collection = self.meta("belongs-to-collection");
        let series = collection.map(Markup::words).or_else(|| self.meta_words("calibre:series"));
        let number = collection.and_then(|element| self.refines(element, "group-position"));
        Metadata {
            subtitle: self.titles("subtitle").unwrap_or_default(),
            people: self.people(),
            language: self.first("language").replace('_', "-"),
            description: self.description(),
            subjects: self.named("subject").map(Markup::words).collect(),
            isbn: self.isbn().unwrap_or_default(),
            publisher: self.first("publisher"),
            licence: self.meta_words("dcterms:license").unwrap_or_else(|| self.first("rights")),
            series: series.unwrap_or_default(),
            series_number: number.or_else(|| self.meta_words("calibre:series_index")).unwrap_or_default(),
            published: self.published(),
            ..Metadata::default()
        }
    }

    fn people(&self) -> Vec<Contributor> {
        let role = |element: &Markup, otherwise: ContributorRole| {
            let said = self.refines(element, "role").or_else(|| element.attribute("role").map(str::to_owned));
            (said.clone().unwrap_or_default(), said.map_or(otherwise, |said| ContributorRole::of_relator(&said)))
        };
        let creators = self.named("creator").map(|element| (element, ContributorRole::Author));
        let contributors = self.named("contributor").map(|element| (element, ContributorRole::Contributor));
        let all = creators.chain(contributors).filter_map(|(element, otherwise)| {
            let (said, role) = role(element, otherwise);
            let name = element.words();
            // The program that made the file is nobody who made the book.
            let is_person = !matches!(said.trim(), "bkp" | "mfr") && !name.is_empty() && name != "unknown";
            is_person.then_some(Contributor { name, role })
        });
        all.collect()
    }

    /// Some write it as HTML.
    fn description(&self) -> String {
        let said = self.named("description").map(|element| element.text.clone()).find(|text| !text.trim().is_empty());
        let said = said.unwrap_or_else(|| self.first("description"));
        let is_html = said.contains("</") || said.contains("<p>") || said.contains("<br");
        let text = if is_html { paragraphs(&said) } else { said };
        let lines: Vec<String> =
            text.split("\n\n").map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    fn isbn(&self) -> Option<String> {
        self.named("identifier").find_map(|element| {
            let words = element.words();
            let is_said = element.attribute("scheme").is_some_and(|scheme| scheme.eq_ignore_ascii_case("isbn"));
            let lower = words.to_lowercase();
            let bare = lower.trim_start_matches("urn:").trim_start_matches("isbn").trim_start_matches(':').trim();
            let is_urn = lower.starts_with("urn:isbn:") || lower.starts_with("isbn");
            let digits = bare.chars().filter(char::is_ascii_digit).count();
            let looks_so = digits == 13 && (bare.starts_with("978") || bare.starts_with("979"));
            (is_said || is_urn || looks_so).then(|| bare.to_uppercase())
        })
    }

    /// When it was published, as far as a day is said.
    fn published(&self) -> String {
        let of_event = |event: &str| self.named("date").find(|date| date.attribute("event") == Some(event));
        let date = of_event("publication").or_else(|| of_event("published"));
        let date = date.or_else(|| self.named("date").find(|date| date.attribute("event").is_none()));
        date.map(Markup::words).unwrap_or_default().chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect()
    }
}

/// A description that is written as HTML, as text.
fn paragraphs(html: &str) -> String {
    use super::super::super::{builder::Builder, html_reader::add_block, left_out::LeftOut, tree::plain};
    let mut tree = Builder::new(10_000);
    add_block(html, &mut tree, &mut LeftOut::default(), None);
    let nodes = tree.finish().nodes;
    nodes.iter().map(|node| plain(std::slice::from_ref(node))).collect::<Vec<_>>().join("\n\n")
}
