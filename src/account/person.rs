//! A person, as everyone may know them.

use crate::sputnik::names::UserId;
use serde::{Deserialize, Serialize};

/// A person: an id for ever, and the name they sign in with and are called by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Never changes, never reused.
    pub id: UserId,
    /// Unique without regard to case: 2 to 32 letters, digits, `.`, `-` and `_`.
    pub name: String,
}

#[cfg(feature = "ssr")]
impl From<crate::sputnik::server::gate::User> for Person {
    fn from(user: crate::sputnik::server::gate::User) -> Self {
        Self { id: user.id, name: user.name }
    }
}
