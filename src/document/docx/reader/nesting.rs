//! What paragraphs stand in: quotations, lists and code, each open as long as paragraphs go on with it.

use super::{
    super::super::{builder::Begins, schema::Value},
    blocks::Blocks,
    numbering::{Item, Sign},
    paragraph::Paragraph,
    styles::Meaning,
};

/// How exact it is how far something stands to the right, in twentieths of a point.
const EXACT: i64 = 20;

/// A list that is open.
#[derive(Debug)]
pub(super) struct List {
    which: usize,
    level: usize,
    left: i64,
}

/// What is open in a text, or in a cell.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// A quotation around the lists, and one in the item of the last.
    quote: bool,
    lists: Vec<List>,
    inner: bool,
    code: bool,
    /// How many lines with nothing in them came after the last line of code.
    blank_lines: usize,
}

impl Blocks<'_> {
    /// The item of a list that a paragraph is.
    pub(super) fn item(&mut self, meaning: Meaning, paragraph: &Paragraph) -> Option<Item> {
        if matches!(meaning, Meaning::Heading(_) | Meaning::Title) {
            return None;
        }
        let styles = self.beside.styles;
        let style = paragraph.style.as_deref().and_then(|style| styles.number(style));
        let (number, level) = match (&paragraph.number, style) {
            (Some(number), style) => (number.clone(), paragraph.level.or(style.map(|(_, level)| level)).unwrap_or(0)),
            (None, Some((number, level))) => (number, paragraph.level.unwrap_or(level)),
            (None, None) => return None,
        };
        let item = self.beside.numbering.item(&number, level, &mut self.counted)?;
        // Each of the styles for deeper lists has a list of its own, in which it stands at the top.
        Some(Item { level: item.level.max(self.level_of_style(paragraph)), ..item })
    }

    fn level_of_style(&self, paragraph: &Paragraph) -> usize {
        paragraph.style.as_deref().map_or(0, |style| self.beside.styles.list_level(style))
    }

    /// What is open is what this paragraph stands in.
    pub(super) fn align(&mut self, meaning: Meaning, paragraph: &Paragraph, item: Option<Item>) {
        let is_quote = meaning == Meaning::Quote;
        let keeps = match item {
            Some(Item { sign: Sign::Nothing, level, .. }) => {
                self.here().lists.iter().rposition(|list| list.level <= level)
            }
            Some(item) => return self.begin_item(is_quote, item),
            None => self.goes_on(meaning, paragraph),
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

    /// Which of the lists that are open a paragraph goes on with: it stands as far to the right, or its style says so.
    fn goes_on(&self, meaning: Meaning, paragraph: &Paragraph) -> Option<usize> {
        let lists = &self.open.last()?.lists;
        match (meaning, paragraph.left) {
            (Meaning::Title | Meaning::Subtitle | Meaning::Author, _) => None,
            (Meaning::Heading(_), left) => lists.iter().rposition(|list| Some(list.left) == left),
            (_, Some(left)) if left > 0 => lists.iter().rposition(|list| list.left <= left + EXACT),
            (Meaning::ListContinue, None) => match self.level_of_style(paragraph) {
                0 => lists.len().checked_sub(1),
                level => lists.iter().rposition(|list| list.level <= level),
            },
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

    /// Whether what is read stands in nothing.
    pub(super) fn is_at_top(&self) -> bool {
        match self.open.as_slice() {
            [open] => open.lists.is_empty() && !open.quote,
            _ => false,
        }
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

    /// What comes is code: the next line of that which is open, or the first of one.
    pub(super) fn begin_code_line(&mut self) {
        if self.here().code {
            let lines = std::mem::take(&mut self.here().blank_lines) + 1;
            if let Some(code) = self.tree.code() {
                code.push_str(&"\n".repeat(lines));
            }
        } else {
            self.tree.open("", Begins::Code(String::new()), true);
            self.here().code = true;
        }
    }

    /// A paragraph with nothing in it is a line of the code it stands in. In a book that was taken out it is no more than
    /// it was, and ends what it does not stand in.
    pub(super) fn blank_line(&mut self, meaning: Meaning, paragraph: &Paragraph, item: Option<Item>) {
        match meaning {
            Meaning::Code if self.here().code => self.here().blank_lines += 1,
            _ if self.beside.is_marked => self.align(meaning, paragraph, item),
            _ => self.close_code(),
        }
    }

    fn close_code(&mut self) {
        let open = self.here();
        // Those at the end are none of its lines.
        open.blank_lines = 0;
        if std::mem::take(&mut open.code) {
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

    pub(super) fn close_all(&mut self) {
        self.close_code();
        self.close_lists(0);
        self.quote(false);
    }
}
