//! Why an edit is refused, in words for whoever made it.

use sputnik::Fault;
use std::fmt::{self, Display, Formatter};

/// Why an edit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is larger than an edit may be.
    TooLarge,
    /// The chapter would be larger than a chapter may be.
    Full,
    /// It cannot be read.
    Unreadable,
    /// It builds on what is not here: whoever sends it must first exchange what each side has.
    Missing,
    /// The result would not be within the schema.
    NotAllowed,
    /// It takes too long.
    Slow,
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "This change is larger than the server takes at once.",
            Self::Full => "A chapter has at most 1,000,000 characters. Please start another chapter.",
            Self::Unreadable => "This change could not be read.",
            Self::Missing => "This change builds on one that has not arrived yet.",
            Self::NotAllowed => "This change contains something that a chapter cannot contain.",
            Self::Slow => "This change could not be taken in in time. It is tried again.",
        })
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooLarge | Refused::Full => Self::too_large(refused),
            Refused::Unreadable | Refused::NotAllowed => Self::bad_request(refused),
            Refused::Missing => Self::stale(refused),
            Refused::Slow => Self::temporary(refused),
        }
    }
}
