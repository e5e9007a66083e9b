//! A table: each cell with its place. Two people may have made it at once, so rows need not be equally long, nor what
//! reaches over several fit: nothing lies on anything else, and nothing reaches out of the table.

use super::blocks::{Blocks, elements};
use crate::document::tree::{Element, Node};
use serde_json::{Value, json};

/// How many columns a table has at most; what stands in more is set below it.
const COLUMNS: usize = 60;
/// How many rows of headings are repeated on each page, and with how many bytes of text, so that something is left of it.
const REPEATED: (usize, usize) = (3, 600);

/// Which columns are taken, by what reaches down from above: up to which row.
struct Taken(Vec<usize>);

impl Taken {
    /// The first place in a row that has room for so many columns, if there is one.
    fn place(&self, row: usize, wide: usize) -> Option<usize> {
        let is_free = |at: usize| self.0.get(at).is_none_or(|until| *until <= row);
        (0..=COLUMNS.checked_sub(wide)?).find(|at| (*at..at + wide).all(is_free))
    }

    fn take(&mut self, at: usize, wide: usize, until: usize) {
        if self.0.len() < at + wide {
            self.0.resize(at + wide, 0);
        }
        self.0[at..at + wide].fill(until);
    }
}

impl Blocks<'_> {
    /// A table, and below it what had no room.
    pub(super) fn table(&mut self, table: &Element) -> Vec<Value> {
        let rows: Vec<&Element> = elements(&table.children).collect();
        let is_heading = |row: &&&Element| elements(&row.children).all(|cell| cell.kind.name == "table_header");
        let head = rows.iter().take_while(is_heading).count();
        // All of a table that is nothing but headings is no head.
        let head = if head == rows.len() { 0 } else { head };
        let (mut taken, mut widths, mut below) = (Taken(Vec::new()), Vec::new(), Vec::new());
        let mut groups = [Vec::new(), Vec::new()];
        for (y, row) in rows.iter().enumerate() {
            // What reaches down from the head ends with it.
            let (group, end) = if y < head { (0, head) } else { (1, rows.len()) };
            for cell in elements(&row.children) {
                let (wide, high) = (span(cell, "colspan"), span(cell, "rowspan").min(end - y));
                let blocks = self.blocks(&cell.children);
                let Some(x) = taken.place(y, wide) else {
                    below.extend(blocks.as_array().cloned().unwrap_or_default());
                    continue;
                };
                taken.take(x, wide, y + high);
                widths.resize(widths.len().max(x + wide), 0);
                if wide == 1 {
                    widths[x] = widths[x].max(cell.number("width"));
                }
                groups[group].push(json!({
                    "x": x, "y": y, "colspan": wide, "rowspan": high,
                    "heading": cell.kind.name == "table_header", "blocks": blocks,
                }));
            }
        }
        let [head_cells, body_cells] = groups;
        let bytes: usize = rows[..head].iter().map(|row| crate::document::tree::plain(&row.children).len()).sum();
        // What is repeated is passed over by whoever hears the page, and what leads somewhere must not be.
        let leads_on = rows[..head].iter().any(|row| row.children.iter().any(leads_on));
        let repeats = head <= REPEATED.0 && bytes <= REPEATED.1 && !leads_on;
        if !widths.is_empty() {
            let table = json!({
                "kind": "table", "columns": widths, "rows": rows.len(), "head-rows": head, "repeats": repeats,
                "head": head_cells, "body": body_cells,
            });
            below.insert(0, table);
        }
        below
    }
}

fn span(cell: &Element, name: &str) -> usize {
    usize::try_from(cell.number(name)).unwrap_or(1).clamp(1, if name == "colspan" { COLUMNS } else { 1000 })
}

/// Whether a link or a note is in it.
fn leads_on(node: &Node) -> bool {
    match node {
        Node::Text(run) => run.marks.iter().any(|mark| mark.kind.name == "link"),
        Node::Element(element) => element.kind.name == "footnote" || element.children.iter().any(leads_on),
    }
}
