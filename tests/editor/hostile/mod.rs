//! What no editor sends. It is refused with words or does no harm, takes no long time, and disturbs nobody: not now, and
//! not after a restart.

mod made;
mod mangled;
mod refused;
mod slow;

use self::made::{At, H, a_text, attribute, edit, element, mark, words};
use crate::{page::Page, world::World, writing::chapter};
use sputnik::Code;
use sputnik_editor::{
    book::model::Role,
    document::{Document, Edit, html::html},
};
use std::time::{Duration, Instant};
use yrs::{ReadTxn, Transact};

/// How long one edit may take, in a build that is not optimised, on a machine that has other things to do.
const BOUND: Duration = Duration::from_secs(8);
/// For how long somebody rests who was refused.
const REST: Duration = Duration::from_secs(2);
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_editor_sends_is_refused_and_disturbs_nobody() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    // Who was refused rests for a while in that chapter; so there are several.
    let mut pages = Vec::new();
    for number in 0..12 {
        let part = if number == 0 { part.clone() } else { ann.add_chapter(&book, &format!("Chapter {number}")).await };
        pages.push((Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await, part, 0));
    }
    let mut slowest = (Duration::ZERO, "");
    for (number, (name, hostile)) in refused::all().into_iter().enumerate() {
        let (hers, his, _, count) = &mut pages[number % 12];
        let refused = loop {
            let begun = Instant::now();
            let (refused, written) =
                tokio::join!(his.write(hostile.clone()), hers.write(hers.type_paragraph("Meanwhile.")));
            *count += 1;
            written.unwrap_or_else(|fault| panic!("{name} disturbs her: {fault:?}"));
            let refused = refused.expect_err(name);
            if refused.code != Code::TooMany {
                slowest = slowest.max((begun.elapsed(), name));
                break refused;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        assert!(!refused.words.is_empty());
        let known = [Code::BadRequest, Code::Stale, Code::TooLarge];
        assert!(known.contains(&refused.code), "{name}: {refused:?}");
    }
    println!("the slowest: {slowest:?}; the most memory: {}", most_memory());
    assert!(slowest.0 < BOUND, "{slowest:?}");
    // Of all that, nothing is here, and nothing in the database.
    let elsewhere = world.another_site().await;
    for (hers, _, part, count) in &pages {
        let there = Page::open(&ann.at(&elsewhere), &book, part).await;
        assert_eq!(there.text(), hers.text());
        assert_eq!(there.text().matches("Meanwhile.").count(), *count);
    }
    // He was not shut out.
    tokio::time::sleep(REST).await;
    let his = &pages[0].1;
    his.exchange().await.unwrap();
    his.write(his.type_paragraph("In earnest.")).await.unwrap();
}

/// The most that this process ever had in memory, as Linux says it.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("not known").trim().to_owned()
}

#[tokio::test]
async fn who_is_refused_takes_nobodys_hand() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    // He saw her caret, and so her hand, before she wrote a word.
    let hand = hers.doc.client_id().get();
    let refused = his.write(edit(hand, 0, &[element(At::Top, "list_item")], &[])).await.unwrap_err();
    assert_eq!(refused.code, Code::BadRequest);
    hers.write(hers.type_paragraph("Hers.")).await.unwrap();
}

#[tokio::test]
async fn what_is_not_yet_written_cannot_be_removed_in_advance() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    hers.write(hers.type_paragraph("Here.")).await.unwrap();
    let (hand, clock) = (hers.doc.client_id().get(), hers.doc.transact().state_vector().get(&hers.doc.client_id()));
    let in_advance = edit(H, 0, &[], &[(hand, clock, 1 << 20)]);
    assert_eq!(his.write(in_advance).await.unwrap_err().code, Code::Stale);
    hers.write(hers.type_paragraph("And on.")).await.unwrap();
    assert!(Page::open(&ben, &book, &part).await.text().contains("And on."));
}

#[tokio::test]
async fn a_chapter_that_is_emptied_at_once_can_be_written_in() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    for _ in 0..20 {
        page.write(page.type_paragraph("All of it.")).await.unwrap();
    }
    let have = page.doc.transact().state_vector();
    let everything: Vec<_> = have.iter().map(|(hand, clock)| (hand.get(), 0, *clock)).collect();
    page.write(edit(H, 0, &[], &everything)).await.unwrap();
    let fresh = Page::open(&ann.at(&world.another_site().await), &book, &part).await;
    assert_eq!(fresh.text(), "");
    fresh.write(fresh.type_paragraph("Anew.")).await.unwrap();
    assert!(Page::open(&ann, &book, &part).await.text().contains("Anew."));
}

#[test]
fn html_that_is_written_is_shown_as_it_was_written() {
    let script = "<script>alert(1)</script><img src=x onerror=alert(1)>&quot;\u{202e}";
    let mut document = Document::default();
    let wild = r#"/x\"><script>alert(1)</script>"#;
    let marks =
        mark(At::In((H, 1)), "link", &format!("{{\"href\":\"{}\"}}", wild.replace('\\', "").replace('"', "%22")));
    let structs = [a_text(), vec![marks, words(At::After((H, 2)), script)]].concat();
    let figure = 3 + u32::try_from(script.encode_utf16().count()).unwrap();
    let caption = [element(At::After((H, 0)), "figure"), attribute((H, figure), "alt", script)];
    let code = [element(At::After((H, figure)), "code_block"), attribute((H, figure + 2), "language", "\"><script>")];
    let all = [structs, caption.to_vec(), code.to_vec()].concat();
    document.take_in(Edit::read(&edit(H, 0, &all, &[])).unwrap()).unwrap();
    let html = html(&document.nodes());
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<img src=x"), "{html}");
}
