//! Tables before they are read: how large they become, and that no value of theirs is left out.

use comrak::nodes::{AstNode, NodeValue};
use std::collections::BTreeMap;

/// How many cells the tables of a text have at most, as they are filled up: each line that may stand below a table's head
/// says how wide it is, and each one after it, up to an empty one, may be a row.
pub(super) fn most_cells(markdown: &str) -> usize {
    let (mut cells, mut wide) = (0_usize, 0_usize);
    let lines = markdown.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    for line in lines {
        let line = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        if line.is_empty() {
            wide = 0;
        } else if line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t')) {
            wide = line.split('|').filter(|cell| !cell.trim().is_empty()).count();
        }
        cells = cells.saturating_add(wide);
    }
    cells
}

/// The text with tables as wide as their widest row. What stands in a row beyond the columns that a table's head has is left
/// out by those who read Markdown; here the head gets as many columns. Nothing, where all are wide enough.
pub(super) fn widened<'a>(root: &'a AstNode<'a>, markdown: &str) -> Option<String> {
    let lines: Vec<&str> = markdown.split_inclusive('\n').collect();
    let mut missing: BTreeMap<usize, usize> = BTreeMap::new();
    for table in root.descendants() {
        let data = table.data.borrow();
        let NodeValue::Table(shape) = &data.value else { continue };
        let widest = table.children().map(|row| {
            let start = row.data.borrow().sourcepos.start;
            let line =
                lines.get(start.line.saturating_sub(1)).and_then(|line| line.get(start.column.saturating_sub(1)..));
            line.map_or(0, cells)
        });
        let widest = widest.max().unwrap_or(0);
        if widest > shape.num_columns {
            // The head and the line below it.
            missing.insert(data.sourcepos.start.line.saturating_sub(1), widest - shape.num_columns);
        }
    }
    if missing.is_empty() {
        return None;
    }
    let mut text = String::with_capacity(markdown.len());
    for (number, line) in lines.iter().enumerate() {
        let head = missing.get(&number).map(|more| ("   |", more));
        let below = number.checked_sub(1).and_then(|number| missing.get(&number)).map(|more| (" - |", more));
        match head.or(below) {
            Some((cell, more)) => {
                let words = line.trim_end();
                text.push_str(words);
                text.push_str(if words.ends_with('|') && !words.ends_with("\\|") { "" } else { " |" });
                text.push_str(&cell.repeat(*more));
                text.push_str(&line[words.len()..]);
            }
            None => text.push_str(line),
        }
    }
    Some(text)
}

/// How many cells a row has, up to the last one in which something stands.
fn cells(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let (mut passed, mut cells, mut is_escaped) = (0, 0, false);
    for letter in row.chars() {
        match letter {
            '|' if !is_escaped => passed += 1,
            letter if letter.is_whitespace() => {}
            _ => cells = passed + 1,
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_large_tables_become_is_known_before() {
        assert_eq!(most_cells("|a|b|\n|-|-|\n|c|d|\ne\n\nf"), 6);
        assert_eq!(most_cells("> |a|\r\n> |:-:|\r\n>\r\n> b"), 1);
        assert_eq!(most_cells("|a|\r\n|-|\r\nb\r\nc"), 3);
        assert_eq!(most_cells("|a|\r|-|\rb\rc"), 3);
        assert_eq!(most_cells("a\n\nb | c\n"), 0);
        let wide = format!("{}|\n{}|\n{}", "|a".repeat(5_000), "|-".repeat(5_000), "b\n".repeat(100));
        assert!(most_cells(&wide) >= 500_000);
    }

    #[test]
    fn cells_are_counted_as_they_are_read() {
        for (row, count) in
            [("|a|b|", 2), ("a|b", 2), ("| a \\| b | c", 2), ("||||", 0), ("a", 1), ("| a | |", 1), ("|||b||", 3)]
        {
            assert_eq!(cells(row), count, "{row}");
        }
    }
}
