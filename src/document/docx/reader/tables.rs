//! Cells. How far one reaches down is known only when what is below it is read: until then a cell that goes on with the one
//! above says so by reaching over no row at all.

use super::{
    super::super::{
        schema::Value,
        tree::{Element, Node},
    },
    blocks::Cell,
    numbering::twips,
    text::{Reader, Tag},
};

/// Over how many columns and rows a cell reaches at most.
const WIDEST: i64 = 100;
const HIGHEST: i64 = 1_000;

/// A table as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Table {
    left: Option<i64>,
    /// How wide its columns are together, and whether they differ.
    grid: Vec<i64>,
    is_begun: bool,
    row: Option<Row>,
    cell: Option<Cell>,
    /// Whether a cell is open, of which it is known what it is.
    is_open: bool,
}

#[derive(Debug, Default)]
struct Row {
    is_head: bool,
    is_begun: bool,
}

impl Reader<'_> {
    pub(super) fn begin_of_table(&mut self, name: &str, tag: &Tag<'_>) {
        match name {
            "tbl" => {
                self.open_cell_later();
                self.end_loose();
                self.blocks.open_cell(false);
                self.tables.push(Table::default());
                return;
            }
            "tr" => {
                self.end_row();
                if let Some(table) = self.tables.last_mut() {
                    table.row = Some(Row::default());
                }
                return;
            }
            "tc" => return self.begin_cell(),
            _ => {}
        }
        let Some(table) = self.tables.last_mut() else { return };
        let (grid, cell) = (&mut table.grid, table.cell.as_mut());
        match (name, cell) {
            ("tblind", _) if !table.is_begun => table.left = tag.get("w").and_then(|left| twips(&left)),
            ("gridcol", _) if grid.len() < 1_000 => grid.extend(tag.get("w").and_then(|wide| twips(&wide))),
            ("gridspan", Some(cell)) => cell.columns = tag.number("val").unwrap_or(1).clamp(1, WIDEST),
            ("vmerge", Some(cell)) => cell.goes_on = tag.get("val").as_deref() != Some("restart"),
            ("tcw", Some(cell)) => {
                let wide = tag.get("w").unwrap_or_default();
                cell.width = share(&wide, tag.get("type").as_deref(), grid).unwrap_or(0);
            }
            _ => {}
        }
    }

    pub(super) fn end_of_table(&mut self, name: &str) {
        match name {
            "tbl" => self.end_table(),
            "tr" => self.end_row(),
            "tc" => self.end_cell(),
            _ => {}
        }
    }

    /// The row that is read stands above all others, and on each page.
    pub(super) fn head(&mut self, is_head: bool) {
        if let Some(row) = self.tables.last_mut().and_then(|table| table.row.as_mut()) {
            row.is_head = is_head;
        }
    }

    fn begin_cell(&mut self) {
        self.end_cell();
        let Some(table) = self.tables.last_mut() else { return };
        if !table.is_begun {
            table.is_begun = true;
            self.blocks.begin_table(table.left);
        }
        let Some(row) = table.row.as_mut() else { return };
        if !row.is_begun {
            row.is_begun = true;
            self.blocks.begin_row();
        }
        table.cell = Some(Cell { is_heading: row.is_head, columns: 1, ..Cell::default() });
    }

    /// What stands in a cell begins: all that is said about it was read.
    pub(super) fn open_cell_later(&mut self) {
        if let Some(table) = self.tables.last_mut()
            && let Some(cell) = table.cell.take()
        {
            table.is_open = true;
            self.blocks.begin_cell(cell);
        }
    }

    fn end_cell(&mut self) {
        self.open_cell_later();
        if self.tables.last().is_some_and(|table| table.is_open) {
            self.end_loose();
            self.blocks.end_cell();
        }
        if let Some(table) = self.tables.last_mut() {
            table.is_open = false;
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(row) = self.tables.last_mut().and_then(|table| table.row.take())
            && row.is_begun
        {
            self.blocks.end_row();
        }
    }

    pub(super) fn end_table(&mut self) {
        self.end_row();
        if let Some(table) = self.tables.pop()
            && table.is_begun
        {
            self.blocks.end_table();
        }
    }
}

/// How wide a cell is, in hundredths of its table; nothing where all columns are as wide.
fn share(wide: &str, kind: Option<&str>, grid: &[i64]) -> Option<i64> {
    if let Some(percent) = wide.strip_suffix('%') {
        return percent.parse::<f64>().ok().map(|share| (share as i64).clamp(0, 100));
    }
    if kind == Some("pct") {
        return Some((wide.parse::<i64>().ok()? / 50).clamp(0, 100));
    }
    let (all, first) = (grid.iter().sum::<i64>(), *grid.first()?);
    let differ = grid.iter().any(|other| (other - first).abs() * 20 > first.abs());
    if kind != Some("dxa") || !differ || all <= 0 {
        return None;
    }
    Some((twips(wide)?.saturating_mul(100) / all).clamp(0, 100))
}

/// Cells that go on with those above become part of them.
pub(super) fn join(table: &mut Element) {
    // Of each column the row and the place of the cell that was last in it.
    let mut above: Vec<(usize, usize)> = Vec::new();
    for at in 0..table.children.len() {
        let (before, rest) = table.children.split_at_mut(at);
        let Some(Node::Element(row)) = rest.first_mut() else { continue };
        let mut column = 0;
        let mut kept: Vec<Node> = Vec::with_capacity(row.children.len());
        for cell in std::mem::take(&mut row.children) {
            let Node::Element(mut cell) = cell else { continue };
            let wide = usize::try_from(cell.number("colspan")).unwrap_or(1).max(1);
            let owner = above.get(column).copied().filter(|_| cell.number("rowspan") == 0);
            let owner = owner.and_then(|(row, place)| match before.get_mut(row) {
                Some(Node::Element(row)) => row.children.get_mut(place).map(|cell| (cell, row.kind)),
                _ => None,
            });
            if above.len() < column + wide {
                above.resize(column + wide, (usize::MAX, 0));
            }
            if let Some((Node::Element(owner), _)) = owner {
                let (row, _) = above[column];
                let high = i64::try_from(at - row + 1).unwrap_or(HIGHEST).min(HIGHEST);
                set(owner, "rowspan", high);
                owner.children.extend(std::mem::take(&mut cell.children).into_iter().filter(|node| !is_blank(node)));
            } else {
                if cell.number("rowspan") == 0 {
                    set(&mut cell, "rowspan", 1);
                }
                above[column..column + wide].fill((at, kept.len()));
                kept.push(Node::Element(cell));
            }
            column += wide;
        }
        row.children = kept;
    }
}

fn is_blank(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.kind.name == "paragraph" && element.children.is_empty())
}

fn set(element: &mut Element, name: &str, number: i64) {
    for (attribute, value) in element.kind.attributes.iter().zip(&mut element.values) {
        if attribute.name == name {
            *value = Value::Number(number);
        }
    }
}
