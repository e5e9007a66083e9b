//! Tables. Where cells reach over several rows, a word processor wants a cell in each of them.

use super::body::{Around, Body, STEP};
use crate::document::tree::{Element, Node};
use std::io;

/// How many columns a table has at most in a word processor. What stands further out stands in the last.
const COLUMNS: usize = 63;
/// How wide the text is, in twentieths of a point.
const WIDE: usize = 9_026;

/// A cell where it stands.
#[derive(Clone, Copy)]
struct Cell<'a> {
    /// The cell; nothing where one goes on that began above.
    cell: Option<&'a Element>,
    /// Over how many columns it reaches.
    wide: usize,
    /// Whether it reaches over more than this row.
    goes_on: bool,
}

/// A row: its cells with what stands beyond the last column, and how many columns it has.
struct Row<'a> {
    cells: Vec<(Cell<'a>, Vec<&'a Element>)>,
    columns: usize,
}

impl Body<'_> {
    /// A table.
    pub(super) fn table(&mut self, table: &Element, around: Around<'_>) -> io::Result<()> {
        let rows: Vec<&Element> = elements(&table.children).collect();
        let placed = placed(&rows);
        let columns = placed.iter().map(|row| row.columns).max().unwrap_or(0).max(1);
        if rows.is_empty() {
            return Ok(());
        }
        let head = rows.iter().take_while(|row| is_all_headings(row)).count();
        let head = if head == rows.len() { 0 } else { head };
        let left = around.lists.min(super::lists::LEVELS) * STEP;
        self.out.push_str("<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"0\" w:type=\"auto\"/>");
        if left > 0 {
            self.out.push_str(&format!("<w:tblInd w:w=\"{left}\" w:type=\"dxa\"/>"));
        }
        self.out.push_str("<w:tblLook w:val=\"0000\"/></w:tblPr><w:tblGrid>");
        self.out.push_str(&format!("<w:gridCol w:w=\"{}\"/>", WIDE / columns).repeat(columns));
        self.out.push_str("</w:tblGrid>\n");
        for (number, row) in placed.iter().enumerate() {
            self.row(row, columns, number < head)?;
        }
        self.out.push_str("</w:tbl>\n");
        // Two tables that follow each other would be one.
        self.begin("TableGap", Around::default(), "");
        self.end();
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>, columns: usize, is_head: bool) -> io::Result<()> {
        self.out.push_str("<w:tr>");
        let after = columns - row.columns.min(columns);
        if after > 0 && !row.cells.is_empty() || is_head {
            self.out.push_str("<w:trPr>");
            if after > 0 && !row.cells.is_empty() {
                self.out.push_str(&format!("<w:gridAfter w:val=\"{after}\"/>"));
            }
            self.out.push_str(if is_head { "<w:tblHeader/></w:trPr>" } else { "</w:trPr>" });
        }
        for (cell, beyond) in &row.cells {
            self.cell(cell, beyond)?;
        }
        if row.cells.is_empty() {
            self.cell(&Cell { cell: None, wide: columns, goes_on: false }, &[])?;
        }
        self.out.push_str("</w:tr>\n");
        Ok(())
    }

    fn cell(&mut self, cell: &Cell<'_>, beyond: &[&Element]) -> io::Result<()> {
        let width = cell.cell.map_or(0, |cell| cell.number("width"));
        let width = if width > 0 {
            format!("w:w=\"{}\" w:type=\"pct\"", width * 50)
        } else {
            "w:w=\"0\" w:type=\"auto\"".into()
        };
        self.out.push_str(&format!("<w:tc><w:tcPr><w:tcW {width}/>"));
        if cell.wide > 1 {
            self.out.push_str(&format!("<w:gridSpan w:val=\"{}\"/>", cell.wide));
        }
        match (cell.goes_on, cell.cell) {
            (true, Some(_)) => self.out.push_str("<w:vMerge w:val=\"restart\"/>"),
            (true, None) => self.out.push_str("<w:vMerge/>"),
            _ => {}
        }
        self.out.push_str("</w:tcPr>");
        self.is_after_code = false;
        for cell in cell.cell.into_iter().chain(beyond.iter().copied()) {
            let plain = if cell.kind.name == "table_header" { "TableHeading" } else { "" };
            self.blocks(&cell.children, Around { plain, ..Around::default() })?;
        }
        if self.out.ends_with("</w:tcPr>") {
            let is_heading = cell.cell.is_some_and(|cell| cell.kind.name == "table_header");
            self.begin(if is_heading { "TableHeading" } else { "" }, Around::default(), "");
            self.end();
        }
        self.out.push_str("</w:tc>");
        Ok(())
    }
}

/// The cells of each row where they stand.
fn placed<'a>(rows: &[&'a Element]) -> Vec<Row<'a>> {
    // Of each column how many rows a cell above still reaches down, and how wide that is where it begins.
    let mut above = [(0_usize, 0_usize); COLUMNS];
    let mut placed = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let (mut at, mut made): (usize, Row<'_>) = (0, Row { cells: Vec::new(), columns: 0 });
        for cell in elements(&row.children) {
            at = go_on(at, &mut above, &mut made);
            if at == COLUMNS {
                match made.cells.iter_mut().rev().find(|(cell, _)| cell.cell.is_some()) {
                    Some((_, beyond)) => beyond.push(cell),
                    // All its columns are those of cells above: it stands in the first of these.
                    None => made.cells.iter_mut().take(1).for_each(|(_, beyond)| beyond.push(cell)),
                }
                continue;
            }
            let free = above[at..].iter().take_while(|(rows, _)| *rows == 0).count();
            let wide = usize::try_from(cell.number("colspan")).unwrap_or(1).clamp(1, free);
            let high = usize::try_from(cell.number("rowspan")).unwrap_or(1).clamp(1, rows.len() - number);
            for column in &mut above[at..at + wide] {
                *column = (high - 1, 0);
            }
            above[at].1 = wide;
            made.cells.push((Cell { cell: Some(cell), wide, goes_on: high > 1 }, Vec::new()));
            at += wide;
        }
        loop {
            at = go_on(at, &mut above, &mut made);
            // Between what still comes down from above there may be nothing.
            let Some(gap) = above[at..].iter().position(|(rows, _)| *rows > 0) else { break };
            made.cells.push((Cell { cell: None, wide: gap, goes_on: false }, Vec::new()));
            at += gap;
        }
        made.columns = made.cells.iter().map(|(cell, _)| cell.wide).sum();
        placed.push(made);
    }
    placed
}

/// Puts in what comes down from above, and tells what column stands behind it.
fn go_on(mut at: usize, above: &mut [(usize, usize); COLUMNS], row: &mut Row<'_>) -> usize {
    while let Some((1.., wide)) = above.get(at).copied() {
        let wide = wide.max(1);
        row.cells.push((Cell { cell: None, wide, goes_on: true }, Vec::new()));
        above[at..].iter_mut().take(wide).for_each(|(rows, _)| *rows -= 1);
        at += wide;
    }
    at
}

fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
}

fn is_all_headings(row: &Element) -> bool {
    elements(&row.children).all(|cell| cell.kind.name == "table_header")
}
