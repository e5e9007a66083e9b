//! Guessing passwords is slow, and keeps nobody out who is right; making accounts is paced, and delays nobody.

use crate::world::{Browser, PASSWORD, Site, World, told};
use futures::future::join_all;
use sputnik_editor::{account::bounds::Bounds, database::now};
use std::time::Instant;
use tokio::task::JoinSet;

const WRONG: &str = "five cold pears";

fn few() -> Bounds {
    Bounds { guesses_a_name: 3, guesses_an_address: 6, sign_ups_at_once: 3, ..Bounds::default() }
}

/// A stranger tries a name so often, and hears these codes.
async fn guesses(browser: &Browser, name: &str, times: usize) -> Vec<String> {
    let mut heard = Vec::new();
    for _ in 0..times {
        heard.push(told(browser, "sign_in", &[("name", name), ("password", WRONG)]).await.1);
    }
    heard
}

fn is_refused_unseen(words: &str) -> bool {
    words.contains("too_many") && words.contains("again in")
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_invented_names_keep_nobody_from_signing_in() {
    let world = World::new().await;
    world.person("ann").await;
    let site = Site::bounded(&world, few()).await;
    let stranger = site.browser().await.come_from_address("203.0.113.9");
    for n in 0..20 {
        guesses(&stranger, &format!("nobody-{n}"), 1).await;
    }
    let heard = guesses(&stranger, "nobody-21", 1).await;
    assert!(is_refused_unseen(&heard[0]), "their address has to wait: {heard:?}");
    // As ten thousand would leave it, from as many addresses.
    let mut sql = world.database.write().await.unwrap();
    for n in 0..10_000_i64 {
        sqlx::query("INSERT INTO attempts (kind, whose, debt, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(if n % 2 == 0 { "nobody" } else { "address" })
            .bind(n.to_string())
            .bind(i64::MAX / 4)
            .bind(now())
            .execute(&mut *sql)
            .await
            .unwrap();
    }
    sql.commit().await.unwrap();
    let ann = site.browser().await.come_from_address("203.0.113.10");
    assert!(ann.sign_in("ann", PASSWORD).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_lock_a_person_out_of_a_browser_they_know() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let site = Site::bounded(&world, few()).await;
    let stranger = site.browser().await.come_from_address("203.0.113.9");
    let heard = guesses(&stranger, "ann", 12).await;
    assert!(is_refused_unseen(&heard[11]), "{heard:?}");
    // From anywhere, even from where the stranger is, and after having signed out.
    let out = ann.submit("sign_out", &[]).await;
    let ann = ann.with_cookies_of(&out).at(&site);
    for address in ["203.0.113.9", "203.0.113.10"] {
        assert!(ann.come_from_address(address).sign_in("ann", PASSWORD).await.is_some(), "{address}");
    }
    // A browser that nobody knows has to wait: it may be the stranger's.
    let anew = site.browser().await.come_from_address("203.0.113.11");
    let heard = told(&anew, "sign_in", &[("name", "ann"), ("password", PASSWORD)]).await.1;
    assert!(is_refused_unseen(&heard), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_browser_has_guesses_of_its_own_and_only_for_those_who_signed_in_there() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let site = Site::bounded(&world, few()).await;
    let heard = guesses(&ann.at(&site), "ann", 4).await;
    assert!(heard[2].contains("do not belong") && is_refused_unseen(&heard[3]), "{heard:?}");
    // That was hers alone: her other browsers, and new ones, are not held back by it.
    assert!(site.browser().await.sign_in("ann", PASSWORD).await.is_some());
    // Ben's browser is known for ben.
    let heard = guesses(&ben.at(&site), "ann", 4).await;
    assert!(is_refused_unseen(&heard[3]), "{heard:?}");
    let heard = guesses(&site.browser().await, "ann", 1).await;
    assert!(is_refused_unseen(&heard[0]), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_refused_in_the_same_words_after_as_many_guesses() {
    let world = World::new().await;
    world.person("ann").await;
    let site = Site::bounded(&world, few()).await;
    let (one, other) = (site.browser().await, site.browser().await);
    let ann = guesses(&one, "ann", 5).await;
    let nobody = guesses(&other, "annika", 5).await;
    for (one, other) in ann.iter().zip(&nobody) {
        let words = |text: &str| text.split(" again in").next().unwrap().to_owned();
        assert_eq!(words(one), words(other));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_by_all_servers_together_and_after_a_restart() {
    let world = World::new().await;
    world.person("ann").await;
    let sites = [Site::bounded(&world, few()).await, Site::bounded(&world, few()).await];
    for n in 0..3 {
        guesses(&sites[n % 2].browser().await, "ann", 1).await;
    }
    let heard = guesses(&Site::bounded(&world, few()).await.browser().await, "ann", 1).await;
    assert!(is_refused_unseen(&heard[0]), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_no_way_around() {
    let world = World::new().await;
    world.person("ann").await;
    let site = Site::bounded(&world, few()).await;
    let browsers = join_all((0..20).map(|_| site.browser())).await;
    let heard = join_all(browsers.iter().map(|browser| guesses(browser, "ann", 1))).await;
    let looked_at = heard.iter().flatten().filter(|words| words.contains("do not belong")).count();
    assert_eq!(looked_at, 3, "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_right_never_has_to_wait() {
    let world = World::new().await;
    world.person("ann").await;
    let site = Site::bounded(&world, few()).await;
    for _ in 0..8 {
        let browser = site.browser().await.come_from_address("203.0.113.9");
        assert!(browser.sign_in("ann", PASSWORD).await.is_some());
    }
    let browsers = join_all((0..3).map(|_| site.browser())).await;
    let at_once = join_all(browsers.iter().map(|browser| browser.sign_in("ann", PASSWORD))).await;
    assert!(at_once.iter().all(Option::is_some));
}

// Right passwords were free: one account and 144 connections kept everybody from the browsers they are known by.
#[tokio::test(flavor = "multi_thread")]
async fn one_account_that_signs_in_without_end_keeps_people_out_of_browsers_they_know() {
    let world = World::new().await;
    let (mallory, ann) = (world.person("mallory").await, world.person("ann").await);
    // Even if it were not slowed down.
    let site = Site::bounded(&world, Bounds { sign_ins_at_once: 10_000, ..Bounds::default() }).await;
    let mallory = mallory.at(&site).come_from_address("203.0.113.9");
    let mut many = JoinSet::new();
    for _ in 0..200 {
        let mallory = mallory.another_tab();
        many.spawn(async move { told(&mallory, "sign_in", &[("name", "mallory"), ("password", PASSWORD)]).await.1 });
    }
    // Until the first are refused: as many wait as may.
    while many.join_next().await.unwrap().unwrap() == "null" {}
    for address in ["203.0.113.9", "203.0.113.10"] {
        let began = Instant::now();
        assert!(ann.at(&site).come_from_address(address).sign_in("ann", PASSWORD).await.is_some(), "{address}");
        println!("signed in at {address} after {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn right_passwords_are_paced_too_and_browsers_that_are_known_by_themselves() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    world.person("ben").await;
    let site = Site::bounded(&world, Bounds { sign_ins_at_once: 3, sign_ins_a_minute: 1, ..few() }).await;
    let anew = async |name: &str| {
        let browser = site.browser().await.come_from_address("203.0.113.9");
        told(&browser, "sign_in", &[("name", name), ("password", PASSWORD)]).await.1
    };
    for _ in 0..3 {
        assert_eq!(anew("ann").await, "null");
    }
    let heard = anew("ann").await;
    assert!(is_refused_unseen(&heard), "{heard}");
    // Wrong ones take nothing of it, nor do hers of anybody else's.
    for _ in 0..2 {
        let heard = guesses(&site.browser().await.come_from_address("203.0.113.9"), "ben", 1).await;
        assert!(heard[0].contains("do not belong"), "{heard:?}");
    }
    for _ in 0..3 {
        assert_eq!(anew("ben").await, "null");
    }
    let ann = ann.at(&site).come_from_address("203.0.113.9");
    for _ in 0..3 {
        assert!(ann.sign_in("ann", PASSWORD).await.is_some(), "where she is known");
    }
    assert!(ann.sign_in("ann", PASSWORD).await.is_none(), "but not without end");
}

#[tokio::test(flavor = "multi_thread")]
async fn to_be_refused_changes_nothing_and_costs_no_hash() {
    let world = World::new().await;
    world.person("ann").await;
    let site = Site::bounded(&world, few()).await;
    let stranger = site.browser().await.come_from_address("203.0.113.9");
    guesses(&stranger, "ann", 4).await;
    let counted = async || {
        let rows = sqlx::query_as::<_, (String, String, i64, i64)>("SELECT kind, whose, debt, at FROM attempts");
        let mut rows = rows.fetch_all(&mut *world.database.glance().await.unwrap()).await.unwrap();
        rows.sort();
        rows
    };
    let before = counted().await;
    let began = Instant::now();
    let heard = guesses(&stranger, "ann", 50).await;
    assert!(heard.iter().all(|words| is_refused_unseen(words)), "{heard:?}");
    assert_eq!(counted().await, before);
    // That would be 50 hashes, of which one takes some 20 ms alone.
    println!("50 refusals in {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_behind_one_address_signs_up_and_signs_in() {
    let world = World::new().await;
    let pupils = join_all((0..30).map(async |n| {
        let browser = world.site.browser().await.come_from_address("203.0.113.9");
        let name = format!("pupil-{n}");
        told(&browser, "sign_up", &[("name", &name), ("password", "short")]).await;
        let answer = browser.submit("sign_up", &[("name", &name), ("password", PASSWORD)]).await;
        assert_eq!(crate::world::location(&answer), "/shelf", "{name}");
        let elsewhere = world.site.browser().await.come_from_address("203.0.113.9");
        guesses(&elsewhere, &name, 1).await;
        elsewhere.sign_in(&name, PASSWORD).await
    }))
    .await;
    assert!(pupils.iter().all(Option::is_some));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_accounts_are_not_made_from_one_address() {
    let world = World::new().await;
    let site = Site::bounded(&world, few()).await;
    let sign_up = async |address: &str, name: &str| {
        let browser = site.browser().await.come_from_address(address);
        told(&browser, "sign_up", &[("name", name), ("password", PASSWORD)]).await.1
    };
    for n in 0..3 {
        assert_eq!(sign_up("2001:db8:1:2::7", &format!("bot-{n}")).await, "null");
    }
    // One network of IPv6 is one place.
    let heard = sign_up("2001:db8:1:2:3:4:5:6", "bot-4").await;
    assert!(is_refused_unseen(&heard), "{heard}");
    assert_eq!(sign_up("2001:db8:1:3::7", "ann").await, "null");
    // A name that is taken counts too, and in the end is refused as one that is free: nobody makes a list of names.
    for _ in 0..2 {
        assert!(sign_up("203.0.113.9", "ann").await.contains("taken"));
    }
    assert_eq!(sign_up("203.0.113.9", "ben").await, "null");
    for name in ["ann", "ben", "cleo"] {
        let heard = sign_up("203.0.113.9", name).await;
        assert!(is_refused_unseen(&heard), "{name}: {heard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_a_strangers_own_is_no_other_address() {
    let world = World::new().await;
    let site = Site::bounded(&world, few()).await;
    let mut heard = Vec::new();
    for n in 0..4 {
        let mut browser = site.browser().await.come_from_address("203.0.113.9");
        browser.forwarded_for = Some(format!("198.51.100.{n}"));
        heard.push(told(&browser, "sign_up", &[("name", &format!("bot-{n}")), ("password", PASSWORD)]).await.1);
    }
    assert!(is_refused_unseen(&heard[3]), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_attempts_stays_small() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    world.person("ben").await;
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60000)
                INSERT INTO attempts (kind, whose, debt, at) SELECT 'address', 'x' || n, 1, $1 + n FROM n";
    let mut sql = world.database.write().await.unwrap();
    sqlx::query(fill).bind(now() - 60_000).execute(&mut *sql).await.unwrap();
    for (whose, at) in [(ann.me().id.to_string(), now()), ("long ago".to_owned(), now() - 25 * 60 * 60 * 1_000)] {
        let one = sqlx::query("INSERT INTO attempts (kind, whose, debt, at) VALUES ('person', $1, 1, $2)");
        one.bind(whose).bind(at).execute(&mut *sql).await.unwrap();
    }
    sql.commit().await.unwrap();
    world.database.delete_old().await.unwrap();
    let count = async |kind: &str| -> i64 {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM attempts WHERE kind = $1").bind(kind.to_owned());
        count.fetch_one(&mut *world.database.glance().await.unwrap()).await.unwrap()
    };
    assert!((49_000..=50_001).contains(&count("address").await));
    assert_eq!(count("person").await, 1, "strangers' addresses drive out nobody's name");
}
