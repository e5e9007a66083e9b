//! Who may write in a chapter, asked anew for every group of edits.

use crate::{
    book::{
        channels::{self, BookChannel},
        model::{BookId, Closing, PartId, Role},
        store::{books, pen},
    },
    database::Connection,
};
use sputnik::{Fault, UserId, server::Node};
use std::collections::HashMap;

/// Who may write in a chapter while a transaction lasts.
pub(super) struct WritePermission {
    closed: Option<Closing>,
    /// The number of the chapter's newest revision.
    pub(super) revision: u32,
    /// Who writes alone, and what they are called.
    alone: Option<(UserId, String)>,
    roles: HashMap<UserId, Option<Role>>,
}

impl WritePermission {
    /// Asks for those who wrote: in the transaction that is to store it, where none of it can change any more.
    pub(super) async fn ask<'a>(
        sql: &mut Connection,
        node: &Node,
        book: &BookId,
        part: &PartId,
        all: impl Iterator<Item = &'a UserId>,
    ) -> Result<Self, Fault> {
        let rules = pen::rules(sql, book, part).await?;
        let roles = books::rights(sql, book, &all.collect()).await?;
        let alone = match rules.holder {
            Some(holder) if roles.keys().any(|who| *who != holder) => {
                alone(sql, node, book, part, holder, rules.fence).await?
            }
            // Nobody has the pen, or the one who writes has it.
            _ => None,
        };
        Ok(Self { closed: rules.closed, revision: rules.revision, alone, roles })
    }

    /// Whether somebody may write.
    ///
    /// # Errors
    /// In words for them, when they may not.
    pub(super) fn check(&self, who: &UserId) -> Result<(), Fault> {
        let role = self.roles.get(who).copied().flatten();
        let Some(role) = role.filter(|role| *role >= Role::Editor) else {
            return Err(Fault::forbidden(
                "You may read this book, but no longer write in it. What you typed is not lost.",
            ));
        };
        if let Some(closing) = self.closed.filter(|closing| !closing.lets_write(role)) {
            return Err(Fault::forbidden(match closing {
                Closing::Locked => {
                    "This chapter was locked: only an owner of the book writes in it now. What you typed is not lost."
                }
                Closing::Final => {
                    "This chapter was marked as final, so nobody writes in it until an owner opens it again. What you \
                     typed is not lost."
                }
            }));
        }
        match &self.alone {
            Some((alone, name)) if alone != who => Err(Fault::lock_held(format_args!(
                "{name} writes alone in this chapter for a while. What you typed is not lost, and joins the text \
                 when the pen is put down."
            ))),
            _ => Ok(()),
        }
    }
}

/// Who has the pen that the database last saw with `holder`. That it was put down the database is told; that it ended
/// with its holder's page, only the broker knows.
async fn alone(
    sql: &mut Connection,
    node: &Node,
    book: &BookId,
    part: &PartId,
    holder: UserId,
    fence: u64,
) -> Result<Option<(UserId, String)>, Fault> {
    let roster = node.broker().roster(&BookChannel(book.clone()).name()).await?;
    let client = roster.lock(&channels::pen(part)).and_then(|lock| lock.holder.as_ref());
    match client.and_then(|client| roster.find(client)) {
        Some(who) => Ok(who.user.clone().map(|user| (user, who.name.clone()))),
        None => {
            pen::put_down(sql, part, &holder, fence).await?;
            Ok(None)
        }
    }
}
