//! Tables: a row a line, where each cell is a line.

use super::{
    super::super::tree::{Element, Node},
    Page, has_only,
    line::Room,
};

/// Whether a table can be written as rows of lines: a head, then as many cells in each row, none of them wider or higher
/// than one, and in each one line.
pub(super) fn has_signs(table: &Element) -> bool {
    let rows = elements(&table.children);
    let wide = rows.first().map_or(0, |row| row.children.len());
    let is_cell = |cell: &Element, head: bool| {
        cell.kind.name == if head { "table_header" } else { "table_cell" }
            && has_only(cell, &[])
            && matches!(elements(&cell.children).as_slice(), [line] if line.kind.name == "paragraph" && has_only(line, &[]))
    };
    let mut numbered = rows.iter().enumerate();
    let rows_are = numbered.all(|(number, row)| {
        let cells = elements(&row.children);
        has_only(row, &[]) && cells.len() == wide && cells.iter().all(|cell| is_cell(cell, number == 0))
    });
    wide > 0 && has_only(table, &[]) && rows_are
}

fn elements(nodes: &[Node]) -> Vec<&Element> {
    let elements = nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None });
    elements.collect()
}

impl<'n> Page<'n> {
    pub(super) fn table(&mut self, table: &'n Element) {
        for (number, row) in elements(&table.children).into_iter().enumerate() {
            let mut line = String::from("|");
            for cell in elements(&row.children) {
                let text = elements(&cell.children).first().map(|cell| self.line(&cell.children, Room::Cell));
                line.extend([" ", text.as_deref().unwrap_or_default(), " |"]);
            }
            self.out.line(&line);
            if number == 0 {
                self.out.line(&format!("|{}", " --- |".repeat(row.children.len())));
            }
        }
    }
}
