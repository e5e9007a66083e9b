//! Whole books that are made into files: who asked for which, how far each is, and until when it is kept.

#[cfg(feature = "ssr")]
pub mod queue;

use super::{format::Format, history::VersionName, model::ExportId};
use crate::account::person::Person;
use serde::{Deserialize, Serialize};

/// A book that is made into a file, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Which.
    pub id: ExportId,
    /// As what kind of file.
    pub format: Format,
    /// Of which version of the book; nothing for how it stands when the file is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionName>,
    /// Who asked for it.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// How far it is.
    pub state: ExportState,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// No server has begun.
    Waiting,
    /// It is being made.
    Making {
        /// How much of it, from 0 to 100.
        percent: u8,
    },
    /// It can be had.
    Ready {
        /// How large it is.
        bytes: u64,
        /// When it was whole, in milliseconds since 1970.
        made: i64,
        /// Until when it is kept.
        until: i64,
        /// What is to be known of it before it is passed on, in words; empty, where that is nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// It was not made.
    Failed {
        /// Why, in words for people.
        why: String,
    },
}

impl ExportState {
    /// Whether something is still to be done for it.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Waiting | Self::Making { .. })
    }
}

/// A version of the whole book that somebody gave a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedVersion {
    /// The name.
    pub name: VersionName,
    /// When it was given, in milliseconds since 1970.
    pub at: i64,
}
