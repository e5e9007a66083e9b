//! What all panes of an open book share.

use crate::{
    account::person::Person,
    book::{
        channels::BookChannel,
        events::{BookEvent, EventKind},
        model::{BookId, Opened, PartId, Role},
        state::Book,
    },
    ui::{avatar::Face, browser, hue::show_given_hues},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use serde_json::json;
use sputnik::{
    ClientId, Fault, Present, Roster, UserId,
    client::{Live, Presence, connection::use_connection, use_channel, use_presence},
};
use std::{collections::HashMap, time::Duration};

/// How the writing in this page stands, for the one place that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// Nobody can write in this page.
    Idle,
    /// All that was typed is with the server.
    Saved,
    /// So many changes are on their way.
    Underway(u32),
    /// There is no connection; so many changes are not with the server.
    Offline {
        /// How many.
        unsaved: u32,
        /// Whether they are kept on this device, and outlive the page.
        kept: bool,
    },
    /// The server would not have what was typed; the page says why.
    Refused {
        /// Whether it is kept on this device, and outlives the page.
        kept: bool,
    },
}

/// Why a book that is open in a page is followed there no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was deleted.
    Deleted,
    /// Whoever looks was signed out.
    SignedOut,
    /// It is not open to them any more.
    Closed,
}

/// Which pane a narrow screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The contents.
    Contents,
    /// The chapter.
    Chapter,
    /// People, chat and activity.
    Chat,
}

/// Which of the side panel's three is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Who is here, and who belongs to the book.
    People,
    /// The chat.
    Chat,
    /// What happened.
    Activity,
}

/// An open book, as its panes share it. Cheap to copy; get it with [`use_book_context`].
#[derive(Clone, Copy)]
pub struct BookContext {
    /// Which book.
    pub id: StoredValue<BookId>,
    /// The book, live.
    pub live: Live<BookChannel>,
    /// Who is here and who holds which pen.
    pub presence: Presence,
    /// Who looks.
    pub me: StoredValue<Option<Person>>,
    /// What they may do now.
    pub role: Memo<Role>,
    /// Whether they belong to it.
    pub belongs: Memo<bool>,
    /// Whether they see all there is: people, chat, activity and versions too, and not only the text.
    pub within: Memo<bool>,
    /// Whether whoever looks owns the book, and it is in the archive: they may bring it back, and do nothing else.
    pub owns_in_archive: Memo<bool>,
    /// Why it is no longer followed, if it is not: what is shown is how it stood last, and nothing can be done with it.
    pub ending: Memo<Option<Ending>>,
    /// Whether it is known by now that whoever looked is signed out.
    pub signed_out: RwSignal<bool>,
    /// The chapter in the address.
    pub part: Memo<Option<PartId>>,
    /// Whether the caret is in its text.
    pub writing: RwSignal<bool>,
    /// How that stands.
    pub saving: RwSignal<Saving>,
    /// Whose caret is to be shown as soon as it is known where it is.
    pub sought: RwSignal<Option<ClientId>>,
    /// The chapter that whoever looks began a moment ago, until its text is there: then the caret goes into it.
    pub begun: StoredValue<Option<PartId>>,
    /// Whether whoever looks is about to invite somebody, until the field for it has the focus.
    pub inviting: RwSignal<bool>,
    /// Whether only the text is shown, and whether it is saved.
    pub focus_mode: RwSignal<bool>,
    /// What a narrow screen shows.
    pub pane: RwSignal<Pane>,
    /// The open tab of the side panel.
    pub tab: RwSignal<Tab>,
    /// Whether the contents are shown on a wide screen.
    pub left: RwSignal<bool>,
    /// Whether the side panel is shown on a wide screen.
    pub right: RwSignal<bool>,
}

impl BookContext {
    /// Runs a command that is expected to do this to the book, and shows that at once. What is refused is taken back.
    pub async fn predict<T>(
        self,
        what: EventKind,
        command: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        match self.me.get_value() {
            Some(by) => self.live.predict(BookEvent { by, at: browser::now(), what }, command).await,
            None => command.await,
        }
    }

    /// The same, to its end; why something is refused is said.
    pub fn run_predicted(
        self,
        what: EventKind,
        command: impl Future<Output = Result<(), Fault>> + 'static,
        fault: RwSignal<Option<String>>,
    ) {
        fault.set(None);
        spawn_local(async move {
            if let Err(why) = self.predict(what, command).await {
                fault.try_set(Some(why.words));
            }
        });
    }

    /// Opens a book and makes it known to everything below.
    pub fn open(opened: Opened<Book>, me: Option<Person>) -> Self {
        let channel = BookChannel(opened.snapshot.state.id.clone());
        let (id, name) = (channel.0.clone(), channel.name());
        let live = use_channel(channel, opened.snapshot, Book::apply);
        #[cfg(feature = "hydrate")]
        crate::book::script::page_is_about(name.clone());
        show_given_hues(Memo::new(move |_| live.state.with(|book| book.hues.clone())));

        let path = use_location().pathname;
        let part = Memo::new(move |_| {
            path.read()
                .split('/')
                .nth(3)?
                .parse()
                .ok()
                .filter(|part: &PartId| !["settings", "publish", "copy"].contains(&part.as_str()))
        });
        let writing = RwSignal::new(false);
        let show = Signal::derive(move || json!({"part": part.get(), "writing": writing.get()}));
        let presence = use_presence(name, show);

        let my_id = me.as_ref().map(|me| me.id.clone());
        let mine = Memo::new(move |_| my_id.as_ref().and_then(|id| live.state.with(|book| book.role_of(id))));
        // Whoever has it open and does not belong to it reads it.
        let role = Memo::new(move |_| live.state.with(|book| book.role_left(mine.get().unwrap_or(Role::Reader))));
        let archived = Memo::new(move |_| live.state.with(|book| book.archived));
        let owns_in_archive = Memo::new(move |_| archived.get() && mine.get() == Some(Role::Owner));
        let belongs = Memo::new(move |_| mine.with(Option::is_some));
        let within = Memo::new(move |_| live.state.with(|book| book.readers_see).is_all_for(mine.get().is_some()));
        let signed_out = RwSignal::new(false);
        let ending = Memo::new(move |_| {
            let (deleted, ended) = (live.state.with(|book| book.deleted), live.ended.with(Option::is_some));
            match (deleted, ended, signed_out.get()) {
                (true, ..) => Some(Ending::Deleted),
                (false, true, true) => Some(Ending::SignedOut),
                (false, true, false) => Some(Ending::Closed),
                (false, false, _) => None,
            }
        });

        let folded = browser::cookie("folded").unwrap_or_default();
        let context = Self {
            id: StoredValue::new(id),
            live,
            presence,
            me: StoredValue::new(me),
            role,
            belongs,
            within,
            owns_in_archive,
            ending,
            signed_out,
            part,
            writing,
            saving: RwSignal::new(Saving::Idle),
            sought: RwSignal::new(None),
            begun: StoredValue::new(None),
            inviting: RwSignal::new(false),
            focus_mode: RwSignal::new(false),
            pane: RwSignal::new(Pane::Chapter),
            tab: RwSignal::new(Tab::People),
            left: RwSignal::new(!folded.contains("left")),
            right: RwSignal::new(!folded.contains("right")),
        };
        provide_context(context);
        context
    }

    /// Folds or unfolds a side, and remembers it where the server sees it too.
    pub fn fold(&self, side: RwSignal<bool>) {
        side.update(|open| *open = !*open);
        let folded = match (self.left.get_untracked(), self.right.get_untracked()) {
            (true, true) => "none",
            (false, true) => "left",
            (true, false) => "right",
            (false, false) => "left.right",
        };
        browser::set_cookie("folded", folded);
    }

    /// Shows where somebody's caret is: at once where that is known, and otherwise should it be heard of soon.
    pub fn seek(&self, client: ClientId) {
        const SOON: Duration = Duration::from_secs(8);
        let sought = self.sought;
        sought.set(Some(client.clone()));
        self.pane.set(Pane::Chapter);
        // Nobody wants to be led somewhere by what they pressed long ago.
        let give_up = move || _ = sought.try_update(|sought| _ = sought.take_if(|other| *other == client));
        set_timeout(give_up, SOON);
    }

    /// The book's id.
    pub fn book(&self) -> BookId {
        self.id.get_value()
    }

    /// Whether whoever looks may change the book, as long as it is there.
    pub fn can_edit(&self) -> bool {
        self.role.get() >= Role::Editor && self.ending.get().is_none()
    }

    /// The same, for an event that only asks once.
    pub fn can_edit_untracked(&self) -> bool {
        self.role.get_untracked() >= Role::Editor && self.ending.get_untracked().is_none()
    }

    /// Whether whoever looks belongs to the book.
    pub fn belongs(&self) -> bool {
        self.belongs.get()
    }

    /// Whether whoever looks owns the book, as long as it is there.
    pub fn owns(&self) -> bool {
        self.role.get() == Role::Owner && self.ending.get().is_none()
    }

    /// The same, for code that does not follow changes.
    pub fn owns_untracked(&self) -> bool {
        self.role.get_untracked() == Role::Owner && self.ending.get_untracked().is_none()
    }

    /// Whether this is the person who looks.
    pub fn is_me(&self, user: Option<&UserId>) -> bool {
        user.is_some() && self.me.with_value(|me| me.as_ref().map(|me| &me.id) == user)
    }

    /// Whether this is a page of the person who looks: this one, or another tab of theirs.
    pub fn is_mine(&self, who: &Present) -> bool {
        self.is_me(who.user.as_ref()) || use_connection().client.with(|client| client.as_ref() == Some(&who.client))
    }

    /// The address of a part.
    pub fn path(&self, part: &PartId) -> String {
        self.id.with_value(|book| format!("/book/{book}/{part}"))
    }
}

/// The open book.
///
/// # Panics
/// Outside of one.
pub fn use_book_context() -> BookContext {
    expect_context()
}

/// A person who is here, however many tabs they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Who, if they are signed in.
    pub user: Option<UserId>,
    /// How they are shown.
    pub face: Face,
    /// The tab in which they write, or the first they opened.
    pub client: ClientId,
    /// The chapters they look at.
    pub parts: Vec<PartId>,
    /// The chapter they write in.
    pub writes: Option<PartId>,
}

/// How somebody is shown.
pub fn face_of(who: &Present) -> Face {
    let id = who.user.as_ref().map_or_else(|| who.client.to_string(), ToString::to_string);
    let name = if who.name.is_empty() { "Guest".to_owned() } else { who.name.clone() };
    Face { id, name, writing: false }
}

/// How a person is shown.
pub fn face(person: &Person) -> Face {
    Face { id: person.id.to_string(), name: person.name.clone(), writing: false }
}

/// Everyone who is here, one entry a person, in the order they came.
pub fn people_here(roster: &Roster) -> Vec<Here> {
    let mut people: Vec<Here> = Vec::new();
    for who in &roster.here {
        let known = people.iter_mut().find(|here| who.user.is_some() && here.user == who.user);
        let here = match known {
            Some(here) => here,
            None => {
                let (user, face, client) = (who.user.clone(), face_of(who), who.client.clone());
                people.push(Here { user, face, client, parts: Vec::new(), writes: None });
                // It was pushed just now.
                let Some(here) = people.last_mut() else { continue };
                here
            }
        };
        if let Some(part) = who.state.get("part").and_then(|part| part.as_str()?.parse().ok()) {
            here.parts.push(part);
        }
        if who.state.get("writing").and_then(serde_json::Value::as_bool) == Some(true) {
            here.writes = here.parts.last().cloned();
            here.client = who.client.clone();
            here.face.writing = true;
        }
        if let Some(lock) = roster.locks.iter().find(|lock| lock.is_held_by(&who.client)) {
            here.writes = lock.name.as_str().parse().ok();
            here.client = who.client.clone();
            here.face.writing = true;
        }
    }
    people
}

/// Who looks at which part: for the faces in the contents.
pub fn faces_by_part(people: &[Here]) -> HashMap<PartId, Vec<Face>> {
    let mut faces: HashMap<PartId, Vec<Face>> = HashMap::new();
    for here in people {
        for part in &here.parts {
            let face = Face { writing: here.writes.as_ref() == Some(part), ..here.face.clone() };
            let at = faces.entry(part.clone()).or_default();
            if !at.contains(&face) {
                at.push(face);
            }
        }
    }
    faces
}
