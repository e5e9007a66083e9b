//! The wall between the layer and the application on it: the layer never names a book, a chapter, an account or a page
//! of the editor, and whoever uses the layer comes in by its doors.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every Rust and Lua file below a folder, with what it says, without comments and the tests at its end.
fn code_below(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "lua") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} is empty");
    found.sort();
    found.into_iter().map(|path| (path.clone(), code(&fs::read_to_string(path).expect("text")))).collect()
}

/// A file's lines without comments, up to its tests, which may speak of anything.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    let comment = |line: &&str| ["//", "--"].iter().any(|mark| line.trim_start().starts_with(mark));
    before_tests.lines().filter(|line| !comment(line)).collect::<Vec<_>>().join("\n")
}

/// The words a piece of code is made of: `BookId`, `open_book` and `"book/7"` all have the word `book`.
fn words(code: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in code.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if begins || !letter.is_alphabetic() {
            words.push(String::new());
        }
        if letter.is_alphabetic() {
            words.last_mut().expect("one").extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

/// What the layer must not know of.
fn is_the_applications(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    ["book", "chapter", "account", "shelf"].contains(&singular)
}

#[test]
fn the_layer_names_nothing_of_the_application() {
    for (path, code) in code_below("src/sputnik") {
        for line in code.lines() {
            let found = words(line).into_iter().find(|word| is_the_applications(word));
            assert_eq!(found, None, "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_layer_uses_nothing_of_this_crate_but_itself() {
    for (path, code) in code_below("src/sputnik") {
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at..];
            let line = rest.lines().next().unwrap_or_default();
            assert!(line.starts_with("crate::sputnik"), "{}: {line}", path.display());
        }
    }
}

/// Rooms of the layer that are its own: what an application needs of them, it gets from the node and the caller.
const INNER_ROOMS: [&str; 9] =
    ["calls", "connections", "dispatch", "hub", "janitor", "leases", "listener", "users", "wakes"];

#[test]
fn the_application_comes_in_by_the_layers_doors() {
    for folder in ["src/account", "src/book", "src/database", "src/ui"] {
        for (path, code) in code_below(folder) {
            for room in INNER_ROOMS {
                let entered = code.contains(&format!("server::{room}")) || code.contains(&format!(" {room}::"));
                assert!(!entered, "{} enters `{room}`", path.display());
            }
        }
    }
}

/// Deadlines are the broker's: were a node's clock an hour off, nothing of the layer may come of it. Only where the
/// system has no randomness does a clock tell two logs apart.
#[test]
fn the_layer_asks_no_node_what_time_it_is() {
    for (path, code) in code_below("src/sputnik") {
        let clocks = ["SystemTime", "UNIX_EPOCH", "OffsetDateTime"];
        let asked: usize = clocks.iter().map(|clock| code.matches(clock).count()).sum();
        let allowed = usize::from(path.ends_with("server/wakes.rs"));
        assert_eq!(asked, allowed, "{} asks for the time of day", path.display());
    }
}

#[test]
fn the_wall_is_seen() {
    for bad in ["use crate::book::model;", "fn open_book()", "struct ChapterText", "let accounts = 1;", "\"book/7\""] {
        assert!(words(bad).iter().any(|word| is_the_applications(word)), "{bad}");
    }
    for good in ["struct Booking;", "fn facebook()", "let pages = 1;"] {
        assert!(!words(good).iter().any(|word| is_the_applications(word)), "{good}");
    }
    assert_eq!(code("//! A book.\n    /// `book/7`\nfn x() {}\n#[cfg(test)]\nmod tests { book }"), "fn x() {}");
}
