//! Histories in which a promise is broken, and that each is found out.

use super::*;
use serde_json::{Value, json};

fn epoch() -> Epoch {
    "e".parse().unwrap()
}

fn at(offset: u64) -> Position {
    Position::new(epoch(), offset)
}

fn said(text: &str, version: u64) -> Value {
    json!({ "said": { "version": version, "body": text } })
}

fn joined(client: &str) -> Value {
    json!({ "joined": { "who": { "client": client, "name": client }, "replaces": null } })
}

fn left(client: &str) -> Value {
    json!({ "left": { "client": client } })
}

fn lock(fence: u64, holder: &str) -> Value {
    json!({ "lock": { "name": "pen", "fence": fence, "holder": holder, "queue": [] } })
}

/// Ann comes, says two things, holds the pen, and leaves; Ben hears it all, the end by another poll.
fn good() -> History {
    history(&[joined("ann"), said("one", 1), lock(7, "ann"), said("two", 2), left("ann"), said("three", 3)])
}

fn history(log: &[Value]) -> History {
    let log: BTreeMap<u64, String> = (1..).zip(log.iter().map(Value::to_string)).collect();
    let top = at(log.len() as u64);
    let came = |from: u64, to: u64| {
        let some = log.iter().filter(move |(offset, _)| (from..=to).contains(offset));
        some.map(|(offset, text)| Event::Came(at(*offset), text.clone()))
    };
    let mut events = vec![Event::Snapshot(at(0)), Event::Asked(at(0))];
    events.extend(came(1, 3));
    events.push(Event::Asked(at(3)));
    events.extend(came(4, top.offset));
    let texts = ["one", "two", "three"].map(String::from);
    let ben = Told {
        who: "ben".into(),
        clients: vec!["ben".parse().unwrap()],
        events,
        texts: texts.to_vec(),
        at: Some(top.clone()),
        acknowledged: vec![("two".into(), 2)],
        refused: vec!["four".into()],
    };
    History {
        clients: vec![ben],
        logs: HashMap::from([(epoch(), log)]),
        top: Some(top),
        committed: texts.to_vec(),
        written: vec![(7, "ann".parse().unwrap()), (7, "ann".parse().unwrap()), (9, "ben".parse().unwrap())],
    }
}

/// It is found out, in these words.
fn is_broken(history: &History, words: &str) {
    let broken = history.broken();
    assert!(broken.iter().any(|one| one.contains(words)), "{words:?} is not among {broken:#?}");
}

#[test]
fn a_good_history_breaks_nothing() {
    assert_eq!(good().broken(), Vec::<String>::new());
}

#[test]
fn a_lost_message_is_found() {
    let mut history = good();
    history.clients[0].events.remove(3);
    is_broken(&history, "and then");
}

#[test]
fn a_doubled_message_is_found() {
    let mut history = good();
    let again = history.clients[0].events[3].clone();
    history.clients[0].events.insert(4, again);
    is_broken(&history, "and then");
}

#[test]
fn two_orders_are_found() {
    let mut history = good();
    let Event::Came(_, text) = &mut history.clients[0].events[3] else { panic!("an entry") };
    *text = said("another", 1).to_string();
    is_broken(&history, "two entries stand at");
}

#[test]
fn messages_after_a_gap_are_found() {
    let mut history = good();
    history.clients[0].events.insert(4, Event::Gap);
    is_broken(&history, "was told of a gap, and then");
}

#[test]
fn a_gap_that_is_told_excuses_what_is_missing() {
    let mut history = good();
    let events = &mut history.clients[0].events;
    events.splice(3..6, [Event::Gap, Event::Snapshot(at(3)), Event::Asked(at(3))]);
    assert_eq!(history.broken(), Vec::<String>::new());
}

#[test]
fn going_on_where_one_did_not_come_to_is_found() {
    let mut history = good();
    history.clients[0].events[5] = Event::Asked(at(2));
    is_broken(&history, "went on from");
}

#[test]
fn a_fold_that_differs_is_found() {
    let mut history = good();
    history.clients[0].texts.swap(0, 1);
    is_broken(&history, "as number 0");
    let mut history = good();
    history.clients[0].texts.pop();
    is_broken(&history, "as number 2");
}

#[test]
fn a_reader_left_behind_is_found() {
    let mut history = good();
    history.clients[0].at = Some(at(5));
    is_broken(&history, "ended at");
}

#[test]
fn a_command_acknowledged_and_lost_or_refused_and_done_is_found() {
    let mut history = good();
    history.clients[0].acknowledged.push(("five".into(), 4));
    is_broken(&history, "and it is not");
    let mut history = good();
    history.clients[0].refused.push("one".into());
    is_broken(&history, "and it was done");
}

#[test]
fn a_command_done_twice_is_found() {
    let mut history = good();
    history.committed.push("one".into());
    is_broken(&history, "took effect more than once");
}

#[test]
fn a_message_published_twice_is_found() {
    is_broken(&history(&[joined("ann"), said("one", 1), left("ann"), said("one", 1)]), "was published after");
}

#[test]
fn a_hole_in_what_is_known_is_found() {
    let mut history = good();
    history.logs.get_mut(&epoch()).unwrap().remove(&2);
    history.clients[0].events.remove(3);
    is_broken(&history, "nobody saw");
}

#[test]
fn ghosts_are_found() {
    is_broken(&history(&[joined("ann"), said("one", 1), said("two", 2), said("three", 3)]), "ann never left");
    is_broken(&history(&[joined("ann"), left("ann"), left("ann")]), "ann left and was not here");
    is_broken(&history(&[joined("ann"), joined("ann"), left("ann")]), "ann joined twice");
    is_broken(&history(&[joined("ann"), left("ann"), lock(3, "ann")]), "and is not here");
}

#[test]
fn one_fence_of_two_holders_is_found() {
    let both = [joined("ann"), joined("ben"), lock(3, "ann"), lock(3, "ben"), left("ann"), left("ben")];
    is_broken(&history(&both), "which is ann's");
    let back = [joined("ann"), joined("ben"), lock(3, "ann"), lock(2, "ben"), left("ann"), left("ben")];
    is_broken(&history(&back), "was given after");
}

#[test]
fn a_reload_takes_its_fence_along() {
    let takes = json!({ "joined": { "who": { "client": "eve", "name": "eve" }, "replaces": "ann" } });
    let broken = history(&[joined("ann"), lock(3, "ann"), takes, lock(3, "eve"), left("eve")]).broken();
    assert!(!broken.iter().any(|one| one.contains("fence") || one.contains("left")), "{broken:#?}");
}

#[test]
fn a_write_of_one_who_lost_the_pen_is_found() {
    let mut history = good();
    history.written.push((7, "ann".parse().unwrap()));
    is_broken(&history, "wrote");
}

#[test]
fn what_a_tab_was_before_it_was_loaded_anew_writes_no_more() {
    let mut history = good();
    history.clients[0].clients = vec!["ann".parse().unwrap(), "eve".parse().unwrap()];
    history.written = ["ann", "eve"].map(|client| (9, client.parse().unwrap())).to_vec();
    assert_eq!(history.broken(), Vec::<String>::new(), "it is one tab");
    history.written.push((9, "ann".parse().unwrap()));
    is_broken(&history, "wrote");
}

#[test]
fn a_fence_under_which_two_tabs_wrote_is_found() {
    let mut history = good();
    history.written.push((9, "eve".parse().unwrap()));
    is_broken(&history, "wrote");
}
