//! The contents of a book: its parts as a tree.

use super::{
    damaged,
    part_row::{Line, select},
    understood, word,
};
use crate::{
    book::{
        events::Spot,
        model::{BookId, Closed, Kind, Part, PartId, Place, Status, Title},
        state::Book,
    },
    database::{Connection, Failed},
};
use sputnik::Fault;

/// How far apart parts are numbered, so that twenty can be put one before the other before a renumbering.
const STEP: i64 = 1 << 20;

/// The parts of a book; those of one parent in their order.
pub struct Contents {
    book: BookId,
    lines: Vec<Line>,
}

/// How many parts a book has already, and in how many sections what comes into this one may stand.
pub fn room(contents: &Contents, parent: Option<&PartId>) -> Result<(usize, usize), Fault> {
    let above = match parent {
        None => 0,
        Some(parent) if contents.get(parent)?.kind != Kind::Section => {
            return Err(Fault::bad_request("Only a section holds other chapters and sections."));
        }
        Some(parent) => contents.above(parent).count(),
    };
    Ok((contents.lines.len(), Book::DEPTH.saturating_sub(above)))
}

impl Contents {
    /// Reads the contents of a book.
    pub async fn load(sql: &mut Connection, book: &BookId) -> Result<Self, Fault> {
        let rows = sqlx::query(&select("p.book = $1 AND p.deleted IS NULL"))
            .bind(book.as_str())
            .fetch_all(sql)
            .await
            .map_err(Failed)?;
        let lines = rows.iter().filter_map(|row| understood("a chapter or section", Line::read(row))).collect();
        Ok(Self { book: book.clone(), lines })
    }

    /// All parts.
    pub fn into_parts(self) -> Vec<Part> {
        self.lines.into_iter().map(|line| line.part).collect()
    }

    /// The part of this id.
    pub fn get(&self, id: &PartId) -> Result<&Part, Fault> {
        let line = self.lines.iter().find(|line| line.part.id == *id);
        line.map(|line| &line.part).ok_or_else(|| Fault::not_found("chapter or section"))
    }

    /// The chapter of this id, for what only chapters have.
    pub fn chapter(&self, id: &PartId, what: &'static str) -> Result<&Part, Fault> {
        let part = self.get(id)?;
        match part.kind {
            Kind::Chapter => Ok(part),
            Kind::Section => Err(Fault::bad_request(format_args!("Only a chapter {what}."))),
        }
    }

    /// The part that follows on this one in its section.
    pub fn after(&self, id: &PartId) -> Option<&PartId> {
        let parent = self.get(id).ok()?.parent.as_ref();
        let mut siblings = self.lines.iter().map(|line| &line.part).filter(|part| part.parent.as_ref() == parent);
        siblings.find(|part| part.id == *id)?;
        siblings.next().map(|part| &part.id)
    }

    /// Where a part stood when this was loaded, as people say it.
    pub fn spot(&self, id: &PartId) -> Result<Spot, Fault> {
        let parent = &self.get(id)?.parent;
        let before =
            self.lines.iter().filter(|line| line.part.parent == *parent).take_while(|line| line.part.id != *id);
        Ok(Spot { section: self.title_of(parent.as_ref())?, number: before.count() + 1 })
    }

    /// Where a part stands that was put in this place.
    pub fn spot_of(&self, place: &Place, id: &PartId) -> Result<Spot, Fault> {
        let others = self.lines.iter().map(|line| &line.part);
        let others = others.filter(|part| part.parent == place.parent && part.id != *id);
        let before = others.take_while(|part| Some(&part.id) != place.before.as_ref());
        Ok(Spot { section: self.title_of(place.parent.as_ref())?, number: before.count() + 1 })
    }

    fn title_of(&self, section: Option<&PartId>) -> Result<Option<Title>, Fault> {
        section.map(|section| Ok(self.get(section)?.title.clone())).transpose()
    }

    /// A part with all it holds.
    pub fn branch(&self, id: &PartId) -> Vec<&Part> {
        self.lines.iter().map(|line| &line.part).filter(|part| self.is_within(&part.id, id)).collect()
    }

    fn is_within(&self, inner: &PartId, outer: &PartId) -> bool {
        self.above(inner).any(|id| id == outer)
    }

    /// A part, the section it stands in, the section that one stands in, …
    fn above<'a>(&'a self, id: &'a PartId) -> impl Iterator<Item = &'a PartId> {
        let parent = |id: &&PartId| self.get(id).ok().and_then(|part| part.parent.as_ref());
        // Bounded by the table itself, should it ever hold a circle.
        std::iter::successors(Some(id), parent).take(self.lines.len() + 1)
    }

    /// How many levels of sections a branch has, its head included.
    fn height(&self, id: &PartId) -> usize {
        let above_head = self.above(id).count();
        let sections = self.branch(id).into_iter().filter(|part| part.kind == Kind::Section);
        sections.map(|part| self.above(&part.id).count() + 1 - above_head).max().unwrap_or(0)
    }

    /// Adds a part where it was asked for, or at the end of that section where its neighbour is no longer there. Tells
    /// where it is.
    pub async fn add(&mut self, sql: &mut Connection, part: &Part, place: &Place) -> Result<Place, Fault> {
        if self.lines.len() >= Book::PARTS {
            return Err(Fault::conflict("This book is full: it has 2,000 chapters and sections."));
        }
        self.must_fit(place, usize::from(part.kind == Kind::Section))?;
        let (place, number) = self.make_room(sql, place, None).await?;
        sqlx::query(
            "INSERT INTO parts (id, book, kind, parent, place, title, status, words, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(part.id.as_str())
        .bind(self.book.as_str())
        .bind(word(part.kind)?)
        .bind(place.parent.as_ref().map(PartId::as_str))
        .bind(number)
        .bind(part.title.as_str())
        .bind(word(part.status)?)
        .bind(i64::from(part.words))
        .bind(i64::from(part.revision))
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
        if part.kind == Kind::Chapter {
            sqlx::query("INSERT INTO chapters (part, fence, draft, unsaved, text) VALUES ($1, 0, 0, 0, '')")
                .bind(part.id.as_str())
                .execute(sql)
                .await
                .map_err(Failed)?;
        }
        // To make room may have renumbered some.
        self.lines.sort_by_key(|line| line.place);
        let at = self.lines.partition_point(|line| line.place <= number);
        let part = Part { parent: place.parent.clone(), ..part.clone() };
        self.lines.insert(at, Line { part, place: number });
        Ok(place)
    }

    /// Moves a part with all it holds. Tells where it is now.
    pub async fn relocate(&mut self, sql: &mut Connection, id: &PartId, place: &Place) -> Result<Place, Fault> {
        self.get(id)?;
        if place.parent.as_ref().is_some_and(|parent| self.is_within(parent, id)) {
            return Err(Fault::bad_request("A section cannot be moved into itself."));
        }
        if place.before.as_ref() == Some(id) {
            return Err(Fault::bad_request("A chapter or section cannot stand before itself."));
        }
        self.must_fit(place, self.height(id))?;
        let (place, number) = self.make_room(&mut *sql, place, Some(id)).await?;
        self.put(sql, id, &place, number).await?;
        Ok(place)
    }

    async fn put(&self, sql: &mut Connection, id: &PartId, place: &Place, number: i64) -> Result<(), Fault> {
        sqlx::query("UPDATE parts SET parent = $2, place = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(place.parent.as_ref().map(PartId::as_str))
            .bind(number)
            .execute(sql)
            .await
            .map_err(Failed)?;
        Ok(())
    }

    /// Finds a place for a branch that is brought back: where it is wanted; in the section where it stood, at its end; or at
    /// the end of the book where those sections are gone or have no room for it.
    pub async fn readmit(
        &mut self,
        sql: &mut Connection,
        branch: &[Part],
        head: &PartId,
        wanted: Option<&Place>,
    ) -> Result<Place, Fault> {
        if self.lines.len() + branch.len() > Book::PARTS {
            return Err(Fault::conflict(
                "This book is full: it has 2,000 chapters and sections. Delete some others first.",
            ));
        }
        let all = Self { book: self.book.clone(), lines: branch.iter().cloned().map(Line::of).collect() };
        let parent = branch.iter().find(|part| part.id == *head).and_then(|part| part.parent.clone());
        let end = |parent| Place { parent, before: None };
        let mut places = wanted.cloned().into_iter().chain([end(parent)]);
        let place = places.find(|place| self.must_fit(place, all.height(head)).is_ok());
        let (place, number) = self.make_room(&mut *sql, &place.unwrap_or_else(|| end(None)), None).await?;
        self.put(sql, head, &place, number).await?;
        Ok(place)
    }

    /// That the place is one, and that so many levels of sections may stand there.
    fn must_fit(&self, place: &Place, levels: usize) -> Result<(), Fault> {
        let Some(parent) = &place.parent else { return Ok(()) };
        if self.get(parent)?.kind != Kind::Section {
            return Err(Fault::bad_request("Only a section holds other chapters and sections."));
        }
        if self.above(parent).count() + levels > Book::DEPTH {
            return Err(Fault::bad_request("Sections nest four deep at most."));
        }
        Ok(())
    }

    /// A number between two neighbours. `without` is the part that moves and does not count as one.
    async fn make_room(
        &mut self,
        sql: &mut Connection,
        place: &Place,
        without: Option<&PartId>,
    ) -> Result<(Place, i64), Fault> {
        let stays = |line: &&mut Line| line.part.parent == place.parent && Some(&line.part.id) != without;
        let mut siblings: Vec<&mut Line> = self.lines.iter_mut().filter(stays).collect();
        let before = place.before.as_ref();
        let next = siblings.iter().position(|line| Some(&line.part.id) == before);
        let resolved = Place { parent: place.parent.clone(), before: next.and(place.before.clone()) };
        let next = next.unwrap_or(siblings.len());
        for attempt in 0..2 {
            let low = next.checked_sub(1).map(|last| siblings[last].place);
            let high = siblings.get(next).map(|line| line.place);
            let number = match (low, high) {
                (None, None) => Some(0),
                (Some(low), None) => low.checked_add(STEP),
                (None, Some(high)) => high.checked_sub(STEP),
                (Some(low), Some(high)) => (high - low > 1).then(|| low + (high - low) / 2),
            };
            if let Some(number) = number {
                return Ok((resolved, number));
            }
            debug_assert_eq!(attempt, 0, "renumbered parts have room between them");
            for (line, number) in siblings.iter_mut().zip(1_i64..) {
                line.place = number * STEP;
                let renumber = sqlx::query("UPDATE parts SET place = $2 WHERE id = $1");
                renumber.bind(line.part.id.as_str()).bind(line.place).execute(&mut *sql).await.map_err(Failed)?;
            }
        }
        Err(Fault::internal())
    }
}

/// Closes a chapter to writing, or opens it again.
pub async fn set_closed(sql: &mut Connection, part: &PartId, closed: Option<&Closed>) -> Result<(), Fault> {
    sqlx::query("UPDATE parts SET closed = $2, closed_why = $3, closed_by = $4, closed_at = $5 WHERE id = $1")
        .bind(part.as_str())
        .bind(closed.map(|closed| word(closed.how)).transpose()?)
        .bind(closed.map(|closed| closed.why.as_str()))
        .bind(closed.map(|closed| closed.by.id.as_str()))
        .bind(closed.map(|closed| closed.at))
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// Gives a part another title.
pub async fn rename(sql: &mut Connection, part: &PartId, title: &Title) -> Result<(), Fault> {
    let rename = sqlx::query("UPDATE parts SET title = $2 WHERE id = $1");
    rename.bind(part.as_str()).bind(title.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Sets a chapter's status.
pub async fn set_status(sql: &mut Connection, part: &PartId, status: Status) -> Result<(), Fault> {
    let set = sqlx::query("UPDATE parts SET status = $2 WHERE id = $1");
    set.bind(part.as_str()).bind(word(status)?).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Notes how many words a chapter has.
pub async fn set_words(sql: &mut Connection, part: &PartId, words: u32) -> Result<(), Fault> {
    let set = sqlx::query("UPDATE parts SET words = $2 WHERE id = $1");
    set.bind(part.as_str()).bind(i64::from(words)).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Sets how many words a chapter is to have.
pub async fn set_goal(sql: &mut Connection, part: &PartId, goal: Option<u32>) -> Result<(), Fault> {
    let set = sqlx::query("UPDATE parts SET goal = $2 WHERE id = $1");
    set.bind(part.as_str()).bind(goal.map(i64::from)).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// The chapters of a book, in no order.
pub async fn chapters(sql: &mut Connection, book: &BookId) -> Result<Vec<PartId>, Fault> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT id FROM parts WHERE book = $1 AND kind = $2 AND deleted IS NULL")
            .bind(book.as_str())
            .bind(word(Kind::Chapter)?)
            .fetch_all(sql)
            .await
            .map_err(Failed)?;
    rows.into_iter().map(|id| id.try_into().map_err(|error| damaged(&error))).collect()
}
