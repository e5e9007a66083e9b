//! Paragraphs become blocks. A word processor has no lists and no quotations, only paragraphs that are part of one: those
//! that follow each other are put together.

use super::{
    super::{
        super::{
            builder::{Begins, Builder, Built},
            schema::Value,
            tree::{Element, plain},
        },
        CHAPTER, SECTION,
    },
    front::Front,
    nesting::Open,
    numbering::{Counted, Item, Sign},
    paragraph::{Inline, Paragraph, is_blank},
    styles::Meaning,
    text::Beside,
};

/// A chapter or section of a book that was taken out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marked {
    pub(super) at: usize,
    pub(super) level: usize,
    pub(super) is_section: bool,
}

/// A cell of a table.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) is_heading: bool,
    pub(super) columns: i64,
    /// Whether it goes on with the one above.
    pub(super) goes_on: bool,
    pub(super) width: i64,
}

/// A text as far as it is put together.
pub(super) struct Blocks<'a> {
    pub(super) beside: Beside<'a>,
    pub(super) tree: Builder,
    pub(super) open: Vec<Open>,
    pub(super) counted: Counted,
    /// A cell of which it is not known yet whether it is a heading.
    cell: Option<Cell>,
    /// A picture whose caption may come.
    pub(super) picture: Option<Element>,
    pub(super) front: Front,
    /// The notes and pictures of the title page, until the text begins.
    pub(super) kept: Vec<Element>,
    pub(super) is_begun: bool,
    marked: Vec<Marked>,
    /// The level of the part that is read.
    part: usize,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(beside: Beside<'a>, most: usize) -> Self {
        Self {
            beside,
            tree: Builder::new(most),
            open: vec![Open::default()],
            counted: Counted::default(),
            cell: None,
            picture: None,
            front: Front::default(),
            kept: Vec::new(),
            is_begun: false,
            marked: Vec::new(),
            part: 1,
        }
    }

    /// Those of a note, which has no title page.
    pub(super) fn of_note(beside: Beside<'a>, most: usize) -> Self {
        Self { is_begun: true, ..Self::new(beside, most) }
    }

    pub(super) fn is_full(&self) -> bool {
        self.tree.is_full()
    }

    pub(super) fn finish(mut self) -> (Built, Front, Vec<Marked>) {
        self.begin_text();
        self.settle();
        while self.open.len() > 1 {
            self.end_cell();
        }
        self.close_all();
        (self.tree.finish(), self.front, self.marked)
    }

    /// What a paragraph is, by its style and its level.
    pub(super) fn meaning(&self, paragraph: &Paragraph) -> Meaning {
        let of_style = paragraph.style.as_deref().map(|style| self.beside.styles.meaning(style)).unwrap_or_default();
        match paragraph.outline {
            Some(level @ 0..9) if of_style == Meaning::Plain => Meaning::Heading(level + 1),
            Some(9) if matches!(of_style, Meaning::Heading(_)) => Meaning::Plain,
            _ => of_style,
        }
    }

    /// A paragraph that is whole.
    pub(super) fn paragraph(&mut self, mut paragraph: Paragraph) {
        let meaning = self.meaning(&paragraph);
        self.open_cell(meaning == Meaning::TableHeading);
        match meaning {
            Meaning::TableGap if paragraph.is_empty() => return,
            Meaning::Gap if paragraph.is_empty() => {
                self.settle();
                return self.align(Meaning::Plain, &paragraph, None);
            }
            _ => {}
        }
        if !self.is_begun && self.is_front(meaning, &mut paragraph) {
            return;
        }
        if !paragraph.is_empty() && !matches!(meaning, Meaning::Heading(_)) {
            self.begin_text();
        }
        if meaning == Meaning::Caption && self.caption(&paragraph) {
            return;
        }
        self.settle();
        let item = self.item(meaning, &paragraph);
        let is_item = item.is_some_and(|item| item.sign != Sign::Nothing);
        let is_break = self.is_break(meaning, &paragraph, is_item);
        if paragraph.is_empty() && !is_item && !is_break {
            self.blank_line(meaning, &paragraph, item);
            paragraph.anchors.drain(..).for_each(|name| self.tree.anchor(name));
            return;
        }
        self.is_begun = true;
        self.align(meaning, &paragraph, item);
        paragraph.anchors.iter().for_each(|name| self.tree.anchor(name.clone()));
        if let Some(Item { sign, .. }) = item.filter(|_| is_item) {
            let tick = match sign {
                Sign::Task(done) => Some(done),
                Sign::Bullet => paragraph.take_tick(),
                Sign::Number | Sign::Nothing => None,
            };
            if let Some(done) = tick {
                self.tree.tick(done);
            }
        }
        if is_break {
            return self.scene_break();
        }
        let pictures = std::mem::take(&mut paragraph.pictures);
        self.line(meaning, &paragraph);
        for picture in pictures {
            self.settle();
            self.picture = Some(picture);
        }
    }

    /// Whether a paragraph is nothing but what parts scenes. In code whatever looks like that is a line of it.
    fn is_break(&self, meaning: Meaning, paragraph: &Paragraph, is_item: bool) -> bool {
        if meaning == Meaning::Code {
            return false;
        }
        paragraph.is_rule()
            || meaning == Meaning::SceneBreak && !paragraph.says_something() && paragraph.pictures.is_empty()
            || !is_item
                && (!self.beside.is_marked && paragraph.is_scene_break() || paragraph.has_line && paragraph.is_empty())
    }

    fn scene_break(&mut self) {
        self.tree.block(Element::new("scene_break", &[], Vec::new()));
    }

    /// The caption of the picture before it.
    fn caption(&mut self, paragraph: &Paragraph) -> bool {
        let Some(picture) = self.picture.take() else { return false };
        paragraph.anchors.iter().for_each(|name| self.tree.anchor(name.clone()));
        self.tree.open("", Begins::Figure(Vec::new()), true);
        self.tree.block(picture);
        self.tree.open("", Begins::Caption, true);
        self.tree.keep_blanks();
        self.inlines(&paragraph.line);
        self.tree.close_wall();
        self.tree.close_wall();
        for picture in &paragraph.pictures {
            self.settle();
            self.picture = Some(picture.clone());
        }
        true
    }

    /// The picture that was read last has no caption.
    pub(super) fn settle(&mut self) {
        if let Some(picture) = self.picture.take() {
            self.tree.block(picture);
        }
    }

    /// The text of a paragraph, as what it is.
    fn line(&mut self, meaning: Meaning, paragraph: &Paragraph) {
        match meaning {
            Meaning::Code => self.code(&paragraph.line),
            _ if paragraph.line.is_empty() => {}
            Meaning::Heading(level) => {
                let level = self.heading(usize::from(level), paragraph);
                self.line_of("heading", level, &paragraph.line);
            }
            // A title that stands in the text is the heading of what follows.
            Meaning::Title => self.line_of("heading", 1, &paragraph.line),
            Meaning::Verse => self.parted("verse", &paragraph.line),
            _ => self.parted("paragraph", &paragraph.line),
        }
    }

    /// A line in which pages end, or across which a line is drawn, is several.
    fn parted(&mut self, kind: &'static str, line: &[Inline]) {
        let mut rest = line;
        while !rest.is_empty() {
            let end = rest.iter().position(Inline::parts).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            if part.len() == line.len() || !is_blank(part) {
                self.line_of(kind, 0, part);
            }
            if let Some(Inline::Rule) = after.first() {
                self.scene_break();
            }
            rest = after.get(1..).unwrap_or_default();
        }
    }

    fn line_of(&mut self, kind: &'static str, level: u8, line: &[Inline]) {
        self.tree.open("", Begins::Line(kind, level), true);
        self.tree.keep_blanks();
        self.inlines(line);
        self.tree.close_wall();
    }

    /// How low a heading stands in its chapter. In a book that was taken out its chapters are marked; what was added to it
    /// and stands no lower is one as well.
    fn heading(&mut self, level: usize, paragraph: &Paragraph) -> u8 {
        if self.beside.is_marked && self.is_at_top() {
            let is_of = |name: &str| {
                let is_number = |name: &str, before: &str| {
                    name.strip_prefix(before).is_some_and(|number| number.parse::<usize>().is_ok())
                };
                if is_number(name, SECTION) { Some(true) } else { is_number(name, CHAPTER).then_some(false) }
            };
            let is_section = paragraph.anchors.iter().find_map(|name| is_of(name));
            if is_section.is_some() || level <= self.part {
                self.part = level;
                let (at, is_section) = (self.tree.length(), is_section.unwrap_or(false));
                self.marked.push(Marked { at, level, is_section });
                return 1;
            }
        }
        let within = if self.beside.is_marked { (level + 1).saturating_sub(self.part).max(2) } else { level };
        u8::try_from(within).unwrap_or(u8::MAX)
    }

    fn code(&mut self, line: &[Inline]) {
        self.begin_code_line();
        for inline in line {
            match inline {
                Inline::Text(text, _) => self.tree.text(text),
                Inline::Break | Inline::Page | Inline::Rule => self.tree.text("\n"),
                Inline::Note(note) => self.tree.text(&format!(" ({})", plain(&note.children))),
                Inline::Tick(done) => self.tree.text(if *done { "[x]" } else { "[ ]" }),
            }
        }
    }

    fn inlines(&mut self, line: &[Inline]) {
        for inline in line {
            match inline {
                Inline::Text(text, marks) => {
                    marks.iter().for_each(|mark| self.tree.open("", Begins::Mark(mark.clone()), true));
                    self.tree.text(text);
                    marks.iter().for_each(|_| self.tree.close_wall());
                }
                Inline::Break => self.tree.line_break(),
                Inline::Note(note) => self.tree.note(note.clone()),
                Inline::Tick(done) => self.tree.tick(*done),
                Inline::Page | Inline::Rule => self.tree.blank(false),
            }
        }
    }

    /// A table that stands so far to the right.
    pub(super) fn begin_table(&mut self, left: Option<i64>) {
        self.open_cell(false);
        self.begin_text();
        self.settle();
        self.is_begun = true;
        self.align(Meaning::Plain, &Paragraph { left, ..Paragraph::default() }, None);
        self.tree.open("", Begins::Node("table", Vec::new()), true);
    }

    pub(super) fn begin_row(&mut self) {
        self.tree.open("", Begins::Node("table_row", Vec::new()), true);
    }

    pub(super) fn begin_cell(&mut self, cell: Cell) {
        self.cell = Some(cell);
    }

    /// What a cell is, is known when it is known what stands in it first.
    pub(super) fn open_cell(&mut self, is_heading: bool) {
        let Some(cell) = self.cell.take() else { return };
        let given = vec![
            ("colspan", Value::Number(cell.columns)),
            ("rowspan", Value::Number(i64::from(!cell.goes_on))),
            ("width", Value::Number(cell.width)),
        ];
        let kind = if is_heading || cell.is_heading { "table_header" } else { "table_cell" };
        self.tree.open("", Begins::Node(kind, given), true);
        self.open.push(Open::default());
    }

    pub(super) fn end_cell(&mut self) {
        self.open_cell(false);
        if self.open.len() < 2 {
            return;
        }
        self.settle();
        self.close_all();
        self.open.pop();
        self.tree.close_wall();
    }

    pub(super) fn end_row(&mut self) {
        self.tree.close_wall();
    }

    pub(super) fn end_table(&mut self) {
        self.tree.close_wall();
    }
}
