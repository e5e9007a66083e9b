//! The commands of the editor: server functions, one file a theme. Each asks the [desk](super::desk) who is asking and
//! what they may do, and the desk's answer is a type that can do just that.

pub mod chapter;
pub mod contents;
pub mod files;
pub mod history;
pub mod leaving;
pub mod pen;
pub mod people;
pub mod shelf;
pub mod talk;
pub mod writing;
