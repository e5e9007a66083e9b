//! Bad input: each is refused in words, and harms nothing else.

use crate::{
    page::Page,
    world::{Browser, World},
};
use http::StatusCode;
use server_fn::ServerFn;
use sputnik::{Code, Fault};
use sputnik_editor::book::{
    chapter::Encoded,
    commands::{
        chat::Say,
        contents::AddPart,
        people::SetMember,
        shelf::{CreateBook, OpenBook, RenameBook},
        writing::{Exchange, Write},
    },
    model::{BookId, PartId, Role},
};

async fn ann() -> (World, Browser, BookId, PartId) {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    (world, ann, book, part)
}

/// Sends JSON that no page would send.
async fn send(ann: &Browser, path: &str, json: &str) -> Fault {
    let (status, body) = ann.ask_json(&ann.key(), path, json, false).await;
    assert!(status.is_client_error(), "{path} {status} {body}");
    serde_json::from_str(&body).unwrap_or_else(|_| panic!("{body} is a fault"))
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_and_ids_that_are_none_are_refused_in_words() {
    let (_world, ann, book, _) = ann().await;
    let long = "x".repeat(10_000);
    for (title, words) in
        [("", "at least one"), ("   ", "at least one"), (&long[..], "at most 200"), ("a\nb", "one line")]
    {
        let json = serde_json::json!({ "book": book, "title": title }).to_string();
        let fault = send(&ann, RenameBook::PATH, &json).await;
        assert_eq!(fault.code, Code::BadRequest);
        assert!(fault.words.contains(words), "{fault}");
    }
    for id in ["", "../../etc", "<script>", &long[..], "a b"] {
        let fault = send(&ann, OpenBook::PATH, &serde_json::json!({ "book": id }).to_string()).await;
        assert_eq!(fault.code, Code::BadRequest);
        assert!(fault.words.contains("not the id of a book"), "{fault}");
    }
    for json in ["", "{", "[]", "null", "{\"book\":7}", &"[".repeat(100_000)] {
        assert_eq!(send(&ann, OpenBook::PATH, json).await.code, Code::BadRequest, "{json:.20}");
    }
    let poem = serde_json::json!({ "book": book, "kind": "poem", "title": "x" }).to_string();
    assert_eq!(send(&ann, AddPart::PATH, &poem).await.code, Code::BadRequest);
    assert_eq!(ann.book(&book).await.title.as_str(), "Seas");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_title_stays_what_it_is() {
    let (_world, ann, _, _) = ann().await;
    let title = "<img src=x onerror=alert(1)>'; DROP TABLE books; --";
    let book = ann.create_book(title).await;
    assert_eq!(ann.book(&book).await.title.as_str(), title);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_title_in_a_form_leads_back_with_words() {
    let (_world, ann, _, _) = ann().await;
    let answer = ann.submit_to(CreateBook::PATH, &[("title", "")]).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert!(crate::world::location(&answer).contains("__err="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_chat_has_one_to_two_thousand_characters() {
    let (_world, ann, book, _) = ann().await;
    let say = |text: String| Say { book: book.clone(), text };
    assert_eq!(ann.ask(say("   \n".into())).await.unwrap_err().code, Code::BadRequest);
    assert_eq!(ann.ask(say("ü".repeat(2_001))).await.unwrap_err().code, Code::TooLarge);
    assert_eq!(ann.ask(say("a\0b".into())).await.unwrap_err().code, Code::BadRequest);
    ann.ask(say("ü".repeat(2_000))).await.unwrap();
    ann.ask(say(" <b>hello</b>\nworld ".into())).await.unwrap();
    let chat = ann.book(&book).await.chat;
    assert_eq!(chat.last().unwrap().text, "<b>hello</b>\nworld");
    assert_eq!(chat.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_holds_the_newest_two_hundred_lines_of_the_chat() {
    let (_world, ann, book, _) = ann().await;
    for n in 0..205 {
        ann.ask(Say { book: book.clone(), text: n.to_string() }).await.unwrap();
    }
    let chat = ann.book(&book).await.chat;
    assert_eq!((chat.len(), &chat[0].text[..], &chat[199].text[..]), (200, "5", "204"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_holds_a_million_characters_and_an_edit_a_mebibyte() {
    let (_world, ann, book, part) = ann().await;
    let page = Page::open(&ann, &book, &part).await;
    page.say(&"x".repeat(999_000)).await.unwrap();
    let over = Write { book: book.clone(), part: part.clone(), edit: Encoded(vec![0; (1 << 20) + 1]) };
    assert_eq!(ann.another_tab().ask(over).await.unwrap_err().code, Code::TooLarge);
    let have = Exchange { book: book.clone(), part: part.clone(), state_vector: Encoded(vec![0; (256 << 10) + 1]) };
    assert_eq!(ann.ask(have).await.unwrap_err().code, Code::TooLarge);
    let full = page.say(&"x".repeat(2_000)).await.unwrap_err();
    assert!(full.code == Code::TooLarge && full.words.contains("1,000,000"), "{full}");
    assert_eq!(ann.text(&book, &part).await.matches('x').count(), 999_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_nobody_knows_cannot_be_invited() {
    let (_world, ann, book, _) = ann().await;
    for name in ["ghost", "", &"x".repeat(10_000), "<b>"] {
        let invite = SetMember { book: book.clone(), name: name.to_owned(), role: Role::Editor };
        let fault = ann.ask(invite).await.unwrap_err();
        assert_eq!(fault.code, Code::BadRequest);
        assert!(fault.words.contains("sign up first"), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_client_and_an_unknown_command_are_refused() {
    let (world, ann, book, _) = ann().await;
    let ben = world.person("ben").await;
    let mut forged = ben.key();
    forged.client = ann.client.clone();
    let fault = ben.ask_as(&forged, &Say { book: book.clone(), text: "as ann".into() }, false).await.unwrap_err();
    assert_eq!(fault.code, Code::UnknownClient);
    assert_eq!(send(&ann, "/command/nosuch", "{}").await.code, Code::UnknownCommand);
    assert_eq!(ann.book(&book).await.chat, []);
}
