//! Invitations: nobody is made a member of a book without being asked.

use super::{Access, OwnerAccess, Work, shelf::OWNED};
use crate::{
    account::person::Person,
    book::{
        channels::PersonChannel,
        events::{BookEvent, Ended, EventKind},
        model::{BookId, Invitation, Member, Role},
        shelf::{PersonEvent, ReceivedInvitation},
        store::{
            books,
            invitations::{self, InvitationState},
            people,
            publish::publish,
        },
        writing::chapters::Chapters,
    },
    database::{Change, Connection, Database},
};
use sputnik::{
    Fault, Snapshot, UserId,
    server::{Caller, command::audit},
};

/// How many invitations to one book may wait.
pub const IN_BOOK: i64 = 200;
/// How many invitations may wait for one person.
pub const FOR_PERSON: i64 = 50;
/// How many invitations one person sends within a day.
pub const BY_INVITER: i64 = 200;
/// How many of these to the same person.
pub const TO_PERSON: i64 = 10;

/// To what the caller is invited, and from where what they are told continues.
pub async fn mine() -> Result<Snapshot<Vec<ReceivedInvitation>>, Fault> {
    let (database, caller) = (Database::current()?, Caller::current().await?);
    let me = caller.require_user()?;
    let channel = PersonChannel(me.id.clone()).name();
    let read = async |sql: &mut Connection| invitations::of_person(sql, &me.id).await;
    database.command_store().snapshot(&caller, &channel, read).await
}

/// Somebody who is invited to a book: accepts or declines, and may do nothing else there.
pub struct Invited(Access);

impl Access {
    /// The caller, and a book they are invited to.
    ///
    /// # Errors
    /// When nobody is signed in, and when no invitation waits for them.
    pub async fn invited(book: BookId) -> Result<Invited, Fault> {
        let (database, chapters) = (Database::current()?, Chapters::current()?);
        let caller = Caller::current().await?;
        caller.require_user()?;
        // An invitation alone gives no right to read the book.
        let (role, is_member, within, archived) = (Role::Reader, false, false, false);
        Ok(Invited(Self { caller, database, chapters, book, role, is_member, within, archived }))
    }
}

impl Invited {
    /// Belongs to the book from now on.
    pub async fn accept(&self) -> Result<(), Fault> {
        let accept = async |work: &mut Work<'_>, waiting| {
            let Some(Invitation { person, role, .. }) = waiting else { return self.nothing_waits(work).await };
            let book = &self.0.book;
            if people::members(work.sql(), book).await?.len() >= people::MEMBERS {
                return Err(Fault::conflict("This book has 500 members, which is as many as it may have."));
            }
            if role == Role::Owner && books::owned(work.sql(), &person.id).await? >= OWNED {
                return Err(Fault::conflict(
                    "You own 1,000 books, which is as many as one may. Please delete one first.",
                ));
            }
            let at = work.at;
            let hue = Some(people::set(work.sql(), book, &person.id, role, at).await?);
            invitations::remove(work.sql(), book, &person.id).await?;
            work.tell(EventKind::MemberSet { member: Member { person: person.clone(), role }, hue }).await?;
            work.recheck().await?;
            work.tell_person(&person.id, PersonEvent::InvitationEnded { book: book.clone(), accepted: true }).await
        };
        let accepted = self.answer(accept).await;
        audit::act("accept_invitation").of(&self.0.caller).about(&self.0.book).ended(&accepted);
        accepted
    }

    /// Does not want to. Owners see it, and can ask again after a day.
    pub async fn decline(&self) -> Result<(), Fault> {
        let decline = async |work: &mut Work<'_>, waiting| {
            let Some(Invitation { person, .. }) = waiting else { return self.nothing_waits(work).await };
            let (book, at) = (&self.0.book, work.at);
            invitations::decline(work.sql(), book, &person.id, at).await?;
            work.tell(EventKind::InvitationEnded { person: person.clone(), how: Ended::Declined }).await?;
            work.tell_person(&person.id, PersonEvent::InvitationEnded { book: book.clone(), accepted: false }).await
        };
        self.answer(decline).await
    }

    /// Answers the invitation that waits, if one does, with nobody else changing the book until this ends.
    async fn answer(
        &self,
        answer: impl AsyncFnOnce(&mut Work<'_>, Option<Invitation>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Access { caller, book, .. } = &self.0;
        let find_and_answer = async |work: &mut Work<'_>| {
            work.change.lock(&self.0.channel()).await?;
            let me = work.by.id.clone();
            let waiting = match invitations::find(work.sql(), book, &me).await? {
                Some(InvitationState::Open(invitation)) => Some(invitation),
                _ => None,
            };
            answer(work, waiting).await
        };
        self.0.run(caller, find_and_answer).await
    }

    /// Whoever belongs to the book already, or has declined, is told nothing new by pressing once more. To all others
    /// it looks the same whether there is such a book.
    async fn nothing_waits(&self, work: &mut Work<'_>) -> Result<(), Fault> {
        let me = work.by.id.clone();
        match books::right(work.sql(), &self.0.book, Some(&me)).await? {
            Some(right) if right.member => Ok(()),
            _ => Err(Fault::conflict("This invitation no longer waits: it was answered or withdrawn, or has run out.")),
        }
    }
}

impl OwnerAccess {
    /// Takes an invitation back.
    pub async fn withdraw_invitation(&self, who: &UserId) -> Result<(), Fault> {
        self.0
            .work(Role::Owner, async |work| match invitations::find(work.sql(), &self.0.book, who).await? {
                Some(InvitationState::Open(Invitation { person, .. })) => work.withdraw(&[person]).await,
                _ => Err(Fault::conflict("This invitation no longer waits: it was answered, or has run out.")),
            })
            .await
    }
}

impl Work<'_> {
    /// Asks somebody to belong to the book.
    pub(super) async fn invite(&mut self, who: &Person, role: Role) -> Result<(), Fault> {
        let (book, by, at) = (self.access.book.clone(), self.by.clone(), self.at);
        match invitations::find(self.sql(), &book, &who.id).await? {
            Some(InvitationState::Open(open)) if open.role == role => return Ok(()),
            Some(InvitationState::Declined) => {
                return Err(Fault::conflict(format_args!(
                    "{} declined an invitation to this book. You can invite them again a day later.",
                    who.name
                )));
            }
            _ => {}
        }
        let lately = invitations::lately(self.sql(), &book, &by.id, &who.id).await?;
        let words = if lately.by_inviter >= BY_INVITER {
            "You have sent 200 invitations within a day, which is as many as one may. Please go on tomorrow.".to_owned()
        } else if lately.to_person >= TO_PERSON {
            format!("You have invited {} ten times within a day. Please wait for their answer.", who.name)
        } else if lately.in_book >= IN_BOOK {
            "200 invitations to this book wait for an answer, which is as many as may. Please withdraw some.".to_owned()
        } else if lately.for_person >= FOR_PERSON {
            format!("Fifty invitations wait for {} already. They have to answer some first.", who.name)
        } else {
            let invitation = Invitation { person: who.clone(), role, by: by.clone(), at };
            invitations::add(self.sql(), &book, &invitation).await?;
            self.tell(EventKind::Invited { invitation }).await?;
            let (title, ..) = books::head(self.sql(), &book).await?;
            let asked = ReceivedInvitation { book, title, role, by, at };
            return self.tell_person(&who.id, PersonEvent::Invited { asked }).await;
        };
        Err(Fault::conflict(words))
    }

    /// Takes invitations back.
    pub(super) async fn withdraw(&mut self, people: &[Person]) -> Result<(), Fault> {
        end(self.change, &self.access.book, (&self.by, self.at), people, Ended::Withdrawn).await
    }

    /// Takes back what somebody invited to who does not own the book any more: they have no say in who belongs to it.
    pub(super) async fn withdraw_those_of(&mut self, inviter: &UserId) -> Result<(), Fault> {
        let people = invitations::by_inviter(self.change.sql(), &self.access.book, inviter).await?;
        self.withdraw(&people).await
    }

    /// Tells one person, wherever they are.
    async fn tell_person(&mut self, who: &UserId, word: PersonEvent) -> Result<(), Fault> {
        self.change.say(&PersonChannel(who.clone()).name(), &word).await.map(drop)
    }
}

/// Ends invitations to a book that were not answered, and tells both sides of it. The book's channel is locked.
pub(super) async fn end(
    change: &mut Change,
    book: &BookId,
    (by, at): (&Person, i64),
    people: &[Person],
    how: Ended,
) -> Result<(), Fault> {
    // Always in the same order, so that no two changes wait for each other's people.
    let mut people: Vec<&Person> = people.iter().collect();
    people.sort_by(|a, b| a.id.cmp(&b.id));
    for person in people {
        invitations::remove(change.sql(), book, &person.id).await?;
        let what = EventKind::InvitationEnded { person: person.clone(), how };
        publish(change, book, &BookEvent { by: by.clone(), at, what }).await?;
        let word = PersonEvent::InvitationEnded { book: book.clone(), accepted: false };
        change.say(&PersonChannel(person.id.clone()).name(), &word).await?;
    }
    Ok(())
}
