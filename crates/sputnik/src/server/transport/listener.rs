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
        browser::BrowserSession,
        channels::{
            reader::{News, Reading},
            ring::{Feed, RING_ENTRIES},
        },
        gate::{Pass, User},
        handles::ConnectionHandles,
        presence::leases::End,
        rate_limit::Payers,
    },
};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;
use std::sync::Arc;
use tokio::time::Instant;

/// The largest thing a client whispers or shows, in bytes of JSON.
const SMALL: usize = 1_024;

/// What one connection listens to, and as whom.
pub(crate) struct Listener {
    pub(super) handles: Arc<ConnectionHandles>,
    client: ClientId,
    /// The client the same tab was before a reload, and until when its place may be claimed.
    was: Option<(ClientId, Instant)>,
    user: Option<User>,
    payers: Payers,
    news: Arc<News>,
    pub(super) follows: Vec<Following>,
    /// At which of them was looked last.
    pub(super) next: usize,
    /// The channels that were ended last, as many as may be followed: what is said to them until that is heard of is no
    /// mistake either.
    ended: Vec<ChannelName>,
    /// How it ends unless something else is said: see [`End`].
    end: End,
}

pub(super) struct Following {
    pub(super) channel: ChannelName,
    pub(super) feed: Arc<Feed>,
    /// Up to where this connection was sent the log.
    pub(super) at: Position,
    /// A gap was told: nothing is sent until the client follows from a new snapshot, but for the loss of its right.
    pub(super) stalled: bool,
    /// Up to which whisper.
    pub(super) whispered: u64,
    pub(super) pass: Pass,
    /// Whether its right to whisper was withdrawn: what it says until it hears of that is no mistake of its own.
    silenced: bool,
    /// Whether it asked to be present, though it may not be: its right to that comes and goes.
    wants_presence: bool,
    present: Option<Present>,
    /// Whether there was a seat for it; nothing but room keeps it from being present.
    seated: bool,
    /// Whether the predecessor's place is still to be claimed.
    claims: bool,
    /// Whether it came with a position and nothing was read from there yet.
    pub(super) recovers: bool,
}

pub(crate) fn frame(frame: &ServerFrame) -> Utf8Bytes {
    // A frame is made of strings, numbers and JSON: writing it cannot fail.
    serde_json::to_string(frame).unwrap_or_default().into()
}

impl Listener {
    /// Greets a client: as the one it says it is when that is this browser's, as a new one otherwise.
    pub(crate) async fn greet(
        handles: &Arc<ConnectionHandles>,
        request: &Parts,
        hello: Hello,
        end: End,
    ) -> Result<(Self, Welcome), Fault> {
        let ConnectionHandles { gate, leases, users, connections, settings, .. } = &**handles;
        let Some(browser) = request.extensions.get::<BrowserSession>() else {
            return Err(Fault::bad_request("A live page needs cookies: please allow them for this site."));
        };
        let client = match hello.client {
            Some(client) if browser.owns(&client) && !connections.is_ended(&client) => client,
            Some(_) => return Err(Fault::unknown_client()),
            None => browser.issue_client().map_err(|_| Fault::internal())?,
        };
        let was = hello.was.filter(|was| browser.owns(was) && *was != client);
        let was = was.map(|was| (was, Instant::now() + settings.claim()));
        let ended = users.ended();
        let user = gate.who(request).await?;
        let payers = Payers::of(user.as_ref(), Some(browser), &request.extensions);
        let news = Arc::new(News::default());
        // Anywhere: polls name their channels in the same order each time.
        let next = getrandom::u32().unwrap_or(0) as usize;
        if let Some(user) = &user {
            users.connected(&user.id, &news);
            if users.ended() != ended {
                // It may have been them, while it was found out who they are.
                news.ask_anew();
            }
        }
        leases.connected(browser, &client, settings.clients)?;
        let transport = if end == End::Cut { Transport::Socket } else { Transport::Poll };
        connections.opened(&client, user.as_ref(), transport, &news);
        let ping_ms = u32::try_from(settings.ping.as_millis()).unwrap_or(u32::MAX);
        let welcome =
            Welcome { client: client.clone(), ping_ms, user: Some(user.as_ref().map(|user| user.id.clone())) };
        let (handles, follows) = (Arc::clone(handles), Vec::new());
        Ok((Self { handles, client, was, user, payers, news, follows, next, ended: Vec::new(), end }, welcome))
    }

    pub(crate) fn client(&self) -> &ClientId {
        &self.client
    }

    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// It is a poll, has said all that it follows, and may wait for something.
    pub(crate) fn polls(&self, waits: bool) {
        self.handles.connections.said(&self.client, &self.news, waits);
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
                    self.handles.leases.leave(&channel, &self.client).await;
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
        if self.follows.len() >= self.handles.settings.follows && before.is_none() {
            return Err(Fault::too_many("A page follows at most so many channels at once.", 1_000));
        }
        let feed = match before {
            Some(before) => Arc::clone(&self.follows[before].feed),
            None => self.handles.hub.follow(&channel, &self.news).await?,
        };
        let entered = self.enter(follow, pass, Arc::clone(&feed)).await;
        if entered.is_err() && before.is_none() {
            feed.forget(&self.news);
        }
        let (following, roster) = entered?;
        // Nothing fails or waits from here on until what is held and what is followed have changed together.
        if let Some(who) = &following.present {
            let claim = self.payers.claim(&following.pass);
            self.handles.leases.hold(&channel, who, &claim, following.seated);
        }
        let before = before.map(|before| self.follows.swap_remove(before));
        let at = following.at.clone();
        let stalled = following.stalled;
        // Most follow a single channel, and a vector that grows by itself begins with room for four.
        self.follows.reserve_exact(1);
        self.follows.push(following);
        self.handles.connections.follows(&self.client, &self.news, &channel);
        if before.is_some_and(|before| before.present.is_some()) {
            // At once where the client only listens from now on; otherwise it is held by the new following.
            self.handles.leases.leave(&channel, &self.client).await;
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
        let wants_presence = present.is_some();
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
            (true, true) => Some(self.handles.presence.roster(&channel).await?),
            (true, false) => Some(Roster::empty(at.clone())),
            (false, _) => None,
        };
        let (whispered, _) = feed.whispers(u64::MAX);
        // Its snapshot shows more than it may see, or less: it begins with another one.
        let other = within.is_some_and(|within| within != pass.within);
        let stalled = other || (recovers && !pass.within && !self.may_go_on(&feed, &at).await?);
        let at = if stalled { feed.top().unwrap_or(at) } else { at };
        let following = Following {
            channel,
            feed,
            at,
            stalled,
            whispered,
            pass,
            silenced: false,
            wants_presence,
            present,
            seated,
            claims,
            recovers,
        };
        Ok((following, roster))
    }

    /// Whether somebody outside may go on from there: only where nobody's rights changed since. What was said before may
    /// be of a time when nothing was for them, and a client names whatever position it likes.
    async fn may_go_on(&self, feed: &Feed, at: &Position) -> Result<bool, Fault> {
        match self.handles.hub.read(feed, at, RING_ENTRIES).await? {
            Reading::Lines(lines) => Ok(lines.len() < RING_ENTRIES && !lines.iter().any(|line| line.recheck)),
            // A gap is told when it is read.
            Reading::UpToDate | Reading::Gap(_) => Ok(true),
        }
    }

    /// Has the client be present, or shown as it shows itself; nothing where there is no seat for it.
    async fn join(&self, channel: &ChannelName, who: &Present, pass: &Pass) -> Result<Option<Joined>, Fault> {
        let ConnectionHandles { signs, presence, settings, .. } = &*self.handles;
        if signs.has(&self.payers).is_err() {
            // Too fast for others to hear of it; whoever is there already stays.
            let key = (channel.clone(), self.client.clone());
            let still = presence.renew(&[key], settings.lease).await?;
            return Ok(still.first().is_some_and(|still| *still).then_some(Joined::Already));
        }
        let claim = self.payers.claim(pass);
        match presence.join(channel, who, &claim, self.was(), settings.lease).await {
            Ok(joined) => {
                if joined != Joined::Already {
                    // Others hear of it.
                    signs.spend(&self.payers);
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

    pub(super) async fn admit(&self, channel: &ChannelName) -> Result<Pass, Fault> {
        if !channel.is_direct() {
            return self.handles.gate.admit(self.user.as_ref(), channel).await;
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
                self.handles.signs.take(&self.payers)?;
                Ok(self.handles.pub_sub.whisper(channel, &self.client, body).await?)
            }
            // Said before it could know that it may no longer.
            Some(following) if following.stalled || following.silenced => Ok(()),
            // A poll comes anew each time, and it is not known here what it might before.
            Some(_) if self.end != End::Cut => Ok(()),
            None if self.ended.contains(channel) => Ok(()),
            _ => Err(Fault::forbidden("You cannot whisper here.")),
        }
    }

    async fn show(&mut self, channel: &ChannelName, state: Value) -> Result<(), Fault> {
        let who = self.present(state)?;
        let following = self.follows.iter_mut().find(|following| following.channel == *channel);
        let Some(following) = following.filter(|following| following.wants_presence) else {
            if self.ended.contains(channel) {
                return Ok(());
            }
            return Err(Fault::forbidden("Only who is present can show something."));
        };
        // It goes on showing itself, and is seen once it may be: that it may not is nothing a page is told.
        if following.present.is_none() {
            return Ok(());
        }
        self.handles.signs.take(&self.payers)?;
        following.present = Some(who.clone());
        let pass = following.pass;
        self.handles.leases.shows(channel, &who);
        if !self.handles.presence.show(channel, &self.client, &who.state).await? {
            self.join(channel, &who, &pass).await?;
        }
        Ok(())
    }

    /// Ends what it follows, which it is told.
    pub(super) fn stop(&mut self, channel: &ChannelName, end: End) {
        self.ended.retain(|other| other != channel);
        if self.ended.len() >= self.handles.settings.follows {
            self.ended.remove(0);
        }
        self.ended.push(channel.clone());
        if self.forget(channel) {
            self.handles.leases.let_go(channel, &self.client, end);
        }
    }

    /// Follows a channel no longer. Tells whether it held the client present there.
    fn forget(&mut self, channel: &ChannelName) -> bool {
        let Some(index) = self.follows.iter().position(|following| following.channel == *channel) else { return false };
        let following = self.follows.swap_remove(index);
        following.feed.forget(&self.news);
        self.handles.connections.unfollows(&self.client, &self.news, channel);
        following.present.is_some()
    }

    /// Somebody who may no longer be present leaves, and listens on.
    pub(super) fn keep_to(&mut self, index: usize, pass: Pass) {
        let following = &mut self.follows[index];
        following.silenced = !pass.whisper && (following.silenced || following.pass.whisper);
        following.pass = pass;
        if !pass.present && following.present.take().is_some() {
            self.handles.leases.let_go(&following.channel, &self.client, End::Said);
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
                let lease = self.handles.settings.lease;
                let claim = self.payers.claim(&following.pass);
                match self.handles.presence.join(&following.channel, who, &claim, Some(&was), lease).await {
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
            self.handles.leases.let_go(&following.channel, &self.client, end);
        }
        self.handles.connections.gone(&self.client, &self.news);
        self.handles.leases.disconnected(&self.client);
    }
}

fn small(value: &Value) -> Result<Bytes, Fault> {
    let json = value.to_string();
    if json.len() > SMALL {
        return Err(Fault::too_large("What is whispered or shown has at most 1,024 bytes."));
    }
    Ok(json.into())
}
