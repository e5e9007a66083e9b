use super::*;
use futures::FutureExt;
use std::{
    net::IpAddr,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::time::Instant;

fn person(name: &str) -> Who {
    Who::of(Some(&name.parse().expect("a name")), None)
}

fn at(name: &str, address: [u8; 4]) -> Who {
    let address = IpAddr::from(address);
    Who::of(Some(&name.parse().expect("a name")), Some(address.into()))
}

const HERE: [u8; 4] = [192, 0, 2, 1];
const ELSEWHERE: [u8; 4] = [192, 0, 2, 2];

fn room(bounds: Bounds) -> Costly {
    Costly::new(bounds)
}

fn is_empty(costly: &Costly) -> bool {
    costly.0.queue().is_empty()
}

#[tokio::test(start_paused = true)]
async fn a_few_work_at_once_and_the_rest_wait_and_are_told_their_number() {
    let costly = room(Bounds::default());
    let (first, second) = (costly.enter(person("a")).await.unwrap(), costly.enter(person("b")).await.unwrap());
    let began = Instant::now();
    let (c, d) = tokio::join!(costly.enter(person("c")), costly.enter(person("d")));
    let (c, d) = (c.err().unwrap(), d.err().unwrap());
    assert_eq!(began.elapsed(), Bounds::default().patience);
    assert!(c.words.contains("number 1 "), "{}", c.words);
    assert!(d.words.contains("number 1 ") || d.words.contains("number 2 "), "{}", d.words);
    assert!(c.can_retry() && d.can_retry());
    drop((first, second));
    assert!(is_empty(&costly));
}

#[tokio::test(start_paused = true)]
async fn who_comes_first_has_the_place_that_becomes_free() {
    let costly = room(Bounds { at_once: 1, ..Bounds::default() });
    let place = costly.enter(person("a")).await.unwrap();
    let mut waiting: Vec<_> = ["b", "c"].map(|name| Box::pin(costly.enter(person(name)))).into();
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
    }
    drop(place);
    assert!(futures::poll!(&mut waiting[1]).is_pending());
    assert!(waiting.remove(0).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_person_is_only_ever_in_their_own_way() {
    let costly = room(Bounds { at_once: 2, waiting: 100, waiting_of_one: 3, ..Bounds::default() });
    let _first = costly.enter(person("mallory")).await.unwrap();
    let mut more: Vec<_> = (0..3).map(|_| Box::pin(costly.enter(person("mallory")))).collect();
    for one in &mut more {
        assert!(futures::poll!(one).is_pending(), "nobody has two under way");
    }
    let refused = costly.enter(person("mallory")).await.err().unwrap();
    assert!(refused.can_retry());
    let ann = costly.enter(person("ann"));
    assert!(ann.await.is_ok(), "at once, whatever of mallory's waits");
}

/// So many accounts of one address ask for as much as they can. Those that wait.
fn fill<'a>(
    costly: &'a Costly,
    accounts: usize,
) -> Vec<Pin<Box<impl Future<Output = Result<Permit, Fault>> + use<'a>>>> {
    let all = (0..accounts).flat_map(|number| (0..17).map(move |_| at(&format!("mallory{number}"), HERE)));
    let mut entering: Vec<_> = all.map(|who| Box::pin(costly.enter(who))).collect();
    entering.retain_mut(|one| one.as_mut().now_or_never().is_none());
    entering
}

// Nine accounts, of which each had sixteen that wait, were all that could wait: everybody else was refused.
#[tokio::test(start_paused = true)]
async fn one_address_with_many_accounts_keeps_nobody_elsewhere_waiting_for_more_than_one_of_its_own() {
    let costly = room(Bounds { at_once: 1, ..Bounds::default() });
    let place = costly.enter(at("mallory", HERE)).await.unwrap();
    let _waiting = fill(&costly, 30);
    let mut ann = Box::pin(costly.enter(at("ann", ELSEWHERE)));
    assert!(futures::poll!(&mut ann).is_pending());
    drop(place);
    assert!(ann.now_or_never().expect("it is her turn").is_ok());
}

#[tokio::test(start_paused = true)]
async fn at_one_address_persons_take_turns_and_whoever_waits_for_most_makes_room() {
    let costly = room(Bounds { at_once: 1, ..Bounds::default() });
    let place = costly.enter(at("mallory", HERE)).await.unwrap();
    let mut waiting = fill(&costly, 4);
    // A class, which is there too.
    let names: Vec<String> = (0..30).map(|number| format!("pupil{number}")).collect();
    let mut class: Vec<_> = names.iter().map(|name| Box::pin(costly.enter(at(name, HERE)))).collect();
    for one in &mut class {
        assert!(futures::poll!(one).is_pending(), "nobody is refused at once");
    }
    waiting.retain_mut(|one| one.as_mut().now_or_never().is_none());
    assert_eq!(waiting.len(), 64 - 30, "those made room");
    // They have their turn after at most one of each account's.
    drop(place);
    let mut rounds = 0;
    while !class.is_empty() {
        rounds += 1;
        assert!(rounds <= 30 + 4, "{} wait still", class.len());
        class.retain_mut(|one| one.as_mut().now_or_never().is_none());
        waiting.retain_mut(|one| one.as_mut().now_or_never().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn where_all_that_may_wait_do_the_address_of_most_makes_room() {
    let bounds = Bounds { at_once: 1, waiting: 10, waiting_of_address: 8, ..Bounds::default() };
    let costly = room(bounds);
    let _place = costly.enter(Who::default()).await.unwrap();
    let mut many: Vec<_> = (0..8).map(|_| Box::pin(costly.enter(at("mallory", HERE)))).collect();
    let mut few: Vec<_> = ["a", "b"].map(|name| Box::pin(costly.enter(at(name, ELSEWHERE)))).into();
    for one in many.iter_mut().chain(&mut few) {
        assert!(futures::poll!(one).is_pending());
    }
    let mut ann = Box::pin(costly.enter(at("ann", [192, 0, 2, 3])));
    assert!(futures::poll!(&mut ann).is_pending());
    let pushed_out = many.pop().unwrap().now_or_never().expect("the last of the most").err().unwrap();
    assert!(pushed_out.can_retry());
    assert!(many.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
    assert!(few.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
    drop((many, few, ann));
}

#[tokio::test(start_paused = true)]
async fn one_address_has_not_all_places() {
    let costly = room(Bounds { at_once: 2, at_once_of_address: 1, ..Bounds::default() });
    let _first = costly.enter(at("mallory0", HERE)).await.unwrap();
    let mut second = Box::pin(costly.enter(at("mallory1", HERE)));
    assert!(futures::poll!(&mut second).is_pending());
    assert!(costly.enter(at("ann", ELSEWHERE)).now_or_never().expect("at once").is_ok());
    assert!(futures::poll!(&mut second).is_pending());
}

#[tokio::test(start_paused = true)]
async fn one_person_has_no_more_from_many_addresses() {
    let costly = room(Bounds { at_once: 2, ..Bounds::default() });
    let _first = costly.enter(at("mallory", HERE)).await.unwrap();
    let mut more: Vec<_> =
        (0..17).map(|number| Box::pin(costly.enter(at("mallory", [192, 0, 2, 100 + number])))).collect();
    let refused = more.iter_mut().filter_map(|one| one.as_mut().now_or_never()).filter(Result::is_err).count();
    assert_eq!(refused, 1);
    assert!(costly.enter(at("ann", ELSEWHERE)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_number_is_that_of_the_turn() {
    let costly = room(Bounds { at_once: 1, ..Bounds::default() });
    let place = costly.enter(at("mallory", HERE)).await.unwrap();
    let waiting = fill(&costly, 2);
    let number = |fault: &Fault| fault.words.split("number ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let mut ann = Box::pin(costly.enter(at("ann", ELSEWHERE)));
    assert!(futures::poll!(&mut ann).is_pending());
    let ann = ann.await.err().unwrap();
    assert_eq!(number(&ann), "2", "one of the address that came before, whatever else of it waits");
    drop((waiting, place));
    assert!(is_empty(&costly));
}

#[tokio::test(start_paused = true)]
async fn at_the_bound_nobody_more_waits() {
    let costly = room(Bounds { at_once: 1, waiting: 1, ..Bounds::default() });
    let _place = costly.enter(person("a")).await.unwrap();
    let mut waits = Box::pin(costly.enter(person("b")));
    assert!(futures::poll!(&mut waits).is_pending());
    let began = Instant::now();
    let fault = costly.enter(person("c")).await.err().unwrap();
    assert!(fault.words.contains("number 2 ") && fault.can_retry(), "{}", fault.words);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_frees_what_they_had() {
    let costly = room(Bounds { at_once: 1, ..Bounds::default() });
    let place = costly.enter(person("a")).await.unwrap();
    let mut gives_up = Box::pin(costly.enter(person("b")));
    let mut called = Box::pin(costly.enter(person("c")));
    assert!(futures::poll!(&mut gives_up).is_pending());
    assert!(futures::poll!(&mut called).is_pending());
    drop(gives_up);
    drop(place);
    // It is their turn, and they do not know it yet.
    drop(called);
    assert!(is_empty(&costly));
    assert!(costly.enter(person("d")).await.is_ok());
}

#[tokio::test]
async fn work_that_nobody_waits_for_ends_and_its_place_is_free() {
    let costly = room(Bounds { at_once: 1, time: Duration::from_secs(600), ..Bounds::default() });
    let place = costly.enter(person("a")).await.unwrap();
    let (begun, has_begun) = oneshot::channel();
    let ended = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&ended);
    let work = tokio::spawn(place.run(move |budget| {
        let _ = begun.send(());
        while !budget.is_spent() {
            std::thread::yield_now();
        }
        ends.store(true, Ordering::SeqCst);
        budget.check()
    }));
    has_begun.await.unwrap();
    work.abort();
    // Only when it has ended is there a place.
    let _place = costly.enter(person("b")).await.unwrap();
    assert!(ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn work_ends_when_its_time_is_over() {
    let costly = room(Bounds { time: Duration::from_millis(20), ..Bounds::default() });
    let place = costly.enter(Who::default()).await.unwrap();
    let fault = place
        .run(|budget| -> Result<(), Fault> {
            loop {
                budget.check()?;
            }
        })
        .await
        .unwrap_err();
    assert!(!fault.can_retry(), "it would be the same again");
    assert!(is_empty(&costly));
}

#[tokio::test]
async fn work_that_breaks_off_frees_its_place() {
    let costly = room(Bounds { at_once: 1, ..Bounds::default() });
    let broken = costly.enter(person("a")).await.unwrap().run(|_| -> Result<(), Fault> { panic!("on purpose") });
    assert_eq!(broken.await, Err(Fault::internal()));
    assert!(is_empty(&costly));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_people_come_and_go_no_place_is_lost_and_none_is_given_twice() {
    let costly = room(Bounds { at_once: 3, patience: Duration::from_micros(300), ..Bounds::default() });
    let working = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let people: Vec<_> = (0..24)
        .map(|number| {
            let (costly, working) = (costly.clone(), Arc::clone(&working));
            tokio::spawn(async move {
                for round in 0..100_u64 {
                    let who = person(&format!("p{}", number % 8));
                    // Some give up before they are told anything.
                    let came = timeout(Duration::from_micros(100 + 37 * (round % 11)), costly.enter(who)).await;
                    if let Ok(Ok(place)) = came {
                        assert!(working.fetch_add(1, Ordering::SeqCst) < 3);
                        tokio::task::yield_now().await;
                        working.fetch_sub(1, Ordering::SeqCst);
                        drop(place);
                    }
                }
            })
        })
        .collect();
    for one in people {
        one.await.unwrap();
    }
    assert!(is_empty(&costly));
}
