//! Small parts every page is made of. None of them knows a book.

pub mod avatar;
pub mod browser;
pub mod command;
pub mod dialog;
pub mod empty;
pub mod for_each;
pub mod form;
pub mod header;
pub mod hue;
pub mod icon;
pub mod keyboard;
pub mod later;
pub mod listed;
pub mod menu;
pub mod number;
pub mod page;
pub mod reload;
pub mod shortcuts;
pub mod status;
pub mod theme;
pub mod time;
pub mod title;
pub mod toast;
pub mod trouble;
