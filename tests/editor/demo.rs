//! The demo.

use crate::world::World;
use sputnik_editor::{
    account::{bounds::Bounds, people::Accounts},
    book::{
        commands::{
            chapter::OpenChapter,
            history::ChapterHistory,
            shelf::{OpenBook, OpenShelf},
        },
        model::{Kind, Role, Visibility},
        state::Book,
    },
    demo,
};
use std::collections::BTreeSet;

/// Where the pictures of a text are fetched.
fn pictures_in(html: &str) -> Vec<String> {
    let sources = html.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    sources.filter(|source| source.contains("/picture/")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_fills_an_empty_database_with_the_handbook_and_a_novel_once() {
    let world = World::new().await;
    let accounts = Accounts::new(world.database.clone(), Bounds::default());
    let made = demo::fill_if_empty(&world.database, &accounts).await.unwrap().expect("it was empty");
    assert!(demo::fill_if_empty(&world.database, &accounts).await.unwrap().is_none());
    let anybody = world.site.browser().await;
    let public = anybody.ask(OpenShelf {}).await.unwrap().public;
    let covers: Vec<_> = public.iter().map(|card| (card.title.as_str(), card.people())).collect();
    assert_eq!(
        covers,
        [
            ("Moby-Dick; or, The Whale", Some("ann, ben and cleo".to_owned())),
            // Its readers see the text only.
            ("The Sputnik handbook", None),
        ]
    );
    let opened = anybody.ask(OpenBook { book: made.book.clone() }).await.unwrap();
    let book = opened.snapshot.state;
    assert_eq!(
        (book.title.as_str(), book.visibility, opened.role),
        ("The Sputnik handbook", Visibility::Public, Role::Reader)
    );
    assert!(book.members.is_empty(), "strangers read the text");
    let ann = anybody.submit("sign_in", &[("name", "ann"), ("password", "sputnik-1957")]).await;
    let ann = anybody.with_cookies_of(&ann);
    let book = ann.book(&made.book).await;
    let roles: Vec<_> = book.members.iter().map(|member| (&member.person.name[..], member.role)).collect();
    assert_eq!(roles, [("ann", Role::Owner), ("ben", Role::Editor), ("cleo", Role::Reader)]);
    let chapters: Vec<_> = book.parts.iter().filter(|part| part.kind == Kind::Chapter).collect();
    assert_eq!(chapters.len(), 21);
    let (mut authors, mut pictures) = (BTreeSet::new(), BTreeSet::new());
    for chapter in chapters {
        let text = anybody.ask(OpenChapter { book: book.id.clone(), part: chapter.id.clone() }).await.unwrap().state;
        assert!(text.words > 100 && text.last.is_some());
        assert!(chapter.words > 100, "{} has words", chapter.title);
        assert!(!text.html.contains(".md\""), "{} links to chapters, not to files", chapter.title);
        assert!(!text.html.contains("../"), "{} has its pictures", chapter.title);
        pictures.extend(pictures_in(&text.html));
        let history = ChapterHistory { book: book.id.clone(), part: chapter.id.clone(), before: None };
        authors.extend(ann.ask(history).await.unwrap().revisions.into_iter().map(|revision| revision.by.name));
    }
    assert_eq!(authors.len(), 3);
    assert_eq!(pictures.len(), 5);

    let novel = ann.book(&made.novel).await;
    let mut all = String::new();
    for chapter in novel.parts.iter().filter(|part| part.kind == Kind::Chapter) {
        let text = anybody.ask(OpenChapter { book: novel.id.clone(), part: chapter.id.clone() }).await.unwrap().state;
        all.push_str(&text.html);
    }
    for (what, times) in [("<figure>", 1), ("<table", 2), ("class=\"footnote\"", 6), ("<h2", 0)] {
        assert_eq!(all.matches(what).count(), times, "{what}");
    }
    assert!(!all.contains("[^") && all.contains("Call me Ishmael."));
    pictures.extend(pictures_in(&all));
    assert_eq!(pictures.len(), 6);
    for picture in pictures {
        let request = http::Request::get(&picture).header(http::header::COOKIE, &anybody.cookies);
        let answer = anybody.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), http::StatusCode::OK, "{picture}");
    }
    // The three have three colours, the same in both books.
    let hues =
        |book: &Book| book.members.iter().map(|member| book.hues.of(member.person.id.as_str())).collect::<Vec<_>>();
    assert_eq!(hues(&book).into_iter().collect::<BTreeSet<_>>().len(), 3);
    assert_eq!(hues(&novel), hues(&book));
    // What happens from now on follows what was told.
    ann.add_chapter(&book.id, "Another").await;
    assert_eq!(ann.book(&book.id).await.activity.len(), Book::ACTIVITY.min(book.activity.len() + 1));
}
