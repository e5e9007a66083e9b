//! Publishes to Redis for a while and prints how many a second: `publishes (node|script) URL CHANNELS SECONDS`. Through
//! a node; or by its script alone, in pipelines.

use redis::{Script, aio::MultiplexedConnection};
use sputnik::{
    ChannelName,
    protocol::message::{Audience, Entry},
    server::broker::{Limits, Log, redis::Redis},
};
use std::{
    cell::Cell,
    env,
    error::Error,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::{JoinSet, LocalSet};

const AT_ONCE: usize = 256;
const IN_PIPELINE: usize = 64;

const PUBLISH: &str = concat!(
    include_str!("../../../crates/sputnik/src/server/broker/redis/lua/prelude.lua"),
    include_str!("../../../crates/sputnik/src/server/broker/redis/lua/publish.lua")
);

type Outcome = Result<(), Box<dyn Error>>;

struct Work {
    entry: String,
    channels: usize,
    end: Instant,
    done: Cell<usize>,
}

impl Work {
    /// Takes the next so many: the number of the first.
    fn take(&self, count: usize) -> usize {
        self.done.replace(self.done.get() + count)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let args: Vec<String> = env::args().skip(1).collect();
    let [way, url, channels, seconds] = &args[..] else { return Err("publishes WAY URL CHANNELS SECONDS".into()) };
    let time = Duration::from_secs(seconds.parse()?);
    let entry = Entry::said(&"-".repeat(128), None, Audience::All, None)?.to_json();
    let work = Work { entry, channels: channels.parse()?, end: Instant::now() + time, done: Cell::new(0) };
    let work = Rc::new(work);
    let mut workers = JoinSet::new();
    let local = LocalSet::new();
    if way == "node" {
        let broker = Redis::connect(url, Limits::default()).await?;
        for _ in 0..AT_ONCE {
            workers.spawn_local_on(through_a_node(broker.clone(), Rc::clone(&work)), &local);
        }
    } else {
        let connection = redis::Client::open(url.as_str())?.get_multiplexed_async_connection().await?;
        Script::new(PUBLISH).load_async(&mut connection.clone()).await?;
        for _ in 0..AT_ONCE / IN_PIPELINE {
            workers.spawn_local_on(by_script(connection.clone(), Rc::clone(&work)), &local);
        }
    }
    local.await;
    while let Some(ended) = workers.join_next().await {
        ended??;
    }
    println!("{}", work.done.get() as f64 / time.as_secs_f64());
    Ok(())
}

async fn through_a_node(broker: std::sync::Arc<Redis>, work: Rc<Work>) -> Result<(), String> {
    while !work.is_over() {
        let room = work.take(1) % work.channels;
        let channel: ChannelName = format!("room-{room}").parse().map_err(|error| format!("{error}"))?;
        let entry = bytes::Bytes::from(work.entry.clone());
        broker.publish(&channel, entry, None).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn by_script(mut connection: MultiplexedConnection, work: Rc<Work>) -> Result<(), String> {
    let script = Script::new(PUBLISH);
    while !work.is_over() {
        let mut pipeline = redis::pipe();
        let first = work.take(IN_PIPELINE);
        for number in first..first + IN_PIPELINE {
            let room = number % work.channels;
            let mut call = script.prepare_invoke();
            for what in ["log", "meta", "due", "who", "leaving", "locks"] {
                call.key(format!("sp:{{room-{room}}}:{what}"));
            }
            call.arg(format!("sp:{{room-{room}}}:wake")).arg("epoch").arg(1_000).arg(86_400_000);
            call.arg(&work.entry).arg("");
            pipeline.invoke_script(&call).ignore();
        }
        pipeline.exec_async(&mut connection).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}
