//! A node's ear on Redis: one pub/sub connection, and a task that keeps it open.
//!
//! The client library could resubscribe by itself, but it stops trying after some time and does not tell whether it
//! succeeded; a node would be deaf and not know. So the task here connects for as long as it takes, subscribes to
//! everything that is watched, and then says [`Wake::Lost`]: whatever was missed before that is in the logs.

use super::{Life, PATIENCE, unreachable};
use crate::sputnik::{
    names::{ChannelName, ClientId},
    position::Position,
    server::{
        broker::{Answer, BrokerError, Wake, Wakes, Watch},
        wakes::Tap,
    },
};
use bytes::Bytes;
use futures::StreamExt;
use redis::{
    Client, RedisResult,
    aio::{ConnectionManager, PubSub, PubSubSink, PubSubStream},
};
use std::{
    collections::{HashMap, hash_map::Entry},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};

/// How often a silent connection is asked whether it is still there.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// The first and the longest wait between attempts to connect.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Where a channel's wakes are published.
pub(super) fn topic(prefix: &str, channel: &ChannelName) -> String {
    format!("{prefix}{{{channel}}}:wake")
}

/// A whisper as it is published: `w`, who, `:`, what. An entry is `e`, its epoch, `:`, its offset, `:`, the entry.
pub(super) fn whisper(from: &ClientId, body: &[u8]) -> Vec<u8> {
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

/// Opens an ear. Whenever it connects anew, it asks in which life the server is.
pub(super) async fn listen(
    client: Client,
    prefix: String,
    life: (ConnectionManager, Life),
) -> Answer<(RedisWatch, Wakes)> {
    let connection = connect(&client).await?;
    let (tap, wakes) = Tap::new();
    let (orders, receiver) = mpsc::channel(1);
    let ear = Ear { client, prefix, life, orders: receiver, topics: HashMap::new(), tap };
    tokio::spawn(ear.keep_open(connection));
    Ok((RedisWatch { orders }, wakes))
}

async fn connect(client: &Client) -> Answer<PubSub> {
    patiently(client.get_async_pubsub()).await
}

async fn patiently<T>(answer: impl Future<Output = RedisResult<T>>) -> Answer<T> {
    let late = |_| BrokerError::Unreachable("it does not answer".into());
    timeout(PATIENCE, answer).await.map_err(late)?.map_err(unreachable)
}

/// Connects, for as long as it takes.
async fn connect_at_last(client: Client) -> PubSub {
    let (mut wait, longest) = RETRY;
    loop {
        match connect(&client).await {
            Ok(connection) => return connection,
            Err(_) => sleep(wait).await,
        }
        wait = (wait * 2).min(longest);
    }
}

/// Which channels the node watches. Dropping it closes the connection.
pub(super) struct RedisWatch {
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
    client: Client,
    prefix: String,
    life: (ConnectionManager, Life),
    orders: mpsc::Receiver<Order>,
    /// What is watched: the channel of each topic.
    topics: HashMap<String, ChannelName>,
    tap: Tap,
}

impl Ear {
    async fn keep_open(mut self, connection: PubSub) {
        let (mut sink, mut stream) = connection.split();
        while let End::Cut = self.listen(&mut sink, &mut stream).await {
            self.tap.lose();
            let Some(connection) = self.reconnect().await else { return };
            (sink, stream) = connection;
            // Said again now that wakes come again: what was missed since the cut is to be looked for now.
            self.tap.lose();
        }
    }

    /// A new connection on which everything watched is subscribed to; `None` when the node has gone meanwhile.
    async fn reconnect(&mut self) -> Option<(PubSubSink, PubSubStream)> {
        loop {
            let (mut sink, stream) = self.wait_for_connection().await?.split();
            let (connection, life) = &mut self.life;
            let topics: Vec<&String> = self.topics.keys().collect();
            let known = life.ask(connection).await.is_ok();
            if known && (topics.is_empty() || patiently(sink.subscribe(topics)).await.is_ok()) {
                return Some((sink, stream));
            }
            sleep(RETRY.0).await;
        }
    }

    /// Waits for Redis to let us in. Meanwhile nothing new can be watched.
    async fn wait_for_connection(&mut self) -> Option<PubSub> {
        let mut connection = std::pin::pin!(connect_at_last(self.client.clone()));
        loop {
            tokio::select! {
                connection = &mut connection => return Some(connection),
                order = self.orders.recv() => {
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

    async fn listen(&mut self, sink: &mut PubSubSink, stream: &mut PubSubStream) -> End {
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = stream.next() => {
                    let Some(message) = message else { return End::Cut };
                    let channel = self.topics.get(message.get_channel_name());
                    if let Some(wake) = channel.and_then(|channel| read(channel, message.get_payload_bytes())) {
                        self.tap.send(wake);
                    }
                }
                order = self.orders.recv() => {
                    let Some(order) = order else { return End::Dropped };
                    let done = self.obey(sink, order.channel, order.watch).await;
                    let cut = done.is_err();
                    let _ = order.done.send(done);
                    if cut {
                        return End::Cut;
                    }
                }
                _ = heartbeat.tick() => {
                    if patiently(sink.ping::<redis::Value>()).await.is_err() {
                        return End::Cut;
                    }
                }
            }
        }
    }

    async fn obey(&mut self, sink: &mut PubSubSink, channel: ChannelName, watch: bool) -> Answer<()> {
        let topic = topic(&self.prefix, &channel);
        if !watch {
            return match self.topics.remove(&topic) {
                Some(_) => patiently(sink.unsubscribe(&topic)).await,
                None => Ok(()),
            };
        }
        if let Entry::Vacant(place) = self.topics.entry(topic) {
            patiently(sink.subscribe(place.key())).await?;
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
