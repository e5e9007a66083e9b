//! Lets the node in at Redis: connects, and examines who answers before anything else is asked of it. So it is at the
//! start, and at each reconnect again: behind one name another server may stand by then.

use super::{
    PATIENCE,
    errors::{Verdict, not_let_in, unreachable, verdict, words},
};
use crate::server::broker::{Answer, BrokerError};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, PushInfo, RedisResult, Script,
    aio::{MultiplexedConnection, SendError},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{sync::mpsc, time::timeout};

static TRIAL: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/trial.lua")));

/// How many messages wait for whoever reads a connection.
const WAITING: usize = 4_096;

/// Who waits for more of what it does not understand says nothing.
const NO_TLS: &str = "it does not answer in time, or speaks no TLS at this port";

/// From which version of Redis on all is there that is needed.
const OLDEST: u32 = 7;

/// The way in.
#[derive(Clone)]
pub(super) struct Connector {
    client: Client,
    prefix: String,
}

/// A connection to a server that was found fit.
pub(super) struct Connected {
    pub connection: MultiplexedConnection,
    /// What the server sends without being asked.
    pub pushes: Pushes,
    /// The server's life: the beginning of its run id, which is another after each start.
    pub life: String,
}

impl Connector {
    pub(super) fn new(client: Client, prefix: &str) -> Self {
        Self { client, prefix: prefix.to_owned() }
    }

    /// Connects, and examines who answers.
    pub(super) async fn connect(&self) -> Answer<Connected> {
        let late = |_| BrokerError::Unreachable("it does not answer in time".to_owned());
        timeout(2 * PATIENCE, self.connect_and_examine()).await.map_err(late)?
    }

    async fn connect_and_examine(&self) -> Answer<Connected> {
        let (sender, pushes) = Pushes::new();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_push_sender(sender);
        let connected = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let silent = |error: &redis::RedisError| error.is_timeout() && self.speaks_tls();
        let mut connection = connected.map_err(|error| match silent(&error) {
            true => BrokerError::Unreachable(NO_TLS.to_owned()),
            false => not_let_in(&error),
        })?;
        let said = info(&mut connection, None).await.map_err(|error| refused("INFO", &error))?;
        fit(&said)?;
        self.try_out(&mut connection).await?;
        Ok(Connected { connection, pushes, life: life(&said) })
    }

    fn speaks_tls(&self) -> bool {
        matches!(self.client.get_connection_info().addr(), ConnectionAddr::TcpTls { .. })
    }

    /// Does once what the scripts do: a right that is missing would otherwise show in the middle of one.
    async fn try_out(&self, connection: &mut MultiplexedConnection) -> Answer<()> {
        let key = |what: &str| format!("{}{{@trial}}:{what}", self.prefix);
        TRIAL.load_async(connection).await.map_err(|error| refused("SCRIPT LOAD", &error))?;
        let mut trial = TRIAL.prepare_invoke();
        trial.key(key("hash")).key(key("stream")).key(key("sorted")).key(key("set")).arg(key("wake"));
        let refusals: Vec<String> = trial.invoke_async(connection).await.map_err(|error| refused("EVALSHA", &error))?;
        judge(&refusals)?;
        let topic = key("wake");
        connection.subscribe(&topic).await.map_err(|error| refused("SUBSCRIBE", &error))?;
        connection.unsubscribe(&topic).await.map_err(|error| refused("UNSUBSCRIBE", &error))
    }
}

/// What the trial's refusals, a reason and a command each, come to.
fn judge(refusals: &[String]) -> Answer<()> {
    let mut commands: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for refusal in refusals {
        let (reason, command) = refusal.rsplit_once('\n').unwrap_or((refusal, ""));
        let refused = commands.entry(reason).or_default();
        if !refused.contains(&command) {
            refused.push(command);
        }
    }
    if let Some(trouble) = commands.keys().find(|reason| !is_about_rights(reason)) {
        return Err(BrokerError::Unreachable((*trouble).to_owned()));
    }
    let lines: Vec<String> =
        commands.iter().map(|(reason, commands)| format!("{}: {reason}", commands.join(", "))).collect();
    if lines.is_empty() { Ok(()) } else { Err(lacks_rights(&lines.join("; "))) }
}

/// What the server says of itself, or of one part of itself.
async fn info(connection: &mut MultiplexedConnection, section: Option<&str>) -> RedisResult<String> {
    redis::cmd("INFO").arg(section).query_async(connection).await
}

/// Asks whether the server is still there, and still the one that takes what is written.
pub(super) async fn still_fit(connection: &mut MultiplexedConnection) -> Answer<()> {
    match info(connection, Some("replication")).await {
        Ok(said) => must_be_master(&said),
        // It answers, and has its troubles.
        Err(error) if verdict(&error) == Verdict::Stay => Ok(()),
        Err(error) => Err(unreachable(&error)),
    }
}

/// One line of what a server says of itself.
fn field<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// How much of the run id stands for a life; `prelude.lua` knows it as well.
const LIFE: usize = 8;

fn life(said: &str) -> String {
    field(said, "run_id").unwrap_or_default().chars().take(LIFE).collect()
}

/// Whether a server that says this of itself can be what nodes share.
fn fit(said: &str) -> Answer<()> {
    let unfit = |words: String| Err(BrokerError::Unfit(words));
    if field(said, "redis_mode") == Some("sentinel") {
        return unfit("A Redis Sentinel answers there. Name the server that it watches, the master.".to_owned());
    }
    if field(said, "cluster_enabled") == Some("1") {
        return unfit(
            "It is a node of a Redis Cluster, which is not supported. Name a single Redis server.".to_owned(),
        );
    }
    let version = field(said, "redis_version").unwrap_or("unknown");
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST) {
        return unfit(format!("Its version is {version}; Redis {OLDEST}.0 or later is needed."));
    }
    must_be_master(said)?;
    if field(said, "loading") == Some("1") {
        return Err(BrokerError::Unreachable("it still loads what it had saved".to_owned()));
    }
    warn_of_eviction(said);
    Ok(())
}

fn must_be_master(said: &str) -> Answer<()> {
    match field(said, "role") {
        Some("master") => Ok(()),
        Some("slave") => {
            let of = match (field(said, "master_host"), field(said, "master_port")) {
                (Some(host), Some(port)) => format!(" of {host}:{port}"),
                _ => String::new(),
            };
            Err(BrokerError::Unfit(format!("It is a replica{of}, which takes nothing new. Name the master.")))
        }
        _ => Err(BrokerError::Unreachable("it does not say whether it is a master".to_owned())),
    }
}

fn warn_of_eviction(said: &str) {
    if let Some(policy) = evicts(said) {
        tracing::warn!(
            policy,
            "Redis throws keys away when it is full, and with them pens and presence: set maxmemory-policy noeviction"
        );
    }
}

/// The policy by which the server evicts what is ours. Every key of ours has an end, so all but one do.
fn evicts(said: &str) -> Option<&str> {
    let bounded = field(said, "maxmemory").is_some_and(|bytes| bytes != "0");
    field(said, "maxmemory_policy").filter(|policy| bounded && *policy != "noeviction")
}

fn refused(what: &str, error: &redis::RedisError) -> BrokerError {
    let said = words(error);
    if is_about_rights(&said) { lacks_rights(&format!("{what}: {said}")) } else { unreachable(error) }
}

/// Whether the words say that something is not allowed, or not there: what another configuration alone can mend.
fn is_about_rights(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    [
        "noperm",
        "acl failure",
        "no permissions",
        "executing the script can't",
        "unknown command",
        "unknown redis command",
    ]
    .iter()
    .any(|words| said.contains(words))
}

fn lacks_rights(said: &str) -> BrokerError {
    BrokerError::Unfit(format!("It does not let this user do all that is needed ({said})."))
}

/// What a server sends on a connection without being asked: messages, until the connection is cut. Bounded: what does
/// not fit is dropped, and that is noted.
pub(super) struct Pushes {
    messages: mpsc::Receiver<PushInfo>,
    overflowed: Arc<AtomicBool>,
}

impl Pushes {
    fn new() -> (impl Fn(PushInfo) -> Result<(), SendError> + Send + Sync + 'static, Self) {
        let (sender, messages) = mpsc::channel(WAITING);
        let overflowed = Arc::new(AtomicBool::new(false));
        let lost = Arc::clone(&overflowed);
        let send = move |push| {
            if sender.try_send(push).is_err() {
                lost.store(true, Ordering::Relaxed);
            }
            Ok(())
        };
        (send, Self { messages, overflowed })
    }

    /// The next message; `None` once the connection was cut.
    pub(super) async fn next(&mut self) -> Option<PushInfo> {
        self.messages.recv().await.filter(|push| push.kind != redis::PushKind::Disconnection)
    }

    /// Whether messages were dropped since this was last asked.
    pub(super) fn overflowed(&self) -> bool {
        self.overflowed.load(Ordering::Relaxed) && self.overflowed.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    fn server(lines: &[&str]) -> Result<(), String> {
        let mut said = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:0123456789\r\n".to_owned();
        said += "loading:0\r\nrole:master\r\ncluster_enabled:0\r\n";
        for line in lines {
            let name = line.split(':').next().expect("a name");
            said = said
                .lines()
                .filter(|known| !known.starts_with(&format!("{name}:")))
                .fold(String::new(), |said, line| format!("{said}{line}\r\n"));
            said += &format!("{line}\r\n");
        }
        fit(&said).map_err(|error| error.to_string())
    }

    #[test]
    fn who_cannot_be_the_broker_is_refused_with_a_sentence() {
        assert_eq!(server(&[]), Ok(()));
        for (lines, words) in [
            (&["redis_version:6.2.14"][..], "Its version is 6.2.14"),
            (&["redis_version:strange"], "Its version is strange"),
            (&["role:slave", "master_host:10.0.0.7", "master_port:6379"], "It is a replica of 10.0.0.7:6379"),
            (&["cluster_enabled:1", "redis_mode:cluster"], "Redis Cluster, which is not supported"),
            (&["redis_mode:sentinel"], "A Redis Sentinel answers there"),
            (&["loading:1"], "still loads"),
        ] {
            let refused = server(lines).expect_err("it is not fit");
            assert!(refused.contains(words), "{lines:?}: {refused}");
        }
        assert_eq!(server(&["redis_version:10.1.0"]), Ok(()), "ten is more than seven");
    }

    #[test]
    fn a_server_that_throws_away_what_is_ours_is_warned_of() {
        assert_eq!(evicts("maxmemory:100\r\nmaxmemory_policy:volatile-lru\r\n"), Some("volatile-lru"));
        assert_eq!(evicts("maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n"), None);
        assert_eq!(evicts("maxmemory:100\r\nmaxmemory_policy:noeviction\r\n"), None);
    }

    #[test]
    fn what_a_user_may_not_do_is_named_and_what_passes_is_not_taken_for_it() {
        assert!(judge(&[]).is_ok());
        let reason = "ERR The user executing the script can't run this command or subcommand";
        let refused = judge(&[format!("{reason}\nXADD"), format!("{reason}\nDEL"), format!("{reason}\nDEL")]);
        assert!(matches!(refused, Err(BrokerError::Unfit(words)) if words.contains("XADD, DEL: ERR The user")));
        let full = judge(&["OOM command not allowed when used memory > 'maxmemory'.\nHSET".to_owned()]);
        assert!(matches!(full, Err(BrokerError::Unreachable(words)) if words.starts_with("OOM")));
    }

    /// The commands that a text calls by `opening`, such as `redis.call(`.
    fn commands(text: &str, opening: &str) -> BTreeSet<String> {
        let calls = text.split(opening).skip(1);
        calls.map(|rest| rest.split('\'').nth(1).expect("a command's name").to_owned()).collect()
    }

    #[test]
    fn every_command_of_every_script_is_tried_out_at_the_start() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/broker/redis/lua");
        let mut used = BTreeSet::new();
        for file in fs::read_dir(folder).expect("the scripts' folder") {
            let text = fs::read_to_string(file.expect("a file").path()).expect("a script");
            used.extend(commands(&text, "redis.call("));
        }
        assert!(used.len() > 20, "{used:?}");
        let tried = commands(include_str!("lua/trial.lua"), "try(");
        assert_eq!(used.difference(&tried).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}
