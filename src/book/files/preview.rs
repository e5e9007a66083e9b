//! A look at a book before it goes out, for those who write it: single pages of the EPUB, as they are in the file, and
//! pages of a PDF as pictures, in whatever look. All of it is shown in a frame of the page *Publish*, in which nothing
//! runs.

use super::{
    fetched::{Fetched, open},
    in_words::in_words,
    press::Press,
    whole_books::{draw, nodes_of, with_lists},
};
use crate::{
    book::{format::Format, model::PictureId, pictures::address},
    document::{
        epub::preview::{Beside, Shown, part, shown},
        followed::followed,
    },
    metadata::theme::Theme,
};
use axum::{
    Router,
    extract::{Path, Request},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::header;
use serde_json::Value;
use sputnik::Fault;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
};

/// Nothing runs in such a page, and nothing is asked of anybody else.
const POLICY: &str = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'";
/// How many pages of a PDF are shown at once.
pub const PAGES: u64 = 6;
/// How many bytes such pages have at most.
const LARGEST: u64 = 48 << 20;

/// `GET /book/{book}/preview/{theme}/{file}`, and `…/{theme}/{purpose}/{page}` of a PDF from this page on.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/book/{book}/preview/{theme}/{file}", get(file))
        .route("/book/{book}/preview/{theme}/{purpose}/{page}", get(pages))
        .layer(middleware::from_fn(in_words))
}

fn look(theme: String) -> Result<Theme, Fault> {
    serde_json::from_value(Value::String(theme)).map_err(|_| Fault::not_found("look"))
}

async fn file(Path((book, theme, file)): Path<(String, String, String)>, request: Request) -> Result<Response, Fault> {
    let (access, download) = open(&book, request).await?;
    let theme = look(theme)?;
    access.must_write()?;
    let (mut publication, outline) = access.publication().await?;
    publication.theme = theme;
    // The pages that are lists, and the one that leads there if there is anything on them.
    if ["figures.xhtml", "index.xhtml", "nav.xhtml"].contains(&&*file) {
        publication = with_lists(publication, &outline, &download).await?;
    }
    let id = |file: &str| file.split('.').next().unwrap_or_default().parse::<PictureId>().ok();
    let book = access.book().clone();
    let places = Beside(move |file: &str| id(file).map_or_else(String::new, |id| address(&book, &id)));
    let (kind, content) = match shown(&publication, &file, &places) {
        None => return Err(Fault::not_found("page of the book")),
        Some(Shown::Page(page)) => ("application/xhtml+xml", page),
        Some(Shown::Style(style)) => ("text/css", style.to_owned()),
        Some(Shown::Drawing(drawing)) => ("image/svg+xml", drawing),
        Some(Shown::Part(at)) => {
            let entry = outline.get(at).ok_or_else(Fault::internal)?;
            let nodes = nodes_of(&download, at, entry).await?;
            let nodes = followed(nodes, &|href| publication.words_of_link(href));
            let page = part(&publication, &places, at, &nodes);
            // Out of the book, and out of its frame. What people wrote is escaped, so this is nowhere else.
            (
                "application/xhtml+xml",
                page.replace("<a href=\"http", "<a target=\"_blank\" rel=\"noopener\" href=\"http"),
            )
        }
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)], content).into_response())
}

async fn pages(
    Path((book, theme, purpose, from)): Path<(String, String, String, u64)>,
    request: Request,
) -> Result<Response, Fault> {
    let (access, download) = open(&book, request).await?;
    let theme = look(theme)?;
    let format = match purpose.as_str() {
        "screen" => Format::Pdf,
        "print" => Format::PrintPdf,
        _ => return Err(Fault::not_found("kind of page")),
    };
    access.must_write()?;
    let press = Press::of(download.request())?;
    press.must_be_there()?;
    let (mut publication, outline) = access.publication().await?;
    publication.theme = theme;
    let turn = Fetched::of(download.request())?.book(access.who()).await?;
    let drawn = draw((format, &press), publication, &outline, &download, (from, PAGES)).await?;
    drop(turn);
    let page = tokio::task::spawn_blocking(move || html(drawn)).await.map_err(|_| Fault::internal())?;
    let page = page.map_err(|error| {
        tracing::warn!(%error, "pages of a book could not be shown");
        Fault::too_large("These pages are too large to be looked at here. The PDF can be made all the same.")
    })?;
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, page).into_response())
}

/// What the press drew, as a page that shows it. How many pages there are, and on which each part of the book begins,
/// stands at its body.
fn html(mut drawn: File) -> io::Result<String> {
    drawn.rewind()?;
    let mut records = BufReader::new(drawn.take(LARGEST));
    let odd = || io::Error::new(io::ErrorKind::InvalidData, "the press wrote something else");
    let (words, begins) = record(&mut records)?.ok_or_else(odd)?;
    let [kind, pages] = words;
    let pages: u32 = pages.parse().map_err(|_| odd())?;
    let begins: Vec<u32> = serde_json::from_slice(&begins)?;
    if kind != "pages" {
        return Err(odd());
    }
    let begins = begins.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Pages</title>\n<style>\n\
         body {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); gap: 16px;\n\
         margin: 0; padding: 16px; background: #8a8a8a; }}\n\
         img {{ display: block; width: 100%; height: auto; background: #fff; }}\n</style>\n</head>\n\
         <body data-pages=\"{pages}\" data-begins=\"{begins}\">\n"
    );
    while let Some(([_, number], drawing)) = record(&mut records)? {
        let number: u32 = number.parse().map_err(|_| odd())?;
        page.push_str(&format!("<img alt=\"Page {number} of {pages}\" src=\"data:image/svg+xml;base64,"));
        BASE64_STANDARD.encode_string(&drawing, &mut page);
        page.push_str("\">\n");
    }
    page.push_str("</body>\n</html>\n");
    Ok(page)
}

/// The next record: the two words before its length, and what it holds. Nothing, at the end.
fn record(from: &mut impl BufRead) -> io::Result<Option<([String; 2], Vec<u8>)>> {
    let mut line = String::new();
    if from.by_ref().take(200).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let broke_off = || io::Error::new(io::ErrorKind::UnexpectedEof, "it broke off");
    let mut words = line.trim_end().split(' ').map(str::to_owned);
    let (Some(kind), Some(number), Some(length)) = (words.next(), words.next(), words.next()) else {
        return Err(broke_off());
    };
    let length: u64 = length.parse().map_err(|_| broke_off())?;
    let mut bytes = Vec::new();
    from.by_ref().take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(Some(([kind, number], bytes))) } else { Err(broke_off()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn shown(drawn: &str) -> io::Result<String> {
        let mut file = tempfile::tempfile()?;
        file.write_all(drawn.as_bytes())?;
        html(file)
    }

    #[test]
    fn pages_are_shown_as_pictures_and_what_breaks_off_is_none() {
        let page = shown("pages 9 5\n[1,3]page 3 6\n<svg/>").unwrap();
        assert!(page.contains("data-pages=\"9\" data-begins=\"1 3\""), "{page}");
        assert!(page.contains("alt=\"Page 3 of 9\" src=\"data:image/svg+xml;base64,PHN2Zy8+\""), "{page}");
        for odd in ["", "pages 9 5\n[1,3", "page 3 6\n<svg/>", "pages 9 5\n[1,3]page 3 60\n<svg/>"] {
            assert!(shown(odd).is_err(), "{odd}");
        }
    }
}
