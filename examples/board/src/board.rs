//! The board: its cards, what can happen to them, and the commands that make it happen.

use serde::{Deserialize, Serialize};
use sputnik::{Channel, ChannelName, ClientId, Fault, LockName, Snapshot, UserId, command};
#[cfg(feature = "ssr")]
use {
    crate::store::{self, Store},
    sputnik::server::Caller,
};

/// How long a card's title may be, in characters.
pub const TITLE: usize = 80;
/// How long its text may be, in characters.
pub const TEXT: usize = 2_000;

/// Where a card hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Column {
    /// Nobody has begun.
    ToDo,
    /// Somebody is at it.
    Doing,
    /// It is done.
    Done,
}

impl Column {
    /// All of them, from left to right.
    pub const ALL: [Self; 3] = [Self::ToDo, Self::Doing, Self::Done];

    /// What stands above it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ToDo => "To do",
            Self::Doing => "Doing",
            Self::Done => "Done",
        }
    }
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which.
    pub id: i64,
    /// Where it hangs.
    pub column: Column,
    /// Its place there: the lowest stands highest.
    pub place: i64,
    /// What is to be done.
    pub title: String,
    /// What there is to say of it.
    pub text: String,
}

/// All cards, each column in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// By place.
    pub cards: Vec<Card>,
}

/// What happened: a message of the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A card is new, or is now as it stands here.
    Put(Card),
    /// One is gone.
    Removed(i64),
}

impl Board {
    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        let (Event::Put(Card { id, .. }) | Event::Removed(id)) = event;
        self.cards.retain(|card| card.id != *id);
        if let Event::Put(card) = event {
            let at = self.cards.partition_point(|other| other.place < card.place);
            self.cards.insert(at, card.clone());
        }
    }

    /// A card, if it is there.
    #[must_use]
    pub fn card(&self, id: i64) -> Option<&Card> {
        self.cards.iter().find(|card| card.id == id)
    }
}

/// The channel of the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Wall;

impl Channel for Wall {
    type State = Board;
    type Message = Event;

    fn name(&self) -> ChannelName {
        "board".parse().expect("a name of letters")
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Board>, Fault>> + Send + 'static {
        let opening = open_board();
        async move { Ok(opening.await?.board) }
    }
}

/// The lock of a card: whoever holds it edits the card.
#[must_use]
pub fn lock_of(card: i64) -> LockName {
    format!("card-{card}").parse().expect("a name of letters, digits and a hyphen")
}

/// What somebody finds who comes to the board.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    /// Who they are.
    pub me: UserId,
    /// The cards.
    pub board: Snapshot<Board>,
}

/// Comes to the board; refused for whoever has no name yet.
#[command]
pub async fn open_board() -> Result<Opened, Fault> {
    let caller = Caller::current().await?;
    let me = caller.require_user()?.id.clone();
    let read = async |sql: &mut sqlx::SqliteConnection| Ok(Board { cards: store::cards(sql).await? });
    Ok(Opened { me, board: Store::current().await?.snapshot(&caller, &Wall.name(), read).await? })
}

/// Adds a card at the end of a column.
#[command]
pub async fn add_card(column: Column, title: String) -> Result<i64, Fault> {
    let (caller, store) = at_the_board().await?;
    let title = checked(title, "")?.0;
    store
        .run(&caller, async |change| {
            // The version of the message is a place behind all others.
            let place = change.lock(&Wall.name()).await?.cast_signed();
            let card = store::add(change.sql(), column, place, title).await?;
            let id = card.id;
            change.say(&Wall.name(), &Event::Put(card)).await?;
            Ok(id)
        })
        .await
}

/// Moves a card that nobody edits to the end of a column.
#[command]
pub async fn move_card(id: i64, to: Column) -> Result<(), Fault> {
    let (caller, store) = at_the_board().await?;
    must_be_free(&caller, id).await?;
    store
        .run(&caller, async |change| {
            let place = change.lock(&Wall.name()).await?.cast_signed();
            let card = store::relocate(change.sql(), id, to, place).await?;
            change.say(&Wall.name(), &Event::Put(card)).await.map(drop)
        })
        .await
}

/// Removes a card that nobody edits.
#[command]
pub async fn remove_card(id: i64) -> Result<(), Fault> {
    let (caller, store) = at_the_board().await?;
    must_be_free(&caller, id).await?;
    store
        .run(&caller, async |change| {
            store::remove(change.sql(), id).await?;
            change.say(&Wall.name(), &Event::Removed(id)).await.map(drop)
        })
        .await
}

/// Takes a card to edit it, or waits for it behind those who do already.
#[command]
pub async fn take_card(id: i64) -> Result<(), Fault> {
    let (caller, store) = at_the_board().await?;
    let floor = store.newest_fence(id).await?;
    caller.acquire(&Wall.name(), &lock_of(id), true, floor).await.map(drop)
}

/// Gives a card up, or the place in its queue.
#[command]
pub async fn give_up_card(id: i64) -> Result<(), Fault> {
    let (caller, _) = at_the_board().await?;
    caller.release(&Wall.name(), &lock_of(id)).await.map(drop)
}

/// Hands a card to somebody who waits for it.
#[command]
pub async fn hand_over_card(id: i64, to: ClientId) -> Result<(), Fault> {
    let (caller, store) = at_the_board().await?;
    let floor = store.newest_fence(id).await?;
    caller.hand_over(&Wall.name(), &lock_of(id), &to, floor).await.map(drop)
}

/// Stores what was written on a card by whoever holds it under this fence.
#[command]
pub async fn save_card(id: i64, fence: u64, title: String, text: String) -> Result<(), Fault> {
    let (caller, store) = at_the_board().await?;
    let (title, text) = checked(title, &text)?;
    // Whoever lost the card while this was on its way is told so here. Should this node have stood still since it asked,
    // the database knows better: it takes no fence that is older than the newest it has seen.
    let lock = caller.lock(&Wall.name(), &lock_of(id)).await?;
    if lock.fence != fence || !lock.is_held_by(caller.require_client()?) {
        return Err(Fault::stale("Somebody else has this card now."));
    }
    store
        .run(&caller, async |change| {
            let card = store::save(change.sql(), id, fence, title, text).await?;
            change.say(&Wall.name(), &Event::Put(card)).await.map(drop)
        })
        .await
}

/// Who asks, and the store; refused for whoever has no name.
#[cfg(feature = "ssr")]
async fn at_the_board() -> Result<(Caller, Store), Fault> {
    let caller = Caller::current().await?;
    caller.require_user()?;
    Ok((caller, Store::current().await?))
}

/// Refuses what is not to happen to a card while somebody edits it.
#[cfg(feature = "ssr")]
async fn must_be_free(caller: &Caller, id: i64) -> Result<(), Fault> {
    match caller.lock(&Wall.name(), &lock_of(id)).await?.holder {
        None => Ok(()),
        Some(_) => Err(Fault::lock_held("Somebody is editing this card.")),
    }
}

/// A title and a text, if they may be a card's.
#[cfg(feature = "ssr")]
fn checked(title: String, text: &str) -> Result<(String, String), Fault> {
    if title.trim().is_empty() || title.chars().count() > TITLE {
        return Err(Fault::bad_request(format!("A title has between 1 and {TITLE} characters.")));
    }
    if text.chars().count() > TEXT {
        return Err(Fault::bad_request(format!("A card has at most {TEXT} characters.")));
    }
    Ok((title.trim().to_owned(), text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_stands_where_its_place_is() {
        let card = |id, place| Card { id, column: Column::ToDo, place, title: id.to_string(), text: String::new() };
        let order = |board: &Board| board.cards.iter().map(|card| card.id).collect::<Vec<_>>();
        let mut board = Board::default();
        for (id, place) in [(1, 10), (2, 30), (3, 20)] {
            board.apply(&Event::Put(card(id, place)));
        }
        assert_eq!(order(&board), [1, 3, 2]);
        board.apply(&Event::Put(card(1, 40)));
        assert_eq!(order(&board), [3, 2, 1]);
        board.apply(&Event::Removed(2));
        board.apply(&Event::Removed(2));
        assert_eq!(order(&board), [3, 1]);
    }
}
