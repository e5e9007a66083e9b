//! What the book is, and what is in it: the package file.

use super::{
    front::{back, front},
    page::language,
};
use crate::{
    document::publication::{Publication, escape::escaped},
    metadata::{Contributor, ContributorRole},
};

/// What the writer found out about the book while it wrote it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    /// Whether there are pictures in its text.
    pub pictures: bool,
    /// Whether one of them is not described.
    pub lacks_alt: bool,
    /// Whether one of them may move.
    pub moves: bool,
}

/// A file of the book.
pub(super) struct Item {
    pub id: String,
    pub file: String,
    pub mime: &'static str,
    pub properties: &'static str,
}

/// The file of a part, by its number.
pub(super) fn part_file(at: usize) -> String {
    format!("part-{:04}.xhtml", at + 1)
}

/// The package file.
pub(super) fn package(book: &Publication, items: &[Item], found: Found) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\"{}>\n",
        language(book).rsplit_once(" xml:").map_or_else(String::new, |(_, said)| format!(" xml:{said}"))
    );
    out.push_str("<metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n");
    about(book, &mut out);
    accessibility(found, &mut out);
    if let Some(cover) = items.iter().find(|item| item.properties == "cover-image") {
        out.push_str(&format!("<meta name=\"cover\" content=\"{}\"/>\n", cover.id));
    }
    out.push_str("</metadata>\n<manifest>\n");
    for Item { id, file, mime, properties } in items {
        let said = if properties.is_empty() { String::new() } else { format!(" properties=\"{properties}\"") };
        out.push_str(&format!("<item id=\"{id}\" href=\"{file}\" media-type=\"{mime}\"{said}/>\n"));
    }
    out.push_str("</manifest>\n<spine toc=\"ncx\">\n");
    for front in front(book) {
        out.push_str(&format!("<itemref idref=\"{}\"/>\n", front.id));
    }
    for at in 0..book.parts.len() {
        out.push_str(&format!("<itemref idref=\"{}\"/>\n", part_id(at)));
    }
    if let Some(back) = back(book) {
        out.push_str(&format!("<itemref idref=\"{}\"/>\n", back.id));
    }
    out.push_str("</spine>\n</package>\n");
    out
}

/// The id of a part, by its number.
pub(super) fn part_id(at: usize) -> String {
    format!("part-{:04}", at + 1)
}

fn about(book: &Publication, out: &mut String) {
    let said = &book.metadata;
    let mut add = |tag: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("<dc:{tag}>{}</dc:{tag}>\n", escaped(text)));
        }
    };
    add("description", &said.description);
    said.subjects.iter().for_each(|subject| add("subject", subject));
    add("publisher", &said.publisher);
    add("rights", &said.licence);
    add("date", &said.published);
    // What is not known is said to be so: there has to be one.
    add("language", book.language().unwrap_or("und"));
    out.push_str(&format!("<dc:identifier id=\"id\">{}</dc:identifier>\n", book.identifier()));
    title("title-main", "main", &book.title, 1, out);
    if !said.subtitle.is_empty() {
        title("title-sub", "subtitle", &said.subtitle, 2, out);
    }
    for (number, Contributor { name, role }) in (1..).zip(&said.people) {
        let tag = if *role == ContributorRole::Author { "creator" } else { "contributor" };
        let (name, relator) = (escaped(name), role.relator());
        out.push_str(&format!(
            "<dc:{tag} id=\"person-{number}\">{name}</dc:{tag}>\n\
             <meta refines=\"#person-{number}\" property=\"role\" scheme=\"marc:relators\">{relator}</meta>\n\
             <meta refines=\"#person-{number}\" property=\"display-seq\">{number}</meta>\n"
        ));
    }
    if !said.series.is_empty() {
        out.push_str(&format!(
            "<meta property=\"belongs-to-collection\" id=\"series\">{}</meta>\n\
             <meta refines=\"#series\" property=\"collection-type\">series</meta>\n",
            escaped(&said.series)
        ));
        if is_position(&said.series_number) {
            let number = &said.series_number;
            out.push_str(&format!("<meta refines=\"#series\" property=\"group-position\">{number}</meta>\n"));
        }
    }
    out.push_str(&format!("<meta property=\"dcterms:modified\">{}</meta>\n", book.changed_at()));
}

fn title(id: &str, kind: &str, text: &str, place: u8, out: &mut String) {
    out.push_str(&format!(
        "<dc:title id=\"{id}\">{}</dc:title>\n<meta refines=\"#{id}\" property=\"title-type\">{kind}</meta>\n\
         <meta refines=\"#{id}\" property=\"display-seq\">{place}</meta>\n",
        escaped(text)
    ));
}

/// Whether a place in a series is one as EPUB writes it: `2`, or `2.1`.
fn is_position(text: &str) -> bool {
    !text.is_empty() && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// By which senses the book is read, and what helps those who lack one. That it keeps to a level of a standard is not
/// said: nobody looked.
fn accessibility(found: Found, out: &mut String) {
    let mut add = |property: &str, said: &str| {
        out.push_str(&format!("<meta property=\"schema:{property}\">{said}</meta>\n"));
    };
    add("accessMode", "textual");
    if found.pictures {
        add("accessMode", "visual");
    }
    // Whoever sees no picture has all of the book where each is described.
    add("accessModeSufficient", if found.lacks_alt { "textual,visual" } else { "textual" });
    let features = ["structuralNavigation", "tableOfContents", "readingOrder", "displayTransformability"];
    features.into_iter().for_each(|feature| add("accessibilityFeature", feature));
    if found.pictures && !found.lacks_alt {
        add("accessibilityFeature", "alternativeText");
    }
    add("accessibilityHazard", if found.moves { "unknown" } else { "none" });
    add(
        "accessibilitySummary",
        match (found.pictures, found.lacks_alt) {
            (false, _) => "The text can be read aloud and enlarged; contents and headings lead through it.",
            (true, false) => {
                "The text can be read aloud and enlarged; contents and headings lead through it. Each picture is \
                 described."
            }
            (true, true) => {
                "The text can be read aloud and enlarged; contents and headings lead through it. Some pictures are not \
                 described."
            }
        },
    );
}
