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
    },
    demo,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_fills_an_empty_database_with_the_handbook_once() {
    let world = World::new().await;
    let accounts = Accounts::new(world.database.clone(), Bounds::default());
    let made = demo::fill_if_empty(&world.database, &accounts).await.unwrap().expect("it was empty");
    assert!(demo::fill_if_empty(&world.database, &accounts).await.unwrap().is_none());
    let anybody = world.site.browser().await;
    assert_eq!(anybody.ask(OpenShelf {}).await.unwrap().public.len(), 1);
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
    assert_eq!(chapters.len(), 20);
    let mut authors = std::collections::BTreeSet::new();
    for chapter in chapters {
        let text = anybody.ask(OpenChapter { book: book.id.clone(), part: chapter.id.clone() }).await.unwrap().state;
        assert!(text.words > 100 && text.last.is_some());
        assert!(chapter.words > 100, "{} has words", chapter.title);
        assert!(!text.html.contains(".md\""), "{} links to chapters, not to files", chapter.title);
        let history = ChapterHistory { book: book.id.clone(), part: chapter.id.clone(), before: None };
        authors.extend(ann.ask(history).await.unwrap().revisions.into_iter().map(|revision| revision.by.name));
    }
    assert_eq!(authors.len(), 3);
    // What happens from now on follows what was told.
    ann.add_chapter(&book.id, "Another").await;
    assert_eq!(
        ann.book(&book.id).await.activity.len(),
        sputnik_editor::book::state::Book::ACTIVITY.min(book.activity.len() + 1)
    );
}
