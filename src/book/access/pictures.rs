//! Pictures.

use super::{Access, EditorAccess};
use crate::{
    book::{
        model::{BookId, PictureId, Role},
        pictures::{Bounds, Format, Recognised, Uploaded, address, look_at},
        quota::Quota,
        store::{
            importing,
            pictures::{self, New},
            quota,
        },
    },
    database::{Connection, new_id},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sputnik::{Fault, UserId};

impl Access {
    /// What kind of picture it is, and how many bytes its file has.
    pub async fn picture_kind(&self, picture: &PictureId) -> Result<(Format, u64), Fault> {
        pictures::kind(&mut *self.database.glance().await?, &self.book, picture).await
    }

    /// A piece of a picture's file: so many bytes from a place on.
    pub async fn picture(&self, picture: &PictureId, piece: (u64, u64)) -> Result<Vec<u8>, Fault> {
        pictures::piece(&mut *self.database.glance().await?, &self.book, picture, piece).await
    }
}

impl EditorAccess {
    /// Looks at a file that came in: what it is, and how it is kept.
    pub async fn look_at_picture(&self, bytes: Vec<u8>, bounds: Bounds) -> Result<(Recognised, Vec<u8>), Fault> {
        self.0.enter().await?.run(move |_| look_at(&bytes, &bounds)).await
    }

    /// Keeps a picture, unless the book has it already. Refused when the book would have more of them than it may.
    pub async fn keep_picture(
        &self,
        recognised: Recognised,
        bytes: Vec<u8>,
        bounds: &Bounds,
    ) -> Result<Uploaded, Fault> {
        let book = &self.0.book;
        self.0
            .work(Role::Editor, async |work| {
                let (by, at) = (work.by.id.clone(), work.at);
                let picture = Picture { recognised, bytes, import: None };
                let id = keep(work.sql(), book, (&by, at), picture, (self.0.chapters.quota(), bounds)).await?;
                let Recognised { width, height, .. } = recognised;
                Ok(Uploaded { src: address(book, &id), width, height })
            })
            .await
    }
}

/// A picture that is to be kept.
pub(super) struct Picture {
    /// What it is.
    pub recognised: Recognised,
    /// Its file.
    pub bytes: Vec<u8>,
    /// The import that brings it, if one does: it stays with that.
    pub import: Option<String>,
}

/// Keeps a picture of a book, unless it has it already.
pub(super) async fn keep(
    sql: &mut Connection,
    book: &BookId,
    (by, at): (&UserId, i64),
    Picture { recognised, bytes, import }: Picture,
    (quota, bounds): (Quota, &Bounds),
) -> Result<PictureId, Fault> {
    let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
    if let Some(id) = pictures::find(sql, book, &hash).await? {
        importing::keep_picture(sql, &id, import.as_deref()).await?;
        return Ok(id);
    }
    must_fit(sql, book, by, bytes.len() as u64, (quota, bounds)).await?;
    let id: PictureId = new_id()?.try_into().map_err(Fault::bad_request)?;
    pictures::add(sql, New { id: &id, book, by, at, hash: &hash, recognised, bytes }).await?;
    if let Some(import) = import {
        importing::add(sql, &import, book, Some(&id), at).await?;
    }
    Ok(id)
}

/// Refuses what would be more than a book may have, or than its bringer has room for.
async fn must_fit(
    sql: &mut Connection,
    book: &BookId,
    by: &UserId,
    bytes: u64,
    (quota, bounds): (Quota, &Bounds),
) -> Result<(), Fault> {
    if pictures::size(sql, book).await?.saturating_add(bytes) > bounds.book_bytes {
        return Err(Fault::conflict(format_args!(
            "The pictures of a book have at most {} MB together, and this one would be more. It was not stored.",
            bounds.book_bytes / 1_000_000
        )));
    }
    quota::must_have(sql, quota, by, usize::try_from(bytes).unwrap_or(usize::MAX)).await
}

/// A picture that is to be in another book too.
pub(super) struct Copied<'a> {
    /// The book that has it.
    pub from: &'a BookId,
    /// Which.
    pub picture: &'a PictureId,
    /// The book that is to have it.
    pub to: &'a BookId,
    /// What it comes with: it stays with that.
    pub import: &'a str,
}

/// Keeps a picture of one book in another too, unless that has it already. Nothing, where the first does not have it.
pub(super) async fn copy(
    sql: &mut Connection,
    Copied { from, picture, to, import }: Copied<'_>,
    (by, at): (&UserId, i64),
    limits: (Quota, &Bounds),
) -> Result<Option<PictureId>, Fault> {
    let Some((hash, bytes)) = pictures::hash(sql, from, picture).await? else { return Ok(None) };
    if let Some(id) = pictures::find(sql, to, &hash).await? {
        importing::keep_picture(sql, &id, Some(import)).await?;
        return Ok(Some(id));
    }
    must_fit(sql, to, by, bytes, limits).await?;
    let id: PictureId = new_id()?.try_into().map_err(Fault::bad_request)?;
    pictures::copy(sql, (from, picture), (to, &id), (by, at)).await?;
    importing::add(sql, import, to, Some(&id), at).await?;
    Ok(Some(id))
}
