//! Paragraphs become blocks. A word processor has no lists and no quotations, only paragraphs that are part of one: those
//! that follow each other are put together.

use super::{
    super::{
        super::{
            builder::{Begins, Builder, Built},
            schema::Value,
            tree::Element,
        },
        CHAPTER, SECTION,
    },
    numbering::{Counted, Item, Sign},
    paragraph::{Inline, Paragraph},
    styles::Meaning,
    text::Beside,
};

/// How exact it is how far something stands to the right, in twentieths of a point.
const EXACT: i64 = 20;

/// What stands on the title page.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) people: Vec<String>,
    pub(super) dedication: Vec<String>,
}

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

/// A list that is open.
#[derive(Debug)]
struct List {
    which: usize,
    level: usize,
    left: i64,
}

/// What is open in a text, or in a cell.
#[derive(Debug, Default)]
struct Open {
    /// A quotation around the lists, and one in the item of the last.
    quote: bool,
    lists: Vec<List>,
    inner: bool,
    code: bool,
}

/// A text as far as it is put together.
pub(super) struct Blocks<'a> {
    beside: Beside<'a>,
    tree: Builder,
    open: Vec<Open>,
    counted: Counted,
    /// A cell of which it is not known yet whether it is a heading.
    cell: Option<Cell>,
    /// A picture whose caption may come.
    picture: Option<Element>,
    front: Front,
    is_begun: bool,
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
            is_begun: false,
            marked: Vec::new(),
            part: 1,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.tree.is_full()
    }

    pub(super) fn finish(mut self) -> (Built, Front, Vec<Marked>) {
        self.settle();
        while self.open.len() > 1 {
            self.end_cell();
        }
        self.close_all();
        (self.tree.finish(), self.front, self.marked)
    }

    fn meaning(&self, paragraph: &Paragraph) -> Meaning {
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
        if meaning == Meaning::Contents || meaning == Meaning::TableGap && paragraph.is_empty() {
            return;
        }
        if meaning == Meaning::Caption && self.caption(&paragraph) {
            return;
        }
        self.settle();
        if !self.is_begun && self.is_front(meaning, &paragraph) {
            return;
        }
        let item = self.item(meaning, &paragraph);
        let is_item = item.is_some_and(|item| item.sign != Sign::Nothing);
        let says_something = paragraph.words().contains(char::is_alphanumeric);
        let is_break = meaning == Meaning::SceneBreak && !says_something && paragraph.pictures.is_empty()
            || !is_item
                && (!self.beside.is_marked && paragraph.is_scene_break() || paragraph.has_line && paragraph.is_empty());
        if paragraph.is_empty() && !is_item && !is_break {
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
            return self.tree.block(Element::new("scene_break", &[], Vec::new()));
        }
        let pictures = std::mem::take(&mut paragraph.pictures);
        self.line(meaning, &paragraph);
        for picture in pictures {
            self.settle();
            self.picture = Some(picture);
        }
    }

    /// What stands on the title page is said about the book.
    fn is_front(&mut self, meaning: Meaning, paragraph: &Paragraph) -> bool {
        let words = paragraph.words().split_whitespace().collect::<Vec<_>>().join(" ");
        let (front, add) = (&mut self.front, |to: &mut String| {
            if !to.is_empty() && !words.is_empty() {
                to.push(' ');
            }
            to.push_str(&words);
        });
        match meaning {
            Meaning::Title => add(&mut front.title),
            Meaning::Subtitle => add(&mut front.subtitle),
            Meaning::Author => front.people.push(words),
            Meaning::Front if self.beside.is_marked => {}
            Meaning::Dedication if self.beside.is_marked => front.dedication.push(words),
            _ => return false,
        }
        true
    }

    /// The item of a list that a paragraph is.
    fn item(&mut self, meaning: Meaning, paragraph: &Paragraph) -> Option<Item> {
        if matches!(meaning, Meaning::Heading(_) | Meaning::Title | Meaning::Contents) {
            return None;
        }
        let style = paragraph.style.as_deref().and_then(|style| self.beside.styles.number(style));
        let (number, level) = match (&paragraph.number, style) {
            (Some(number), style) => (number.clone(), paragraph.level.or(style.map(|(_, level)| level)).unwrap_or(0)),
            (None, Some((number, level))) => (number, paragraph.level.unwrap_or(level)),
            (None, None) => return None,
        };
        self.beside.numbering.item(&number, level, &mut self.counted)
    }

    /// The caption of the picture before it.
    fn caption(&mut self, paragraph: &Paragraph) -> bool {
        let Some(picture) = self.picture.take() else { return false };
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
    fn settle(&mut self) {
        if let Some(picture) = self.picture.take() {
            self.tree.block(picture);
        }
    }

    /// What is open is what this paragraph stands in.
    fn align(&mut self, meaning: Meaning, paragraph: &Paragraph, item: Option<Item>) {
        let is_quote = meaning == Meaning::Quote;
        let keeps = match item {
            Some(Item { sign: Sign::Nothing, level, .. }) => {
                self.here().lists.iter().rposition(|list| list.level <= level)
            }
            Some(item) => return self.begin_item(is_quote, item),
            None => self.goes_on(meaning, paragraph.left),
        };
        let keeps = keeps.map_or(0, |last| last + 1);
        if meaning != Meaning::Code || keeps != self.here().lists.len() {
            self.close_code();
        }
        self.close_lists(keeps);
        if keeps == 0 {
            self.quote(is_quote);
        } else if !self.here().quote {
            self.inner(is_quote);
        }
    }

    /// Which of the lists that are open a paragraph goes on with that stands so far to the right.
    fn goes_on(&self, meaning: Meaning, left: Option<i64>) -> Option<usize> {
        let lists = &self.open[self.open.len() - 1].lists;
        match (meaning, left) {
            (Meaning::Title | Meaning::Subtitle | Meaning::Author, _) => None,
            (Meaning::Heading(_), left) => lists.iter().rposition(|list| Some(list.left) == left),
            (_, Some(left)) if left > 0 => lists.iter().rposition(|list| list.left <= left + EXACT),
            (Meaning::ListContinue, None) => lists.len().checked_sub(1),
            _ => None,
        }
    }

    fn begin_item(&mut self, is_quote: bool, item: Item) {
        self.close_code();
        self.inner(false);
        if self.here().quote != is_quote {
            self.close_lists(0);
            self.quote(is_quote);
        }
        let which = if matches!(item.sign, Sign::Task(_)) { usize::MAX } else { item.list };
        let lists = &self.here().lists;
        let is_other = |list: &&List| list.level > item.level || list.level == item.level && list.which != which;
        let keeps = lists.len() - lists.iter().rev().take_while(is_other).count();
        self.close_lists(keeps);
        if self.here().lists.last().is_some_and(|list| list.level == item.level) {
            self.tree.close_wall();
        } else {
            let (kind, given) = match item.sign {
                Sign::Number => ("ordered_list", vec![("start", Value::Number(item.number.clamp(0, 999_999)))]),
                _ => ("bullet_list", Vec::new()),
            };
            self.tree.open("", Begins::Node(kind, given), true);
            self.here().lists.push(List { which, level: item.level, left: item.left });
        }
        self.tree.open("", Begins::Node("list_item", Vec::new()), true);
    }

    fn here(&mut self) -> &mut Open {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn quote(&mut self, is_quote: bool) {
        if self.here().quote != is_quote {
            self.close_code();
            self.here().quote = is_quote;
            self.turn_quote(is_quote);
        }
    }

    fn inner(&mut self, is_quote: bool) {
        if self.here().inner != is_quote {
            self.close_code();
            self.here().inner = is_quote;
            self.turn_quote(is_quote);
        }
    }

    fn turn_quote(&mut self, is_quote: bool) {
        if is_quote {
            self.tree.open("", Begins::Node("blockquote", Vec::new()), true);
        } else {
            self.tree.close_wall();
        }
    }

    fn close_code(&mut self) {
        if std::mem::take(&mut self.here().code) {
            // The end of the last line is not part of it.
            if let Some(code) = self.tree.code() {
                code.push('\n');
            }
            self.tree.close_wall();
        }
    }

    fn close_lists(&mut self, keeps: usize) {
        if self.here().lists.len() > keeps {
            self.close_code();
            self.inner(false);
        }
        while self.here().lists.len() > keeps {
            self.here().lists.pop();
            self.tree.close_wall();
            self.tree.close_wall();
        }
    }

    fn close_all(&mut self) {
        self.close_code();
        self.close_lists(0);
        self.quote(false);
    }

    /// The text of a paragraph, as what it is.
    fn line(&mut self, meaning: Meaning, paragraph: &Paragraph) {
        if paragraph.line.is_empty() && meaning != Meaning::Code {
            return;
        }
        let begins = match meaning {
            Meaning::Code => return self.code(paragraph),
            Meaning::Heading(level) => Begins::Line("heading", self.heading(usize::from(level), paragraph)),
            // A title that stands in the text is the heading of what follows.
            Meaning::Title => Begins::Line("heading", 1),
            Meaning::Verse => Begins::Line("verse", 0),
            _ => Begins::Line("paragraph", 0),
        };
        self.tree.open("", begins, true);
        self.tree.keep_blanks();
        self.inlines(&paragraph.line);
        self.tree.close_wall();
    }

    /// How low a heading stands in its chapter. In a book that was taken out its chapters are marked; what was added to it
    /// and stands no lower is one as well.
    fn heading(&mut self, level: usize, paragraph: &Paragraph) -> u8 {
        let open = &self.open[self.open.len() - 1];
        let is_top = self.open.len() == 1 && open.lists.is_empty() && !open.quote;
        if self.beside.is_marked && is_top {
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

    fn code(&mut self, paragraph: &Paragraph) {
        if self.here().code {
            if let Some(code) = self.tree.code() {
                code.push('\n');
            }
        } else {
            self.tree.open("", Begins::Code(String::new()), true);
            self.here().code = true;
        }
        for inline in &paragraph.line {
            match inline {
                Inline::Text(text, _) => self.tree.text(text),
                Inline::Break => self.tree.text("\n"),
                Inline::Note(note) => {
                    let said = super::super::super::tree::plain(&note.children);
                    self.tree.text(&format!(" ({said})"));
                }
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
            }
        }
    }

    /// A table that stands so far to the right.
    pub(super) fn begin_table(&mut self, left: Option<i64>) {
        self.open_cell(false);
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
