//! In Prometheus' names, units and text. Every label has few values: a command's name is one of those the application
//! registered.

use super::labels::{Source, Transport};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::time::Duration;

/// The content type of [`Node::measurements`](crate::server::node::Node::measurements).
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the buckets in which durations are counted, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTransport {
    transport: Transport,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCommand {
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfResult {
    name: String,
    result: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOperation {
    operation: &'static str,
}

type Seconds<L> = Family<L, Histogram, fn() -> Histogram>;

fn seconds<L: Clone + std::hash::Hash + Eq>() -> Seconds<L> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}

/// What one node counted since it started.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    connections: Family<OfTransport, Gauge>,
    clients: Gauge,
    present: Gauge,
    channels: Gauge,
    pub(crate) messages: Counter,
    pub(crate) deliveries: Counter,
    pub(crate) reconnects: Counter,
    pub(crate) slow_clients: Counter,
    pub(crate) lock_waits: Counter,
    recoveries: Family<OfSource, Counter>,
    commands: Family<OfResult, Counter>,
    /// All of them: a family cannot tell its sum.
    all_commands: Counter,
    command_seconds: Seconds<OfCommand>,
    broker_errors: Family<OfOperation, Counter>,
    broker_seconds: Seconds<OfOperation>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("sputnik"),
            connections: Family::default(),
            clients: Gauge::default(),
            present: Gauge::default(),
            channels: Gauge::default(),
            messages: Counter::default(),
            deliveries: Counter::default(),
            reconnects: Counter::default(),
            slow_clients: Counter::default(),
            lock_waits: Counter::default(),
            recoveries: Family::default(),
            commands: Family::default(),
            all_commands: Counter::default(),
            command_seconds: seconds(),
            broker_errors: Family::default(),
            broker_seconds: seconds(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let all = &mut self.registry;
        all.register("connections", "Open sockets and waiting long polls", self.connections.clone());
        all.register("clients", "Clients connected, or seen within the last lease", self.clients.clone());
        all.register("present", "Presences this node keeps: one a client and channel", self.present.clone());
        all.register("channels", "Channels this node follows", self.channels.clone());
        all.register("messages", "Log entries this node was woken for", self.messages.clone());
        all.register("deliveries", "Log entries sent to clients", self.deliveries.clone());
        all.register("reconnects", "Sockets opened by clients that had one before", self.reconnects.clone());
        all.register("slow_clients", "Sockets cut because nobody read them", self.slow_clients.clone());
        all.register("lock_waits", "Times a client was put into the queue of a lock", self.lock_waits.clone());
        all.register("recoveries", "Where what a returning client missed was found", self.recoveries.clone());
        all.register("commands", "Commands, by name and result", self.commands.clone());
        let (help, unit) = ("How long a command took", Unit::Seconds);
        all.register_with_unit("command", help, unit, self.command_seconds.clone());
        all.register("broker_errors", "Calls of the broker that failed", self.broker_errors.clone());
        let (help, unit) = ("How long a round trip to the broker took", Unit::Seconds);
        all.register_with_unit("broker", help, unit, self.broker_seconds.clone());
    }

    /// Counts a connection for as long as what this returns is kept.
    pub(crate) fn connected(&self, transport: Transport) -> Connected {
        let gauge = self.connections.get_or_create_owned(&OfTransport { transport });
        gauge.inc();
        Connected(gauge)
    }

    /// A client came back to a channel, and what it missed was found there.
    pub(crate) fn recovered(&self, source: Source) {
        self.recoveries.get_or_create(&OfSource { source }).inc();
    }

    /// A command was answered.
    pub(crate) fn commanded(&self, name: &str, result: &str, took: Duration) {
        self.all_commands.inc();
        self.commands.get_or_create(&OfResult { name: name.into(), result: result.into() }).inc();
        self.command_seconds.get_or_create(&OfCommand { name: name.into() }).observe(took.as_secs_f64());
    }

    /// How many entries were sent to clients so far, and how many commands were answered.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.deliveries.get(), self.all_commands.get())
    }

    /// The broker was asked.
    pub(crate) fn asked(&self, operation: &'static str, took: Duration, failed: bool) {
        let labels = OfOperation { operation };
        self.broker_seconds.get_or_create(&labels).observe(took.as_secs_f64());
        if failed {
            self.broker_errors.get_or_create(&labels).inc();
        }
    }

    /// Notes what stands now.
    pub(crate) fn set_gauges(&self, clients: usize, present: usize, channels: usize) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.clients.set(number(clients));
        self.present.set(number(present));
        self.channels.set(number(channels));
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(std::fmt::Error) => unreachable!("a string takes whatever is written to it"),
        }
    }
}

/// Counts one connection while it lives.
#[derive(Debug)]
pub(crate) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}
