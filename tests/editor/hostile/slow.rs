//! Edits that are sound, and made to take long.

use super::{
    BOUND,
    made::{At, H, a_text, attribute, edit, edits, element, item, mark, number, text, words},
};
use sputnik_editor::document::{Document, Edit, Refused, html::html};
use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

/// By name.
fn slow() -> Vec<(&'static str, Vec<u8>)> {
    let many = 60_000;
    let tiny = |place: &dyn Fn(u32) -> At| -> Vec<u8> {
        let mut all = a_text();
        all.push(words(At::In((H, 1)), &"a".repeat(100_000)));
        all.extend((0..many).map(|n| words(place(n), "b")));
        edit(H, 0, &all, &[])
    };
    let attributes = |count: u32| {
        let first = [element(At::Top, "figure"), attribute((H, 0), "alt", "a")];
        let more = (1..count).map(|n| {
            let mut content = vec![1, 119];
            text("b", &mut content);
            item(8, At::After((H, n)), &content)
        });
        edit(H, 0, &first.into_iter().chain(more).collect::<Vec<_>>(), &[])
    };
    let gone = {
        let mut bytes = edit(H, 0, &[a_text(), vec![words(At::In((H, 1)), &"a".repeat(400_000))]].concat(), &[]);
        bytes.pop();
        number(1, &mut bytes);
        number(H, &mut bytes);
        number(150_000, &mut bytes);
        for n in 0..150_000 {
            number(2 + 2 * n, &mut bytes);
            bytes.push(1);
        }
        bytes
    };
    vec![
        ("each after the one before", tiny(&|n| At::After((H, 100_001 + n)))),
        ("each at the same place, before another", tiny(&|n| At::Before((H, 2 + n)))),
        ("each at the same place, the farthest first", tiny(&|n| At::Before((H, 2 + many - n)))),
        ("each after the first, before another", tiny(&|n| At::Between((H, 2), (H, 4 + n)))),
        ("each at the end", tiny(&|_| At::After((H, 100_001)))),
        ("marks that begin and never end", {
            let mut all = a_text();
            all.push(words(At::In((H, 1)), &"a".repeat(50_000)));
            all.extend(
                (0..many / 2).map(|n| mark(At::After((H, 2 + n)), "strong", if n % 2 == 0 { "{}" } else { "null" })),
            );
            edit(H, 0, &all, &[])
        }),
        ("an attribute set again and again", attributes(60_000)),
        ("every other letter gone", gone),
        ("many hands at one place", {
            let one = [element(At::Top, "paragraph")];
            edits(&(0..64).map(|n| (H + n, 0, &one[..])).collect::<Vec<_>>(), &[])
        }),
        ("very many paragraphs", {
            let all: Vec<_> =
                (0..60_000)
                    .map(|n| {
                        if n == 0 { element(At::Top, "paragraph") } else { element(At::After((H, n - 1)), "paragraph") }
                    })
                    .collect();
            edit(H, 0, &all, &[])
        }),
    ]
}

#[test]
fn an_edit_that_is_made_to_take_long_is_given_up() {
    let mut slowest = (Duration::ZERO, "");
    for (name, bytes) in slow() {
        let mut document = Document::default();
        let begun = time_used();
        let taken = Edit::read(&bytes).and_then(|edit| document.take_in(edit));
        let took = time_used() - begun;
        println!("{name}: {} bytes, {took:?}, {taken:?}", bytes.len());
        assert!(matches!(taken, Ok(_) | Err(Refused::Slow | Refused::Full | Refused::TooLarge)), "{name}: {taken:?}");
        if taken.is_ok() {
            let begun = Instant::now();
            let again = Document::load(&[], [bytes.as_slice()].into_iter()).unwrap();
            println!("    loaded in {:?}, shown in {:?}", begun.elapsed(), {
                let begun = Instant::now();
                drop(html(&again.nodes()));
                begun.elapsed()
            });
        }
        slowest = slowest.max((took, name));
    }
    assert!(slowest.0 < BOUND, "{slowest:?}");
}

/// How long this thread has worked, as Linux says it: what waits for others is not slow.
fn time_used() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let said = said.and_then(|said| said.split(' ').next().and_then(|first| first.parse().ok()));
    said.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}
