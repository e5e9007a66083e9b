//! Presence in memory.

use super::{
    Memory,
    channel::{Channel, Seat},
};
use crate::{
    protocol::{
        message::Entry,
        names::{ChannelName, ClientId, LockName},
        roster::{Present, Roster},
    },
    server::broker::{Answer, BrokerError, Claim, Joined, Limits, Party, Presence},
};
use serde_json::Value;
use std::{cmp::Reverse, time::Duration};
use tokio::time::Instant;

#[async_trait::async_trait]
impl Presence for Memory {
    async fn roster(&self, channel: &ChannelName) -> Answer<Roster> {
        Ok(self.step(channel, |it, _| it.roster()))
    }

    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<Joined> {
        self.step(channel, |it, now| it.join(who, claim, replaces, lease, &self.limits, now))
    }

    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool> {
        Ok(self.step(channel, |it, now| it.show(client, state, now)))
    }

    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>> {
        let renew = |(channel, client)| self.step(channel, |it, now| it.renew(client, lease, now));
        Ok(leases.iter().map(|(channel, client)| renew((channel, client))).collect())
    }

    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()> {
        self.step(channel, |it, now| it.part(client, grace, now));
        Ok(())
    }
}

impl Channel {
    /// Lets leave everyone whose lease has run out. Every step on presence and locks begins with this.
    pub(super) fn expire(&mut self, now: Instant) {
        let mut gone = Vec::new();
        while let Some((due, _)) = self.deadlines.first() {
            if *due > now {
                break;
            }
            let Some((_, client)) = self.deadlines.pop_first() else { break };
            self.unseat(&client);
            gone.push(client);
        }
        self.say_left(&gone, now);
    }

    /// Appends that these, who are not present any more, left, and passes on what they held.
    fn say_left(&mut self, gone: &[ClientId], now: Instant) {
        for client in gone {
            self.tell(&Entry::Left { client: client.clone() }, now);
        }
        if gone.is_empty() {
            return;
        }
        let names: Vec<LockName> = self.locks.keys().cloned().collect();
        for name in names {
            let Some(held) = self.locks.get_mut(&name) else {
                continue;
            };
            let waited = held.queue.len();
            held.queue.retain(|client| self.present.contains_key(client));
            if !self.present.contains_key(&held.holder) {
                self.pass_on(&name, now);
            } else if held.queue.len() != waited {
                self.tell_lock(&name, now);
            }
        }
    }

    /// Seats a client who came now.
    fn seat(&mut self, who: &Present, claim: &Claim, due: Instant) {
        self.unseat(&who.client);
        self.arrivals += 1;
        let arrival = self.arrivals;
        self.ranks.insert((claim.rank, Reverse(arrival), who.client.clone()));
        for party in &claim.parties {
            *self.parties.entry(party.clone()).or_default() += 1;
        }
        self.deadlines.insert((due, who.client.clone()));
        let seat = Seat { who: who.clone(), claim: claim.clone(), arrival, due, leaving: false };
        self.present.insert(who.client.clone(), seat);
    }

    /// Takes a client's seat away without a word.
    fn unseat(&mut self, client: &ClientId) {
        let Some(seat) = self.present.remove(client) else { return };
        self.deadlines.remove(&(seat.due, client.clone()));
        self.ranks.remove(&(seat.claim.rank, Reverse(seat.arrival), client.clone()));
        for party in &seat.claim.parties {
            if let Some(count) = self.parties.get_mut(party) {
                *count -= 1;
                if *count == 0 {
                    self.parties.remove(party);
                }
            }
        }
    }

    fn set_rank(&mut self, client: &ClientId, rank: u8) {
        if let Some(seat) = self.present.get_mut(client).filter(|seat| seat.claim.rank != rank) {
            self.ranks.remove(&(seat.claim.rank, Reverse(seat.arrival), client.clone()));
            self.ranks.insert((rank, Reverse(seat.arrival), client.clone()));
            seat.claim.rank = rank;
        }
    }

    /// Makes room for a newcomer, if there is none: whoever counts for less leaves.
    fn make_room(&mut self, claim: &Claim, limits: &Limits, now: Instant) -> Answer<()> {
        let has_all = |party: &Party| self.parties.get(party).is_some_and(|count| *count >= limits.of(party));
        if claim.parties.iter().any(has_all) {
            return Err(BrokerError::Full("as many clients of one browser, user or address are present as may"));
        }
        if self.present.len() < limits.present {
            return Ok(());
        }
        let Some((_, _, least)) = self.ranks.first().filter(|(rank, ..)| *rank < claim.rank).cloned() else {
            return Err(BrokerError::Full("as many clients are present in the channel as may"));
        };
        self.unseat(&least);
        self.say_left(&[least], now);
        Ok(())
    }

    /// Moves a present client's deadline.
    fn set_due(&mut self, client: &ClientId, due: Instant, leaving: bool) {
        if let Some(seat) = self.present.get_mut(client) {
            self.deadlines.remove(&(seat.due, client.clone()));
            self.deadlines.insert((due, client.clone()));
            (seat.due, seat.leaving) = (due, leaving);
        }
    }

    pub(super) fn join(
        &mut self,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
        limits: &Limits,
        now: Instant,
    ) -> Answer<Joined> {
        let leaving = |old: &ClientId| self.present.get(old).is_some_and(|seat| seat.leaving);
        let replaces = replaces.filter(|old| **old != who.client && leaving(old));
        if let Some(old) = replaces {
            self.give_place(old, &who.client);
        }
        let shown = self.present.get(&who.client).map(|seat| &seat.who);
        let is_same = shown.is_some_and(|shown| (&shown.user, &shown.name) == (&who.user, &who.name));
        let said = replaces.is_some() || shown != Some(who);
        if replaces.is_none() && shown.is_none() {
            self.make_room(claim, limits, now)?;
        }
        if is_same && replaces.is_none() {
            self.show(&who.client, &who.state, now);
            self.set_rank(&who.client, claim.rank);
        } else {
            self.seat(who, claim, now);
            self.tell(&Entry::Joined { who: who.clone(), replaces: replaces.cloned() }, now);
        }
        self.touched = now;
        self.set_due(&who.client, now + lease, false);
        Ok(match (replaces, said) {
            (Some(_), _) => Joined::Replaced,
            (None, true) => Joined::Said,
            (None, false) => Joined::Already,
        })
    }

    /// Takes `old` away without a word and writes `new` wherever it held or waited: the same holdings, so the same
    /// fences. Where `new` stood already, the better of the two places is its own.
    fn give_place(&mut self, old: &ClientId, new: &ClientId) {
        self.unseat(old);
        for held in self.locks.values_mut() {
            for client in held.queue.iter_mut().chain([&mut held.holder]).filter(|client| *client == old) {
                client.clone_from(new);
            }
            let mut stands = held.holder == *new;
            held.queue.retain(|client| client != new || !std::mem::replace(&mut stands, true));
        }
    }

    pub(super) fn show(&mut self, client: &ClientId, state: &Value, now: Instant) -> bool {
        let Some(seat) = self.present.get_mut(client) else {
            return false;
        };
        if seat.who.state != *state {
            seat.who.state = state.clone();
            self.tell(&Entry::Moved { client: client.clone(), state: state.clone() }, now);
        }
        true
    }

    pub(super) fn renew(&mut self, client: &ClientId, lease: Duration, now: Instant) -> bool {
        if !self.present.contains_key(client) {
            return false;
        }
        self.touched = now;
        self.set_due(client, now + lease, false);
        true
    }

    pub(super) fn part(&mut self, client: &ClientId, grace: Duration, now: Instant) {
        let Some(seat) = self.present.get(client) else {
            return;
        };
        let due = seat.due.min(now + grace);
        self.set_due(client, due, true);
        if grace.is_zero() {
            self.expire(now);
        }
    }

    pub(super) fn roster(&self) -> Roster {
        let mut seats: Vec<&Seat> = self.present.values().collect();
        seats.sort_by_key(|seat| seat.arrival);
        Roster {
            at: self.top(),
            here: seats.into_iter().map(|seat| seat.who.clone()).collect(),
            locks: self.locks.keys().map(|name| self.lock(name)).collect(),
        }
    }
}
