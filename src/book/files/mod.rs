//! What comes and goes as a file, by ordinary requests: books of any kind that come in, chapters and books as Markdown that
//! go out, and pictures.

pub mod import;
pub mod markdown;
pub mod old_pictures;
pub mod pictures;

mod download;
