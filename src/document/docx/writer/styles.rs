//! The styles of a book. They have the names that word processors know, so that each shows them in its own language, makes
//! contents of headings, and lets one change the look of the whole book in one place.

use super::package::WORDS;
use crate::{document::publication::Publication, metadata::theme::Theme};

/// A style of paragraphs: its id, its name, on which it is based, what holds for its paragraphs, and for their text.
type Style = (&'static str, &'static str, &'static str, &'static str, &'static str);

const CENTRED: &str = "<w:jc w:val=\"center\"/>";

const PARAGRAPHS: [Style; 27] = [
    (
        "HalfTitle",
        "Half Title",
        "Normal",
        "<w:spacing w:before=\"3600\"/><w:jc w:val=\"center\"/>",
        "<w:sz w:val=\"36\"/><w:szCs w:val=\"36\"/>",
    ),
    ("Dedication", "Dedication", "Normal", CENTRED, "<w:i/><w:iCs/>"),
    (
        "TableofFigures",
        "table of figures",
        "Normal",
        "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"9016\"/></w:tabs><w:spacing w:after=\"60\"/>",
        "",
    ),
    (
        "Title",
        "Title",
        "Normal",
        "<w:spacing w:before=\"3600\" w:after=\"240\"/><w:jc w:val=\"center\"/>",
        "<w:b/><w:bCs/><w:sz w:val=\"56\"/><w:szCs w:val=\"56\"/>",
    ),
    ("Subtitle", "Subtitle", "Normal", CENTRED, "<w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>"),
    ("Author", "Author", "Normal", CENTRED, "<w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>"),
    ("TitleLine", "Title Line", "Normal", CENTRED, ""),
    ("Imprint", "Imprint", "Normal", "<w:spacing w:after=\"60\"/>", "<w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/>"),
    (
        "TOCHeading",
        "TOC Heading",
        "Normal",
        "<w:keepNext/><w:spacing w:after=\"240\"/>",
        "<w:b/><w:bCs/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>",
    ),
    (
        "IndexHeading",
        "index heading",
        "Normal",
        "<w:keepNext/><w:spacing w:after=\"240\"/>",
        "<w:b/><w:bCs/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>",
    ),
    ("Index1", "index 1", "Normal", "<w:spacing w:after=\"60\"/><w:ind w:left=\"240\" w:hanging=\"240\"/>", ""),
    ("Index2", "index 2", "Normal", "<w:spacing w:after=\"60\"/><w:ind w:left=\"480\" w:hanging=\"240\"/>", ""),
    ("BodyText", "Body Text", "Normal", "", ""),
    ("Quote", "Quote", "Normal", "<w:ind w:left=\"567\" w:right=\"567\"/>", "<w:i/><w:iCs/>"),
    ("Verse", "Verse", "Normal", "<w:ind w:left=\"567\"/>", ""),
    ("ListParagraph", "List Paragraph", "Normal", "<w:spacing w:after=\"60\"/>", ""),
    ("ListContinue", "List Continue", "Normal", "<w:spacing w:after=\"60\"/>", ""),
    ("ListBullet", "List Bullet", "ListParagraph", "<w:numPr><w:numId w:val=\"1\"/></w:numPr>", ""),
    ("ListNumber", "List Number", "ListParagraph", "<w:numPr><w:numId w:val=\"2\"/></w:numPr>", ""),
    (
        "HTMLPreformatted",
        "HTML Preformatted",
        "Normal",
        "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F2F2F2\"/>",
        "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/><w:noProof/><w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/>",
    ),
    (
        "Figure",
        "Figure",
        "Normal",
        "<w:keepNext/><w:spacing w:before=\"120\" w:after=\"60\"/><w:jc w:val=\"center\"/>",
        "",
    ),
    ("Caption", "caption", "Normal", CENTRED, "<w:i/><w:iCs/><w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/>"),
    ("TableHeading", "Table Heading", "Normal", "<w:spacing w:after=\"0\"/>", "<w:b/><w:bCs/>"),
    (
        "TableGap",
        "Table Gap",
        "Normal",
        "<w:spacing w:before=\"0\" w:after=\"0\"/>",
        "<w:sz w:val=\"12\"/><w:szCs w:val=\"12\"/>",
    ),
    (
        "BlockGap",
        "Block Gap",
        "Normal",
        "<w:spacing w:before=\"0\" w:after=\"0\"/>",
        "<w:sz w:val=\"12\"/><w:szCs w:val=\"12\"/>",
    ),
    (
        "SceneBreak",
        "Scene Break",
        "Normal",
        "<w:spacing w:before=\"240\" w:after=\"240\"/><w:jc w:val=\"center\"/>",
        "",
    ),
    (
        "FootnoteText",
        "footnote text",
        "Normal",
        "<w:spacing w:after=\"0\"/>",
        "<w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/>",
    ),
];

const TEXTS: [(&str, &str, &str); 4] = [
    ("Counted", "Counted", ""),
    ("Hyperlink", "Hyperlink", "<w:color w:val=\"0563C1\"/><w:u w:val=\"single\"/>"),
    (
        "HTMLCode",
        "HTML Code",
        "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/><w:noProof/>",
    ),
    ("FootnoteReference", "footnote reference", "<w:vertAlign w:val=\"superscript\"/>"),
];

/// The styles of a book.
pub(super) fn styles(book: &Publication) -> String {
    let face = match book.theme {
        Theme::Novel => "Georgia",
        Theme::Textbook => "Calibri",
        Theme::Plain => "Times New Roman",
    };
    let language = book
        .language()
        .map_or_else(String::new, |lang| format!("<w:lang w:val=\"{lang}\" w:eastAsia=\"{lang}\" w:bidi=\"{lang}\"/>"));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:styles xmlns:w=\"{WORDS}\">\n<w:docDefaults>\
         <w:rPrDefault><w:rPr><w:rFonts w:ascii=\"{face}\" w:hAnsi=\"{face}\" w:cs=\"{face}\"/><w:sz w:val=\"22\"/>\
         <w:szCs w:val=\"22\"/>{language}</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"120\" \
         w:line=\"276\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\n\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\n\
         <w:style w:type=\"character\" w:default=\"1\" w:styleId=\"DefaultParagraphFont\">\
         <w:name w:val=\"Default Paragraph Font\"/></w:style>\n"
    );
    for level in 1..=9_usize {
        let size = [36, 30, 26, 24, 22, 22, 22, 22, 22][level - 1];
        out.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"Heading{level}\"><w:name w:val=\"heading {level}\"/>\
             <w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:keepLines/>\
             <w:spacing w:before=\"360\" w:after=\"120\"/><w:outlineLvl w:val=\"{}\"/></w:pPr><w:rPr><w:b/><w:bCs/>\
             <w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>\n",
            level - 1
        ));
        out.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"TOC{level}\"><w:name w:val=\"toc {level}\"/>\
             <w:basedOn w:val=\"Normal\"/><w:pPr><w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"9016\"/></w:tabs>\
             <w:spacing w:after=\"60\"/><w:ind w:left=\"{}\"/></w:pPr></w:style>\n",
            (level - 1) * 240
        ));
    }
    for (id, name, based, about, text) in PARAGRAPHS {
        let text = if text.is_empty() { String::new() } else { format!("<w:rPr>{text}</w:rPr>") };
        let about = if about.is_empty() { String::new() } else { format!("<w:pPr>{about}</w:pPr>") };
        out.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"{based}\"/>\
             <w:qFormat/>{about}{text}</w:style>\n"
        ));
    }
    out.push_str(
        "<w:style w:type=\"paragraph\" w:styleId=\"Footer\"><w:name w:val=\"footer\"/><w:basedOn w:val=\"Normal\"/><w:pPr>\
         <w:jc w:val=\"center\"/></w:pPr></w:style>\n",
    );
    for (id, name, text) in TEXTS {
        out.push_str(&format!(
            "<w:style w:type=\"character\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:rPr>{text}</w:rPr></w:style>\n"
        ));
    }
    let side = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"auto\"/>");
    let sides: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(side).concat();
    out.push_str(&format!(
        "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:tblPr>\
         <w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:left w:w=\"108\" w:type=\"dxa\"/>\
         <w:right w:w=\"108\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\n\
         <w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:basedOn w:val=\"TableNormal\"/>\
         <w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr></w:style>\n</w:styles>\n"
    ));
    out
}
