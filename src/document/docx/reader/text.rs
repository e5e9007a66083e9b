//! The text, token by token. Nothing here goes down into what lies in itself: what is open lies in lists.

use super::{
    super::super::{
        beside::Files,
        builder::Built,
        left_out::{LeftOut, What},
        schema::Value,
        tree::Node,
        unreadable::Unreadable,
    },
    blocks::{Blocks, Marked},
    contents::Contents,
    controls::Control,
    drawings::Drawing,
    fields::Field,
    formula::Formula,
    front::Front,
    notes::Notes,
    numbering::{Numbering, twips},
    package::Links,
    paragraph::{Inline, Paragraph},
    styles::{Look, Meaning, Styles, is_on},
    tables::Table,
};
use crate::costly::Budget;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use std::collections::HashMap;

/// After how many tokens it is looked at the clock.
const TOKENS: usize = 4_096;

/// What lies beside a text.
#[derive(Clone, Copy)]
pub(super) struct Beside<'a> {
    pub(super) styles: &'a Styles,
    pub(super) numbering: &'a Numbering,
    pub(super) links: &'a Links,
    pub(super) pictures: &'a [String],
    /// Whether it is a book that was taken out.
    pub(super) is_marked: bool,
}

/// An element that begins.
pub(super) struct Tag<'a>(&'a StartTag<()>);

impl Tag<'_> {
    /// The value of an attribute, whoever's it is.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let is_it = |own: &[u8]| own.rsplit(|byte| *byte == b':').next() == Some(name.as_bytes());
        let (_, value) = self.0.attributes.iter().find(|(own, _)| is_it(own))?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// Whether what it says is so.
    pub(super) fn is_on(&self) -> bool {
        is_on(self.get("val").as_deref())
    }
}

/// A run of text.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) style: Option<String>,
    pub(super) look: Look,
}

/// In which properties what is read stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Of {
    #[default]
    Nothing,
    Paragraph,
    /// The sign that ends a paragraph.
    End,
    Run,
    Row,
    /// A content control.
    Control,
    /// A form field.
    Form,
}

/// A text as far as it is read.
pub(super) struct Reader<'a> {
    pub(super) beside: Beside<'a>,
    pub(super) left_out: &'a mut LeftOut,
    pub(super) blocks: Blocks<'a>,
    pub(super) tables: Vec<Table>,
    pub(super) run: Run,
    pub(super) fields: Vec<Field>,
    /// The links that are open, each with where it leads.
    pub(super) links: Vec<Option<Value>>,
    pub(super) files: Files,
    pub(super) notes: Notes,
    /// The notes that were read, where this text is notes; which is read, and how many nodes each may be.
    pub(super) said: HashMap<String, Vec<Node>>,
    pub(super) note: Option<String>,
    pub(super) most: usize,
    pub(super) made: usize,
    pub(super) paragraphs: Vec<Paragraph>,
    /// What a paragraph begins with whose beginning was another's end.
    before: Option<Paragraph>,
    anchors: Vec<String>,
    pub(super) drawings: Vec<Drawing>,
    /// The content controls that are open.
    pub(super) controls: Vec<Control>,
    pub(super) contents: Contents,
    /// The formula that is read, and how many were in a paragraph of formulas, if one is open.
    pub(super) formula: Option<Formula>,
    pub(super) formulas: Option<usize>,
    pub(super) of: Of,
    texts: usize,
    is_instruction: bool,
    /// What is passed over: the element, and how many of its name are open in it.
    passed: Option<(Vec<u8>, usize)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(beside: Beside<'a>, left_out: &'a mut LeftOut, notes: Notes, most: usize) -> Self {
        Self {
            beside,
            left_out,
            blocks: Blocks::new(beside, most),
            tables: Vec::new(),
            run: Run::default(),
            fields: Vec::new(),
            links: Vec::new(),
            files: Files::of([], beside.pictures.iter().map(String::as_str)),
            notes,
            said: HashMap::new(),
            note: None,
            most,
            made: 0,
            paragraphs: Vec::new(),
            before: None,
            anchors: Vec::new(),
            drawings: Vec::new(),
            controls: Vec::new(),
            contents: Contents::default(),
            formula: None,
            formulas: None,
            of: Of::Nothing,
            texts: 0,
            is_instruction: false,
            passed: None,
        }
    }

    /// Reads a text.
    pub(super) fn read(&mut self, text: &str, budget: &Budget) -> Result<(), Unreadable> {
        let mut emitter = DefaultEmitter::<()>::default();
        emitter.naively_switch_states(false);
        for (number, token) in Tokenizer::new_with_emitter(text, emitter).flatten().enumerate() {
            if number % TOKENS == 0 {
                Unreadable::check(budget)?;
                if self.is_full() {
                    return Err(Unreadable::TooMany);
                }
            }
            match token {
                Token::StartTag(tag) => self.start(&tag),
                Token::EndTag(tag) => self.end(&tag.name),
                Token::String(text) => self.text(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.blocks.is_full() || self.made > self.most
    }

    /// The notes that were read.
    pub(super) fn into_notes(self) -> HashMap<String, Vec<Node>> {
        self.said
    }

    /// What was read.
    pub(super) fn finish(mut self) -> (Built, Front, Vec<Marked>) {
        self.end_formula();
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        self.end_loose();
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.blocks.finish()
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let (name, is_whole) = (local(&tag.name), tag.self_closing);
        if let Some((passed, open)) = &mut self.passed {
            *open += usize::from(passed == name && !is_whole);
            return;
        }
        // A drawing's own text is none of this one's.
        if tag.name.starts_with(b"a:") && name != b"blip" {
            return;
        }
        let name = std::str::from_utf8(name).unwrap_or_default();
        if self.begin_in_formula(name, &Tag(tag), is_whole) {
            return;
        }
        self.begin(name, &Tag(tag), is_whole);
        if is_whole {
            self.end(&tag.name);
        }
    }

    fn begin(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        match (self.of, name) {
            (
                _,
                "pprchange" | "rprchange" | "sectprchange" | "tblprchange" | "tblprexchange" | "trprchange"
                | "tcprchange" | "tblgridchange" | "numberingchange" | "sectpr" | "fallback",
            ) => self.pass(name, is_whole),
            (Of::Paragraph, _) => self.about_paragraph(name, tag),
            (Of::End, "del") => {
                self.left_out.add(What::Deletion, "");
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.goes_on = true;
                }
            }
            (Of::End, _) => {}
            (Of::Run, "rstyle") => self.run.style = tag.get("val"),
            (Of::Run, _) => self.run.look.take(name, |name| tag.get(name)),
            (Of::Row, "tblheader") => self.head(tag.is_on()),
            (Of::Row, "del") => {
                self.left_out.add(What::Deletion, "");
                self.pass("tr", false);
                self.of = Of::Nothing;
            }
            (Of::Row, _) => {}
            (Of::Control, _) => self.about_control(name, tag, is_whole),
            (Of::Form, _) => self.about_form(name, tag),
            (Of::Nothing, _) => self.begin_of_text(name, tag, is_whole),
        }
    }

    fn begin_of_text(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        match name {
            "p" => self.begin_paragraph(),
            "ppr" if !is_whole => self.of = Of::Paragraph,
            "rpr" if !is_whole => self.of = Of::Run,
            "trpr" if !is_whole => self.of = Of::Row,
            "sdtpr" if !is_whole => self.of = Of::Control,
            "ffdata" if !is_whole => self.of = Of::Form,
            "sdt" if !is_whole => self.controls.push(Control::default()),
            "del" | "movefrom" if !is_whole => {
                self.left_out.add(What::Deletion, "");
                self.pass(name, is_whole);
            }
            "ins" | "moveto" => self.left_out.add(What::Insertion, ""),
            "r" => self.run = Run::default(),
            "t" => self.texts += usize::from(!is_whole),
            "instrtext" => self.is_instruction = !is_whole,
            "fldchar" => self.field(&tag.get("fldchartype").unwrap_or_default()),
            "fldsimple" => self.whole_field(&tag.get("instr").unwrap_or_default()),
            "hyperlink" => self.begin_link(tag),
            "bookmarkstart" => {
                let name = tag.get("name").unwrap_or_default();
                match self.paragraphs.last_mut() {
                    Some(paragraph) => {
                        paragraph.begin_term(&name);
                        paragraph.anchors.push(name);
                    }
                    None => self.anchors.push(name),
                }
            }
            "tab" | "ptab" => self.add("\t"),
            "nobreakhyphen" => self.add("\u{2011}"),
            "softhyphen" => self.add("\u{ad}"),
            "sym" => self.sign(tag),
            "br" | "cr" => self.begin_line(tag),
            "rt" if !is_whole => self.of_ruby(Paragraph::begin_reading),
            "footnotereference" => self.refer('f', tag),
            "endnotereference" => self.refer('e', tag),
            "commentreference" => self.left_out.add(What::Comment, ""),
            "footnote" | "endnote" => self.begin_note(name, tag, is_whole),
            "altchunk" => self.left_out.add(What::File, &tag.get("id").unwrap_or_default()),
            "omathpara" => self.formulas = Some(0),
            "omath" => self.begin_formula(),
            _ => self.begin_other(name, tag, is_whole),
        }
    }

    fn begin_other(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        match name {
            "drawing" | "pict" if !is_whole => self.drawings.push(Drawing::default()),
            "docpr" => self.describe(tag.get("descr").filter(|alt| !alt.is_empty()).or_else(|| tag.get("title"))),
            "shape" | "rect" | "line" => self.shape(tag),
            "txbxcontent" => self.drawings.iter_mut().for_each(|drawing| drawing.is_read = true),
            "blip" => self.picture(tag.get("embed").or_else(|| tag.get("link"))),
            "imagedata" => self.picture(tag.get("id")),
            _ => self.begin_of_table(name, tag),
        }
    }

    fn end(&mut self, name: &[u8]) {
        let whole = name;
        let name = local(name);
        if let Some((passed, open)) = &mut self.passed {
            if passed != name {
                return;
            }
            *open -= 1;
            if *open > 0 {
                return;
            }
            self.passed = None;
            if !matches!(name, b"tr") {
                return;
            }
        }
        if whole.starts_with(b"a:") {
            return;
        }
        let name = std::str::from_utf8(name).unwrap_or_default();
        if self.end_in_formula(name) {
            return;
        }
        match name {
            "p" => self.end_paragraph(),
            "ppr" => self.of = Of::Nothing,
            "rpr" => self.of = if self.of == Of::End { Of::Paragraph } else { Of::Nothing },
            "trpr" | "sdtpr" | "ffdata" => self.of = Of::Nothing,
            "sdtcontent" => self.end_content(),
            "sdt" => drop(self.controls.pop()),
            "rt" => self.of_ruby(Paragraph::end_reading),
            "ruby" => self.of_ruby(Paragraph::end_ruby),
            "omathpara" => self.formulas = None,
            "t" => self.texts = self.texts.saturating_sub(1),
            "instrtext" => self.is_instruction = false,
            "fldsimple" => self.end_field(),
            "hyperlink" => drop(self.links.pop()),
            "drawing" | "pict" => self.end_drawing(),
            "footnote" | "endnote" => self.end_note(),
            name => self.end_of_table(name),
        }
    }

    /// Passes over an element, and all in it.
    pub(super) fn pass(&mut self, name: &str, is_whole: bool) {
        if !is_whole {
            self.passed = Some((name.as_bytes().to_vec(), 1));
        }
    }

    fn text(&mut self, text: &str) {
        let is_of_formula = self.formula.as_ref().is_some_and(Formula::is_text);
        if self.passed.is_some() {
        } else if self.is_instruction {
            self.does(text);
        } else if self.texts > 0 || is_of_formula {
            let drawn = self.drawn(text.replace(['\n', '\r'], " "));
            self.add(&drawn);
        }
    }

    pub(super) fn add(&mut self, text: &str) {
        if !self.is_shown() {
            // Some write what a field does as if it were text.
            return self.does(text);
        }
        let look = &self.run.look;
        if look.hidden == Some(true) {
            return self.left_out.add(What::Hidden, text);
        }
        // A number that a book of ours counts anew.
        if self.beside.is_marked && self.run.style.as_deref() == Some("Counted") {
            return;
        }
        if let Some(formula) = &mut self.formula {
            return formula.text(text);
        }
        let text = self.without_sign(text);
        let marks = self.marks(text);
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text(text, marks);
        }
    }

    pub(super) fn item(&mut self, item: Inline) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.line.push(item);
        }
    }

    /// A line ends, or with it a page or a column.
    fn begin_line(&mut self, tag: &Tag<'_>) {
        if !self.is_shown() {
            return;
        }
        match (tag.get("type").as_deref(), self.paragraphs.last_mut()) {
            (Some("page" | "column"), Some(paragraph)) => paragraph.end_page(),
            (_, Some(paragraph)) => paragraph.line.push(Inline::Break),
            (_, None) => {}
        }
    }

    /// Letters with a reading, or the reading, begin or end.
    fn of_ruby(&mut self, does: fn(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            does(paragraph);
        }
    }

    fn begin_paragraph(&mut self) {
        self.open_cell_later();
        let mut paragraph = self.before.take().unwrap_or_default();
        paragraph.anchors.append(&mut self.anchors);
        self.paragraphs.push(paragraph);
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else { return };
        self.of = Of::Nothing;
        if paragraph.goes_on {
            self.before = Some(paragraph.carried());
            return;
        }
        paragraph.complete();
        self.paragraph(paragraph);
    }

    /// What waited for what comes next has waited for nothing: here something ends.
    pub(super) fn end_loose(&mut self) {
        if let Some(mut before) = self.before.take() {
            before.complete();
            self.paragraph(before);
        }
        self.end_contents();
    }

    fn about_paragraph(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        match name {
            "rpr" => self.of = Of::End,
            "pstyle" => {
                paragraph.style = tag.get("val");
                let meaning = paragraph.style.as_deref().map(|style| self.beside.styles.meaning(style));
                // Contents do not go on where a chapter begins.
                if self.fields.iter().any(|field| field.is_contents) && matches!(meaning, Some(Meaning::Heading(_))) {
                    self.fields.clear();
                }
            }
            "numid" => paragraph.number = tag.get("val"),
            "ilvl" => paragraph.level = tag.number("val"),
            "outlinelvl" => paragraph.outline = tag.number("val"),
            "ind" => paragraph.left = tag.get("left").or_else(|| tag.get("start")).and_then(|left| twips(&left)),
            // A large letter at the beginning stands in a frame of its own.
            "framepr" => paragraph.goes_on |= matches!(tag.get("dropcap").as_deref(), Some("drop" | "margin")),
            "bottom" => {
                paragraph.has_line = is_on(tag.get("val").as_deref()) && tag.get("val").as_deref() != Some("nil");
            }
            _ => {}
        }
    }
}

/// A name without what says whose it is.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}
