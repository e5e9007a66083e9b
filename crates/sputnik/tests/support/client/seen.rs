//! What a page was told, kept as a browser keeps it.

use super::read;
use serde_json::Value;
use sputnik::{
    ChannelName, ClientId, Fault, LockName, LockState, Position, Roster, Uid,
    client::inbox::{Inbox, Take},
    protocol::{
        frame::{Follow, ServerFrame},
        message::{Audience, Entry},
    },
};
use std::collections::BTreeMap;

/// What a page was told of one channel it follows.
#[derive(Debug, Default)]
pub struct Channel {
    pub(super) present: Option<Value>,
    pub(super) wants_roster: bool,
    pub(super) inbox: Option<Inbox>,
    /// As what its snapshot was fetched.
    pub(super) within: Option<bool>,
    /// How often it was told that it follows.
    pub following: usize,
    /// Who is here and who holds what: what was told at first, and every entry folded in.
    pub roster: Option<Roster>,
    /// Every entry, once and in order, as a browser folds them in.
    pub entries: Vec<(u64, Entry)>,
    /// Every offset that came, doubles and all.
    pub came: Vec<u64>,
    /// Every gap it was told of, with where the log stood.
    pub gaps: Vec<Position>,
    /// Every hole it found that it was not told of: never one.
    pub holes: Vec<u64>,
    pub ended: Option<Fault>,
    pub whispers: Vec<(ClientId, Value)>,
}

impl Channel {
    pub fn at(&self) -> Option<&Position> {
        self.inbox.as_ref().map(Inbox::at)
    }

    /// What was said, in order, without what was for everyone but `me`.
    fn said(&self, me: Option<&ClientId>) -> Vec<String> {
        let said = self.entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Said(said) if said.to == Audience::Others && said.from.as_ref() == me => None,
            Entry::Said(said) => serde_json::from_str(said.body.get()).ok(),
            _ => None,
        });
        said.collect()
    }

    /// How often a client is told to have joined, and to have left.
    pub fn comings_and_goings(&self, of: &ClientId) -> (usize, usize) {
        let count = |is: &dyn Fn(&Entry) -> bool| self.entries.iter().filter(|(_, entry)| is(entry)).count();
        (
            count(&|entry| matches!(entry, Entry::Joined { who, .. } if who.client == *of)),
            count(&|entry| matches!(entry, Entry::Left { client } if client == of)),
        )
    }

    pub fn is_here(&self, client: &ClientId) -> bool {
        self.roster.as_ref().is_some_and(|roster| roster.find(client).is_some())
    }

    pub fn lock(&self, name: &str) -> Option<LockState> {
        let name: LockName = name.parse().unwrap();
        self.roster.as_ref()?.lock(&name).cloned()
    }
}

/// Everything a page was told.
#[derive(Debug, Default)]
pub struct Seen {
    pub client: Option<ClientId>,
    pub channels: BTreeMap<ChannelName, Channel>,
    pub replies: BTreeMap<Uid, Result<Value, Fault>>,
    /// In the order in which they came.
    pub reply_order: Vec<u64>,
    pub faults: Vec<Fault>,
    pub bye: Option<u32>,
    pub pings: usize,
    /// How many polls were answered.
    pub polls: usize,
    /// Why the connection ended, if it did by itself.
    pub ended: Option<String>,
}

impl Seen {
    pub fn channel(&self, name: &str) -> &Channel {
        let name: ChannelName = name.parse().unwrap();
        self.channels.get(&name).unwrap_or_else(|| panic!("{name} was never followed"))
    }

    /// What was said on a channel, in order.
    pub fn said(&self, name: &str) -> Vec<String> {
        self.channel(name).said(self.client.as_ref())
    }

    pub(super) fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Welcome(welcome) => self.client = Some(welcome.client),
            ServerFrame::Following { channel, at, roster } => {
                let channel = self.channels.entry(channel).or_default();
                channel.following += 1;
                channel.inbox.get_or_insert_with(|| Inbox::new(at, 0));
                if roster.is_some() {
                    channel.roster = roster;
                }
            }
            ServerFrame::Entry { channel, epoch, offset, entry } => {
                // What was on its way when the page stopped following.
                let Some(channel) = self.channels.get_mut(&channel) else { return };
                channel.came.push(offset);
                let at = Position::new(epoch, offset);
                if let Some(roster) = &mut channel.roster {
                    roster.apply(&at, &entry);
                }
                let inbox = channel.inbox.as_mut().expect("an entry comes after where it follows is known");
                match inbox.take(&at, None) {
                    Take::Fold => channel.entries.push((offset, entry)),
                    Take::PassOver => {}
                    Take::Gap => channel.holes.push(offset),
                }
            }
            ServerFrame::Gap { channel, at } => {
                let channel = self.channels.entry(channel).or_default();
                channel.gaps.push(at);
                channel.inbox.as_mut().map(Inbox::gap);
            }
            ServerFrame::Ended { channel, fault } => self.channels.entry(channel).or_default().ended = Some(fault),
            ServerFrame::Reply { uid, status, body } => {
                self.reply_order.push(uid.0);
                self.replies.insert(uid, read(&(status, body.get().to_owned())));
            }
            ServerFrame::Whisper { channel, from, body } => {
                self.channels.entry(channel).or_default().whispers.push((from, body));
            }
            ServerFrame::Ping => self.pings += 1,
            ServerFrame::Bye { after_ms } => self.bye = Some(after_ms),
            ServerFrame::Fault(fault) => self.faults.push(fault),
            ServerFrame::Unknown(json) => panic!("{json} is no frame"),
        }
    }

    /// What to follow, from where. Polls ask for the roster only where it is not known.
    pub(super) fn follows(&self, polls: bool) -> Vec<Follow> {
        let live = self.channels.iter().filter(|(_, channel)| channel.ended.is_none());
        let live = live.filter(|(_, channel)| channel.inbox.as_ref().is_none_or(|inbox| !inbox.waits_for_snapshot()));
        live.map(|(name, channel)| Follow {
            channel: name.clone(),
            after: channel.at().cloned(),
            present: channel.present.clone(),
            roster: channel.wants_roster && !(polls && channel.roster.is_some()),
            within: channel.within,
        })
        .collect()
    }
}
