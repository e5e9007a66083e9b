//! Makes a PDF of a book: `sputnik-press --memory MIB --seconds S <book >pdf`; with `--from PAGE --count PAGES` some of its
//! pages as pictures.
//!
//! It reads one stream ([`input`]), writes one file, and knows nothing else: no network, no packages, no files but what is
//! in the stream and the machine's own fonts. What people wrote comes as data into the templates of `style/themes`, and is
//! nowhere taken for a template's source.
//!
//! | file | what it has |
//! | --- | --- |
//! | [`bounds`] | how much memory and time it may take |
//! | [`input`] | the stream: the book, its parts, its pictures |
//! | [`pictures`] | what is made of a picture before it is set |
//! | [`fonts`] | the text faces, and the machine's where those lack a character |
//! | [`world`] | what Typst sees of the world: templates, book, fonts |
//! | [`drawn`] | some pages as pictures, for a look at them before there is a PDF |
//! | [`press`] | sets it, and writes it as a PDF |
//!
//! It ends with 0 when the PDF is whole, and then says as JSON on its standard error what it is ([`press::Report`]). It ends
//! with 2 when the stream is none of a book, with 1 when it could not be set, and says why in a line. Where it takes more
//! than it may, the system ends it.
//!
//! | what | why so |
//! | --- | --- |
//! | a process of its own | Typst keeps what it made in memory that only the end of the process gives back; a book that is too much for it takes nothing else along |
//! | it bounds itself | the server needs no rights and no unsafe code for it |
//! | one stream in, one file out | no folder is left behind by one that is killed |

mod bounds;
mod drawn;
mod fonts;
mod input;
mod pictures;
mod press;
mod world;

use std::{
    io::{self, BufReader, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (code, words) = match run(&args) {
        Ok(report) => (0, report),
        Err(Failed::Input(words)) => (2, words),
        Err(Failed::Setting(words)) => (1, words),
    };
    eprintln!("{words}");
    ExitCode::from(code)
}

/// Why there is no PDF.
enum Failed {
    /// What was handed over is no book.
    Input(String),
    /// It could not be set, or not be written.
    Setting(String),
}

fn run(args: &[String]) -> Result<String, Failed> {
    let asked = bounds::of(args).map_err(Failed::Input)?;
    asked.hold().map_err(Failed::Input)?;
    let book = input::read(&mut BufReader::new(io::stdin().lock())).map_err(Failed::Input)?;
    let (file, report) = match asked.from {
        Some(from) => drawn::draw(book, from, asked.count.unwrap_or(1)),
        None => press::press(book),
    }
    .map_err(Failed::Setting)?;
    let mut out = io::stdout().lock();
    out.write_all(&file).and_then(|()| out.flush()).map_err(|error| Failed::Setting(error.to_string()))?;
    serde_json::to_string(&report).map_err(|error| Failed::Setting(error.to_string()))
}
