//! What must hold of everything that happened, whatever went wrong meanwhile. Pure: it is handed a history, and says
//! what in it breaks a promise.

use sputnik::{ClientId, Epoch, Position, protocol::message::Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What one client met, in order.
#[derive(Debug, Clone)]
pub enum Event {
    /// It asked for what comes after this: on a new connection, with the next poll, or after a snapshot.
    Asked(Position),
    /// An entry came.
    Came(Position, String),
    /// It was told of a gap.
    Gap,
    /// It has a new snapshot.
    Snapshot(Position),
}

/// What one client met, and what it made of it.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub who: String,
    /// Which clients it was: after a reload another.
    pub clients: Vec<ClientId>,
    pub events: Vec<Event>,
    /// What was said for ever, as this client folded it in.
    pub texts: Vec<String>,
    /// Where it stood at the end.
    pub at: Option<Position>,
    /// What it was told took effect, each with its version.
    pub acknowledged: Vec<(String, u64)>,
    /// What it was told did not.
    pub refused: Vec<String>,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub struct History {
    pub clients: Vec<Told>,
    /// The logs of the room as an onlooker beside the nodes read them, by epoch and offset.
    pub logs: HashMap<Epoch, BTreeMap<u64, String>>,
    /// Where the log stood at the end.
    pub top: Option<Position>,
    /// What the database has, in the order of commits.
    pub committed: Vec<String>,
    /// What was written under the pen, in the order of commits: the fence and the client.
    pub written: Vec<(u64, ClientId)>,
}

impl History {
    /// What of this breaks a promise, in words; empty when all were kept.
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let logs = self.merged(&mut broken);
        for client in &self.clients {
            broken.extend(sequence(client));
            broken.extend(self.fold(client));
            broken.extend(self.effects(client));
        }
        let twice = doubles(self.committed.iter());
        broken.extend(twice.map(|text| format!("{text:?} took effect more than once")));
        for (epoch, log) in &logs {
            let last = self.top.as_ref().is_some_and(|top| top.epoch == *epoch);
            broken.extend(whole(epoch, log));
            broken.extend(versions(epoch, log));
            broken.extend(presence(epoch, log, last));
            broken.extend(locks(epoch, log));
        }
        broken.extend(self.fences());
        broken
    }

    /// The logs as anybody saw them: the onlooker may not have read the end of one that was lost.
    fn merged(&self, broken: &mut Vec<String>) -> HashMap<Epoch, BTreeMap<u64, Entry>> {
        let mut texts: HashMap<&Epoch, BTreeMap<u64, &String>> = HashMap::new();
        let onlooker =
            self.logs.iter().flat_map(|(epoch, log)| log.iter().map(move |(offset, text)| (epoch, *offset, text)));
        let came = self.clients.iter().flat_map(|client| &client.events).filter_map(|event| match event {
            Event::Came(at, text) => Some((&at.epoch, at.offset, text)),
            _ => None,
        });
        for (epoch, offset, text) in onlooker.chain(came) {
            let first = *texts.entry(epoch).or_default().entry(offset).or_insert(text);
            if first != text {
                broken.push(format!("two entries stand at {epoch}:{offset}: {first} and {text}"));
            }
        }
        let read = |(offset, text): (u64, &String)| (offset, serde_json::from_str(text).expect("an entry"));
        texts.into_iter().map(|(epoch, log)| (epoch.clone(), log.into_iter().map(read).collect())).collect()
    }

    /// What a client has at the end is what the database has, and it stands where the log does.
    fn fold(&self, client: &Told) -> Option<String> {
        let who = &client.who;
        if client.at != self.top {
            return Some(format!("{who} ended at {:?}, and the log at {:?}", client.at, self.top));
        }
        let differs = (0..client.texts.len().max(self.committed.len()))
            .find(|n| client.texts.get(*n) != self.committed.get(*n))?;
        let (is, should) = (client.texts.get(differs), self.committed.get(differs));
        Some(format!("{who} has {is:?} as number {differs}, and the database {should:?}"))
    }

    fn effects(&self, client: &Told) -> Vec<String> {
        let who = &client.who;
        let wrong = |(text, version): &&(String, u64)| {
            let index = usize::try_from(*version).unwrap_or_default().wrapping_sub(1);
            self.committed.get(index) != Some(text)
        };
        let lost = client.acknowledged.iter().filter(wrong);
        let done: HashSet<&String> = self.committed.iter().collect();
        let undone = client.refused.iter().filter(|text| done.contains(text));
        lost.map(|(text, version)| format!("{who} was told that {text:?} is number {version}, and it is not"))
            .chain(undone.map(|text| format!("{who} was told that {text:?} was refused, and it was done")))
            .collect()
    }

    /// What was written was written under fences that rise, each of one client, or of what a tab was one after the other.
    fn fences(&self) -> Vec<String> {
        let became = |one: &ClientId, other: &ClientId| {
            self.clients.iter().any(|told| {
                let place = |client| told.clients.iter().position(|known| known == client);
                place(one).zip(place(other)).is_some_and(|(one, other)| one < other)
            })
        };
        let is_right = |(before, one): &(u64, ClientId), (fence, other): &(u64, ClientId)| {
            fence > before || (fence == before && (one == other || became(one, other)))
        };
        let wrong = self.written.windows(2).filter(|pair| !is_right(&pair[0], &pair[1]));
        wrong.map(|pair| format!("after {:?} wrote, {:?} did", pair[0], pair[1])).collect()
    }
}

fn doubles<'a>(some: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a String> {
    let mut seen = HashSet::new();
    some.filter(move |one| !seen.insert(*one))
}

/// What comes after what was asked for is the very next, and so on; after a gap comes nothing until one asks anew.
fn sequence(client: &Told) -> Vec<String> {
    let who = &client.who;
    let mut broken = Vec::new();
    let (mut at, mut gap): (Option<&Position>, bool) = (None, false);
    for event in &client.events {
        match event {
            Event::Asked(after) => (at, gap) = (Some(after), false),
            Event::Gap => gap = true,
            Event::Snapshot(_) => {}
            Event::Came(new, _) => {
                if gap {
                    broken.push(format!("{who} was told of a gap, and then {new:?} came"));
                } else if at.is_none_or(|at| !new.follows(at)) {
                    broken.push(format!("{who} stood at {at:?}, and then {new:?} came"));
                }
                at = Some(new);
            }
        }
    }
    // Where one goes on asking is where one came to, unless there was a snapshot in between.
    let mut came: Option<&Position> = None;
    for event in &client.events {
        match event {
            Event::Asked(after) if came.is_some_and(|came| came != after) => {
                broken.push(format!("{who} came to {came:?} and went on from {after:?}"));
                came = Some(after);
            }
            Event::Asked(at) | Event::Came(at, _) | Event::Snapshot(at) => came = Some(at),
            Event::Gap => {}
        }
    }
    broken
}

/// Without all of it, nothing could be said of the rest.
fn whole(epoch: &Epoch, log: &BTreeMap<u64, Entry>) -> Option<String> {
    let mut expected = 1..;
    let missing = log.keys().find_map(|offset| expected.next().filter(|expected| expected != offset))?;
    Some(format!("nobody saw what stands at {epoch}:{missing}, and more came after it"))
}

/// A committed message stands in a log once, in the order of commits.
fn versions(epoch: &Epoch, log: &BTreeMap<u64, Entry>) -> Vec<String> {
    let versions = log.values().filter_map(|entry| match entry {
        Entry::Said(said) => said.version,
        _ => None,
    });
    let versions: Vec<u64> = versions.collect();
    // Not without a hole: what was published to a log that was lost is not published again.
    let wrong = versions.windows(2).filter(|pair| pair[1] <= pair[0]);
    wrong.map(|pair| format!("in {epoch}, version {} was published after {}", pair[1], pair[0])).collect()
}

/// A client joins once and leaves once, one after the other; in the last log all have left at the end.
fn presence(epoch: &Epoch, log: &BTreeMap<u64, Entry>, last: bool) -> Vec<String> {
    let (mut here, mut broken) = (BTreeSet::new(), Vec::new());
    for (offset, entry) in log {
        let wrong = match entry {
            Entry::Joined { who, replaces } => {
                let absent = replaces
                    .as_ref()
                    .filter(|old| !here.remove(*old))
                    .map(|old| format!("{old} was replaced and not here"));
                let new = here.insert(who.client.clone());
                absent.or_else(|| (!new && replaces.is_none()).then(|| format!("{} joined twice", who.client)))
            }
            Entry::Left { client } => (!here.remove(client)).then(|| format!("{client} left and was not here")),
            Entry::Moved { client, .. } => (!here.contains(client)).then(|| format!("{client} moved and was not here")),
            Entry::Lock(state) => state
                .holder
                .as_ref()
                .filter(|holder| !here.contains(*holder))
                .map(|holder| format!("{holder} holds {} and is not here", state.name)),
            Entry::Said(_) | Entry::Recheck | Entry::Unknown(_) => None,
        };
        broken.extend(wrong.map(|wrong| format!("at {epoch}:{offset}, {wrong}")));
    }
    if last {
        broken.extend(here.into_iter().map(|ghost| format!("{ghost} never left")));
    }
    broken
}

/// Every holding has a fence of its own, above all before it.
fn locks(epoch: &Epoch, log: &BTreeMap<u64, Entry>) -> Vec<String> {
    let mut broken = Vec::new();
    // Who holds a fence now: who takes another's place holds what it held.
    let mut holders: BTreeMap<u64, ClientId> = BTreeMap::new();
    for (offset, entry) in log {
        match entry {
            Entry::Joined { who, replaces: Some(old) } => {
                for holder in holders.values_mut().filter(|holder| *holder == old) {
                    *holder = who.client.clone();
                }
            }
            Entry::Lock(state) => {
                let Some(holder) = &state.holder else { continue };
                let newest = holders.last_key_value().map_or(0, |(fence, _)| *fence);
                match holders.get(&state.fence) {
                    Some(other) if other != holder => {
                        broken.push(format!(
                            "at {epoch}:{offset}, {holder} got fence {}, which is {other}'s",
                            state.fence
                        ));
                    }
                    None if state.fence <= newest => {
                        broken.push(format!("at {epoch}:{offset}, fence {} was given after {newest}", state.fence));
                    }
                    _ => drop(holders.insert(state.fence, holder.clone())),
                }
            }
            _ => {}
        }
    }
    broken
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
