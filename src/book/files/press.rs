//! The press: a program of its own that sets a book on pages (`crates/press`). It is handed a file of the disk and writes
//! another, both without a name, so nothing is left of one that ends before its time.
//!
//! | what | why so |
//! | --- | --- |
//! | it bounds its own memory and processor time | the server needs no rights over it for that |
//! | the server counts the time besides, and ends it | a press that waits takes no processor time |
//! | it is ended when whoever asked has gone | the one who waits holds it as a value, and drops it |
//! | it is looked for anew each time | it may be built while the server runs |
//! | its words go to the log | they are about templates and fonts, not about what a reader can do |

use crate::{book::publishing::PressStands, ui::number::count};
use futures::future::BoxFuture;
use http::request::Parts;
use serde::Deserialize;
use sputnik::Fault;
use std::{
    env,
    fs::{self, File},
    io::{self, Read, Seek},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::{Instant, interval, timeout_at},
};

/// How often it is asked whether whoever waits may still have the book.
const ASKED: Duration = Duration::from_secs(1);
/// How much of what it says goes to the log, in bytes.
const WORDS: u64 = 2_000;
/// What the file beside it is called while it is being built: `cargo xtask` puts it there, and takes it away.
const IN_THE_MAKING: &str = "making";
/// How long that is believed.
const LONGEST_MAKING: Duration = Duration::from_secs(60 * 60);

/// How much one book may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Memory, in bytes.
    pub memory: u64,
    /// Time.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { memory: 2 << 30, time: Duration::from_secs(240) }
    }
}

/// Asks whether whoever waits for a book may still have it.
pub(super) trait May<'a>: Fn() -> BoxFuture<'a, Result<(), Fault>> {}

impl<'a, F: Fn() -> BoxFuture<'a, Result<(), Fault>>> May<'a> for F {}

/// The press of this machine, if it has one.
#[derive(Debug, Clone)]
pub struct Press {
    program: Arc<PathBuf>,
    bounds: Bounds,
}

impl Default for Press {
    fn default() -> Self {
        Self::new(None, Bounds::default())
    }
}

impl Press {
    /// The program of this name, or else the one that lies beside the server's own.
    #[must_use]
    pub fn new(named: Option<PathBuf>, bounds: Bounds) -> Self {
        let beside = || {
            env::current_exe().unwrap_or_default().with_file_name(format!("sputnik-press{}", env::consts::EXE_SUFFIX))
        };
        Self { program: Arc::new(named.unwrap_or_else(beside)), bounds }
    }

    /// That of the node that was asked.
    pub(crate) fn of(parts: &Parts) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Fault::internal)
    }

    /// That of the node that runs this command.
    pub(crate) fn current() -> Result<Self, Fault> {
        leptos::prelude::use_context::<Parts>().as_ref().ok_or_else(Fault::internal).and_then(Self::of)
    }

    /// Whether there is one.
    #[must_use]
    pub fn stands(&self) -> PressStands {
        if self.program.is_file() {
            PressStands::Ready
        } else if self.is_in_the_making() {
            PressStands::InTheMaking
        } else {
            PressStands::Missing
        }
    }

    /// Whether somebody said so lately: who was ended while they built it, does not take that back.
    fn is_in_the_making(&self) -> bool {
        let said = fs::metadata(self.program.with_extension(IN_THE_MAKING)).and_then(|mark| mark.modified());
        said.is_ok_and(|said| said.elapsed().is_ok_and(|ago| ago < LONGEST_MAKING))
    }

    /// Asks for it, before a book is written out for it.
    ///
    /// # Errors
    /// `temporary`, while there is none.
    pub(super) fn must_be_there(&self) -> Result<(), Fault> {
        self.stands().words().map_or(Ok(()), |words| Err(Fault::temporary(words)))
    }

    /// Makes a PDF of a book that was written for it, for as long as `may` says that whoever asked may have it.
    pub(super) async fn press<'a>(&self, book: File, may: impl May<'a>) -> Result<Pressed, Fault> {
        let (file, words) = self.run(book, &[], may).await?;
        let report: Report = serde_json::from_str(&words).unwrap_or_default();
        Ok(Pressed { file, notes: report.in_words() })
    }

    /// Draws so many pages of a book, from one on: records, as `crates/press/src/drawn.rs` has them.
    pub(super) async fn draw<'a>(
        &self,
        book: File,
        (from, count): (u64, u64),
        may: impl May<'a>,
    ) -> Result<File, Fault> {
        let flags = ["--from".to_owned(), from.to_string(), "--count".to_owned(), count.to_string()];
        Ok(self.run(book, &flags, may).await?.0)
    }

    /// Has it do something with a book. Answers with what it wrote, and what it says of that.
    async fn run<'a>(&self, book: File, flags: &[String], may: impl May<'a>) -> Result<(File, String), Fault> {
        self.must_be_there()?;
        let (mut pdf, mut said) = (room()?, room()?);
        let child = self.start(book, flags, &pdf, &said).map_err(|error| {
            tracing::error!(%error, program = %self.program.display(), "the press could not be started");
            Fault::temporary(
                "The PDF could not be made: the program for it does not start on this server. Its log says why.",
            )
        })?;
        let ended = self.wait(child, may).await?;
        let words = words(&mut said).unwrap_or_else(|error| error.to_string());
        let length = pdf.seek(io::SeekFrom::End(0)).map_err(no_room)?;
        match why_not(ended, length) {
            None => {
                tracing::info!(words, "a book was pressed");
                Ok((pdf, words))
            }
            Some(fault) => {
                tracing::warn!(%ended, words, "a PDF was not made");
                Err(fault)
            }
        }
    }

    fn start(&self, mut book: File, flags: &[String], pdf: &File, said: &File) -> io::Result<Child> {
        book.rewind()?;
        // One of several processors is left to all who write meanwhile.
        let threads = std::thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2)) as u64;
        let seconds = self.bounds.time.as_secs().max(1);
        Command::new(&*self.program)
            .args(["--memory", &(self.bounds.memory >> 20).max(1).to_string()])
            .args(["--seconds", &(seconds * threads).to_string()])
            .args(flags)
            .env_clear()
            .env("RAYON_NUM_THREADS", threads.to_string())
            .current_dir(env::temp_dir())
            .stdin(Stdio::from(book))
            .stdout(Stdio::from(pdf.try_clone()?))
            .stderr(Stdio::from(said.try_clone()?))
            .kill_on_drop(true)
            .spawn()
    }

    /// Waits for its end. Dropped before that, it is ended.
    async fn wait<'a>(&self, mut child: Child, may: impl May<'a>) -> Result<ExitStatus, Fault> {
        let end = Instant::now() + self.bounds.time;
        let mut asked = interval(ASKED);
        loop {
            tokio::select! {
                ended = timeout_at(end, child.wait()) => {
                    let ended = ended.map_err(|_| {
                        tracing::warn!("a PDF took longer than it may, and was given up");
                        too_much()
                    })?;
                    return ended.map_err(|error| {
                        tracing::error!(%error, "the press was lost");
                        Fault::internal()
                    });
                }
                _ = asked.tick() => may().await?,
            }
        }
    }
}

/// A PDF, and what is to be known of it, in words.
pub(super) struct Pressed {
    pub(super) file: File,
    pub(super) notes: Vec<String>,
}

/// What the press says of a PDF.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Report {
    /// Which standard it claims, and why it claims none.
    standard: Option<String>,
    against: Vec<String>,
    /// How many different characters no font has, and how many pictures could not be read.
    unknown: usize,
    broken: usize,
}

impl Report {
    /// What of it concerns people. Why the standard is not claimed, is about the program, but for what they can mend.
    fn in_words(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let says = |what: &str| self.against.iter().any(|why| why.contains(what));
        if self.standard.is_none() && !self.against.is_empty() {
            notes.push(if says("no structure") {
                "It could not be tagged, so programs that read aloud do not know what in it is a heading or a list, and \
                 it does not claim PDF/UA, the standard for that. Nothing of the text is missing."
                    .to_owned()
            } else if says("alt") {
                "It does not claim PDF/UA, the standard for what is read aloud: a picture is not described. With a \
                 description for each, it does."
                    .to_owned()
            } else {
                "It does not claim PDF/UA, the standard for what is read aloud: something in this book could not be tagged \
                 as that asks for. Nothing of the text is missing, and it can be read aloud all the same."
                    .to_owned()
            });
        }
        if self.unknown > 0 {
            notes.push(format!(
                "{} stand as \u{fffd}: this server has no font for them.",
                count(u32::try_from(self.unknown).unwrap_or(u32::MAX), "different character")
            ));
        }
        if self.broken > 0 {
            notes.push(format!(
                "{} could not be read, and what describes them stands in their place.",
                count(u32::try_from(self.broken).unwrap_or(u32::MAX), "picture")
            ));
        }
        notes
    }
}

/// A file that has no name, and goes with whoever holds it.
fn room() -> Result<File, Fault> {
    tempfile::tempfile().map_err(no_room)
}

fn no_room(error: io::Error) -> Fault {
    tracing::error!(%error, "a PDF could not be written to a temporary file");
    Fault::temporary("There is no room on the server for this file at the moment. Please try again later.")
}

/// What it said, as far as a line of the log goes.
fn words(said: &mut File) -> io::Result<String> {
    said.rewind()?;
    let mut words = Vec::new();
    said.take(WORDS).read_to_end(&mut words)?;
    Ok(String::from_utf8_lossy(&words).trim_end().to_owned())
}

fn too_much() -> Fault {
    Fault::too_large(
        "This book takes more time or memory for a PDF than this server gives one. The book is safe, and you can take it \
         along as an EPUB or as one page. Whoever runs the server can give more.",
    )
}

/// Why there is no PDF after such an end, with so many bytes written.
fn why_not(ended: ExitStatus, length: u64) -> Option<Fault> {
    if ended.success() && length > 0 {
        return None;
    }
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended);
    #[cfg(not(unix))]
    let signal = None;
    Some(match signal {
        // It got no memory (SIGABRT, or SIGSEGV for its stack), or used up its time (SIGXCPU).
        Some(6 | 11 | 24) => too_much(),
        Some(_) => Fault::temporary(
            "The PDF was not finished: the program that makes it was ended. The book is safe. Please ask for it again.",
        ),
        None => {
            let words = "The PDF could not be made: something in this book could not be set on pages. The book is safe, and \
                         you can take it along as an EPUB or as one page. The server\u{2019}s log says what it was.";
            Fault { words: words.into(), ..Fault::internal() }
        }
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use sputnik::Code;
    use std::{io::Write, os::unix::fs::PermissionsExt, path::Path};

    /// A program in the place of the press, which does this.
    fn that(folder: &Path, does: &str) -> Press {
        let program = folder.join("sputnik-press");
        fs::write(&program, format!("#!/bin/sh\n{does}\n")).expect("room");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("room");
        Press::new(Some(program), Bounds { time: Duration::from_secs(2), ..Bounds::default() })
    }

    async fn pressed(press: &Press, may: Result<(), Fault>) -> Result<Vec<u8>, Fault> {
        let mut book = tempfile::tempfile().expect("room");
        book.write_all(b"a book").expect("room");
        let mut pdf = press.press(book, || Box::pin(std::future::ready(may.clone()))).await?.file;
        let mut bytes = Vec::new();
        pdf.rewind().expect("room");
        pdf.read_to_end(&mut bytes).expect("room");
        Ok(bytes)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn however_the_press_ends_it_is_said_in_words_what_that_means() {
        let folder = tempfile::tempdir().expect("room");
        let ends = async |does: &str| pressed(&that(folder.path(), does), Ok(())).await;
        assert_eq!(ends("cat; echo '{}' >&2").await.unwrap(), b"a book");
        for (does, code, words) in [
            ("kill -9 $$", Code::Temporary, "ask for it again"),
            ("kill -6 $$", Code::TooLarge, "more time or memory"),
            ("kill -24 $$", Code::TooLarge, "more time or memory"),
            ("echo 'error in book.typ' >&2; exit 1", Code::Internal, "could not be set"),
            ("exit 0", Code::Internal, "could not be set"),
        ] {
            let fault = ends(does).await.unwrap_err();
            assert_eq!((fault.code, fault.words.contains(words)), (code, true), "{does}: {}", fault.words);
            assert!(!fault.words.contains("typ"), "its own words are for the log");
        }
    }

    #[test]
    fn of_what_the_press_says_people_are_told_what_they_can_do_something_about() {
        let told = |report: &str| serde_json::from_str::<Report>(report).expect("a report").in_words().join(" ");
        assert_eq!(told(r#"{"pages":3,"standard":"PDF/UA-1","against":[],"unknown":0,"broken":0}"#), "");
        let alt = told(r#"{"standard":null,"against":["PDF/UA-1 error: missing alt text"]}"#);
        assert!(alt.contains("a picture is not described"), "{alt}");
        let link = told(r#"{"standard":null,"against":["expected link ancestor in logical tree"]}"#);
        assert!(link.contains("does not claim PDF/UA") && !link.contains("ancestor"), "{link}");
        let untagged = told(r#"{"standard":null,"against":["expected link ancestor", "It has no structure."]}"#);
        assert!(untagged.contains("could not be tagged"), "{untagged}");
        let unknown = told(r#"{"standard":"PDF/UA-1","unknown":2,"broken":1}"#);
        assert!(unknown.contains("2 different characters") && unknown.contains("1 picture"), "{unknown}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_press_that_hangs_is_ended_and_so_is_one_nobody_waits_for() {
        let folder = tempfile::tempdir().expect("room");
        let lives = folder.path().join("lives");
        let does = format!("echo $$ >{}; exec sleep 60", lives.display());
        let press = that(folder.path(), &does);
        let is_gone = async || {
            let id = fs::read_to_string(&lives).expect("room");
            let process = format!("/proc/{}/comm", id.trim());
            let is_there = || fs::read_to_string(&process).is_ok_and(|name| name.trim() == "sleep");
            for _ in 0..100 {
                if !is_there() {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            false
        };
        assert_eq!(pressed(&press, Ok(())).await.unwrap_err().code, Code::TooLarge);
        assert!(is_gone().await, "its time was up");
        let gone = Fault::forbidden("You may not read this book.");
        let ended = tokio::time::timeout(Duration::from_millis(1_500), pressed(&press, Err(gone.clone())));
        assert_eq!(ended.await.unwrap().unwrap_err(), gone);
        drop(tokio::time::timeout(Duration::from_millis(500), pressed(&press, Ok(()))).await);
        assert!(is_gone().await, "nobody waits any more");
    }

    #[tokio::test]
    async fn where_there_is_no_press_it_is_said_and_so_while_it_is_made() {
        let folder = tempfile::tempdir().expect("room");
        let press = Press::new(Some(folder.path().join("sputnik-press")), Bounds::default());
        assert_eq!(press.stands(), PressStands::Missing);
        assert!(pressed(&press, Ok(())).await.unwrap_err().words.contains("not built"));
        fs::write(folder.path().join("sputnik-press.making"), "").expect("room");
        assert_eq!(press.stands(), PressStands::InTheMaking);
        assert!(pressed(&press, Ok(())).await.unwrap_err().words.contains("being built"));
        that(folder.path(), "cat");
        assert_eq!(press.stands(), PressStands::Ready);
    }
}
