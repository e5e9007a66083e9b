//! Replacing words in the whole book.

use super::{Access, EditorAccess, export, search::marked};
use crate::{
    book::{
        channels::pen,
        model::{Closing, Kind, Part, PartId},
        replace::{ChapterToReplace, PlaceToReplace, PlaceToken, Replaced, Replacing, ToReplace, taken_back_name},
        store::{history, search, text_before_documents, writing},
    },
    costly::{Budget, Permit},
    document::{
        Document, markdown,
        replace::{PlaceKey, Wanted, WantedPlace, taken_back},
        search::question::Question,
        tree::Node,
    },
};
use sputnik::{Fault, Roster};
use std::{
    collections::HashSet,
    convert::identity,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// How long it is looked what reads as a replacement left it.
const PATIENCE: Duration = Duration::from_secs(1);

impl EditorAccess {
    /// Where something would be replaced.
    pub async fn find_to_replace(&self, replacing: Replacing) -> Result<ToReplace, Fault> {
        let wanted = wanted(&replacing)?;
        let access = &self.0;
        let mut permit = access.enter().await?;
        let roster = access.caller.roster(&access.channel()).await?;
        let mut sql = access.database.read().await?;
        let outline = export::outline(&mut sql, &access.book).await?.1;
        let question = Question::of_part(replacing.find.as_str());
        let may_have: HashSet<PartId> = search::chapters_with(&mut sql, &access.book, &question).await?;
        drop(sql);
        let mut found = ToReplace::default();
        let mut room = ToReplace::MOST;
        for entry in outline {
            let part = entry.part;
            if part.kind != Kind::Chapter || !may_have.contains(&part.id) {
                continue;
            }
            // One more than are shown says that there are more.
            let (next, places) = self.places(&part.id, &wanted, room + 1, permit).await?;
            permit = next;
            if places.is_empty() {
                continue;
            }
            found.more = places.len() > room;
            let places: Vec<_> = places.into_iter().take(room).map(shown).collect();
            room -= places.len();
            if !places.is_empty() {
                let held = access.held(&part, &roster);
                found.chapters.push(ChapterToReplace { part: part.id, title: part.title, held, places });
            }
            if found.more {
                break;
            }
        }
        Ok(found)
    }

    /// The places in one chapter. Its document is read beside those who write in it.
    async fn places(
        &self,
        part: &PartId,
        wanted: &Wanted,
        most: usize,
        permit: Permit,
    ) -> Result<(Permit, Vec<WantedPlace>), Fault> {
        let mut sql = self.0.database.read().await?;
        let stored = writing::document(&mut sql, &self.0.book, part).await?;
        let before = match stored {
            Some(_) => String::new(),
            None => text_before_documents::before_documents(&mut sql, part).await?,
        };
        drop(sql);
        let wanted = wanted.clone();
        let look = move |budget: &Budget| {
            let document = match stored {
                Some(stored) => stored.load()?,
                None => Document::of(&markdown::read(&before)),
            };
            budget.check()?;
            Ok(document.wanted_places(&wanted, most))
        };
        permit.go_on(look).await
    }

    /// Replaces something in a chapter, where that was chosen.
    pub async fn replace_in_chapter(
        &self,
        part: &PartId,
        replacing: Replacing,
        places: Vec<PlaceToken>,
    ) -> Result<Replaced, Fault> {
        let wanted = wanted(&replacing)?;
        if places.len() > ToReplace::MOST {
            return Err(Fault::too_large("At most 2,000 places are replaced at once."));
        }
        let chosen: HashSet<PlaceKey> = places.iter().map(key).collect();
        let asked = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let with = replacing.with.clone();
        let make = move |document: &mut Document| {
            let replaced = document.replace(&wanted, with.as_str(), &chosen)?;
            // Only read when the edit is stored, on the same task: the last of two tries counts.
            counted.store(replaced.as_ref().map_or(0, |(_, count)| *count), Ordering::Relaxed);
            Ok(replaced.map(|(edit, _)| edit))
        };
        let answer = |revision: Result<u32, Fault>| {
            let places = count.load(Ordering::Relaxed);
            Ok(Replaced { places, gone: asked.saturating_sub(places), revision: revision? })
        };
        let permit = self.0.enter().await?;
        self.change_whole(part, permit, make, replacing.version_name(), answer).await
    }

    /// Takes back what a version changed, where that still stands.
    pub async fn take_back_replacement(&self, part: &PartId, revision: u32) -> Result<u32, Fault> {
        let Some(before) = revision.checked_sub(1) else { return Err(Fault::not_found("version")) };
        let permit = self.0.enter().await?;
        let mut sql = self.0.database.read().await?;
        history::newest(&mut sql, &self.0.book, part).await?;
        let name = history::name(&mut sql, part, revision).await?;
        let before = history::kept(&mut sql, part, before).await?;
        let after = history::kept(&mut sql, part, revision).await?;
        drop(sql);
        let (permit, (before, after)) = permit.go_on(move |_| Ok((before.nodes()?, after.nodes()?))).await?;
        let make = move |now: &[Node]| {
            let until = Budget::of(PATIENCE).at_most(PATIENCE);
            taken_back(now, &before, &after, until)
        };
        self.restore(part, permit, make, taken_back_name(&name), identity).await
    }
}

impl Access {
    /// Why they may not write in a chapter just now, as far as can be seen before it is tried.
    fn held(&self, part: &Part, roster: &Roster) -> Option<String> {
        if let Some(closed) = part.closed.as_ref().filter(|closed| !closed.how.lets_write(self.role)) {
            return Some(match closed.how {
                Closing::Locked => "This chapter is locked.".to_owned(),
                Closing::Final => "This chapter is final.".to_owned(),
            });
        }
        let client = roster.lock(&pen(&part.id))?.holder.as_ref()?;
        let holder = roster.find(client)?;
        let is_other = holder.user.as_ref().is_none_or(|user| !self.is(user));
        is_other.then(|| format!("{} has the pen of this chapter.", holder.name))
    }
}

fn wanted(replacing: &Replacing) -> Result<Wanted, Fault> {
    let Replacing { find, with, cased, whole } = replacing;
    if find.as_str().is_empty() {
        return Err(Fault::bad_request("Please say what is to be replaced."));
    }
    if find.as_str() == with.as_str() {
        return Err(Fault::bad_request("It would be replaced with itself. Please say what comes in its place."));
    }
    Ok(Wanted::new(find.as_str(), *cased, *whole))
}

fn shown(WantedPlace { key, around }: WantedPlace) -> PlaceToReplace {
    let PlaceKey { text, twin, hit } = key;
    PlaceToReplace { key: PlaceToken { text, twin, hit }, around: marked(around) }
}

fn key(&PlaceToken { text, twin, hit }: &PlaceToken) -> PlaceKey {
    PlaceKey { text, twin, hit }
}
