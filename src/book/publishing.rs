//! How a book goes out to those who only read it.

use super::model::PictureId;
use crate::metadata::theme::Theme;
use serde::{Deserialize, Serialize};

/// How a book goes out to those who only read it. Nothing of it lets anybody in: who may read a book, its visibility says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Publishing {
    /// The picture on its cover: one of the book's. Without one, a cover is made of the title.
    pub cover: Option<PictureId>,
    /// In which look it goes out.
    pub theme: Theme,
    /// Whether whoever may read it is offered the whole book as an EPUB.
    pub offers_epub: bool,
    /// Whether they are offered it as one file of HTML.
    pub offers_html: bool,
    /// Whether search engines may list its public page.
    pub may_be_found: bool,
}
