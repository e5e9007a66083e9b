//! Somebody deletes their account: what becomes of their books, and that they go.

use super::{invitations, shelf::OWNED};
use crate::{
    account::{
        people::{self as accounts, Accounts},
        person::Person,
    },
    book::{
        account_deletion::{AccountDeletion, DELETE, OwnedAlone, fate_of},
        channels::{BookChannel, ChapterChannel},
        events::{BookEvent, Ended, EventKind},
        model::{BookId, Member, Role, Title},
        store::{self, bin, books, contents as parts, people, publish::publish},
    },
    database::{Change, Database, now},
};
use sputnik::{
    ChannelName, Code, Fault, UserId,
    server::{Caller, command::audit},
};
use std::collections::{BTreeSet, HashMap};

/// What has to be settled before the caller goes.
pub async fn open_leaving() -> Result<AccountDeletion, Fault> {
    let (database, caller) = (Database::current()?, Caller::current().await?);
    let me = caller.require_user()?;
    let mut sql = database.read().await?;
    let mut leaving = AccountDeletion::default();
    for book in books::of_member(&mut sql, &me.id).await? {
        let members = people::members(&mut sql, &book).await?;
        if !is_sole_owner(&members, &me.id) {
            leaving.others += 1;
            continue;
        }
        let (title, ..) = books::head(&mut sql, &book).await?;
        let members = members.into_iter().map(|member| member.person).filter(|person| person.id != me.id).collect();
        leaving.alone.push(OwnedAlone { id: book, title, members });
    }
    Ok(leaving)
}

fn is_sole_owner(members: &[Member], who: &UserId) -> bool {
    let mut owners = members.iter().filter(|member| member.role == Role::Owner);
    owners.next().is_some_and(|owner| owner.person.id == *who) && owners.next().is_none()
}

/// Deletes the caller's account, with what `fates` says of the books that they own alone.
pub async fn delete_account(fates: &HashMap<&str, &str>, password: &str, sure: bool) -> Result<(), Fault> {
    let (accounts, database, caller) = (Accounts::current()?, Database::current()?, Caller::current().await?);
    let me: Person = caller.require_user()?.clone().into();
    let gone = async {
        must_be_settled(fates, &open_leaving().await?, accounts.prove(&me.id, password, caller.address).await, sure)?;
        let go = async |change: &mut Change| Going { change, me: me.clone(), at: now() }.go(fates).await;
        database.command_store().run(&caller, go).await
    };
    let gone = gone.await;
    audit::act("delete_account").of(&caller).ended(&gone);
    gone?;
    if let Err(fault) = caller.node.reconnect_user(&me.id).await {
        tracing::warn!(%fault, "tabs of somebody who deleted their account still listen");
    }
    Ok(())
}

/// Whether all is said that has to be before somebody goes. Whoever forgot several things is told of all at once.
fn must_be_settled(
    fates: &HashMap<&str, &str>,
    leaving: &AccountDeletion,
    proved: Result<(), Fault>,
    sure: bool,
) -> Result<(), Fault> {
    let open = |book: &&OwnedAlone| fates.get(book.id.as_str()).is_none_or(|fate| fate.is_empty());
    let undecided = leaving.alone.iter().filter(open).map(|book| Some(undecided(&book.id, &book.title)));
    let wrong = match proved {
        Err(wrong) if wrong.code == Code::Forbidden => Some(wrong.in_field("password")),
        proved => proved.map(|()| None)?,
    };
    let unsure = (!sure).then(|| {
        Fault::bad_request("Please say that you want this: it cannot be undone. Nothing was deleted.").in_field("sure")
    });
    Fault::all(undecided.chain([wrong, unsure]))
}

/// All that changes when somebody goes: one transaction.
struct Going<'a> {
    change: &'a mut Change,
    me: Person,
    at: i64,
}

impl Going<'_> {
    async fn go(&mut self, fates: &HashMap<&str, &str>) -> Result<(), Fault> {
        let belongs = books::of_member(self.change.sql(), &self.me.id).await?;
        let invited = store::invitations::of_person(self.change.sql(), &self.me.id).await?;
        // Always in one order, so that two who go at once do not wait for each other.
        let all: BTreeSet<BookId> =
            belongs.iter().cloned().chain(invited.into_iter().map(|asked| asked.book)).collect();
        for book in all {
            self.change.lock(&BookChannel(book.clone()).name()).await?;
            if belongs.contains(&book) {
                self.leave(&book, fates.get(book.as_str()).copied()).await?;
            } else {
                let me = [self.me.clone()];
                invitations::end(self.change, &book, (&self.me, self.at), &me, Ended::Declined).await?;
            }
        }
        for (book, is_owned_by_others) in bin::of_member(self.change.sql(), &self.me.id).await? {
            match is_owned_by_others {
                true => people::remove(self.change.sql(), &book, &self.me.id).await?,
                // Nobody could bring it back.
                false => books::delete(self.change.sql(), &book).await?,
            }
        }
        accounts::forget(self.change.sql(), &self.me.id).await
    }

    async fn leave(&mut self, book: &BookId, fate: Option<&str>) -> Result<(), Fault> {
        let members = people::members(self.change.sql(), book).await?;
        if is_sole_owner(&members, &self.me.id) {
            let (title, ..) = books::head(self.change.sql(), book).await?;
            match fate.filter(|fate| !fate.is_empty()) {
                None => return Err(undecided(book, &title)),
                Some(DELETE) => return self.delete(book).await,
                Some(heir) => self.give(book, &title, &members, heir).await?,
            }
        }
        people::remove(self.change.sql(), book, &self.me.id).await?;
        let invited = store::invitations::by_inviter(self.change.sql(), book, &self.me.id).await?;
        invitations::end(self.change, book, (&self.me, self.at), &invited, Ended::Withdrawn).await?;
        self.tell(book, EventKind::MemberRemoved { person: self.me.clone() }).await?;
        self.recheck(book).await
    }

    async fn delete(&mut self, book: &BookId) -> Result<(), Fault> {
        let invited = store::invitations::of_book(self.change.sql(), book).await?;
        let invited: Vec<Person> = invited.into_iter().map(|invitation| invitation.person).collect();
        invitations::end(self.change, book, (&self.me, self.at), &invited, Ended::Withdrawn).await?;
        self.tell(book, EventKind::BookDeleted).await?;
        self.recheck(book).await?;
        books::delete(self.change.sql(), book).await
    }

    async fn give(&mut self, book: &BookId, title: &Title, members: &[Member], heir: &str) -> Result<(), Fault> {
        let heir = members.iter().map(|member| &member.person).find(|person| person.id.as_str() == heir);
        let heir = heir.filter(|heir| heir.id != self.me.id).cloned().ok_or_else(|| undecided(book, title))?;
        if books::owned(self.change.sql(), &heir.id).await? >= OWNED {
            return Err(Fault::conflict(format_args!(
                "{} owns 1,000 books, which is as many as one may. Please choose somebody else for “{title}”.",
                heir.name
            ))
            .in_field(&fate_of(book)));
        }
        let hue = Some(people::set(self.change.sql(), book, &heir.id, Role::Owner, self.at).await?);
        self.tell(book, EventKind::MemberSet { member: Member { person: heir, role: Role::Owner }, hue }).await
    }

    async fn tell(&mut self, book: &BookId, what: EventKind) -> Result<(), Fault> {
        publish(self.change, book, &BookEvent { by: self.me.clone(), at: self.at, what }).await
    }

    async fn recheck(&mut self, book: &BookId) -> Result<(), Fault> {
        self.change.recheck(&BookChannel(book.clone()).name()).await?;
        let chapters = parts::chapters(self.change.sql(), book).await?;
        let channels: Vec<ChannelName> =
            chapters.into_iter().map(|part| ChapterChannel(book.clone(), part).name()).collect();
        self.change.recheck_many(&channels).await
    }
}

fn undecided(book: &BookId, title: &Title) -> Fault {
    Fault::conflict(format_args!(
        "Nobody else owns “{title}”: please choose whether it is deleted, or to whom it is given. Nothing was deleted."
    ))
    .in_field(&fate_of(book))
}
