//! Places in the text of a book that links lead to: what they are called, and which links lead to none.

use super::{
    super::{
        beside::{PART, composed, target},
        builder::Built,
        left_out::{LeftOut, What},
        manuscript::Source,
        markup::Markup,
        schema::Value,
        tree::{Mark, Node, plain},
    },
    parts::Part,
};
use crate::metadata::reference::suffix;
use std::{collections::HashMap, sync::Arc};

/// What headings are called in a link, as most programs that show Markdown call them.
#[derive(Default)]
pub(super) struct Names {
    taken: HashMap<String, usize>,
}

impl Names {
    /// The name of the next heading, which says this. One that says what another before it does has a number.
    pub(super) fn name(&mut self, words: &str) -> String {
        let letters = words.to_lowercase();
        let is_kept = |c: &char| c.is_alphanumeric() || ['-', '_', ' '].contains(c);
        let name: String = letters.chars().filter(is_kept).map(|c| if c == ' ' { '-' } else { c }).collect();
        let again = self.taken.entry(name.clone()).or_default();
        *again += 1;
        if *again == 1 { name } else { format!("{name}-{}", *again - 1) }
    }
}

/// Names the headings of a text, beside what it names itself.
pub(super) fn name_headings(built: &mut Built, parts: &[(usize, Part)]) {
    let Built { nodes, headings, anchors, .. } = built;
    let is_heading = |at: usize| headings.binary_search_by_key(&at, |heading| heading.at).is_ok();
    // Whoever took a book out counted the headings of its parts alone.
    let of_parts: Vec<usize> = parts.iter().map(|(at, _)| *at).filter(|at| is_heading(*at)).collect();
    let of_all: Vec<usize> = headings.iter().map(|heading| heading.at).collect();
    for headings in [of_parts, of_all] {
        let mut names = Names::default();
        for at in headings {
            let name = names.name(&nodes.get(at..=at).map(plain).unwrap_or_default());
            if !name.is_empty() {
                anchors.entry(name).or_insert(at);
            }
        }
    }
}

/// What a piece of HTML names in it.
pub(super) fn named_in(html: &str) -> Vec<String> {
    // What has no attribute names nothing.
    if !html.contains('=') {
        return Vec::new();
    }
    let mut names = Vec::new();
    for element in Markup::read(html).all() {
        let name = element.attribute("name").filter(|_| element.name == "a");
        names.extend([element.attribute("id"), name].into_iter().flatten().map(str::to_owned));
    }
    names
}

/// Where a link leads that stands in a text which is alone, if it leads to a place in that.
pub(super) fn within(href: &str) -> Option<Value> {
    let (_, place) = Some(href).filter(|href| href.starts_with(['#', '?'])).and_then(|href| target("", href))?;
    Some(Value::Text(format!("{PART}0{}#{place}", suffix(href))))
}

/// The places of a text, each by its name, and by what else it may be called.
pub(super) struct Places {
    names: HashMap<String, String>,
}

impl Places {
    pub(super) fn of(anchors: &HashMap<String, usize>) -> Self {
        let mut all: Vec<(usize, &str)> = anchors.iter().map(|(name, at)| (*at, name.as_str())).collect();
        all.sort_unstable();
        let mut names: HashMap<String, String> =
            all.iter().map(|(_, name)| ((*name).to_owned(), (*name).to_owned())).collect();
        // Not all programs make the same of a heading; of several that are alike the first is meant.
        for (_, name) in all {
            let bare = bare(name);
            if !bare.is_empty() {
                names.entry(bare).or_insert_with(|| name.to_owned());
            }
        }
        Self { names }
    }

    /// The name of the place that is meant by one.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.names.get(name).or_else(|| self.names.get(&bare(name))).map(String::as_str)
    }
}

/// Only letters and numbers, in small letters.
fn bare(name: &str) -> String {
    composed(name).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Leads links to the places that they name. Of one that names a place which is not there only the text stays, or, where
/// that would be in another file, it leads to the file; both are named.
pub(super) fn settle(sources: &mut [Source], left_out: &mut LeftOut) {
    let places: Vec<Places> = sources.iter().map(|source| Places::of(&source.anchors)).collect();
    for (own, source) in sources.iter_mut().enumerate() {
        Settling { own, places: &places, left_out: &mut *left_out }.nodes(&mut source.nodes);
    }
}

struct Settling<'a> {
    /// Which file it is whose links are led.
    own: usize,
    /// The places of all files.
    places: &'a [Places],
    left_out: &'a mut LeftOut,
}

impl Settling<'_> {
    fn nodes(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            match node {
                Node::Element(element) => self.nodes(&mut element.children),
                Node::Text(run) => run.marks.retain_mut(|mark| self.leads(mark)),
            }
        }
    }

    /// Leads a link, if a mark is one. Answers whether it stays.
    fn leads(&mut self, mark: &mut Mark) -> bool {
        let Some((source, name)) = self.place(mark.text_value("href")).filter(|(_, name)| !name.is_empty()) else {
            return true;
        };
        let known = self.places.get(source).and_then(|places| places.find(&name));
        if known.is_none() && source == self.own {
            self.left_out.add(What::Link, &format!("#{name}"));
            return false;
        }
        if known.is_none() {
            self.left_out.add(What::Place, &format!("#{name}"));
        }
        let show = suffix(mark.text_value("href"));
        mark.values = Arc::new([Value::Text(format!("{PART}{source}{show}#{}", known.unwrap_or_default()))]);
        true
    }

    /// In which file a link leads to which place; nothing for one that leads out of the book.
    fn place(&self, href: &str) -> Option<(usize, String)> {
        // HTML in a text that is alone has it so.
        if href.starts_with('#') {
            return target("", href).map(|(_, name)| (self.own, name));
        }
        let (file, name) = href.strip_prefix(PART)?.split_once('#')?;
        Some((file.split('?').next()?.parse().ok()?, name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_called_as_most_programs_call_them() {
        let mut names = Names::default();
        let said = ["Ebb & Flood", "A_b-c", "Ebb & Flood", "Über: 2. Teil"].map(|words| names.name(words));
        assert_eq!(said, ["ebb--flood", "a_b-c", "ebb--flood-1", "über-2-teil"]);
        let anchors = HashMap::from([("ebb--flood".to_owned(), 3), ("ebb-flood".to_owned(), 1), ("x".to_owned(), 2)]);
        let places = Places::of(&anchors);
        assert_eq!(places.find("ebb--flood"), Some("ebb--flood"));
        assert_eq!(
            (places.find("Ebb-Flood"), places.find("X"), places.find("-")),
            (Some("ebb-flood"), Some("x"), None)
        );
    }

    #[test]
    fn html_names_places() {
        let html = "<div id=\"a\"><a name='b'></a><p>c</p><input name=d></div>";
        assert_eq!(named_in(html), ["a", "b"]);
        assert!(named_in("</a>").is_empty());
    }
}
