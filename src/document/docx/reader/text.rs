//! The text, token by token. Nothing here goes down into what lies in itself: what is open lies in lists.

use super::{
    super::super::{
        beside::Files,
        builder::{Built, on_one_line},
        left_out::{LeftOut, What},
        schema::Value,
        tree::{Element, Node, plain},
        unreadable::Unreadable,
    },
    blocks::{Blocks, Front, Marked},
    numbering::{Numbering, twips},
    package::{Link, Links},
    paragraph::{Inline, Paragraph},
    run::Field,
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

/// The notes of a document, by their kind and id.
#[derive(Debug, Default)]
pub(super) struct Notes {
    all: HashMap<(char, String), (Vec<Node>, bool)>,
    /// How much may be said a second time: a note may be pointed to as often as the text is long.
    again: usize,
}

impl Notes {
    pub(super) fn add(&mut self, kind: char, notes: HashMap<String, Vec<Node>>) {
        self.all.extend(notes.into_iter().map(|(id, line)| ((kind, id), (line, false))));
    }

    pub(super) fn may_be_said_again(&mut self, bytes: usize) {
        self.again = bytes;
    }

    fn take(&mut self, kind: char, id: String) -> Option<Element> {
        let (line, is_said) = self.all.get_mut(&(kind, id))?;
        if *is_said {
            self.again = self.again.checked_sub(plain(line).len() + 64)?;
        }
        *is_said = true;
        Some(Element::new("footnote", &[], line.clone()))
    }
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

    fn is_on(&self) -> bool {
        is_on(self.get("val").as_deref())
    }
}

/// A run of text.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) style: Option<String>,
    pub(super) look: Look,
}

/// A drawing: what describes it, and whether anything of it was read.
#[derive(Debug, Default)]
struct Drawing {
    alt: String,
    is_read: bool,
}

/// In which properties what is read stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Of {
    #[default]
    Nothing,
    Paragraph,
    /// The sign that ends a paragraph.
    End,
    Run,
    Row,
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
    files: Files,
    notes: Notes,
    /// The notes that were read, where this text is notes; which is read, and how many nodes each may be.
    said: HashMap<String, Vec<Node>>,
    note: Option<String>,
    most: usize,
    made: usize,
    pub(super) paragraphs: Vec<Paragraph>,
    /// What a paragraph begins with whose beginning was another's end.
    before: Option<Paragraph>,
    anchors: Vec<String>,
    drawings: Vec<Drawing>,
    of: Of,
    texts: usize,
    is_instruction: bool,
    tick: Option<bool>,
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
            of: Of::Nothing,
            texts: 0,
            is_instruction: false,
            tick: None,
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
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        if let Some(before) = self.before.take() {
            self.blocks.paragraph(before);
        }
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
            (Of::Nothing, "p") => self.begin_paragraph(),
            (Of::Nothing, "ppr") if !is_whole => self.of = Of::Paragraph,
            (Of::Nothing, "rpr") if !is_whole => self.of = Of::Run,
            (Of::Nothing, "trpr") if !is_whole => self.of = Of::Row,
            (Of::Nothing, "del" | "movefrom") if !is_whole => {
                self.left_out.add(What::Deletion, "");
                self.pass(name, is_whole);
            }
            (Of::Nothing, "ins" | "moveto") => self.left_out.add(What::Insertion, ""),
            (Of::Nothing, "r") => self.run = Run::default(),
            (Of::Nothing, "t") => self.texts += usize::from(!is_whole),
            (Of::Nothing, "instrtext") => self.is_instruction = !is_whole,
            (Of::Nothing, "fldchar") => self.field(&tag.get("fldchartype").unwrap_or_default()),
            (Of::Nothing, "fldsimple") => {
                let does = tag.get("instr").unwrap_or_default();
                self.fields.push(Field::default());
                self.shows(&does);
                self.does(&does);
            }
            (Of::Nothing, "hyperlink") => self.begin_link(tag),
            (Of::Nothing, "bookmarkstart") => {
                let name = tag.get("name").unwrap_or_default();
                match self.paragraphs.last_mut() {
                    Some(paragraph) => paragraph.anchors.push(name),
                    None => self.anchors.push(name),
                }
            }
            (Of::Nothing, "tab" | "ptab") => self.add("\t"),
            (Of::Nothing, "nobreakhyphen") => self.add("\u{2011}"),
            (Of::Nothing, "softhyphen") => self.add("\u{ad}"),
            (Of::Nothing, "sym") => {
                let letter =
                    tag.get("char").and_then(|code| u32::from_str_radix(&code, 16).ok()).and_then(char::from_u32);
                self.add(&letter.map(String::from).unwrap_or_default());
            }
            (Of::Nothing, "br" | "cr") => {
                let is_of_page = matches!(tag.get("type").as_deref(), Some("page" | "column"));
                if !is_of_page && self.is_shown() {
                    self.item(Inline::Break);
                }
            }
            (Of::Nothing, "footnotereference") => self.refer('f', tag),
            (Of::Nothing, "endnotereference") => self.refer('e', tag),
            (Of::Nothing, "commentreference") => self.left_out.add(What::Comment, ""),
            (Of::Nothing, "footnote" | "endnote") => self.begin_note(name, tag, is_whole),
            (Of::Nothing, "altchunk") => self.left_out.add(What::File, &tag.get("id").unwrap_or_default()),
            (Of::Nothing, "omath") => self.left_out.add(What::Formula, ""),
            (Of::Nothing, "docpartgallery") if tag.get("val").is_some_and(|kind| kind.contains("Contents")) => {
                self.left_out.add(What::Contents, "");
                self.pass("sdt", false);
            }
            (Of::Nothing, "checked") => self.tick = Some(tag.is_on()),
            (Of::Nothing, "sdtcontent") => {
                if let Some(done) = self.tick.take() {
                    self.item(Inline::Tick(done));
                    self.pass(name, is_whole);
                }
            }
            (Of::Nothing, _) => self.begin_other(name, tag, is_whole),
        }
    }

    fn begin_other(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        match name {
            "drawing" | "pict" if !is_whole => self.drawings.push(Drawing::default()),
            "docpr" => self.describe(tag.get("descr").filter(|alt| !alt.is_empty()).or_else(|| tag.get("title"))),
            "shape" => self.describe(tag.get("alt")),
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
        match std::str::from_utf8(name).unwrap_or_default() {
            "p" => self.end_paragraph(),
            "ppr" => self.of = Of::Nothing,
            "rpr" => self.of = if self.of == Of::End { Of::Paragraph } else { Of::Nothing },
            "trpr" => self.of = Of::Nothing,
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
    fn pass(&mut self, name: &str, is_whole: bool) {
        if !is_whole {
            self.passed = Some((name.as_bytes().to_vec(), 1));
        }
    }

    fn text(&mut self, text: &str) {
        if self.passed.is_some() {
        } else if self.is_instruction {
            self.does(text);
        } else if self.texts > 0 {
            self.add(&text.replace(['\n', '\r'], " "));
        }
    }

    fn add(&mut self, text: &str) {
        if !self.is_shown() {
            return;
        }
        let look = &self.run.look;
        if look.hidden == Some(true) {
            return self.left_out.add(What::Hidden, text);
        }
        // A number that a book of ours counts anew.
        if self.beside.is_marked && self.run.style.as_deref() == Some("Counted") {
            return;
        }
        let marks = self.marks(text);
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text(text, marks);
        }
    }

    fn item(&mut self, item: Inline) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.line.push(item);
        }
    }

    fn refer(&mut self, kind: char, tag: &Tag<'_>) {
        let note = tag.get("id").and_then(|id| self.notes.take(kind, id));
        if let Some(note) = note.filter(|_| self.is_shown()) {
            self.item(Inline::Note(note));
        }
    }

    fn begin_note(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        if tag.get("type").is_some_and(|kind| kind != "normal") {
            return self.pass(name, is_whole);
        }
        self.blocks = Blocks::new(self.beside, self.most);
        self.note = tag.get("id");
    }

    fn end_note(&mut self) {
        let Some(id) = self.note.take() else { return };
        let blocks = std::mem::replace(&mut self.blocks, Blocks::new(self.beside, self.most));
        let (built, ..) = blocks.finish();
        self.made += built.made;
        let mut line = on_one_line(&built.nodes);
        if let Some(Node::Text(first)) = line.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        self.said.insert(id, line);
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
            let Paragraph { line, pictures, anchors, bytes, terms, .. } = paragraph;
            self.before = Some(Paragraph { line, pictures, anchors, bytes, terms, ..Paragraph::default() });
            return;
        }
        paragraph.mark_terms();
        self.blocks.paragraph(paragraph);
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
            "bottom" => {
                paragraph.has_line = is_on(tag.get("val").as_deref()) && tag.get("val").as_deref() != Some("nil");
            }
            _ => {}
        }
    }

    fn describe(&mut self, alt: Option<String>) {
        if let (Some(drawing), Some(alt)) = (self.drawings.last_mut(), alt) {
            drawing.alt = alt;
        }
    }

    /// A picture in the line.
    fn picture(&mut self, id: Option<String>) {
        let alt = self.drawings.last_mut().map(|drawing| {
            drawing.is_read = true;
            drawing.alt.clone()
        });
        let alt: String = alt.unwrap_or_default().chars().take(1_900).collect();
        let link = id.and_then(|id| self.beside.links.get(&id));
        let number = match link {
            Some(Link::Within(path)) => self.files.picture_at(path),
            _ => None,
        };
        if let Some(number) = number {
            let src = Value::Text(format!("{}{number}", super::super::super::beside::PICTURE));
            let picture = Element::new("figure", &[("src", src), ("alt", Value::Text(alt))], Vec::new());
            if let Some(paragraph) = self.paragraphs.last_mut() {
                paragraph.pictures.push(picture);
            }
            return;
        }
        let Some(Link::Within(path) | Link::Outside(path)) = link else { return };
        self.left_out.add(What::Picture, path);
        self.add(&alt);
    }

    fn end_drawing(&mut self) {
        let Some(drawing) = self.drawings.pop() else { return };
        if !drawing.is_read {
            self.left_out.add(What::Picture, &drawing.alt);
            self.add(&drawing.alt);
        }
    }
}

/// A name without what says whose it is.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}
