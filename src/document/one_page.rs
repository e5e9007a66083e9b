//! A book as one file of HTML, which needs nothing else: its pictures and its look are within it, and it runs nothing.

use super::{
    publication::{
        Outgoing, Picture, Publication, cover,
        escape::{escaped, quoted},
        markup::{Markup, Placed, Places, Syntax, figure_id, term_id},
        matter::{dedication, figures, has_dedication, has_figures, has_imprint, imprint, index, title_page},
        style::{ONE_PAGE, sheet},
        words::Words,
    },
    tree::Node,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::{
    collections::{HashSet, VecDeque},
    io::{self, Write},
    sync::Arc,
};

/// Stands around the name of a picture's file until its bytes come. No text of a book can have it: it is no character of
/// XML.
const PICTURE: char = '\u{1}';

/// How many bytes of pictures that are in the file already are put into it once more, where they are shown again. Beyond
/// that they are described.
const AGAIN: u64 = 32 << 20;

/// A book that is being written as one file of HTML.
pub struct OnePage<W> {
    to: W,
    book: Arc<Publication>,
    /// What is to be written next: text, and pictures whose bytes have to come before what follows them.
    next: VecDeque<Piece>,
    /// The end of a picture's bytes that is no whole group of the encoding yet.
    rest: Vec<u8>,
    shown: HashSet<String>,
    again: u64,
}

enum Piece {
    Text(String),
    Picture(String, Picture),
}

struct OnThisPage;

impl Places for OnThisPage {
    fn part(&self, at: usize) -> String {
        format!("#p{at}-title")
    }

    fn picture(&self, file: &str) -> String {
        format!("{PICTURE}{file}{PICTURE}")
    }

    fn figure(&self, part: usize, number: usize) -> String {
        format!("#{}", figure_id(&format!("p{part}-"), number))
    }

    fn term(&self, part: usize, name: &str) -> String {
        format!("#{}", term_id(&format!("p{part}-"), name))
    }
}

impl<W: Write> OnePage<W> {
    /// Begins it: what stands before the text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(to: W, book: Arc<Publication>) -> io::Result<Self> {
        let (next, rest, shown) = (VecDeque::new(), Vec::new(), HashSet::new());
        let mut page = Self { to, book, next, rest, shown, again: 0 };
        let book = Arc::clone(&page.book);
        let mut head = head(&book);
        let alt = quoted(&format!("{}: {}", Words::of(&book).cover, book.title));
        let picture = book.cover.as_ref().and_then(|address| book.pictures.get(address));
        let src = picture.map_or_else(
            || format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(cover::drawn(&book))),
            |picture| OnThisPage.picture(&picture.file),
        );
        head.push_str(&format!("<img class=\"cover\" src=\"{src}\" alt=\"{alt}\"/>\n"));
        head.push_str(&title_page(&book, Syntax::Html));
        if has_imprint(&book) {
            head.push_str(&imprint(&book, Syntax::Html));
        }
        if has_dedication(&book) {
            head.push_str(&dedication(&book, Syntax::Html));
        }
        head.push_str(&contents(&book));
        if has_figures(&book) {
            head.push_str(&figures(&book, Syntax::Html, &OnThisPage));
        }
        head.push_str("<main>\n");
        page.queue(&head);
        Ok(page)
    }

    /// Puts markup into the queue, in pieces between the pictures.
    fn queue(&mut self, markup: &str) {
        for (at, piece) in markup.split(PICTURE).enumerate() {
            if at % 2 == 0 {
                self.next.push_back(Piece::Text(piece.to_owned()));
                continue;
            }
            let known = self.book.pictures.iter().find(|(_, picture)| picture.file == piece);
            let Some((address, picture)) = known else { continue };
            if !self.shown.insert(address.clone()) {
                self.again = self.again.saturating_add(picture.bytes);
                if self.again > AGAIN {
                    continue;
                }
            }
            self.next.push_back(Piece::Picture(address.clone(), picture.clone()));
        }
    }

    /// Ends the picture whose bytes came last.
    fn end_picture(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.rest);
        self.to.write_all(BASE64_STANDARD.encode(rest).as_bytes())
    }
}

impl<W: Write + Send> Outgoing<W> for OnePage<W> {
    fn part(&mut self, at: usize, nodes: &[Node]) -> io::Result<()> {
        let book = Arc::clone(&self.book);
        let placed = Placed { book: &book, places: &OnThisPage };
        self.queue(&Markup::of(placed, Syntax::Html, &format!("p{at}-"), at, nodes).markup);
        Ok(())
    }

    fn wants(&mut self) -> io::Result<Option<(String, Picture)>> {
        self.end_picture()?;
        while let Some(piece) = self.next.pop_front() {
            match piece {
                Piece::Text(text) => self.to.write_all(text.as_bytes())?,
                Piece::Picture(address, picture) => {
                    write!(self.to, "data:{};base64,", picture.mime)?;
                    return Ok(Some((address, picture)));
                }
            }
        }
        Ok(None)
    }

    fn picture(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() - self.rest.len() % 3;
        let encoded = BASE64_STANDARD.encode(&self.rest[..whole]);
        self.rest.drain(..whole);
        self.to.write_all(encoded.as_bytes())
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        self.to.write_all(b"</main>\n")?;
        if self.book.has_index() {
            self.to.write_all(index(&self.book, Syntax::Html, &OnThisPage).as_bytes())?;
        }
        self.to.write_all(b"</body>\n</html>\n")?;
        self.to.flush()?;
        Ok(self.to)
    }
}

fn head(book: &Publication) -> String {
    let language = book.language().map_or_else(String::new, |language| format!(" lang=\"{language}\""));
    let meta = |name: &str, said: &str| {
        if said.is_empty() { String::new() } else { format!("<meta name=\"{name}\" content=\"{}\"/>\n", quoted(said)) }
    };
    format!(
        "<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src \
         'unsafe-inline'\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>{}</title>\n{}{}{}<style>\n{}\n{ONE_PAGE}</style>\n</head>\n<body>\n",
        escaped(&book.title),
        meta("author", &book.by().join(", ")),
        meta("description", &book.metadata.description),
        meta("dcterms.identifier", &book.identifier()),
        sheet(book.theme)
    )
}

fn contents(book: &Publication) -> String {
    if book.parts.is_empty() {
        return String::new();
    }
    let mut list = String::from("<nav class=\"contents\" aria-labelledby=\"contents\">\n");
    let words = Words::of(book);
    let (said, language) = (words.contents, words.language_said(book));
    list.push_str(&format!("<h2 id=\"contents\"{language}>{said}</h2>\n<ol>\n"));
    for step in book.steps() {
        let title = book.parts.get(step.part).map_or("", |part| part.title.as_str());
        list.push_str(&format!(
            "<li><a href=\"{}\" dir=\"auto\">{}{}</a>",
            OnThisPage.part(step.part),
            book.label_in_line(step.part),
            escaped(title)
        ));
        list.push_str(if step.opens { "\n<ol>\n" } else { "</li>\n" });
        list.push_str(&"</ol>\n</li>\n".repeat(step.closes));
    }
    if book.has_index() {
        list.push_str(&format!("<li><a href=\"#index\"{language}>{}</a></li>\n", words.index));
    }
    list.push_str("</ol>\n</nav>\n");
    list
}
