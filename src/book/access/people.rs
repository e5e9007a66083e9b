//! Who belongs to the book.

use super::{Access, MemberAccess, OwnerAccess, shelf::OWNED};
use crate::{
    account::person::Person,
    book::{
        events::EventKind,
        model::{Member, Role},
        store::{books, people},
    },
};
use sputnik::{Fault, UserId, server::command::audit};

impl OwnerAccess {
    /// Invites a person to the book, or gives a member another role.
    pub async fn set_member(&self, name: &str, role: Role) -> Result<Person, Fault> {
        let set = self
            .0
            .work(Role::Owner, async |work| {
                let who = people::named(work.sql(), name).await?;
                let who = who.ok_or_else(|| {
                    Fault::bad_request(
                        "Nobody here has this name. They need to sign up first; then invite them by their name.",
                    )
                })?;
                let members = people::members(work.sql(), &self.0.book).await?;
                let before = members.iter().find(|member| member.person.id == who.id).map(|member| member.role);
                if before == Some(role) {
                    return Ok(who);
                }
                if before.is_none() {
                    if members.len() >= people::MEMBERS {
                        return Err(Fault::conflict("This book has 500 members, which is as many as it may have."));
                    }
                    work.invite(&who, role).await?;
                    return Ok(who);
                }
                if before == Some(Role::Owner) {
                    must_not_be_last(&members)?;
                }
                if role == Role::Owner && books::owned(work.sql(), &who.id).await? >= OWNED {
                    return Err(Fault::conflict("They own 1,000 books, which is as many as one may."));
                }
                let at = work.at;
                let hue = Some(people::set(work.sql(), &self.0.book, &who.id, role, at).await?);
                work.tell(EventKind::MemberSet { member: Member { person: who.clone(), role }, hue }).await?;
                if before == Some(Role::Owner) {
                    work.withdraw_those_of(&who.id).await?;
                }
                // Also for a higher role: what a connection may do besides listening is decided when it is let in.
                work.recheck().await?;
                Ok(who)
            })
            .await;
        let act = audit::act("set_member").of(&self.0.caller);
        match &set {
            Ok(who) => act.about(format_args!("{}: {} is {role:?}, or invited so", self.0.book, who.id)).done(),
            Err(_) => act.about(&self.0.book).ended(&set),
        }
        set
    }

    /// Takes a person out of the book.
    pub async fn remove_member(&self, who: &UserId) -> Result<(), Fault> {
        self.0.take_out(who, Role::Owner).await
    }
}

impl MemberAccess {
    /// Leaves the book.
    pub async fn leave(&self) -> Result<(), Fault> {
        self.0.take_out(&self.0.me()?.id, Role::Reader).await
    }
}

impl Access {
    async fn take_out(&self, who: &UserId, needed: Role) -> Result<(), Fault> {
        let removed = self
            .work(needed, async |work| {
                let members = people::members(work.sql(), &self.book).await?;
                let member = members.iter().find(|member| member.person.id == *who);
                let member = member.ok_or_else(|| Fault::bad_request("They do not belong to this book."))?;
                if member.role == Role::Owner {
                    must_not_be_last(&members)?;
                }
                people::remove(work.sql(), &self.book, who).await?;
                work.tell(EventKind::MemberRemoved { person: member.person.clone() }).await?;
                work.withdraw_those_of(who).await?;
                work.recheck().await
            })
            .await;
        audit::act("remove_member").of(&self.caller).about(format_args!("{}: {who}", self.book)).ended(&removed);
        removed
    }
}

fn must_not_be_last(members: &[Member]) -> Result<(), Fault> {
    if members.iter().filter(|member| member.role == Role::Owner).count() > 1 {
        return Ok(());
    }
    Err(Fault::conflict("A book needs an owner. Please make somebody else an owner first."))
}
