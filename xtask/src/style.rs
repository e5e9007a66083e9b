//! Joins the style sheets into the one that pages load.

use std::fs;
use std::path::Path;

use crate::{Done, paths};

/// Reads a sheet with every sheet that it imports by a relative path put in the import's place.
///
/// Only whole lines of the form `@import "file.css";` are joined: browsers require imports to stand first, so the
/// order of the lines is the order of the rules. Without the joining each would cost a visitor a round trip.
pub fn join(sheet: &Path) -> Done<String> {
    join_within(sheet, &mut Vec::new())
}

fn join_within(sheet: &Path, open: &mut Vec<std::path::PathBuf>) -> Done<String> {
    if open.iter().any(|one| one == sheet) {
        return Err(format!("{} imports itself.", paths::shown(sheet)));
    }
    let text =
        fs::read_to_string(sheet).map_err(|error| format!("Could not read {}: {error}.", paths::shown(sheet)))?;
    open.push(sheet.to_path_buf());
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        match imported(line) {
            Some(name) => joined += &join_within(&sheet.with_file_name(name), open)?,
            None => {
                joined += line;
                joined.push('\n');
            }
        }
    }
    open.pop();
    Ok(joined)
}

/// The same without comments and indentation, which nobody who visits reads.
pub fn lean(sheet: &str) -> String {
    let mut lean = String::with_capacity(sheet.len());
    let mut rest = sheet;
    // In quotes there is no comment: `content: "/*"`.
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, from) = rest.split_at(at);
        lean += before;
        let quote = from.chars().next().unwrap_or_default();
        let ends = match (quote, from.strip_prefix("/*")) {
            (_, Some(comment)) => {
                rest = comment.split_once("*/").map_or("", |(_, after)| after);
                continue;
            }
            ('/', None) => 1,
            _ => from[1..].find(quote).map_or(from.len(), |end| end + 2),
        };
        lean += &from[..ends];
        rest = &from[ends..];
    }
    lean += rest;
    let lines = lean.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The file that a line imports, if it is one of ours and imported without conditions.
fn imported(line: &str) -> Option<&str> {
    let what = line.trim().strip_prefix("@import")?.trim().strip_suffix(';')?.trim();
    let what = what.strip_prefix("url(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(what).trim();
    let name = ['"', '\''].iter().find_map(|&quote| what.strip_prefix(quote)?.strip_suffix(quote))?;
    (!name.contains("://") && !name.starts_with('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_imports_are_recognised_in_every_spelling() {
        assert_eq!(imported(r#"@import "base.css";"#), Some("base.css"));
        assert_eq!(imported("  @import url('parts/book.css');"), Some("parts/book.css"));
    }

    #[test]
    fn comments_are_for_those_who_write_style() {
        let sheet = "/* Why. */\na {\n  content: \"/* no */\"; /* two\n lines */\n  src: url(/a/b);\n}\n\n/* open";
        assert_eq!(lean(sheet), "a {\ncontent: \"/* no */\";\nsrc: url(/a/b);\n}\n");
        assert_eq!(lean("q { quotes: '\u{201c}' '\u{201d}' }\n"), "q { quotes: '\u{201c}' '\u{201d}' }\n");
    }

    #[test]
    fn what_is_not_ours_to_join_is_left_alone() {
        assert_eq!(imported(r#"@import "https://example.org/x.css";"#), None);
        assert_eq!(imported(r#"@import "print.css" print;"#), None);
        assert_eq!(imported("body { margin: 0 }"), None);
    }

    #[test]
    fn sheets_are_joined_in_the_order_of_their_imports() {
        let folder = std::env::temp_dir().join(format!("sputnik-style-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("folder");
        fs::write(folder.join("main.css"), "@import \"a.css\";\n@import \"b.css\";\nmain {}\n").expect("write");
        fs::write(folder.join("a.css"), "a {}\n").expect("write");
        fs::write(folder.join("b.css"), "b {}").expect("write");
        assert_eq!(join(&folder.join("main.css")).as_deref(), Ok("a {}\nb {}\nmain {}\n"));
        fs::write(folder.join("b.css"), "@import \"main.css\";").expect("write");
        assert!(join(&folder.join("main.css")).is_err_and(|error| error.contains("imports itself")));
        fs::remove_dir_all(folder).expect("remove");
    }
}
