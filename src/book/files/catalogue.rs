//! The public books that are offered as files, for programs that read books:
//! [OPDS 1.2](https://specs.opds.io/opds-1.2), which is a feed of Atom.

use super::fetched::Fetched;
use crate::{
    book::{access::shelf::open_catalogue, pictures::address, store::metadata::Listed},
    document::publication::{escape::escaped, time::written},
    metadata::ContributorRole,
};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;
use sputnik::Fault;

/// What a program takes the feed for.
const KIND: &str = "application/atom+xml;profile=opds-catalog;kind=acquisition";

/// `GET /catalogue.xml`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/catalogue.xml", get(catalogue))
}

async fn catalogue(request: Request) -> Result<Response, Fault> {
    let (parts, _) = request.into_parts();
    let (who, books) = open_catalogue(&parts).await?;
    let _place = Fetched::of(&parts)?.enter(who).await?;
    Ok(([(header::CONTENT_TYPE, KIND)], feed(&books)).into_response())
}

fn feed(books: &[Listed]) -> String {
    let changed = books.iter().map(|book| book.changed).max().unwrap_or_default();
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
         xmlns:dc=\"http://purl.org/dc/terms/\">\n<id>urn:sputnik:catalogue</id>\n<title>Books to read</title>\n\
         <updated>{}</updated>\n<link rel=\"self\" href=\"/catalogue.xml\" type=\"{KIND}\"/>\n\
         <link rel=\"start\" href=\"/catalogue.xml\" type=\"{KIND}\"/>\n",
        written(changed)
    );
    books.iter().for_each(|book| entry(book, &mut feed));
    feed.push_str("</feed>\n");
    feed
}

fn entry(Listed { book, title, changed, about, publishing }: &Listed, feed: &mut String) {
    feed.push_str(&format!(
        "<entry>\n<id>urn:sputnik:book:{book}</id>\n<title>{}</title>\n<updated>{}</updated>\n",
        escaped(title.as_str()),
        written(*changed)
    ));
    for person in &about.people {
        let tag = if person.role == ContributorRole::Author { "author" } else { "contributor" };
        feed.push_str(&format!("<{tag}><name>{}</name></{tag}>\n", escaped(&person.name)));
    }
    for (tag, text) in [
        ("dc:language", &about.language),
        ("dc:publisher", &about.publisher),
        ("dc:issued", &about.published),
        ("rights", &about.licence),
        ("summary", &about.description),
    ] {
        if !text.is_empty() {
            feed.push_str(&format!("<{tag}>{}</{tag}>\n", escaped(text)));
        }
    }
    for subject in &about.subjects {
        feed.push_str(&format!("<category term=\"{0}\" label=\"{0}\"/>\n", escaped(subject)));
    }
    if let Some(cover) = &publishing.cover {
        feed.push_str(&format!("<link rel=\"http://opds-spec.org/image\" href=\"{}\"/>\n", address(book, cover)));
    }
    feed.push_str(&format!(
        "<link rel=\"alternate\" href=\"/book/{book}\" type=\"text/html\"/>\n\
         <link rel=\"http://opds-spec.org/acquisition/open-access\" href=\"/book/{book}/book.epub\" \
         type=\"application/epub+zip\"/>\n</entry>\n"
    ));
}
