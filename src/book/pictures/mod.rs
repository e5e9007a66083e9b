//! Pictures of a book: files of the site, which the text of a chapter names and does not hold.
//!
//! | room | what happens there |
//! | --- | --- |
//! | `format` | what a file is, by its content, and how large the picture |
//! | `check` | whether it is a picture that is kept |
//! | `clean` | what a picture is stored without: where it was taken, and by whom |
//!
//! How they are sent and fetched is in [files](super::files). Who may is for [access](super::access) to say; where they
//! are kept, the [store](super::store)'s.

#[cfg(feature = "ssr")]
mod check;
#[cfg(feature = "ssr")]
pub mod clean;
#[cfg(feature = "ssr")]
mod format;

#[cfg(feature = "ssr")]
pub use check::look_at;
#[cfg(feature = "ssr")]
pub use format::{Format, Recognised};

use super::model::{BookId, PictureId};
use serde::{Deserialize, Serialize};

/// A picture that is kept now, as the editor puts it into the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Its address on this site.
    pub src: String,
    /// How wide it is shown unless told otherwise, in pixels.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// Where a picture of a book is fetched.
#[must_use]
pub fn address(book: &BookId, picture: &PictureId) -> String {
    format!("/book/{book}/picture/{picture}")
}

/// What is bounded of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The largest picture, in bytes of its file. A larger one is refused.
    pub bytes: usize,
    /// The largest picture, in pixels: whoever reads along must be able to show it. A larger one is refused.
    pub pixels: u64,
    /// The longest side of a picture, in pixels. A longer one is refused.
    pub side: u32,
    /// All pictures of one book together, in bytes. What would be more is refused.
    pub book_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bytes: 10_000_000, pixels: 40_000_000, side: 20_000, book_bytes: 1_000_000_000 }
    }
}
