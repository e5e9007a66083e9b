//! What comes and goes as a file, by ordinary requests: chapters and books as Markdown, and pictures.

pub mod markdown;
pub mod old_pictures;
pub mod pictures;

mod download;
