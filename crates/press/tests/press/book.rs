//! Books for the press, put together as the server does.

use serde_json::{Map, Value, json};
use std::{
    io::Write,
    process::{Command, Output, Stdio},
    thread,
};

/// A book in the making.
pub struct Book {
    about: Map<String, Value>,
    parts: Vec<Value>,
    pictures: Vec<(String, Vec<u8>)>,
}

impl Book {
    /// Without a chapter.
    pub fn new(theme: &str, purpose: &str) -> Self {
        let about = json!({
            "theme": theme, "purpose": purpose, "title": "Seas", "running": "Seas", "authors": ["Ann Ebb"], "keywords": [],
            "description": "", "language": ["en", null], "dir": "ltr", "date": [2026, 11, 30], "identifier": "urn:b",
            "cover": null, "words": {
                "contents": "Contents", "cover": "Cover", "figures": "Figures", "page": "page", "language": ["en", null],
            },
            "half-title": false, "dedication": [], "lists-figures": false, "figures": [],
            "title-page": [{ "class": "author", "text": "Ann Ebb" }], "imprint": [], "parts": [],
        });
        let Value::Object(about) = about else { unreachable!("it is one") };
        Self { about, parts: Vec::new(), pictures: Vec::new() }
    }

    /// Says something else of it.
    pub fn said(mut self, name: &str, value: Value) -> Self {
        self.about.insert(name.into(), value);
        self
    }

    /// With another chapter.
    pub fn chapter(mut self, title: &str, blocks: Value) -> Self {
        let part = json!({ "title": title, "running": title, "depth": 0, "section": false });
        self.about["parts"].as_array_mut().unwrap().push(part);
        self.parts.push(blocks);
        self
    }

    /// With a picture.
    pub fn picture(mut self, name: &str, bytes: &[u8]) -> Self {
        self.pictures.push((name.into(), bytes.to_vec()));
        self
    }

    /// As the press is handed it.
    pub fn stream(&self) -> Vec<u8> {
        let mut stream = b"sputnik-press 1\n".to_vec();
        let mut put = |what: &str, bytes: &[u8]| {
            stream.extend(format!("{what} {}\n", bytes.len()).bytes());
            stream.extend(bytes);
        };
        put("book", Value::Object(self.about.clone()).to_string().as_bytes());
        for (at, part) in self.parts.iter().enumerate() {
            put(&format!("part {at}"), part.to_string().as_bytes());
        }
        for (name, bytes) in &self.pictures {
            put(&format!("picture {name}"), bytes);
        }
        stream.extend(b"end\n");
        stream
    }
}

/// A line of text.
pub fn paragraph(words: &str) -> Value {
    json!({ "kind": "paragraph", "line": [words] })
}

/// What the press makes of a stream.
pub fn pressed(stream: Vec<u8>, flags: &[&str]) -> Output {
    let mut press = Command::new(env!("CARGO_BIN_EXE_sputnik-press"));
    press.args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut press = press.spawn().unwrap();
    let mut to = press.stdin.take().unwrap();
    // One that has ended does not read on.
    let writing = thread::spawn(move || drop(to.write_all(&stream)));
    let output = press.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}
