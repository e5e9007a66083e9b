//! What a book says about itself, and how it goes out.

use crate::world::{Browser, World};
use sputnik::Code;
use sputnik_editor::{
    book::{
        channels::BookChannel,
        commands::publishing::{SetMetadata, SetPublishing},
        model::BookId,
        publishing::Publishing,
    },
    metadata::{Contributor, ContributorRole, Metadata, theme::Theme},
};

/// A book that says something of everything.
pub fn all_said() -> Metadata {
    let person = |name: &str, role| Contributor { name: name.into(), role };
    Metadata {
        subtitle: "A story of water".into(),
        people: vec![person("Ann Ebb", ContributorRole::Author), person("Ben Flood", ContributorRole::Translator)],
        language: "en-GB".into(),
        description: "How the sea comes & goes.\n\nAnd <why>.".into(),
        subjects: vec!["FBA".into(), "Sea stories".into()],
        isbn: "978-3-16-148410-0".into(),
        publisher: "Harbour Press".into(),
        licence: "CC-BY-SA-4.0".into(),
        series: "Waters".into(),
        series_number: "2".into(),
        published: "2026-11-30".into(),
    }
}

async fn set(who: &Browser, book: &BookId, metadata: Metadata) -> Result<(), sputnik::Fault> {
    who.ask(SetMetadata { book: book.clone(), metadata }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_book_says_of_itself_is_kept_and_told_and_not_repeated_in_the_activity() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Tides").await;
    let mut page = ann.book(&book).await;
    set(&ann, &book, all_said()).await.unwrap();
    let publishing = Publishing { theme: Theme::Textbook, offers_epub: true, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing: publishing.clone() }).await.unwrap();
    for (_, event) in world.log(&BookChannel(book.clone()).name()).await {
        page.apply(&serde_json::from_str(&event).unwrap());
    }
    assert_eq!((page.metadata.isbn.as_str(), &page.publishing), ("9783161484100", &publishing));
    let elsewhere = ann.at(&world.another_site().await).book(&book).await;
    assert_eq!(page, elsewhere);
    assert!(!serde_json::to_string(&elsewhere.activity).unwrap().contains("Harbour"));
    // The same once more is no change.
    set(&ann, &book, all_said()).await.unwrap();
    assert_eq!(ann.book(&book).await.activity.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_as_a_whole_and_a_cover_is_a_picture_of_the_book() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Tides").await;
    set(&ann, &book, all_said()).await.unwrap();
    let wrong = Metadata { isbn: "978-3-16-148410-1".into(), published: "soon".into(), ..Metadata::default() };
    let fault = set(&ann, &book, wrong).await.unwrap_err();
    assert_eq!(fault.fields.keys().collect::<Vec<_>>(), ["isbn", "published"]);
    assert_eq!(ann.book(&book).await.metadata.subtitle, "A story of water");

    let publishing = Publishing { cover: Some("nosuchpicture".parse().unwrap()), ..Publishing::default() };
    let fault = ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap_err();
    assert_eq!((fault.code, fault.fields.contains_key("cover")), (Code::BadRequest, true));
}
