//! What one connection listens to: the same for a socket, which lives long, and a poll, which lives for one request.

use crate::{
    protocol::{
        fault::Fault,
        frame::{ClientFrame, Follow, Hello, ServerFrame, Welcome},
        names::{ChannelName, ClientId},
        overview::Transport,
        position::Position,
        roster::{Present, Roster},
    },
    server::{
        broker::{BrokerError, Joined},
        browser::Visit,
        channels::{
            reader::Line,
            reader::{News, Reading},
            ring::{Feed, RING_ENTRIES},
        },
        gate::{Pass, User},
        metrics::Source,
        node::Node,
        presence::leases::End,
        rate_limit::Payers,
    },
};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How many entries of a channel are taken at a time: enough to be quick, little enough to be fair to the others.
const BATCH: usize = 64;
/// The largest thing a client whispers or shows, in bytes of JSON.
const SMALL: usize = 1_024;

/// What one connection listens to, and as whom.
pub(crate) struct Listener {
    node: Node,
    client: ClientId,
    /// The client the same tab was before a reload, and until when its place may be claimed.
    was: Option<(ClientId, Instant)>,
    user: Option<User>,
    payers: Payers,
    news: Arc<News>,
    follows: Vec<Following>,
    /// At which of them was looked last.
    next: usize,
    /// How it ends unless something else is said: see [`End`].
    end: End,
}

struct Following {
    channel: ChannelName,
    feed: Arc<Feed>,
    /// Up to where this connection was sent the log.
    at: Position,
    /// A gap was told: nothing is sent until the client follows from a new snapshot, but for the loss of its right.
    stalled: bool,
    /// Up to which whisper.
    whispered: u64,
    pass: Pass,
    present: Option<Present>,
    /// Whether there was a seat for it; nothing but room keeps it from being present.
    seated: bool,
    /// Whether the predecessor's place is still to be claimed.
    claims: bool,
    /// Whether it came with a position and nothing was read from there yet.
    recovers: bool,
}

pub(crate) fn frame(frame: &ServerFrame) -> Utf8Bytes {
    // A frame is made of strings, numbers and JSON: writing it cannot fail.
    serde_json::to_string(frame).unwrap_or_default().into()
}

impl Listener {
    /// Greets a client: as the one it says it is when that is this browser's, as a new one otherwise.
    pub(crate) async fn greet(node: &Node, request: &Parts, hello: Hello, end: End) -> Result<(Self, Welcome), Fault> {
        let Some(visit) = request.extensions.get::<Visit>() else {
            return Err(Fault::bad_request("A live page needs cookies: please allow them for this site."));
        };
        let client = match hello.client {
            Some(client) if visit.owns(&client) && !node.connections().is_ended(&client) => client,
            Some(_) => return Err(Fault::unknown_client()),
            None => visit.issue_client().map_err(|_| Fault::internal())?,
        };
        let was = hello.was.filter(|was| visit.owns(was) && *was != client);
        let was = was.map(|was| (was, Instant::now() + node.settings().claim()));
        let ended = node.users().ended();
        let user = node.gate().who(request).await?;
        let payers = Payers::of(user.as_ref(), Some(visit), &request.extensions);
        let news = Arc::new(News::default());
        // Anywhere: polls name their channels in the same order each time.
        let next = getrandom::u32().unwrap_or(0) as usize;
        if let Some(user) = &user {
            node.users().connected(&user.id, &news);
            if node.users().ended() != ended {
                // It may have been them, while it was found out who they are.
                news.ask_anew();
            }
        }
        node.leases().connected(visit, &client, node.settings().clients)?;
        let transport = if end == End::Cut { Transport::Socket } else { Transport::Poll };
        node.connections().opened(&client, user.as_ref(), transport, &news);
        let ping_ms = u32::try_from(node.settings().ping.as_millis()).unwrap_or(u32::MAX);
        let welcome =
            Welcome { client: client.clone(), ping_ms, user: Some(user.as_ref().map(|user| user.id.clone())) };
        let (node, follows) = (node.clone(), Vec::new());
        Ok((Self { node, client, was, user, payers, news, follows, next, end }, welcome))
    }

    pub(crate) fn client(&self) -> &ClientId {
        &self.client
    }

    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// It is a poll, has said all that it follows, and may wait for something.
    pub(crate) fn polls(&self, waits: bool) {
        self.node.connections().said(&self.client, &self.news, waits);
    }

    pub(crate) fn news(&self) -> &Arc<News> {
        &self.news
    }

    /// Does what a frame asks, and says what there is to answer at once.
    pub(crate) async fn hear(&mut self, heard: ClientFrame, out: &mut Vec<Utf8Bytes>) {
        let answer = match heard {
            ClientFrame::Follow(follow) => {
                let channel = follow.channel.clone();
                match self.follow(follow).await {
                    Ok(answer) => Some(answer),
                    Err(fault) => {
                        // What may be tried again is tried again within the grace.
                        self.stop(&channel, if fault.can_retry() { End::Cut } else { End::Said });
                        Some(ServerFrame::Ended { channel, fault })
                    }
                }
            }
            ClientFrame::Unfollow { channel } => {
                // Waited for, so that whoever follows again right after this has not left after that.
                if self.forget(&channel) {
                    self.node.leases().leave(&channel, &self.client).await;
                }
                None
            }
            ClientFrame::Whisper { channel, body } => self.whisper(&channel, &body).await.err().map(ServerFrame::Fault),
            ClientFrame::Show { channel, state } => self.show(&channel, state).await.err().map(ServerFrame::Fault),
            ClientFrame::Pong => None,
            ClientFrame::Hello(_) => Some(ServerFrame::Fault(Fault::bad_request("One hello is enough."))),
            ClientFrame::Call { .. } => Some(ServerFrame::Fault(Fault::bad_request(
                "A command goes over a socket or is posted to its own path.",
            ))),
        };
        out.extend(answer.as_ref().map(frame));
    }

    async fn follow(&mut self, follow: Follow) -> Result<ServerFrame, Fault> {
        let channel = follow.channel.clone();
        let pass = self.admit(&channel).await?;
        let before = self.follows.iter().position(|other| other.channel == channel);
        if self.follows.len() >= self.node.settings().follows && before.is_none() {
            return Err(Fault::too_many("A page follows at most so many channels at once.", 1_000));
        }
        let feed = match before {
            Some(before) => Arc::clone(&self.follows[before].feed),
            None => self.node.hub().follow(&channel, &self.news).await?,
        };
        let entered = self.enter(follow, pass, Arc::clone(&feed)).await;
        if entered.is_err() && before.is_none() {
            feed.forget(&self.news);
        }
        let (following, roster) = entered?;
        // Nothing fails or waits from here on until what is held and what is followed have changed together.
        if let Some(who) = &following.present {
            let claim = self.payers.claim(&following.pass);
            self.node.leases().hold(&channel, who, &claim, following.seated);
        }
        let before = before.map(|before| self.follows.swap_remove(before));
        let at = following.at.clone();
        let stalled = following.stalled;
        // Most follow a single channel, and a vector that grows by itself begins with room for four.
        self.follows.reserve_exact(1);
        self.follows.push(following);
        self.node.connections().follows(&self.client, &self.news, &channel);
        if before.is_some_and(|before| before.present.is_some()) {
            // At once where the client only listens from now on; otherwise it is held by the new following.
            self.node.leases().leave(&channel, &self.client).await;
        }
        if stalled {
            return Ok(ServerFrame::Gap { channel, at });
        }
        Ok(ServerFrame::Following { channel, at, roster })
    }

    /// What there is to be done for a following, before it takes the place of one before it.
    async fn enter(
        &self,
        Follow { channel, after, present, roster, within }: Follow,
        mut pass: Pass,
        feed: Arc<Feed>,
    ) -> Result<(Following, Option<Roster>), Fault> {
        let recovers = after.is_some();
        let at = match after {
            Some(after) => after,
            None => {
                let top = feed.top().ok_or_else(Fault::internal)?;
                // A right that was withdrawn since it was asked for is told of before this position.
                pass = self.admit(&channel).await?;
                top
            }
        };
        let present = present.filter(|_| pass.present).map(|state| self.present(state)).transpose()?;
        let (mut claims, mut seated) = (false, true);
        if let Some(who) = &present {
            match self.join(&channel, who, &pass).await? {
                Some(joined) => claims = !joined.took() && self.was().is_some(),
                // To listen, nobody needs a seat.
                None => seated = false,
            }
        }
        let roster = match (roster, pass.within) {
            (true, true) => Some(self.node.broker().roster(&channel).await?),
            (true, false) => Some(Roster::empty(at.clone())),
            (false, _) => None,
        };
        let (whispered, _) = feed.whispers(u64::MAX);
        // Its snapshot shows more than it may see, or less: it begins with another one.
        let other = within.is_some_and(|within| within != pass.within);
        let stalled = other || (recovers && !pass.within && !self.may_go_on(&feed, &at).await?);
        let at = if stalled { feed.top().unwrap_or(at) } else { at };
        Ok((Following { channel, feed, at, stalled, whispered, pass, present, seated, claims, recovers }, roster))
    }

    /// Whether somebody outside may go on from there: only where nobody's rights changed since. What was said before may
    /// be of a time when nothing was for them, and a client names whatever position it likes.
    async fn may_go_on(&self, feed: &Feed, at: &Position) -> Result<bool, Fault> {
        match self.node.hub().read(feed, at, RING_ENTRIES).await? {
            Reading::Lines(lines) => Ok(lines.len() < RING_ENTRIES && !lines.iter().any(|line| line.recheck)),
            // A gap is told when it is read.
            Reading::UpToDate | Reading::Gap(_) => Ok(true),
        }
    }

    /// Has the client be present, or shown as it shows itself; nothing where there is no seat for it.
    async fn join(&self, channel: &ChannelName, who: &Present, pass: &Pass) -> Result<Option<Joined>, Fault> {
        let (paces, broker) = (self.node.signs(), self.node.broker());
        if paces.has(&self.payers).is_err() {
            // Too fast for others to hear of it; whoever is there already stays.
            let key = (channel.clone(), self.client.clone());
            let still = broker.renew(&[key], self.node.settings().lease).await?;
            return Ok(still.first().is_some_and(|still| *still).then_some(Joined::Already));
        }
        let claim = self.payers.claim(pass);
        match broker.join(channel, who, &claim, self.was(), self.node.settings().lease).await {
            Ok(joined) => {
                if joined != Joined::Already {
                    // Others hear of it.
                    paces.spend(&self.payers);
                }
                Ok(Some(joined))
            }
            Err(BrokerError::Full(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The client this tab was before a reload, while its place may be claimed.
    fn was(&self) -> Option<&ClientId> {
        self.was.as_ref().filter(|(_, until)| Instant::now() < *until).map(|(was, _)| was)
    }

    async fn admit(&self, channel: &ChannelName) -> Result<Pass, Fault> {
        if !channel.is_direct() {
            return self.node.gate().admit(self.user.as_ref(), channel).await;
        }
        let mine = *channel == ChannelName::of_client(&self.client)
            || self.user.as_ref().is_some_and(|user| *channel == ChannelName::of_user(&user.id));
        if mine { Ok(Pass::default()) } else { Err(Fault::not_found("channel")) }
    }

    fn present(&self, state: Value) -> Result<Present, Fault> {
        small(&state)?;
        let (user, name) = match &self.user {
            Some(user) => (Some(user.id.clone()), user.name.clone()),
            None => (None, String::from("Somebody")),
        };
        Ok(Present { client: self.client.clone(), user, name, state })
    }

    fn find(&self, channel: &ChannelName) -> Option<&Following> {
        self.follows.iter().find(|following| following.channel == *channel)
    }

    async fn whisper(&self, channel: &ChannelName, body: &Value) -> Result<(), Fault> {
        let body = small(body)?;
        match self.find(channel) {
            Some(following) if following.pass.whisper => {
                self.node.signs().take(&self.payers)?;
                Ok(self.node.broker().whisper(channel, &self.client, body).await?)
            }
            _ => Err(Fault::forbidden("You cannot whisper here.")),
        }
    }

    async fn show(&mut self, channel: &ChannelName, state: Value) -> Result<(), Fault> {
        let who = self.present(state)?;
        let following = self.follows.iter_mut().find(|following| following.channel == *channel);
        let Some(following) = following.filter(|following| following.present.is_some()) else {
            return Err(Fault::forbidden("Only who is present can show something."));
        };
        self.node.signs().take(&self.payers)?;
        following.present = Some(who.clone());
        let pass = following.pass;
        self.node.leases().shows(channel, &who);
        if !self.node.broker().show(channel, &self.client, &who.state).await? {
            self.join(channel, &who, &pass).await?;
        }
        Ok(())
    }

    fn stop(&mut self, channel: &ChannelName, end: End) {
        if self.forget(channel) {
            self.node.leases().let_go(channel, &self.client, end);
        }
    }

    /// Follows a channel no longer. Tells whether it held the client present there.
    fn forget(&mut self, channel: &ChannelName) -> bool {
        let Some(index) = self.follows.iter().position(|following| following.channel == *channel) else { return false };
        let following = self.follows.swap_remove(index);
        following.feed.forget(&self.news);
        self.node.connections().unfollows(&self.client, &self.news, channel);
        following.present.is_some()
    }

    /// Puts what is new into `out`: a batch of each channel, and not more than may wait for one client. Tells whether
    /// there may be more. Whispers come when there is not, so that they never delay a message.
    pub(crate) async fn collect(&mut self, out: &mut Vec<Utf8Bytes>) -> bool {
        let may_wait = self.node.settings().waiting_bytes;
        let mut room = may_wait.saturating_sub(out.iter().map(|frame| frame.len()).sum());
        let mut more = false;
        // Whoever came last the time before comes first now: a channel with much to say does not silence the others.
        for _ in 0..self.follows.len() {
            self.next = self.next.wrapping_add(1) % self.follows.len();
            match self.collect_from(self.next, &mut room, out).await {
                Ok(any) => more |= any,
                Err(fault) => {
                    let channel = self.follows[self.next].channel.clone();
                    self.stop(&channel, End::Said);
                    out.push(frame(&ServerFrame::Ended { channel, fault }));
                    // The others have moved: they are looked at again.
                    return true;
                }
            }
        }
        if !more {
            for following in &mut self.follows {
                let (whispered, whispers) = following.feed.whispers(following.whispered);
                following.whispered = whispered;
                if following.pass.within {
                    out.extend(whispers);
                }
            }
        }
        more
    }

    /// An error is the loss of the right to listen. That the broker is out of reach is none: the next wake or ping
    /// tries again.
    async fn collect_from(&mut self, index: usize, room: &mut usize, out: &mut Vec<Utf8Bytes>) -> Result<bool, Fault> {
        let following = &mut self.follows[index];
        if *room == 0 {
            return Ok(true);
        }
        let recovers = std::mem::take(&mut following.recovers);
        let remembers = recovers && following.feed.remembers(&following.at);
        let reading = match self.node.hub().read(&following.feed, &following.at, BATCH).await {
            Ok(reading) => reading,
            Err(error) => {
                following.recovers = recovers;
                let channel = &following.channel;
                tracing::warn!(%channel, %error, "could not read the channel; it is tried again");
                return Ok(false);
            }
        };
        if recovers {
            self.node.metrics().recovered(match reading {
                Reading::Gap(_) => Source::Gap,
                _ if remembers => Source::Ring,
                _ => Source::Broker,
            });
        }
        match reading {
            Reading::UpToDate => Ok(false),
            Reading::Gap(at) => {
                // In what is missing a right may have been withdrawn. It is read on from here, for the same reason,
                // though nothing is sent.
                let channel = following.channel.clone();
                match self.admit(&channel).await {
                    Ok(pass) => self.keep_to(index, pass),
                    Err(fault) if fault.can_retry() => return Ok(false),
                    Err(fault) => return Err(fault),
                }
                let following = &mut self.follows[index];
                following.at = at.clone();
                if !std::mem::replace(&mut following.stalled, true) {
                    out.push(frame(&ServerFrame::Gap { channel, at }));
                }
                Ok(false)
            }
            Reading::Lines(lines) => self.take(index, lines, room, out).await,
        }
    }

    /// Takes lines up to the one that leaves no room; the rest is read again when there is.
    async fn take(
        &mut self,
        index: usize,
        lines: Vec<Line>,
        room: &mut usize,
        out: &mut Vec<Utf8Bytes>,
    ) -> Result<bool, Fault> {
        let full = lines.len() >= BATCH;
        for line in lines {
            if line.recheck {
                let channel = self.follows[index].channel.clone();
                match self.admit(&channel).await {
                    Ok(pass) => {
                        let turned = pass.within != self.follows[index].pass.within;
                        self.keep_to(index, pass);
                        self.follows[index].at.offset = line.offset;
                        if turned && !std::mem::replace(&mut self.follows[index].stalled, true) {
                            // It has been shown more than it may see from here on, or less.
                            let at = self.follows[index].at.clone();
                            out.push(frame(&ServerFrame::Gap { channel, at }));
                        }
                    }
                    Err(fault) if fault.can_retry() => return Ok(false),
                    Err(fault) => return Err(fault),
                }
            }
            let following = &mut self.follows[index];
            following.at.offset = line.offset;
            if following.stalled {
                continue;
            }
            let frame = match following.pass.within {
                true => line.frame,
                false => {
                    let gate = self.node.gate();
                    following.feed.outside(&line, |said| gate.outside(&following.channel, said))
                }
            };
            *room = room.saturating_sub(frame.len());
            out.push(frame);
            self.node.metrics().deliveries.inc();
            if *room == 0 {
                return Ok(true);
            }
        }
        Ok(full)
    }

    /// Somebody who may no longer be present leaves, and listens on.
    fn keep_to(&mut self, index: usize, pass: Pass) {
        let following = &mut self.follows[index];
        following.pass = pass;
        if !pass.present && following.present.take().is_some() {
            self.node.leases().let_go(&following.channel, &self.client, End::Said);
        }
    }

    /// Hears again what was whispered within this time.
    pub(crate) fn recall_whispers(&mut self, age: Duration) {
        for following in &mut self.follows {
            following.whispered = following.feed.whispered_before(age);
        }
    }

    /// Whether the place of the client this tab was before a reload is still to be claimed somewhere.
    pub(crate) fn claims(&self) -> bool {
        self.was().is_some() && self.follows.iter().any(|following| following.claims && following.present.is_some())
    }

    /// Tries again to take the place of the client this tab was before a reload: its old connection may have been
    /// noticed as gone only after the new one came.
    pub(crate) async fn claim(&mut self) {
        let Some(was) = self.was().cloned() else { return };
        for following in self.follows.iter_mut().filter(|following| following.claims) {
            if let Some(who) = &following.present {
                let lease = self.node.settings().lease;
                let claim = self.payers.claim(&following.pass);
                match self.node.broker().join(&following.channel, who, &claim, Some(&was), lease).await {
                    Ok(joined) => following.claims = !joined.took(),
                    Err(error) => {
                        tracing::warn!(%error, "could not claim the place of a reloaded page");
                    }
                }
            }
        }
    }
}

impl Drop for Listener {
    /// However a connection ends, a poll the browser gave up included: what it held is let go.
    fn drop(&mut self) {
        let end = if self.news.is_ended() { End::Said } else { self.end };
        for following in self.follows.iter().filter(|following| following.present.is_some()) {
            self.node.leases().let_go(&following.channel, &self.client, end);
        }
        self.node.connections().gone(&self.client, &self.news);
        self.node.leases().disconnected(&self.client);
    }
}

fn small(value: &Value) -> Result<Bytes, Fault> {
    let json = value.to_string();
    if json.len() > SMALL {
        return Err(Fault::too_large("What is whispered or shown has at most 1,024 bytes."));
    }
    Ok(json.into())
}
