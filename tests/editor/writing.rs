//! Writing together: what is acknowledged is kept, in one order for all, and by those who may.

use crate::{
    page::Page,
    world::{Browser, World},
};
use sputnik::Code;
use sputnik_editor::book::{
    channels::ChapterChannel,
    chapter::{ChapterEvent, Encoded},
    commands::{contents::RemovePart, writing::Write},
    model::{BookId, PartId, Role},
};
use std::time::Duration;
use yrs::{Doc, Text, Transact, XmlElementPrelim, XmlFragment, XmlTextPrelim};

/// Ann, her book, and a chapter of it.
pub async fn chapter(world: &World) -> (Browser, BookId, PartId) {
    let ann = world.person("Ann").await;
    let book = ann.create_book("Winds").await;
    let part = ann.add_chapter(&book, "Tides").await;
    (ann, book, part)
}

#[tokio::test]
async fn what_two_people_write_at_once_is_kept_and_told_in_one_order() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    for number in 0..5 {
        let (a, b) = (hers.type_paragraph(&format!("Hers {number}.")), his.type_paragraph(&format!("His {number}.")));
        let (a, b) = tokio::join!(hers.write(a), his.write(b));
        a.unwrap();
        b.unwrap();
    }
    let log = world.log(&ChapterChannel(book.clone(), part.clone()).name()).await;
    let versions: Vec<_> = log.iter().map(|(version, _)| version.unwrap()).collect();
    assert!(versions.windows(2).all(|pair| pair[1] == pair[0] + 1), "{versions:?}");
    for (_, body) in log {
        let ChapterEvent::Edited { edits, .. } = serde_json::from_str(&body).unwrap() else { panic!("{body}") };
        for edited in edits {
            hers.receive(&edited.edit.0);
            his.receive(&edited.edit.0);
        }
    }
    assert_eq!(hers.text(), his.text());
    let fresh = Page::open(&ann, &book, &part).await;
    assert_eq!(fresh.text(), hers.text());
    for number in 0..5 {
        assert!(fresh.text().contains(&format!("Hers {number}.")) && fresh.text().contains(&format!("His {number}.")));
    }
}

#[tokio::test]
async fn many_edits_at_once_are_stored_together() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let mut pages = Vec::new();
    for _ in 0..40 {
        pages.push(Page::open(&ann.another_tab(), &book, &part).await);
    }
    let writes = pages.iter().enumerate().map(|(number, page)| page.write(page.type_paragraph(&format!("<{number}>"))));
    for written in futures::future::join_all(writes).await {
        written.unwrap();
    }
    let log = world.log(&ChapterChannel(book.clone(), part.clone()).name()).await;
    assert!(log.len() < 40, "{} messages", log.len());
    let text = Page::open(&ann, &book, &part).await.text();
    for number in 0..40 {
        assert!(text.contains(&format!("<{number}>")), "{number}");
    }
}

#[tokio::test]
async fn whoever_is_answered_waits_for_no_later_edit() {
    const TABS: usize = 20;
    const EDITS: usize = 10;
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let mut pages = Vec::new();
    for _ in 0..TABS {
        pages.push(Page::open(&ann.another_tab(), &book, &part).await);
    }
    let typing = pages.iter().map(async |page| {
        for number in 0..EDITS {
            page.write(page.type_paragraph(&format!("<{number}>"))).await.unwrap();
        }
    });
    futures::future::join_all(typing).await;
    // If it did, each group would hold up those who were answered with the one before, and be as small as it can be.
    let log = world.log(&ChapterChannel(book.clone(), part.clone()).name()).await;
    assert!(log.len() < TABS * EDITS / 3, "{} groups of {} edits", log.len(), TABS * EDITS);
}

#[tokio::test]
async fn a_chapter_asked_for_in_another_book_is_found_in_its_own() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    // At a node that does not know the chapter yet, somebody asks for it in a book of their own.
    let there = world.another_site().await;
    let ben = world.person("Ben").await.at(&there);
    let his = ben.create_book("Tides and winds").await;
    let mut wrong = Page::open(&ann, &book, &part).await;
    (wrong.browser, wrong.book) = (ben, his);
    assert_eq!(wrong.exchange().await.unwrap_err().code, Code::NotFound);
    let edit = page.type_paragraph("Still here.");
    page.write(edit).await.unwrap();
    assert_eq!(Page::open(&ann.at(&there), &book, &part).await.text(), page.text());
}

#[tokio::test]
async fn an_edit_sent_again_changes_nothing() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    let edit = page.type_paragraph("Once.");
    let command = Write { book: book.clone(), part: part.clone(), edit: Encoded(edit.clone()) };
    let key = ann.key();
    ann.ask_as(&key, &command, false).await.unwrap();
    // A lost reply: the same command again, at another node, and the same edit by another.
    let there = ann.at(&world.another_site().await);
    there.ask_as(&key, &command, true).await.unwrap();
    page.write(edit).await.unwrap();
    let log = world.log(&ChapterChannel(book.clone(), part.clone()).name()).await;
    assert_eq!(log.len(), 1);
    assert_eq!(Page::open(&ann, &book, &part).await.text(), page.text());
}

#[tokio::test]
async fn what_another_node_stored_is_built_on() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let there = world.another_site().await;
    let here = Page::open(&ann, &book, &part).await;
    let mut other = Page::open(&ann.another_tab().at(&there), &book, &part).await;
    for number in 0..4 {
        let edit = here.type_paragraph(&format!("Here {number}."));
        here.write(edit.clone()).await.unwrap();
        other.receive(&edit);
        let edit = other.type_paragraph(&format!("There {number}."));
        other.write(edit.clone()).await.unwrap();
        here.receive(&edit);
    }
    assert_eq!(here.text(), other.text());
    assert_eq!(Page::open(&ann, &book, &part).await.text(), here.text());
    other.browser = ann.clone();
    other.exchange().await.unwrap();
    assert_eq!(other.text(), here.text());
}

#[tokio::test]
async fn what_is_written_is_there_after_a_restart_however_much_it_is() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    // More than is kept apart from the state.
    for number in 0..600 {
        let edit = page.type_paragraph(&format!("Line {number}."));
        while let Err(too_many) = page.write(edit.clone()).await {
            tokio::time::sleep(Duration::from_millis(too_many.retry_ms.unwrap().into())).await;
        }
    }
    let elsewhere = world.another_site().await;
    assert_eq!(Page::open(&ann.at(&elsewhere), &book, &part).await.text(), page.text());
}

#[tokio::test]
async fn edits_made_apart_merge_when_both_are_back() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let (one, two) = (Page::open(&ann, &book, &part).await, Page::open(&ann.another_tab(), &book, &part).await);
    for number in 0..20 {
        drop(one.type_paragraph(&format!("One {number}.")));
        drop(two.type_paragraph(&format!("Two {number}.")));
    }
    one.exchange().await.unwrap();
    two.exchange().await.unwrap();
    one.exchange().await.unwrap();
    assert_eq!(one.text(), two.text());
    assert_eq!(one.text().matches("<paragraph>").count(), 41, "and the one it began with");
}

#[tokio::test]
async fn who_may_only_read_reads_and_writes_nothing() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Reader).await;
    let page = Page::open(&ben, &book, &part).await;
    let refused = page.write(page.type_paragraph("His.")).await.unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
    let stranger = world.person("Cleo").await;
    let part_of_another = Write { book: book.clone(), part: part.clone(), edit: Encoded(page.type_paragraph("x")) };
    assert_eq!(stranger.ask(part_of_another).await.unwrap_err().code, Code::NotFound);
    assert!(!Page::open(&ann, &book, &part).await.text().contains("His."));
}

#[tokio::test]
async fn a_right_withdrawn_ends_the_writing_and_nobody_elses() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    his.write(his.type_paragraph("While he may.")).await.unwrap();
    ann.let_in(&book, &ben, Role::Reader).await;
    let (his_edit, her_edit) = (his.type_paragraph("When he may not."), hers.type_paragraph("Hers."));
    let (refused, written) = tokio::join!(his.write(his_edit), hers.write(her_edit));
    assert_eq!(refused.unwrap_err().code, Code::Forbidden);
    written.unwrap();
    let text = Page::open(&ann, &book, &part).await.text();
    assert!(text.contains("While he may.") && text.contains("Hers.") && !text.contains("When he may not."));
}

#[tokio::test]
async fn nobody_writes_by_anothers_hand() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let hers = Page::open(&ann, &book, &part).await;
    hers.write(hers.type_paragraph("Hers.")).await.unwrap();
    // A long one goes another way than what people type.
    for times in [1, 100] {
        let mut forged = Page::open(&ben, &book, &part).await;
        forged.doc = Doc::with_client_id(hers.doc.client_id().get());
        forged.root = forged.doc.get_or_insert_xml_fragment("chapter");
        forged.exchange().await.unwrap();
        let refused = forged.write(forged.type_paragraph(&"Said to be hers. ".repeat(times))).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
    }
    // She goes on.
    hers.write(hers.type_paragraph("And on.")).await.unwrap();
}

#[tokio::test]
async fn a_hostile_edit_is_refused_and_disturbs_nobody() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let hers = Page::open(&ann, &book, &part).await;
    hers.write(hers.type_paragraph("Before.")).await.unwrap();
    for hostile in 0..3 {
        let his = Page::open(&ben.another_tab(), &book, &part).await;
        let edit = {
            let mut txn = his.doc.transact_mut();
            match hostile {
                0 => _ = his.root.push_back(&mut txn, XmlElementPrelim::empty("script")),
                1 => _ = his.root.push_back(&mut txn, XmlTextPrelim::new("bare")),
                _ => {
                    let paragraph = his.root.push_back(&mut txn, XmlElementPrelim::empty("paragraph"));
                    let text = paragraph.push_back(&mut txn, XmlTextPrelim::new(""));
                    text.insert_embed(&mut txn, 0, yrs::Any::from(true));
                }
            }
            txn.encode_update_v1()
        };
        let (refused, written) = tokio::join!(his.write(edit), hers.write(hers.type_paragraph("Meanwhile.")));
        assert!([Code::BadRequest, Code::TooMany].contains(&refused.unwrap_err().code));
        written.unwrap();
    }
    let garbage = Page::open(&ben, &book, &part).await.write(vec![255; 100]).await.unwrap_err();
    assert!(!garbage.words.is_empty());
    let text = Page::open(&ann, &book, &part).await.text();
    assert_eq!(text.matches("Meanwhile.").count(), 3);
    assert!(!text.contains("script"));
    // In the database neither.
    let elsewhere = world.another_site().await;
    assert_eq!(Page::open(&ann.at(&elsewhere), &book, &part).await.text(), text);
}

#[tokio::test]
async fn an_edit_of_another_chapter_is_not_taken() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let another = ann.create_book("Waves").await;
    let other = ann.add_chapter(&another, "Surf").await;
    let page = Page::open(&ann, &book, &part).await;
    page.write(page.type_paragraph("First.")).await.unwrap();
    let second = page.type_paragraph("Second.");
    // A chapter of another book, under this book's name; and an edit that builds on what is not there.
    let wrong = Write { book: book.clone(), part: other.clone(), edit: Encoded(second.clone()) };
    assert_eq!(ann.ask(wrong).await.unwrap_err().code, Code::NotFound);
    page.write(second).await.unwrap();
}

#[tokio::test]
async fn an_edit_that_builds_on_what_is_not_here_is_stale_and_goes_after_an_exchange() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    drop(page.type_paragraph("Never sent."));
    let second = page.type_paragraph("Sent.");
    assert_eq!(page.write(second).await.unwrap_err().code, Code::Stale);
    page.exchange().await.unwrap();
    assert_eq!(Page::open(&ann, &book, &part).await.text(), page.text());
}

#[tokio::test]
async fn a_deleted_chapter_takes_no_edits() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    page.write(page.type_paragraph("Here.")).await.unwrap();
    ann.ask(RemovePart { book: book.clone(), part: part.clone() }).await.unwrap();
    assert_eq!(page.write(page.type_paragraph("Gone.")).await.unwrap_err().code, Code::NotFound);
    assert_eq!(page.exchange().await.unwrap_err().code, Code::NotFound);
}
