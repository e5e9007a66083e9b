//! People who write at random through several servers on one database, which forget what they had in memory at any time.
//! Every edit that was acknowledged is in the end with everybody, once.

use crate::{
    page::Page,
    support::dice::Dice,
    world::{Site, World},
    writing::chapter,
};
use yrs::{Transact, XmlFragment};

/// A page, and the last edit of it.
struct Writer {
    page: Page,
    last: Option<Vec<u8>>,
}

#[tokio::test]
async fn whatever_is_written_wherever_and_forgotten_whenever_is_kept() {
    for seed in [1, 2, 3] {
        println!("seed {seed}");
        at_random(Dice::new(seed)).await;
    }
}

async fn at_random(mut dice: Dice) {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let mut sites: Vec<Site> = vec![world.site.clone(), world.another_site().await];
    let mut writers = Vec::new();
    for _ in 0..4 {
        writers.push(Writer { page: Page::open(&ann.another_tab(), &book, &part).await, last: None });
    }
    let (mut acknowledged, mut removed) = (Vec::new(), Vec::new());
    for round in 0..150 {
        let number = dice.below(writers.len());
        let site = sites[dice.below(sites.len())].clone();
        let Writer { page, last } = &mut writers[number];
        page.browser = page.browser.at(&site);
        match dice.below(12) {
            // Memory is lost: another server in the place of this one.
            0 => {
                let at = dice.below(sites.len());
                sites[at] = world.another_site().await;
            }
            1 | 2 => page.exchange().await.unwrap(),
            // An answer was lost: the same once more, elsewhere.
            3 => {
                if let Some(edit) = last.clone() {
                    page.write(edit).await.unwrap();
                }
            }
            4 => {
                let words = page.text();
                let edit = {
                    let mut txn = page.doc.transact_mut();
                    let length = page.root.len(&txn);
                    if length > 2 {
                        page.root.remove(&mut txn, u32::try_from(dice.below(length as usize)).unwrap());
                    }
                    txn.encode_update_v1()
                };
                let now = page.text();
                let gone = acknowledged.iter().filter(|word: &&String| words.contains(*word) && !now.contains(*word));
                removed.extend(gone.cloned());
                page.write(edit).await.unwrap();
            }
            // An edit that never comes, and one that builds on it.
            5 => {
                let never = format!("<{number}-{round}>");
                drop(page.type_paragraph(&never));
                let next = format!("<{number}-{round}+>");
                assert!(page.write(page.type_paragraph(&next)).await.is_err());
                page.exchange().await.unwrap();
                acknowledged.extend([never, next]);
            }
            _ => {
                let word = format!("<{number}-{round}>");
                let edit = page.type_paragraph(&word);
                page.write(edit.clone()).await.unwrap();
                acknowledged.push(word);
                *last = Some(edit);
            }
        }
    }
    for Writer { page, .. } in &writers {
        page.exchange().await.unwrap();
    }
    let text = Page::open(&ann.at(&world.another_site().await), &book, &part).await.text();
    for Writer { page, .. } in &writers {
        page.exchange().await.unwrap();
        assert_eq!(page.text(), text);
    }
    for word in acknowledged {
        let times = text.matches(&word).count();
        assert!(times == 1 || (times == 0 && removed.contains(&word)), "{word} stands there {times} times");
    }
}
