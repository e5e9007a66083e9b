//! What the file says of itself, and what its parts are.

use crate::document::publication::{
    Publication,
    escape::{escaped, quoted},
};

/// Whose words a text of a word processor is made of.
pub(super) const WORDS: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Which part is what.
pub(super) const CONTENT_TYPES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n",
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\n",
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>\n",
    "<Default Extension=\"png\" ContentType=\"image/png\"/>\n",
    "<Default Extension=\"jpg\" ContentType=\"image/jpeg\"/>\n",
    "<Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/>\n",
    "<Default Extension=\"gif\" ContentType=\"image/gif\"/>\n",
    "<Default Extension=\"webp\" ContentType=\"image/webp\"/>\n",
    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\n",
    "<Override PartName=\"/word/document.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\n",
    "<Override PartName=\"/word/styles.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\n",
    "<Override PartName=\"/word/settings.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/>\n",
    "<Override PartName=\"/word/numbering.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml\"/>\n",
    "<Override PartName=\"/word/footnotes.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml\"/>\n",
    "<Override PartName=\"/word/footer1.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\n",
    "</Types>\n"
);

/// Which part leads to all others.
pub(super) const RELATIONSHIPS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n",
    "<Relationship Id=\"text\" Target=\"word/document.xml\" ",
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/>\n",
    "<Relationship Id=\"properties\" Target=\"docProps/core.xml\" ",
    "Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\"/>\n",
    "</Relationships>\n"
);

/// What holds for the whole text.
pub(super) const SETTINGS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\n",
    "<w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr>\n",
    "<w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" ",
    "w:val=\"15\"/></w:compat>\n</w:settings>\n"
);

/// What stands below each page: its number.
pub(super) const FOOTER: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<w:ftr xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">",
    "<w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr><w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple>",
    "</w:p></w:ftr>\n"
);

/// What stands before the notes: how they are parted from the text.
pub(super) const NOTES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<w:footnotes xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" ",
    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\n",
    "<w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\n",
    "<w:footnote w:type=\"continuationSeparator\" w:id=\"0\"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>\n"
);

/// What stands before links, and behind them.
pub(super) const LINKS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n"
);
pub(super) const END_OF_LINKS: &str = "</Relationships>\n";

/// The end of the text: how large its pages are, and what stands below them.
pub(super) const END_OF_TEXT: &str = concat!(
    "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"footer\"/>",
    "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>",
    "<w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" w:header=\"708\" w:footer=\"708\" ",
    "w:gutter=\"0\"/><w:titlePg/></w:sectPr></w:body></w:document>\n"
);

/// What the text leads to, but for the links in it.
pub(super) fn links_of_text() -> String {
    let mut links = LINKS.to_owned();
    for (name, kind) in [
        ("styles", "styles"),
        ("settings", "settings"),
        ("numbering", "numbering"),
        ("footnotes", "footnotes"),
        ("footer", "footer1"),
    ] {
        let of = kind.trim_end_matches('1');
        links.push_str(&format!(
            "<Relationship Id=\"{name}\" Target=\"{kind}.xml\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{of}\"/>\n"
        ));
    }
    links
}

/// A link out of the book, by its number.
pub(super) fn link(number: usize, href: &str) -> String {
    format!(
        "<Relationship Id=\"link{number}\" Target=\"{href}\" TargetMode=\"External\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\"/>\n"
    )
}

/// A picture, by its number.
pub(super) fn link_to_picture(number: usize, file: &str) -> String {
    format!(
        "<Relationship Id=\"picture{number}\" Target=\"media/{}\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\"/>\n",
        quoted(file)
    )
}

/// What the book says of itself.
pub(super) fn properties(book: &Publication) -> String {
    let said = &book.metadata;
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n",
    );
    let mut add = |tag: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("<{tag}>{}</{tag}>\n", escaped(text)));
        }
    };
    add("dc:title", &book.title);
    add("dc:subject", &said.subtitle);
    add("dc:creator", &book.by().join("; "));
    add("cp:keywords", &said.subjects.join("; "));
    add("dc:description", &said.description);
    add("dc:language", &said.language);
    add("dc:identifier", &book.identifier());
    let changed = book.changed_at();
    for when in ["created", "modified"] {
        out.push_str(&format!("<dcterms:{when} xsi:type=\"dcterms:W3CDTF\">{changed}</dcterms:{when}>\n"));
    }
    out.push_str("</cp:coreProperties>\n");
    out
}
