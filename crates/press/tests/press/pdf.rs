//! What is in a PDF.

use crate::book::pressed;
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

/// How many there are.
static MANY: AtomicUsize = AtomicUsize::new(0);

/// A PDF, and what the press said of it.
pub struct Pdf {
    file: PathBuf,
    pub report: Value,
}

impl Pdf {
    /// That of a stream, which has to become one; nothing, where there is no program that looks into it.
    pub fn of(stream: Vec<u8>) -> Option<Self> {
        let made = pressed(stream, &[]);
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.success(), "{said}");
        assert!(made.stdout.starts_with(b"%PDF-"));
        if Command::new("pdftotext").arg("-v").output().is_err() {
            eprintln!("skipped: poppler is not installed (package poppler-utils)");
            return None;
        }
        let name = format!("press-{}-{}.pdf", std::process::id(), MANY.fetch_add(1, Ordering::Relaxed));
        let file = std::env::temp_dir().join(name);
        fs::write(&file, made.stdout).unwrap();
        Some(Self { file, report: serde_json::from_str(said.trim()).unwrap() })
    }

    /// What a program says of it.
    fn ask(&self, program: &str, flags: &[&str], to: &[&str]) -> String {
        let said = Command::new(program).args(flags).arg(&self.file).args(to).output().unwrap();
        String::from_utf8(said.stdout).unwrap()
    }

    /// The words of a page, from 1 on; of all, in the order of reading. Words that a line divides are whole.
    pub fn text(&self, page: Option<usize>) -> String {
        let page = page.map(|page| page.to_string());
        let flags: Vec<&str> = page.iter().flat_map(|page| ["-f", page, "-l", page]).collect();
        let text = self.ask("pdftotext", &flags, &["-"]);
        text.replace("\u{ad}\n", "").replace(['\u{ad}', '\u{200b}', '\u{2060}'], "")
    }

    /// The same on one line.
    pub fn words(&self, page: Option<usize>) -> String {
        self.text(page).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// How many pages it has.
    pub fn pages(&self) -> usize {
        self.report["pages"].as_u64().unwrap() as usize
    }

    /// On which page these words stand.
    pub fn page_of(&self, words: &str) -> usize {
        let found = (1..=self.pages()).find(|page| self.words(Some(*page)).contains(words));
        found.unwrap_or_else(|| panic!("{words} is on no page"))
    }

    /// What it says of itself, and with a flag its structure.
    pub fn about(&self, flags: &[&str]) -> String {
        self.ask("pdfinfo", flags, &[])
    }

    /// Its fonts, a line each.
    pub fn fonts(&self) -> String {
        self.ask("pdffonts", &[], &[])
    }
}

impl Drop for Pdf {
    fn drop(&mut self) {
        // Where it cannot be removed, it lies where such files lie.
        let _ = fs::remove_file(&self.file);
    }
}
