//! Pictures.

use super::{Access, EditorAccess};
use crate::{
    book::{
        model::{PictureId, Role},
        pictures::{Bounds, Format, Recognised, Uploaded, address, look_at},
        store::{
            pictures::{self, New},
            quota,
        },
    },
    database::new_id,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sputnik::Fault;

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
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
        let book = &self.0.book;
        self.0.work(Role::Editor, async |work| {
            let id = match pictures::find(work.sql(), book, &hash).await? {
                Some(id) => id,
                None => {
                    let all = pictures::size(work.sql(), book).await?.saturating_add(bytes.len() as u64);
                    if all > bounds.book_bytes {
                        return Err(Fault::conflict(format_args!(
                            "The pictures of a book have at most {} MB together, and this one would be more. It was \
                             not stored.",
                            bounds.book_bytes / 1_000_000
                        )));
                    }
                    let id: PictureId = new_id()?.try_into().map_err(Fault::bad_request)?;
                    let (by, at) = (work.by.id.clone(), work.at);
                    quota::must_have(work.sql(), self.0.chapters.quota(), &by, bytes.len()).await?;
                    let new = New { id: &id, book, by: &by, at, hash: &hash, recognised, bytes };
                    pictures::add(work.sql(), new).await?;
                    id
                }
            };
            let Recognised { width, height, .. } = recognised;
            Ok(Uploaded { src: address(book, &id), width, height })
        }).await
    }
}
