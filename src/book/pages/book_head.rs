//! What programs are told of a book that show links to it, or look for books. Nobody sees it on the page.

use super::book_context::use_book_context;
use crate::{
    book::{model::Visibility, pictures::address, state::Book},
    ui::browser::site_address,
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::Meta;
use serde_json::{Value, json};

/// Stands in every page of a book. What it tells is what the page came with: programs do not wait for more.
#[component]
pub(super) fn BookHead() -> impl IntoView {
    let context = use_book_context();
    let (title, about, listed) = context.live.state.with_untracked(|book| {
        let about = [book.metadata.description.as_str(), book.metadata.subtitle.as_str()];
        let about = about.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned();
        (book.title.to_string(), about, may_be_listed(book))
    });
    // Whoever shows a link elsewhere wants to know where on the net the picture is.
    let cover = context.live.state.with_untracked(|book| book.publishing.cover.clone());
    let cover = cover.and_then(|cover| Some(format!("{}{}", site_address()?, address(&context.book(), &cover))));
    let of_cover = format!("Cover: {title}");
    view! {
        <Meta name="robots" content=if listed { "index, follow" } else { "noindex" } />
        <Meta property="og:type" content="book" />
        <Meta property="og:title" content=title />
        {cover
            .map(|cover| {
                view! {
                    <Meta property="og:image" content=cover />
                    <Meta property="og:image:alt" content=of_cover />
                }
            })}
        {(!about.is_empty()).then(|| view! { <Meta property="og:description" content=about /> })}
    }
}

/// Whether search engines may list the pages of a book.
fn may_be_listed(book: &Book) -> bool {
    book.visibility == Visibility::Public && book.publishing.may_be_found
}

/// What the book is, for programs that look for books: <https://schema.org/Book>.
#[component]
pub(super) fn BookForPrograms() -> impl IntoView {
    let context = use_book_context();
    let told = context.live.state.with_untracked(|book| within_a_page(&described(book)));
    // No script that a browser runs: data that programs read.
    view! {
        <script type="application/ld+json" nonce=use_nonce()>
            {told}
        </script>
    }
}

fn described(book: &Book) -> Value {
    use crate::metadata::ContributorRole::{Author, Editor, Illustrator, Translator};
    let said = &book.metadata;
    let people = |role| {
        let those = said.people.iter().filter(move |person| person.role == role);
        those.map(|person| json!({ "@type": "Person", "name": person.name })).collect::<Vec<_>>()
    };
    let mut all =
        vec![("@context", json!("https://schema.org")), ("@type", json!("Book")), ("name", json!(book.title))];
    let mut add = |name, value: Value| {
        if value != json!("") && value != json!([]) {
            all.push((name, value));
        }
    };
    add("alternativeHeadline", json!(said.subtitle));
    add("author", json!(people(Author)));
    add("editor", json!(people(Editor)));
    add("translator", json!(people(Translator)));
    add("illustrator", json!(people(Illustrator)));
    add("inLanguage", json!(said.language));
    add("description", json!(said.description));
    add("about", json!(said.subjects));
    add("isbn", json!(said.isbn));
    add("publisher", json!(said.publisher));
    add("license", json!(said.licence));
    add("isPartOf", json!(said.series));
    add("position", json!(said.series_number));
    add("datePublished", json!(said.published));
    Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Data as it may stand in a page: what could end the element that it stands in is written by its number.
fn within_a_page(data: &Value) -> String {
    let mut text = String::new();
    for letter in data.to_string().chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(letter))),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_the_element_it_stands_in_and_says_the_same() {
        let data = json!({ "name": "</script><!--<script>&amp;\u{2028}\"\\" });
        let text = within_a_page(&data);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), data);
    }
}
