//! A table as markup. Rows of headings at its beginning are its head, and what a heading is about is said.

use super::markup::Markup;
use crate::document::tree::{Element, Node};

impl<'a> Markup<'a> {
    /// A table.
    pub(super) fn table(&mut self, table: &'a Element) {
        let rows: Vec<&Element> = elements(&table.children).collect();
        // All of a table that is nothing but headings is no head.
        let head = rows.iter().take_while(|row| is_all_headings(row)).count();
        let head = if head == rows.len() { 0 } else { head };
        let (above, below) = rows.split_at(head);
        self.out.push_str("<table>");
        if !above.is_empty() {
            self.out.push_str("<thead>");
            above.iter().for_each(|row| self.row(row, true));
            self.out.push_str("</thead>");
        }
        self.out.push_str("<tbody>");
        below.iter().for_each(|row| self.row(row, false));
        self.out.push_str("</tbody></table>\n");
    }

    fn row(&mut self, row: &'a Element, is_head: bool) {
        self.out.push_str("<tr>");
        for cell in elements(&row.children) {
            let is_heading = cell.kind.name == "table_header";
            let tag = if is_heading { "th" } else { "td" };
            self.out.push('<');
            self.out.push_str(tag);
            for span in ["colspan", "rowspan"] {
                let wide = cell.number(span);
                if wide > 1 {
                    self.out.push_str(&format!(" {span}=\"{wide}\""));
                }
            }
            if is_heading {
                self.out.push_str(if is_head || is_all_headings(row) { " scope=\"col\"" } else { " scope=\"row\"" });
            }
            let width = cell.number("width");
            if width > 0 {
                self.out.push_str(&format!(" style=\"width: {width}%\""));
            }
            self.out.push('>');
            self.blocks(&cell.children);
            self.out.push_str(&format!("</{tag}>"));
        }
        self.out.push_str("</tr>\n");
    }
}

fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
}

fn is_all_headings(row: &Element) -> bool {
    elements(&row.children).all(|cell| cell.kind.name == "table_header")
}
