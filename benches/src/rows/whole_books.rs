//! Whole books come in and go out, beside pandoc; and words are found in a large one.

use super::{Run, line};
use crate::{
    process::{forget_peak, peak},
    report::Findings,
    samples::Samples,
    servers::{SERVERS_CORE, SPUTNIK_BOOK, on_core, place},
    socket::write,
    writing::house::House,
};
use serde_json::Value;
use sputnik_editor::book::{commands::search::SearchBook, model::BookId, search::SearchWords};
use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep},
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// What the books are made of, again and again.
const TEXT: &str = include_str!("../../../docs/moby-dick/01-loomings.md");
const PICTURE: &[u8] = include_bytes!("../../../docs/screenshot.webp");
const PICTURES: usize = 40;
/// How many words a book has that is searched.
const LARGE: usize = 1_000_000;
/// The index follows what is written within seconds.
const SETTLE: Duration = Duration::from_secs(10);
/// What is looked for, from what stands everywhere to what stands nowhere.
const SOUGHT: [&str; 6] = ["whale", "ishmael", "sea water", "\"call me\"", "phil", "zeppelin"];

/// A book of about so many words, as Markdown: a chapter each time the text is told anew.
fn markdown(words: usize, pictures: bool) -> (String, usize) {
    let each = TEXT.split_whitespace().count();
    let chapters = words.div_ceil(each);
    let mut book = String::new();
    let text = TEXT.split_once('\n').map_or(TEXT, |(_, text)| text);
    for number in 1..=chapters {
        book += &format!("# Chapter {number}\n\n{text}\n\n");
        for picture in (number..=PICTURES).step_by(chapters).filter(|_| pictures) {
            book += &format!("![A page of the editor, {picture}](picture-{picture}.webp)\n\n");
        }
    }
    (book, chapters * each)
}

/// The same with its pictures, as an archive.
fn archive(markdown: &str) -> Result<Vec<u8>, String> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: String, bytes: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).map_err(|error| error.to_string())?;
        zip.write_all(bytes).map_err(|error| error.to_string())
    };
    add("book.md".into(), markdown.as_bytes())?;
    for number in 1..=PICTURES {
        // Each is another one, by a byte in its midst: what is the same is stored once.
        let mut picture = PICTURE.to_vec();
        picture[PICTURE.len() / 2] = u8::try_from(number).unwrap_or_default();
        add(format!("picture-{number}.webp"), &picture)?;
    }
    zip.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}

/// One request on a connection of its own, and the body of its answer.
async fn ask(house: &House, request: &str, kind: &str, body: &[u8]) -> Result<Vec<u8>, String> {
    let to = house.server.at;
    let (cookies, length) = (house.cookies(0), body.len());
    let head = format!(
        "{request} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nCookie: {cookies}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    let failed = |error: std::io::Error| format!("{request}: {error}");
    let stream = TcpStream::connect(to).await.map_err(failed)?;
    write(&stream, head.as_bytes()).await.map_err(failed)?;
    write(&stream, body).await.map_err(failed)?;
    let mut answer = Vec::new();
    loop {
        stream.readable().await.map_err(failed)?;
        match stream.try_read_buf(&mut answer) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let start = answer.windows(4).position(|at| at == b"\r\n\r\n").ok_or("the answer broke off")? + 4;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(format!("{request}: {}", String::from_utf8_lossy(&answer)));
    }
    Ok(answer.split_off(start))
}

/// Brings a file in, as a new book or into one, and tells which book that is.
async fn bring_in(house: &House, into: &str, name: &str, file: &[u8]) -> Result<BookId, String> {
    const EDGE: &str = "an-edge-that-no-book-has";
    let mut form =
        format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
    form.extend(file);
    form.extend(format!("\r\n--{EDGE}--\r\n").bytes());
    let answer = ask(house, &format!("POST {into}"), &format!("multipart/form-data; boundary={EDGE}"), &form).await?;
    let answer = String::from_utf8_lossy(&answer);
    // Told line by line how far it is; what came of it is told last.
    let last = answer.lines().filter_map(|line| line.split_once("data:")).next_back().map(|(_, last)| last.trim());
    let last: Value = last.and_then(|last| serde_json::from_str(last).ok()).unwrap_or_default();
    let book = last["imported"]["book"].as_str();
    let book = book.ok_or_else(|| format!("{name} did not come in: {last}"))?;
    book.to_owned().try_into().map_err(|_| format!("{book} is no book"))
}

/// Whether pandoc is there to be measured beside; where it is not, its columns are empty.
struct Pandoc(PathBuf);

impl Pandoc {
    fn run(&self, from: &Path, to: &str) -> Option<f64> {
        let begun = Instant::now();
        let mut pandoc = on_core(SERVERS_CORE, "pandoc");
        pandoc.arg(from).args(["--standalone", "--metadata", "title=Tides", "--output"]).arg(self.0.join(to));
        pandoc.status().is_ok_and(|status| status.success()).then(|| begun.elapsed().as_secs_f64())
    }
}

struct Work {
    what: String,
    ours: f64,
    peak: u64,
    pandoc: Option<f64>,
}

/// Measures them.
pub async fn measure(run: Run) -> Result<Findings, String> {
    let mut house = House::start(SPUTNIK_BOOK).await?;
    house.people(1).await?;
    let folder = place("BENCH_BUILT").join("whole-books");
    let unwritable = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(unwritable)?;
    let pandoc = Pandoc(folder.clone());
    let mut works = Vec::new();
    let pid = house.server.pid();

    let (text, words) = markdown(run.clients(120_000), false);
    let source = folder.join("book.md");
    fs::write(&source, &text).map_err(unwritable)?;
    forget_peak(pid);
    let begun = Instant::now();
    let book = bring_in(&house, "/import", "book.md", text.as_bytes()).await?;
    let ours = begun.elapsed().as_secs_f64();
    works.push(Work { what: format!("{words} words of Markdown come in"), ours, peak: peak(pid), pandoc: None });
    for (ending, name) in [("epub", "EPUB"), ("docx", "DOCX"), ("html", "HTML")] {
        let (mut times, mut most) = (Vec::new(), 0);
        for _ in 0..3 {
            forget_peak(pid);
            let begun = Instant::now();
            let file = ask(&house, &format!("GET /book/{book}/book.{ending}"), "text/plain", b"").await?;
            times.push(begun.elapsed().as_secs_f64());
            most = most.max(peak(pid));
            fs::write(folder.join(format!("ours.{ending}")), file).map_err(unwritable)?;
        }
        times.sort_by(f64::total_cmp);
        let pandoc = pandoc.run(&source, &format!("pandoc.{ending}"));
        works.push(Work { what: format!("they go out as {name}"), ours: times[1], peak: most, pandoc });
    }

    let (text, words) = markdown(run.clients(70_000), true);
    let pictured = bring_in(&house, "/import", "book.zip", &archive(&text)?).await?;
    let epub = ask(&house, &format!("GET /book/{pictured}/book.epub"), "text/plain", b"").await?;
    let source = folder.join("pictured.epub");
    fs::write(&source, &epub).map_err(unwritable)?;
    forget_peak(pid);
    let begun = Instant::now();
    bring_in(&house, "/import", "book.epub", &epub).await?;
    let ours = begun.elapsed().as_secs_f64();
    let what = format!("an EPUB of {words} words and {PICTURES} pictures comes in");
    works.push(Work { what, ours, peak: peak(pid), pandoc: pandoc.run(&source, "pictured.md") });

    let (search, found) = searched(run, &house).await?;
    let mut table = vec![line(["work", "Sputnik", "pandoc", "times pandoc", "the server's memory at most"])];
    for Work { what, ours, peak, pandoc } in &works {
        let [beside, times] = match pandoc {
            Some(pandoc) => [time(*pandoc), format!("{:.2}", ours / pandoc)],
            None => ["–".into(), "–".into()],
        };
        table.push(line([what, &time(*ours), &beside, &times, &format!("{} MB", peak / 1_000_000)]));
    }
    table.push(line([&found, &format!("p95 {search:.1} ms"), "–", "–", "–"]));
    let ours = |at: usize| works.get(at).map_or_else(String::new, |work| time(work.ours));
    Ok(Findings {
        goal: "an EPUB of 70,000 words in ≤ 3 s and ≤ 300 MB, one of 120,000 words out ≤ 1 s, found in a million words ≤ 50 ms (p95)",
        found: format!("in {}, out {}, found {search:.1} ms", ours(4), ours(1)),
        how: format!(
            "A chapter of the demo's novel, told again and again. As a browser brings books in and fetches them, over HTTP: \
             from the first byte that is sent to the last that is answered; what goes out three times, the one in the \
             middle. The server has a core, and pandoc the same one when its turn comes, as Debian has it, with the same \
             Markdown, and with our EPUB. It stores nothing; we store every chapter as a document, and every picture. What \
             is looked for: {}, each {} times.",
            SOUGHT.join(", "),
            asked(run)
        ),
        table,
    })
}

/// In the unit a person would choose.
fn time(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.0} ms", seconds * 1_000.0) } else { format!("{seconds:.2} s") }
}

fn asked(run: Run) -> usize {
    if run.quick { 5 } else { 40 }
}

/// How long it takes to find words in a large book, in milliseconds, and in how large a one.
async fn searched(run: Run, house: &House) -> Result<(f64, String), String> {
    let large = run.clients(LARGE);
    let (text, each) = markdown(run.clients(120_000), false);
    let book = bring_in(house, "/import", "large.md", text.as_bytes()).await?;
    let mut words = each;
    while words < large {
        bring_in(house, &format!("/book/{book}/import"), "more.md", text.as_bytes()).await?;
        words += each;
    }
    let parse = |words: &str| words.parse::<SearchWords>().map_err(|bad| bad.to_string());
    sleep(SETTLE).await;
    let mut samples = Samples::default();
    for sought in SOUGHT {
        let search = SearchBook { book: book.clone(), words: parse(sought)? };
        for _ in 0..asked(run) {
            let begun = Instant::now();
            house.ask(&search).await?;
            samples.add(begun.elapsed().as_micros() as u64);
        }
    }
    Ok((samples.percentile(0.95), format!("words are found in {words}")))
}
