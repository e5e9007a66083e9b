//! A tiny application on the layer: rooms in which people say things.

use axum::{Extension, Router, routing};
use bytes::Bytes;
use http::{header, request::Parts};
use leptos::{prelude::*, server_fn::ServerFn};
use serde_json::{Value, value::RawValue};
use sputnik::{
    ChannelName, ClientId, Fault, LockName, LockState, Snapshot, UserId, command,
    protocol::message::{Audience, Entry, Said},
    server::{CallKey, Caller, CommandStore, Gate, Node, Pass, Recorded, Unprompted, Unsent, User, around, browser},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// The application's database, which all nodes share and which outlives them.
#[derive(Default)]
pub struct Database {
    tables: Mutex<Tables>,
    /// What [`slow`] waits for, by name.
    released: watch::Sender<HashSet<String>>,
}

#[derive(Default)]
struct Tables {
    /// What took effect, in order.
    effects: Vec<String>,
    replies: HashMap<CallKey, Recorded>,
    /// Committed messages by channel: the first has version 1.
    messages: BTreeMap<ChannelName, Vec<Bytes>>,
    sent: HashMap<ChannelName, u64>,
    /// Who was banished from where.
    banished: HashSet<(UserId, ChannelName)>,
    /// Whose sessions were deleted, without a word to anybody.
    sessions_gone: HashSet<String>,
    /// How often who it is was asked unprompted.
    asked_unprompted: usize,
    /// Nobody can be found out.
    sessions_out_of_reach: bool,
    /// Who may no longer be present or whisper, but still listen.
    hushed: HashSet<UserId>,
    /// Who is within the halls; the others stand outside of them.
    within: HashSet<UserId>,
    /// The newest fence the database was told of, and for whom.
    pen: Option<(u64, ClientId)>,
    /// What was written under the pen: the fence, the client, the text.
    written: Vec<(u64, ClientId, String)>,
}

impl Database {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What took effect so far, in order.
    pub fn effects(&self) -> Vec<String> {
        self.tables().effects.clone()
    }

    pub fn note(&self, effect: impl Into<String>) {
        self.tables().effects.push(effect.into());
    }

    /// What was committed for a room, oldest first: the first has version 1.
    pub fn committed(&self, room: &ChannelName) -> Vec<String> {
        let tables = self.tables();
        let messages = tables.messages.get(room).into_iter().flatten();
        let text = |entry: &Bytes| match serde_json::from_slice(entry).unwrap() {
            Entry::Said(said) => serde_json::from_str(said.body.get()).unwrap(),
            other => panic!("{other:?} is never committed"),
        };
        messages.map(text).collect()
    }

    /// What was written under the pen: the fence, the client, the text.
    pub fn written(&self) -> Vec<(u64, ClientId, String)> {
        self.tables().written.clone()
    }

    fn newest_fence(&self) -> u64 {
        self.tables().pen.as_ref().map_or(0, |(fence, _)| *fence)
    }

    /// Notes to whom the pen was given; refused when it was given to somebody else since. With the same fence it passes
    /// to what a page became that was loaded anew.
    fn note_pen(&self, fence: u64, to: &ClientId) -> Result<(), Fault> {
        let mut tables = self.tables();
        if tables.pen.as_ref().is_some_and(|(newest, _)| *newest > fence) {
            return Err(Fault::stale("Somebody else was given the pen."));
        }
        tables.pen = Some((fence, to.clone()));
        Ok(())
    }

    /// From now on a user may not enter a channel.
    pub fn banish(&self, user: &str, from: &ChannelName) {
        self.tables().banished.insert((user.parse().unwrap(), from.clone()));
    }

    /// A user's sessions are gone from the database, and nobody was told.
    pub fn delete_sessions(&self, of: &str) {
        self.tables().sessions_gone.insert(of.into());
    }

    /// Whether the sessions are out of reach.
    pub fn sessions_out_of_reach(&self, out: bool) {
        self.tables().sessions_out_of_reach = out;
    }

    /// How often it was asked who has a connection open, though they did nothing.
    pub fn asked_unprompted(&self) -> usize {
        self.tables().asked_unprompted
    }

    /// From now on a user may only listen.
    pub fn hush(&self, user: &str) {
        self.tables().hushed.insert(user.parse().unwrap());
    }

    /// Lets the slow commands of that name end.
    pub fn release(&self, name: &str) {
        self.released.send_modify(|released| {
            released.insert(name.into());
        });
    }

    /// From now on a user is within the halls.
    pub fn let_in(&self, user: &str) {
        self.tables().within.insert(user.parse().unwrap());
    }

    /// From now on a user is outside of the halls.
    pub fn put_out(&self, user: &str) {
        self.tables().within.remove(&user.parse().unwrap());
    }

    /// One transaction: the change, the message and the reply. When this command was done before, only its reply.
    fn commit(&self, caller: &Caller, room: &ChannelName, text: &str, to: Audience) -> Result<u64, Fault> {
        let mut tables = self.tables();
        if let Some(call) = &caller.call
            && let Some(recorded) = tables.replies.get(&call.key)
        {
            return Ok(recorded.clone().reply_to(call)?.parse().unwrap());
        }
        let messages = tables.messages.entry(room.clone()).or_default();
        let version = messages.len() as u64 + 1;
        let entry = Entry::said(&text, caller.call.as_ref().map(|call| &call.key), to, Some(version)).unwrap();
        messages.push(entry.to_json().into());
        tables.effects.push(text.into());
        if let Some(call) = &caller.call {
            let recorded = Recorded { digest: Some(call.digest), reply: version.to_string() };
            tables.replies.insert(call.key.clone(), recorded);
        }
        Ok(version)
    }
}

#[async_trait::async_trait]
impl CommandStore for Database {
    async fn recorded(&self, call: &CallKey) -> Result<Option<Recorded>, Fault> {
        Ok(self.tables().replies.get(call).cloned())
    }

    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        let tables = self.tables();
        let sent = tables.sent.get(channel).copied().unwrap_or(0);
        let messages = (1..).zip(tables.messages.get(channel).into_iter().flatten());
        let unsent = messages.filter(|(version, _)| *version > sent).take(100);
        Ok(unsent.map(|(version, entry)| Unsent { version, entry: entry.clone() }).collect())
    }

    async fn sent(&self, channel: &ChannelName, up_to: u64) -> Result<(), Fault> {
        let mut tables = self.tables();
        let sent = tables.sent.entry(channel.clone()).or_default();
        *sent = up_to.max(*sent);
        Ok(())
    }

    async fn behind(&self) -> Result<Vec<ChannelName>, Fault> {
        let tables = self.tables();
        let behind = tables
            .messages
            .iter()
            .filter(|(channel, messages)| tables.sent.get(*channel).copied().unwrap_or(0) < messages.len() as u64);
        Ok(behind.map(|(channel, _)| channel.clone()).collect())
    }
}

/// A user is whoever the cookie `user` names.
#[async_trait::async_trait]
impl Gate for Database {
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault> {
        let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let user = cookies.flat_map(|line| line.split("; ")).find_map(|pair| pair.strip_prefix("user="));
        let mut tables = self.tables();
        tables.asked_unprompted += usize::from(request.extensions.get::<Unprompted>().is_some());
        if tables.sessions_out_of_reach {
            return Err(Fault::temporary("Who is signed in cannot be looked up."));
        }
        let user = user.filter(|name| !tables.sessions_gone.contains(*name));
        Ok(user.map(|name| User { id: name.parse().unwrap(), name: name.to_uppercase() }))
    }

    /// `room/…` is open to whoever is signed in, `private/…` to the user it names, `open/…` to everybody to listen,
    /// `public/…` to everybody to be there, where `owner` counts the most and strangers the least, `hall/…` to everybody,
    /// to some from outside, and the overview to the user `admin`.
    async fn admit(&self, who: Option<&User>, channel: &ChannelName) -> Result<Pass, Fault> {
        let (kind, name) = channel.as_str().split_once('/').unwrap_or_default();
        if kind == "open" {
            return Ok(Pass::default());
        }
        if kind == "public" {
            let rank = who.map_or(0, |who| if who.id.as_str() == "owner" { 2 } else { 1 });
            return Ok(Pass { present: true, whisper: true, rank, ..Pass::default() });
        }
        if kind == "hall" {
            let within = who.is_some_and(|who| self.tables().within.contains(&who.id));
            return Ok(Pass { present: within, whisper: within, within, ..Pass::default() });
        }
        if *channel == ChannelName::overview() {
            let admin = who.is_some_and(|who| who.id.as_str() == "admin");
            return admin
                .then_some(Pass { present: true, ..Pass::default() })
                .ok_or_else(|| Fault::not_found("channel"));
        }
        let who = who.ok_or_else(Fault::not_signed_in)?;
        let tables = self.tables();
        let banished = tables.banished.contains(&(who.id.clone(), channel.clone()));
        match kind {
            "room" if banished => Err(Fault::forbidden("You may no longer listen here.")),
            "room" => {
                let may = !tables.hushed.contains(&who.id);
                Ok(Pass { present: may, whisper: may, ..Pass::default() })
            }
            "private" if name == who.id.as_str() => Ok(Pass { present: true, whisper: true, ..Pass::default() }),
            _ => Err(Fault::not_found("channel")),
        }
    }

    /// Of what is said in a hall only what is said aloud is heard outside.
    fn outside(&self, _: &ChannelName, said: &Said) -> Option<Box<RawValue>> {
        let text: String = serde_json::from_str(said.body.get()).ok()?;
        serde_json::value::to_raw_value(text.strip_prefix("aloud: ")?).ok()
    }
}

/// Where something was said in the release before.
pub const WAS_SAY: &str = "/command/layer/app/say";

/// Everything that is answered here.
pub fn routes(node: &Node, database: Arc<Database>) -> Router {
    node.accept_old_paths([(WAS_SAY.to_owned(), Say::PATH.to_owned())]);
    around(node, Router::new().route("/", routing::get(|| async { "a page" })), Extension(database))
}

/// Who asks, and the database.
async fn desk() -> Result<(Caller, Arc<Database>), Fault> {
    let parts = use_context::<Parts>().ok_or_else(Fault::internal)?;
    let database = parts.extensions.get::<Arc<Database>>().cloned().ok_or_else(Fault::internal)?;
    Ok((Caller::current().await?, database))
}

/// Says something in a room, for ever. Answers with its version.
#[command(path = "say_in_room")]
pub async fn say(room: ChannelName, text: String) -> Result<u64, Fault> {
    let (caller, database) = desk().await?;
    caller.require_user()?;
    let version = database.commit(&caller, &room, &text, Audience::All)?;
    caller.node.publish_committed(&room).await?;
    Ok(version)
}

/// Commits, and never comes to publishing or answering: as if the node died there.
#[command]
pub async fn say_and_hang(room: ChannelName, text: String) -> Result<u64, Fault> {
    let (caller, database) = desk().await?;
    database.commit(&caller, &room, &text, Audience::All)?;
    std::future::pending().await
}

/// Says something that is not kept.
#[command]
pub async fn mention(room: ChannelName, text: String, to: Audience) -> Result<(), Fault> {
    let (caller, _) = desk().await?;
    caller.publish(&room, &text, to).await?;
    Ok(())
}

/// Begins, and ends when its name is released. Done once a UID, as far as the layer knows by itself.
#[command]
pub async fn slow(name: String) -> Result<String, Fault> {
    let (_, database) = desk().await?;
    database.note(format!("{name} begins"));
    let mut released = database.released.subscribe();
    released.wait_for(|released| released.contains(&name)).await.map_err(|_| Fault::internal())?;
    database.note(format!("{name} ends"));
    Ok(name)
}

/// Takes its place, lets the next begin, and ends when its name is released.
#[command]
pub async fn queue(name: String) -> Result<String, Fault> {
    let (caller, database) = desk().await?;
    database.note(format!("{name} stands"));
    caller.slot.release();
    let mut released = database.released.subscribe();
    released.wait_for(|released| released.contains(&name)).await.map_err(|_| Fault::internal())?;
    database.note(format!("{name} goes"));
    Ok(name)
}

/// Notes something, at once.
#[command]
pub async fn note(text: String) -> Result<String, Fault> {
    let (_, database) = desk().await?;
    database.note(&text);
    Ok(text)
}

/// Answers so many letters.
#[command]
pub async fn letters(count: usize) -> Result<String, Fault> {
    Ok("x".repeat(count))
}

/// A fault of ours.
#[command]
pub async fn panics() -> Result<(), Fault> {
    panic!("as the test wants it")
}

/// Is refused for now, the first time.
#[command]
pub async fn works_the_second_time() -> Result<(), Fault> {
    let (_, database) = desk().await?;
    database.note("tried");
    if database.effects().len() < 2 { Err(Fault::temporary("Not now.")) } else { Ok(()) }
}

/// Everything about locks. Whoever is told that they hold one may write under it from then on.
#[command]
pub async fn lock(room: ChannelName, name: LockName, what: String, to: Option<ClientId>) -> Result<LockState, Fault> {
    let (caller, database) = desk().await?;
    let floor = database.newest_fence();
    let state = match (what.as_str(), to) {
        ("take", None) => caller.acquire(&room, &name, false, floor).await?,
        ("ask", None) => caller.acquire(&room, &name, true, floor).await?,
        ("release", None) => caller.release(&room, &name).await?,
        ("take over", None) => caller.take_over(&room, &name, floor).await?,
        ("hand over", Some(to)) => caller.hand_over(&room, &name, &to, floor).await?,
        ("look", None) => caller.lock(&room, &name).await?,
        _ => return Err(Fault::bad_request("No such thing is done with locks.")),
    };
    if let Some(me) = caller.client().filter(|me| state.is_held_by(me)) {
        database.note_pen(state.fence, me)?;
    }
    Ok(state)
}

/// Writes under the pen: the database refuses a fence that is not the newest, or not the caller's.
#[command]
pub async fn write_with_the_pen(fence: u64, text: String) -> Result<(), Fault> {
    let (caller, database) = desk().await?;
    let me = caller.require_client()?.clone();
    let mut tables = database.tables();
    if tables.pen.as_ref() != Some(&(fence, me.clone())) {
        return Err(Fault::stale("You no longer have the pen."));
    }
    tables.written.push((fence, me, text));
    Ok(())
}

/// What a page of a room starts from: everything that was said for ever, and from where the room's log goes on.
#[command]
pub async fn open_room(room: ChannelName) -> Result<Snapshot<Vec<String>>, Fault> {
    let (caller, database) = desk().await?;
    let at = caller.node.position(&room).await;
    let state = database.committed(&room);
    Ok(Snapshot { at, version: state.len() as u64, within: None, state })
}

/// Says something to one client, or to all of one user.
#[command]
pub async fn tell(client: Option<ClientId>, user: Option<UserId>, text: String) -> Result<(), Fault> {
    let (caller, _) = desk().await?;
    if let Some(client) = client {
        caller.tell_client(&client, &text).await?;
    }
    if let Some(user) = user {
        caller.tell_user(&user, &text).await?;
    }
    Ok(())
}

/// How many milliseconds ago a client's last command was; nothing when it is not connected.
#[command]
pub async fn idle(client: ClientId) -> Result<Option<u64>, Fault> {
    let (caller, _) = desk().await?;
    Ok(caller.idle(&client).await?.map(|idle: Duration| idle.as_millis() as u64))
}

/// From which address it comes.
#[command]
pub async fn whence() -> Result<Option<String>, Fault> {
    let (caller, _) = desk().await?;
    Ok(caller.address.map(|address| address.to_string()))
}

/// Somebody else is signed in in this browser from now on (the test sees to the cookie), or nobody.
#[command]
pub async fn sign_in_or_out() -> Result<(), Fault> {
    browser::renew(&use_context::<Parts>().ok_or_else(Fault::internal)?);
    let caller = Caller::current().await?;
    match caller.user {
        Some(user) => caller.node.reconnect_user(&user.id).await,
        None => Ok(()),
    }
}

/// Who is signed in, and from which client.
#[command]
pub async fn who_am_i() -> Result<Value, Fault> {
    let (caller, _) = desk().await?;
    let user = caller.user.as_ref().map(|user| user.name.clone());
    Ok(serde_json::json!({ "user": user, "client": caller.client() }))
}
