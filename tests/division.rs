//! The wall between the layer and the application on it: the layer never names a book, a chapter, an account or a page
//! of the editor. The floors within the application; those within the layer are in crates/sputnik/tests/division.rs. And
//! the wall between what a person wrote and what a browser runs: HTML is made in few places, and these are named here.

#[path = "../crates/sputnik/tests/support/imports.rs"]
mod imports;

use imports::Division;
use std::{
    fs,
    path::{Path, PathBuf},
};

const APPLICATION: Division = Division {
    sources: concat!(env!("CARGO_MANIFEST_DIR"), "/src"),
    name: "sputnik_editor",
    rooms: &[
        "account",
        "admin",
        "book",
        "book::access",
        "book::commands",
        "book::files",
        "book::pages",
        "book::store",
        "book::writing",
        "config",
        "costly",
        "document",
        "document::compare",
        "ui",
    ],
    floors: &[
        &["local_address", "metadata", "costly", "database"],
        &["document", "modules", "security_headers", "shared_broker"],
        &["account", "health", "ui"],
        // What a book is made of, and what is said of it: the same on both sides.
        &["book"],
        &["book::pictures", "book::redaction", "book::writing_session"],
        &["book::store"],
        &["book::gate", "book::indexer", "book::writing"],
        &["book::access"],
        &["book::commands", "book::files"],
        &["book::following", "book::script"],
        &["book::pages", "admin", "demo", "old_paths"],
        &["config", "lazy_pages"],
        &["app"],
        &["boot"],
        &["main", ""],
    ],
};

#[test]
fn no_files_form_a_ring() {
    APPLICATION.must_have_no_ring();
}

#[test]
fn nothing_is_imported_from_a_floor_above() {
    APPLICATION.must_import_downwards();
}

/// Every file of Rust, Lua and TypeScript below a folder, with what it says, without comments and the tests at its end.
fn code_below(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| ["rs", "lua", "ts"].iter().any(|known| end == *known)) {
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
    let before_tests = before_tests.split("#[cfg(all(test,").next().unwrap_or_default();
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
    for (path, code) in
        ["crates/sputnik/src", "crates/sputnik-macros/src", "crates/sputnik-sqlx/src"].into_iter().flat_map(code_below)
    {
        for line in code.lines() {
            let found = words(line).into_iter().find(|word| is_the_applications(word));
            assert_eq!(found, None, "{}: {line}", path.display());
        }
    }
}

/// Deadlines are the broker's: were a node's clock an hour off, nothing of the layer may come of it. Only where the
/// system has no randomness does a clock tell two logs apart.
#[test]
fn the_layer_asks_no_node_what_time_it_is() {
    for (path, code) in code_below("crates/sputnik/src") {
        let clocks = ["SystemTime", "UNIX_EPOCH", "OffsetDateTime"];
        let asked: usize = clocks.iter().map(|clock| code.matches(clock).count()).sum();
        // A store that begins anew counts on from the time, where its broker outlived the process.
        let known = [("server/broker/log.rs", 1), ("server/memory_store.rs", 4)];
        let allowed = known.iter().find(|(file, _)| path.ends_with(file)).map_or(0, |(_, times)| *times);
        assert_eq!(asked, allowed, "{} asks for the time of day", path.display());
    }
}

/// What puts HTML into a page as it stands, or runs what is text.
const UNESCAPED: [&str; 15] = [
    "leptos_meta::",
    "inner_html",
    "outer_html",
    "insert_adjacent",
    "InertElement",
    "srcdoc",
    "DomParser",
    "<textarea",
    "<script",
    "<style",
    "<noscript",
    "js_sys::eval",
    "Function::new",
    "set_attribute(\"style",
    " style=",
];

/// Where that is done, what and how often: each of these was looked at, and takes nothing that a person wrote, but for
/// HTML that the server made of a chapter by the schema's templates.
const LOOKED_AT: [(&str, &str, usize); 19] = [
    ("src/app.rs", "leptos_meta::", 1),
    ("src/app.rs", "<script", 1),
    ("src/ui/title.rs", "leptos_meta::", 1),
    ("src/document/html.rs", " style=", 1),
    ("src/document/publication/lines.rs", " style=", 1),
    ("src/document/publication/tables.rs", " style=", 1),
    ("src/document/one_page.rs", "<style", 1),
    ("src/document/html_reader/sheet.rs", "<style", 1),
    ("src/book/files/in_words.rs", "<style", 1),
    ("src/book/files/preview.rs", "<style", 1),
    ("src/book/pages/book_head.rs", "leptos_meta::", 1),
    ("src/book/pages/book_head.rs", "<script", 1),
    ("src/book/pages/publish/about.rs", "<textarea", 1),
    ("src/document/round_trip/generator.rs", "<script", 1),
    ("src/book/pages/chapter/page.rs", "inner_html", 1),
    ("src/book/pages/chapter/history/shown.rs", "inner_html", 3),
    ("src/book/pages/chapter/writer/sync.rs", "inner_html", 1),
    ("src/book/pages/chat.rs", "<textarea", 1),
    ("editor/src/paste/cleaning.ts", "innerHTML", 1),
];

/// The same in the editor's module.
const UNESCAPED_THERE: [&str; 8] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "srcdoc",
    "setAttribute(\"style",
];

/// On the server, Leptos writes the title of a document and what stands in these elements as it is.
#[test]
fn where_text_would_reach_a_page_unescaped_somebody_has_looked() {
    let mut found = Vec::new();
    let (mut pages, editor) = (code_below("src"), code_below("editor/src"));
    pages.extend(code_below("crates/sputnik/src"));
    let pages = pages.into_iter().map(|file| (file, &UNESCAPED[..]));
    for ((path, code), ways) in pages.chain(editor.into_iter().map(|file| (file, &UNESCAPED_THERE[..]))) {
        let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("below it").display().to_string();
        if path.ends_with("tests.rs") || path.contains("/tests/") {
            continue;
        }
        for way in ways {
            let count = code.matches(way).count();
            let known = LOOKED_AT.iter().find(|(file, known, _)| *file == path && known == way);
            if count != known.map_or(0, |(_, _, count)| *count) {
                found.push(format!("{path}: {way}, {count} times"));
            }
        }
    }
    assert!(found.is_empty(), "is what stands there text of nobody's? Then name it above: {found:#?}");
    for page in ["chat.rs", "publish/about.rs"] {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/book/pages").join(page);
        let page = fs::read_to_string(page).expect("text");
        assert!(page.contains("></textarea>"), "a field holds no child: what is typed is its value");
    }
}

/// CONTRIBUTING answers where something would be changed, and the architecture names files on the ways it follows.
#[test]
fn files_that_are_named_to_newcomers_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (text, rooms) in
        [("CONTRIBUTING.md", ["src/", "editor/", "tests/"]), ("README.md", ["src/", "docs/", "tests/"])]
    {
        let words = fs::read_to_string(root.join(text)).expect("text");
        let named: Vec<&str> =
            words.split(['`', '(', ')']).filter(|word| rooms.iter().any(|room| word.starts_with(room))).collect();
        assert!(!named.is_empty(), "{text} names no file");
        for file in named.into_iter().filter(|file| !file.contains([' ', '{', '#'])) {
            assert!(root.join(file).exists(), "{text} names {file}, which is not there");
        }
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
