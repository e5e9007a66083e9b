//! The command store of an application that has no database: what it knows lives as long as its process.

use super::{
    command::caller::Caller,
    once::command_store::{Asked, CommandStore, Recorded, UNSENT, Unsent},
};
use crate::protocol::{
    fault::Fault,
    message::{Audience, Entry},
    names::{CallKey, ChannelName},
    position::Snapshot,
};
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::Instant;

/// The application's state, in memory, and beside it which commands were done and what they say: changed together, or
/// not at all. For applications without a database.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Clone, Default)]
/// # struct Presses(u64);
/// # #[derive(Serialize, Deserialize)]
/// # struct Pressed;
/// use sputnik::{ChannelName, Fault, command, server::{Caller, MemoryStore}};
/// use std::sync::{Arc, LazyLock};
///
/// /// Given to `Node::start` as the command store: `COUNTER.clone()`.
/// static COUNTER: LazyLock<Arc<MemoryStore<Presses>>> = LazyLock::new(Arc::default);
///
/// #[command]
/// pub async fn press() -> Result<(), Fault> {
///     let caller = Caller::current().await?;
///     let channel: ChannelName = "counter".parse()?;
///     COUNTER
///         .run(&caller, |presses, outbox| {
///             presses.0 += 1;
///             outbox.say(&channel, &Pressed)
///         })
///         .await
/// }
/// ```
///
/// # What it promises
///
/// - A command that [runs](Self::run) on it takes effect once, as long as the process lives and its reply is remembered:
///   see [`MemoryLimits`]. A retry gets the reply of the first time, whichever node of this process it comes to, and
///   however much later.
/// - One that is refused, or panics, changes nothing, says nothing, and is not remembered.
/// - Commands run on it one after the other, and their messages reach everybody in that order. Should the broker be away,
///   they wait here and are published when it is back.
/// - It ends with its process. Where that is not enough, keep things in a database: the crate `sputnik-sqlx` makes the
///   same promises across nodes and restarts.
///
/// `S` is copied for each command that runs, so that one that fails leaves no trace. Keep what is large in it behind an
/// `Arc`, piece by piece.
pub struct MemoryStore<S> {
    limits: MemoryLimits,
    /// Held by the one command that runs. Not the lock of what is kept, so that its closure may look at the state.
    running: Mutex<()>,
    kept: Mutex<Kept<S>>,
}

/// What a [`MemoryStore`] holds at most.
#[derive(Debug, Clone)]
pub struct MemoryLimits {
    /// How many replies are remembered. With more, the oldest are forgotten: a retry that comes later than that runs
    /// again. 100,000 unless said otherwise.
    pub replies: usize,
    /// How many bytes the replies have together. With more, the oldest are forgotten; one that is larger by itself is
    /// refused. 16 MiB unless said otherwise.
    pub reply_bytes: usize,
    /// How long a reply is remembered. A day unless said otherwise.
    pub age: Duration,
    /// How many messages wait while the broker is away. When so many do, commands that say something are refused for
    /// the moment. 10,000 unless said otherwise.
    pub unsent: usize,
    /// How many bytes the messages have that wait. 16 MiB unless said otherwise.
    pub unsent_bytes: usize,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self {
            replies: 100_000,
            reply_bytes: 16 << 20,
            age: Duration::from_secs(24 * 60 * 60),
            unsent: 10_000,
            unsent_bytes: 16 << 20,
        }
    }
}

struct Kept<S> {
    state: Arc<S>,
    /// That of the newest message, whatever its channel.
    version: u64,
    replies: Replies,
    unsent: Waiting,
}

/// What was answered, in the order of it, so that the oldest are forgotten first.
#[derive(Default)]
struct Replies {
    by_key: HashMap<CallKey, Recorded>,
    order: VecDeque<(Instant, CallKey)>,
    bytes: usize,
}

impl Replies {
    fn of(&mut self, key: &CallKey, limits: &MemoryLimits) -> Option<&Recorded> {
        self.forget(limits);
        self.by_key.get(key)
    }

    fn note(&mut self, asked: &Asked, reply: String, limits: &MemoryLimits) {
        self.bytes += reply.len();
        self.by_key.insert(asked.key.clone(), Recorded { digest: Some(asked.digest), reply });
        self.order.push_back((Instant::now(), asked.key.clone()));
        self.forget(limits);
    }

    fn forget(&mut self, limits: &MemoryLimits) {
        while let Some((at, _)) = self.order.front() {
            let is_over = self.order.len() > limits.replies || self.bytes > limits.reply_bytes;
            if !is_over && at.elapsed() < limits.age {
                return;
            }
            let oldest = self.order.pop_front().and_then(|(_, key)| self.by_key.remove(&key));
            self.bytes -= oldest.map_or(0, |recorded| recorded.reply.len());
        }
    }
}

/// Messages that are committed and not yet published, by channel.
#[derive(Default)]
struct Waiting {
    by_channel: BTreeMap<ChannelName, VecDeque<Unsent>>,
    count: usize,
    bytes: usize,
}

impl Waiting {
    fn has_room_for(&self, said: &[(ChannelName, Unsent)], limits: &MemoryLimits) -> bool {
        let bytes: usize = said.iter().map(|(_, unsent)| unsent.entry.len()).sum();
        self.count + said.len() <= limits.unsent && self.bytes + bytes <= limits.unsent_bytes
    }

    fn add(&mut self, channel: ChannelName, message: Unsent) {
        self.count += 1;
        self.bytes += message.entry.len();
        self.by_channel.entry(channel).or_default().push_back(message);
    }

    fn remove(&mut self, channel: &ChannelName, up_to: u64) {
        let Some(messages) = self.by_channel.get_mut(channel) else { return };
        let published = messages.partition_point(|message| message.version <= up_to);
        for message in messages.drain(..published) {
            self.count -= 1;
            self.bytes -= message.entry.len();
        }
        if messages.is_empty() {
            self.by_channel.remove(channel);
        }
    }
}

/// What a command says, told everybody once its change is made.
pub struct Outbox {
    by: Option<CallKey>,
    version: u64,
    said: Vec<(ChannelName, Unsent)>,
}

impl Outbox {
    /// Says something on a channel, to everyone there.
    ///
    /// # Errors
    /// When the message cannot be written as JSON.
    pub fn say<M: Serialize>(&mut self, channel: &ChannelName, message: &M) -> Result<(), Fault> {
        let version = self.version + 1;
        let entry = Entry::said(message, self.by.as_ref(), Audience::All, Some(version)).map_err(|error| {
            tracing::error!(%error, "a message cannot be written as JSON");
            Fault::internal()
        })?;
        self.enter(channel, &entry);
        Ok(())
    }

    /// Has everyone who follows a channel asked for their right again, after what was said there before.
    pub fn recheck(&mut self, channel: &ChannelName) {
        self.enter(channel, &Entry::Recheck);
    }

    fn enter(&mut self, channel: &ChannelName, entry: &Entry) {
        self.version += 1;
        self.said.push((channel.clone(), Unsent { version: self.version, entry: Bytes::from(entry.to_json()) }));
    }
}

impl<S: Default> Default for MemoryStore<S> {
    fn default() -> Self {
        Self::new(S::default(), MemoryLimits::default())
    }
}

impl<S> MemoryStore<S> {
    /// One that begins with this state, and holds so much.
    #[must_use]
    pub fn new(state: S, limits: MemoryLimits) -> Self {
        // A broker that outlives this process passes over what is not newer than what it has. The clock goes on.
        let version = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let version = u64::try_from(version).unwrap_or_default();
        let kept = Kept { state: Arc::new(state), version, replies: Replies::default(), unsent: Waiting::default() };
        Self { limits, running: Mutex::default(), kept: Mutex::new(kept) }
    }

    /// The state as it stands.
    #[must_use]
    pub fn state(&self) -> Arc<S> {
        Arc::clone(&self.kept().state)
    }

    /// What a page of a channel starts from: what `take` takes of the state, and from where the channel continues it.
    ///
    /// # Errors
    /// Those of `take`.
    pub async fn snapshot<T>(
        &self,
        caller: &Caller,
        channel: &ChannelName,
        take: impl FnOnce(&S) -> Result<T, Fault>,
    ) -> Result<Snapshot<T>, Fault> {
        // Before the state, so that nothing falls between the two.
        let at = caller.node.position(channel).await;
        let (version, state) = {
            let kept = self.kept();
            (kept.version, Arc::clone(&kept.state))
        };
        Ok(Snapshot { at, version, within: None, state: take(&state)? })
    }

    /// Runs a command: changes the state, and says what is to be said of it. No other runs meanwhile, so it is short:
    /// what it needs from elsewhere is fetched before. It answers once everybody is told, or, where the broker is away,
    /// once it is certain that they will be.
    ///
    /// # Errors
    /// That of `change`, which then changed nothing. A conflict, where another command was done under the caller's UID.
    /// When as much waits to be published as may, to be tried again later.
    pub async fn run<T>(
        &self,
        caller: &Caller,
        change: impl FnOnce(&mut S, &mut Outbox) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        S: Clone,
        T: Serialize + DeserializeOwned,
    {
        let (reply, speaks) = self.commit(caller.call.as_ref(), change)?;
        caller.node.publish_all_committed(speaks).await;
        Ok(reply)
    }

    /// Makes a change, unless it was made before. Tells the reply, and on which channels there is something to publish.
    fn commit<T>(
        &self,
        call: Option<&Asked>,
        change: impl FnOnce(&mut S, &mut Outbox) -> Result<T, Fault>,
    ) -> Result<(T, Vec<ChannelName>), Fault>
    where
        S: Clone,
        T: Serialize + DeserializeOwned,
    {
        let _running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut state, version) = {
            let mut kept = self.kept();
            if let Some(call) = call
                && let Some(recorded) = kept.replies.of(&call.key, &self.limits)
            {
                let reply = recorded.clone().reply_to(call)?;
                return Ok((serde_json::from_str(&reply).map_err(not_as_json)?, Vec::new()));
            }
            (S::clone(&kept.state), kept.version)
        };
        let mut outbox = Outbox { by: call.map(|call| call.key.clone()), version, said: Vec::new() };
        let reply = change(&mut state, &mut outbox)?;
        let json = call.map(|call| Ok((call, serde_json::to_string(&reply)?))).transpose().map_err(not_as_json)?;
        if json.as_ref().is_some_and(|(_, json)| json.len() > self.limits.reply_bytes) {
            return Err(Fault::too_large("The answer is too large to be kept."));
        }
        let mut kept = self.kept();
        if !kept.unsent.has_room_for(&outbox.said, &self.limits) {
            return Err(Fault::temporary("Nobody can be told of it for the moment."));
        }
        kept.state = Arc::new(state);
        kept.version = outbox.version;
        if let Some((call, json)) = json {
            kept.replies.note(call, json, &self.limits);
        }
        let mut speaks: Vec<ChannelName> = Vec::new();
        for (channel, message) in outbox.said {
            if !speaks.contains(&channel) {
                speaks.push(channel.clone());
            }
            kept.unsent.add(channel, message);
        }
        Ok((reply, speaks))
    }

    fn kept(&self) -> MutexGuard<'_, Kept<S>> {
        // Whatever panics does so in `change`, while this is not held.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_as_json(error: serde_json::Error) -> Fault {
    tracing::error!(%error, "a reply cannot be written as JSON and read again");
    Fault::internal()
}

impl<S> fmt::Debug for MemoryStore<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MemoryStore").field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[async_trait]
impl<S: Send + Sync + 'static> CommandStore for MemoryStore<S> {
    async fn recorded(&self, call: &CallKey) -> Result<Option<Recorded>, Fault> {
        Ok(self.kept().replies.of(call, &self.limits).cloned())
    }

    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        let kept = self.kept();
        Ok(kept.unsent.by_channel.get(channel).into_iter().flatten().take(UNSENT).cloned().collect())
    }

    async fn sent(&self, channel: &ChannelName, up_to: u64) -> Result<(), Fault> {
        self.kept().unsent.remove(channel, up_to);
        Ok(())
    }

    async fn behind(&self) -> Result<Vec<ChannelName>, Fault> {
        Ok(self.kept().unsent.by_channel.keys().cloned().collect())
    }

    async fn forget_old(&self) -> Result<(), Fault> {
        self.kept().replies.forget(&self.limits);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{fault::Code, names::Uid},
        server::once::command_store::Digest,
    };
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use tokio::time::advance;

    type Store = MemoryStore<Vec<u64>>;

    fn asked(uid: u64, path: &str) -> Asked {
        let key = CallKey { client: "c1".parse().expect("a name"), uid: Uid(uid) };
        Asked { key, digest: Digest::of(None, path, b"{}"), before: None }
    }

    fn channel() -> ChannelName {
        "counter".parse().expect("a name")
    }

    /// A command that adds a number, says so, and answers how many there are then.
    fn add(store: &Store, call: &Asked, number: u64) -> Result<usize, Fault> {
        let change = |numbers: &mut Vec<u64>, outbox: &mut Outbox| {
            numbers.push(number);
            outbox.say(&channel(), &number)?;
            Ok(numbers.len())
        };
        store.commit(Some(call), change).map(|(count, _)| count)
    }

    #[tokio::test]
    async fn a_command_changes_the_state_once_and_is_answered_the_same_again() {
        let store = Store::default();
        assert_eq!(add(&store, &asked(1, "/add"), 7), Ok(1));
        assert_eq!(add(&store, &asked(2, "/add"), 8), Ok(2));
        assert_eq!(add(&store, &asked(1, "/add"), 7), Ok(1), "the reply of the first time");
        assert_eq!(add(&store, &asked(1, "/remove"), 9).map_err(|fault| fault.code), Err(Code::Conflict));
        assert_eq!(*store.state(), [7, 8]);
        let recorded = store.recorded(&asked(1, "/add").key).await.expect("it is there");
        assert_eq!(recorded.map(|recorded| recorded.reply).as_deref(), Some("1"));
        assert_eq!(store.unsent(&channel()).await.expect("they wait").len(), 2);
    }

    #[tokio::test]
    async fn a_command_that_is_refused_or_panics_leaves_nothing() {
        let store = Store::default();
        let refused = store.commit(Some(&asked(1, "/add")), |numbers, outbox| -> Result<(), Fault> {
            numbers.push(7);
            outbox.say(&channel(), &7)?;
            Err(Fault::forbidden("No."))
        });
        assert_eq!(refused.map_err(|fault| fault.code).err(), Some(Code::Forbidden));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            store.commit(Some(&asked(2, "/add")), |numbers, _| -> Result<(), Fault> {
                numbers.clear();
                panic!("as the test wants it")
            })
        }));
        assert!(panicked.is_err());
        assert!(store.state().is_empty());
        assert!(store.behind().await.expect("none").is_empty());
        for uid in [1, 2] {
            assert_eq!(store.recorded(&asked(uid, "/add").key).await, Ok(None));
            add(&store, &asked(uid, "/add"), uid).expect("it can be tried again");
        }
        assert_eq!(*store.state(), [1, 2]);
    }

    #[tokio::test]
    async fn messages_wait_in_the_order_of_the_changes_until_they_are_published() {
        let store = Store::default();
        for uid in 1..=3 {
            add(&store, &asked(uid, "/add"), uid).expect("there is room");
        }
        let waiting = store.unsent(&channel()).await.expect("they wait");
        let said = waiting.iter().map(|unsent| match serde_json::from_slice(&unsent.entry) {
            Ok(Entry::Said(said)) => said.body.get().to_owned(),
            other => panic!("{other:?}"),
        });
        assert_eq!(said.collect::<Vec<_>>(), ["1", "2", "3"]);
        assert!(waiting.is_sorted_by(|one, next| one.version < next.version));
        store.sent(&channel(), waiting[1].version).await.expect("noted");
        assert_eq!(store.unsent(&channel()).await, Ok(vec![waiting[2].clone()]));
        assert_eq!(store.behind().await, Ok(vec![channel()]));
        store.sent(&channel(), waiting[2].version).await.expect("noted");
        assert_eq!(store.behind().await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn while_too_much_waits_to_be_published_a_command_is_refused_and_changes_nothing() {
        let store = Store::new(Vec::new(), MemoryLimits { unsent: 1, ..MemoryLimits::default() });
        add(&store, &asked(1, "/add"), 1).expect("there is room");
        let refused = add(&store, &asked(2, "/add"), 2).expect_err("there is none");
        assert!(refused.can_retry());
        assert_eq!(*store.state(), [1]);
        let published = store.unsent(&channel()).await.expect("it waits")[0].version;
        store.sent(&channel(), published).await.expect("noted");
        add(&store, &asked(2, "/add"), 2).expect("there is room again");
    }

    #[tokio::test(start_paused = true)]
    async fn replies_are_forgotten_when_they_are_too_many_too_large_or_too_old() {
        let limits = MemoryLimits { replies: 2, age: Duration::from_secs(60), ..MemoryLimits::default() };
        let store = Store::new(Vec::new(), limits);
        for uid in 1..=3 {
            add(&store, &asked(uid, "/add"), uid).expect("there is room");
        }
        let is_known = async |uid| store.recorded(&asked(uid, "/add").key).await.expect("it answers").is_some();
        assert_eq!([is_known(1).await, is_known(2).await, is_known(3).await], [false, true, true]);
        advance(Duration::from_secs(61)).await;
        assert!(!is_known(3).await);
        assert_eq!(store.kept().replies.bytes, 0);

        let limits = MemoryLimits { reply_bytes: 10, ..MemoryLimits::default() };
        let store = Store::new(Vec::new(), limits);
        let say = |uid, text: &str| {
            let text = text.to_owned();
            store.commit(Some(&asked(uid, "/say")), move |_, _| Ok(text)).map(|(text, _)| text)
        };
        say(1, "1234").expect("6 bytes");
        say(2, "5678").expect("12 bytes with it");
        assert_eq!(store.recorded(&asked(1, "/say").key).await, Ok(None));
        assert!(store.recorded(&asked(2, "/say").key).await.expect("it answers").is_some());
        assert_eq!(say(3, "123456789").map_err(|fault| fault.code), Err(Code::TooLarge));
    }
}
