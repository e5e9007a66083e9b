//! The room: what was said in it, and how something is said.

use serde::{Deserialize, Serialize};
use sputnik::{Channel, ChannelName, Fault, Snapshot, UserId, command};
#[cfg(feature = "ssr")]
use {
    sputnik::server::{Caller, MemoryStore},
    std::sync::{Arc, LazyLock},
};

/// How many lines are remembered.
const LINES: usize = 200;
/// How long one may be, in characters.
pub const LENGTH: usize = 2_000;

/// What was said, for those who come later.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    /// The oldest first.
    pub lines: Vec<Line>,
}

/// Somebody said something: a message of the channel, and a line of the talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    /// Whose it is.
    pub by: UserId,
    /// What they are called.
    pub name: String,
    /// The words.
    pub text: String,
}

impl Talk {
    /// Takes in what was said. The server and every page do so in the same way.
    pub fn apply(&mut self, line: &Line) {
        self.lines.push(line.clone());
        let too_many = self.lines.len().saturating_sub(LINES);
        self.lines.drain(..too_many);
    }
}

/// The channel on which people talk.
#[derive(Debug, Clone, PartialEq)]
pub struct Room;

impl Channel for Room {
    type State = Talk;
    type Message = Line;

    fn name(&self) -> ChannelName {
        "room".parse().expect("a name of letters")
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Talk>, Fault>> + Send + 'static {
        let entering = enter();
        async move { Ok(entering.await?.talk) }
    }
}

/// The talk, and beside it which lines were taken in.
#[cfg(feature = "ssr")]
pub static TALK: LazyLock<Arc<MemoryStore<Talk>>> = LazyLock::new(Arc::default);

/// What somebody finds who enters.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entered {
    /// Who they are.
    pub me: UserId,
    /// What was said so far.
    pub talk: Snapshot<Talk>,
}

/// Enters the room; refused for whoever has no name yet.
#[command]
pub async fn enter() -> Result<Entered, Fault> {
    let caller = Caller::current().await?;
    let me = caller.require_user()?.id.clone();
    let talk = TALK.snapshot(&caller, &Room.name(), |talk| Ok(talk.clone())).await?;
    Ok(Entered { me, talk })
}

/// Says something, and so that everybody hears it.
#[command]
pub async fn say(text: String) -> Result<(), Fault> {
    let caller = Caller::current().await?;
    let me = caller.require_user()?;
    if text.trim().is_empty() || text.chars().count() > LENGTH {
        return Err(Fault::bad_request(format!("A line has between 1 and {LENGTH} characters.")));
    }
    TALK.run(&caller, |talk, outbox| {
        let number = talk.lines.last().map_or(1, |line| line.number + 1);
        let line = Line { number, by: me.id.clone(), name: me.name.clone(), text };
        talk.apply(&line);
        outbox.say(&Room.name(), &line)
    })
    .await
}
