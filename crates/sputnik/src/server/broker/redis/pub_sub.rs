//! A node's ear on Redis: one connection on which it is told, and a task that keeps it open.
//!
//! The client library could resubscribe by itself, but it stops trying after some errors and does not tell whether it
//! succeeded; a node would be deaf and not know. So the task here connects for as long as it takes, subscribes to
//! everything that is watched, and then says [`Wake::Lost`]: whatever was missed before that is in the logs.
//!
//! The ear goes where the voice goes: it listens only to the server that the node's calls go to, and when these go to
//! another, so does the ear. Else a node could speak to a new master and listen to the old one.

use super::{
    Redis,
    connection::{Backoff, Connection, HEARTBEAT, SHORT_CUT, beat},
    connector::{Connected, Connector},
    errors::{Verdict, unreachable, verdict},
};
use crate::{
    protocol::{
        names::{ChannelName, ClientId},
        position::Position,
    },
    server::broker::{Answer, BrokerError, PubSub, Wake, Wakes, Watch, tap::Tap},
};
use bytes::Bytes;
use redis::{PushInfo, PushKind, RedisResult, Value, aio::MultiplexedConnection};
use std::collections::{HashMap, hash_map::Entry};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until},
};

/// Where a channel's wakes are published.
pub(super) fn topic(prefix: &str, channel: &ChannelName) -> String {
    format!("{prefix}{{{channel}}}:wake")
}

/// A whisper as it is published: `w`, who, `:`, what. An entry is `e`, its epoch, `:`, its offset, `:`, the entry.
fn whisper(from: &ClientId, body: &[u8]) -> Vec<u8> {
    [b"w", from.as_str().as_bytes(), b":", body].concat()
}

fn read(channel: &ChannelName, payload: &[u8]) -> Option<Wake> {
    fn text<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
        std::str::from_utf8(bytes).ok()?.parse().ok()
    }
    fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let colon = bytes.iter().position(|byte| *byte == b':')?;
        Some((&bytes[..colon], &bytes[colon + 1..]))
    }
    let channel = channel.clone();
    let (kind, rest) = payload.split_first()?;
    let (first, rest) = cut(rest)?;
    match kind {
        b'e' => {
            let (offset, entry) = cut(rest)?;
            let at = Position::new(text(first)?, text(offset)?);
            Some(Wake::Entry { channel, at, entry: Bytes::copy_from_slice(entry) })
        }
        b'w' => Some(Wake::Whisper { channel, from: text(first)?, body: Bytes::copy_from_slice(rest) }),
        _ => None,
    }
}

/// The topic and the payload of a message that was published.
fn published(push: PushInfo) -> Option<(String, Vec<u8>)> {
    let text = |value| match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.into_bytes()),
        _ => None,
    };
    let mut data = (push.kind == PushKind::Message).then_some(push.data)?.into_iter();
    let (topic, payload) = (text(data.next()?)?, text(data.next()?)?);
    Some((String::from_utf8(topic).ok()?, payload))
}

#[async_trait::async_trait]
impl PubSub for Redis {
    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()> {
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(topic(&self.prefix, channel)).arg(whisper(from, &body));
        let mut open = self.connection.get().await?;
        let answer = publish.exec_async(&mut open.connection).await;
        self.connection.judged(&open, answer)
    }

    /// Opens an ear on the server that the node's calls go to.
    async fn wakes(&self) -> Answer<(Box<dyn Watch>, Wakes)> {
        let (connector, prefix, calls) = (self.connector.clone(), self.prefix.clone(), self.connection.clone());
        let open = calls.get().await?;
        let connected = connect(&connector, &calls, open.number).await?;
        let (tap, wakes) = Tap::new();
        let (orders, receiver) = mpsc::channel(1);
        let ear =
            Ear { connector, prefix, calls, orders: receiver, topics: HashMap::new(), tap, backoff: Backoff::new() };
        tokio::spawn(ear.keep_open(connected));
        Ok((Box::new(RedisWatch { orders }), wakes))
    }
}

/// Lets the ear in where the calls went in; where another server answers by now, the calls' connection is of no use.
async fn connect(connector: &Connector, calls: &Connection, number: u64) -> Answer<Connected> {
    let connected = connector.connect().await?;
    if calls.is_life(&connected.life) {
        return Ok(connected);
    }
    let why = "another server answers at its address now";
    calls.doubt(number, Some(why.to_owned()));
    Err(BrokerError::Unreachable(why.to_owned()))
}

/// Which channels the node watches. Dropping it closes the connection.
struct RedisWatch {
    orders: mpsc::Sender<Order>,
}

/// Something the ear is to do.
struct Order {
    channel: ChannelName,
    watch: bool,
    done: oneshot::Sender<Answer<()>>,
}

impl RedisWatch {
    async fn order(&self, channel: &ChannelName, watch: bool) -> Answer<()> {
        let (done, answer) = oneshot::channel();
        let ended = || BrokerError::Unreachable("the node's wakes have ended".into());
        let order = Order { channel: channel.clone(), watch, done };
        self.orders.send(order).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

#[async_trait::async_trait]
impl Watch for RedisWatch {
    async fn watch(&self, channel: &ChannelName) -> Answer<()> {
        self.order(channel, true).await
    }

    async fn unwatch(&self, channel: &ChannelName) -> Answer<()> {
        self.order(channel, false).await
    }
}

/// Why the ear stopped listening on a connection.
enum End {
    /// The node does not listen any more.
    Dropped,
    /// The connection broke.
    Cut,
}

struct Ear {
    connector: Connector,
    prefix: String,
    calls: Connection,
    orders: mpsc::Receiver<Order>,
    /// What is watched: the channel of each topic.
    topics: HashMap<String, ChannelName>,
    tap: Tap,
    backoff: Backoff,
}

impl Ear {
    async fn keep_open(mut self, mut connected: Connected) {
        loop {
            let since = Instant::now();
            let End::Cut = self.listen(&mut connected).await else { return };
            self.backoff.lasted(since.elapsed());
            self.tap.lose();
            let Some(anew) = self.reconnect().await else { return };
            connected = anew;
            // Said again now that wakes come again: what was missed since the cut is to be looked for now.
            self.tap.lose();
        }
    }

    /// A new connection on which everything watched is subscribed to; `None` when the node has gone meanwhile.
    async fn reconnect(&mut self) -> Option<Connected> {
        let cut = Instant::now();
        loop {
            let mut connected = self.wait_for_connection(cut + SHORT_CUT).await?;
            let topics: Vec<&String> = self.topics.keys().collect();
            if topics.is_empty() || connected.connection.subscribe(topics).await.is_ok() {
                return Some(connected);
            }
        }
    }

    /// Waits for Redis to let us in. Meanwhile nothing new can be watched; who wants to is told so, but not before a
    /// short cut would be over.
    async fn wait_for_connection(&mut self, patience: Instant) -> Option<Connected> {
        let (backoff, calls, connector) = (&mut self.backoff, &self.calls, &self.connector);
        let connection = async move {
            loop {
                sleep(backoff.next_wait()).await;
                let number = calls.wait().await.number;
                if let Ok(connected) = connect(connector, calls, number).await {
                    return connected;
                }
            }
        };
        let mut connection = std::pin::pin!(connection);
        let mut impatient = false;
        loop {
            tokio::select! {
                connected = &mut connection => return Some(connected),
                () = sleep_until(patience), if !impatient => impatient = true,
                order = self.orders.recv(), if impatient => {
                    let Order { channel, watch, done } = order?;
                    let topic = topic(&self.prefix, &channel);
                    if !watch {
                        self.topics.remove(&topic);
                    }
                    let answer = if watch && !self.topics.contains_key(&topic) {
                        Err(BrokerError::Unreachable("it is being reconnected to".into()))
                    } else {
                        Ok(())
                    };
                    let _ = done.send(answer);
                }
            }
        }
    }

    async fn listen(&mut self, Connected { connection, pushes, life }: &mut Connected) -> End {
        let calls = self.calls.clone();
        let mut elsewhere = std::pin::pin!(calls.elsewhere(life));
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                push = pushes.next() => {
                    let Some(push) = push else { return End::Cut };
                    self.hear(push);
                    if pushes.overflowed() {
                        self.tap.lose();
                    }
                }
                order = self.orders.recv() => {
                    let Some(order) = order else { return End::Dropped };
                    let done = self.obey(connection, order.channel, order.watch).await;
                    let cut = done.as_ref().is_err_and(|error| verdict(error) != Verdict::Stay);
                    let _ = order.done.send(done.map_err(|error| unreachable(&error)));
                    if cut {
                        return End::Cut;
                    }
                }
                _ = heartbeat.tick() => {
                    if beat(connection).await.is_err() {
                        return End::Cut;
                    }
                }
                () = &mut elsewhere => return End::Cut,
            }
        }
    }

    fn hear(&mut self, push: PushInfo) {
        let Some((topic, payload)) = published(push) else { return };
        if let Some(wake) = self.topics.get(&topic).and_then(|channel| read(channel, &payload)) {
            self.tap.send(wake);
        }
    }

    async fn obey(
        &mut self,
        connection: &mut MultiplexedConnection,
        channel: ChannelName,
        watch: bool,
    ) -> RedisResult<()> {
        let topic = topic(&self.prefix, &channel);
        if !watch {
            return match self.topics.remove(&topic) {
                Some(_) => connection.unsubscribe(&topic).await,
                None => Ok(()),
            };
        }
        if let Entry::Vacant(place) = self.topics.entry(topic) {
            connection.subscribe(place.key()).await?;
            place.insert(channel);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_on_a_topic_is_no_wake() {
        let channel: ChannelName = "book/7".parse().expect("a name");
        for nonsense in ["", "e", "x1:2:3", "e1", "e1:2", "e1:x:{}", "e :1:{}", "w", "w:1", "wa b:1", "w\u{fffd}:1"] {
            assert!(read(&channel, nonsense.as_bytes()).is_none(), "{nonsense}");
        }
        let Some(Wake::Entry { at, entry, .. }) = read(&channel, b"eabc:12:{\"a\":1}") else { panic!("an entry") };
        assert_eq!((at.epoch.as_str(), at.offset, &entry[..]), ("abc", 12, &b"{\"a\":1}"[..]));
    }
}
