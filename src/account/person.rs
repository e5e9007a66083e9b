//! A person, as everyone may know them.

use serde::{Deserialize, Serialize};
use sputnik::UserId;

/// A person: an id for ever, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Never changes, never reused.
    pub id: UserId,
    /// 1 to 64 characters of their own choice, and no other person's name. At first the one they sign in with.
    pub name: String,
}

impl Person {
    /// Somebody whose name is not for whoever looks. Nobody has this id or this name.
    ///
    /// # Panics
    /// Never: what it is called is a name.
    #[must_use]
    pub fn somebody() -> Self {
        Self { id: "somebody".parse().expect("it is letters, as an id may be"), name: String::new() }
    }

    /// Whether the name is not for whoever looks.
    #[must_use]
    pub fn is_somebody(&self) -> bool {
        self.name.is_empty()
    }
}

#[cfg(feature = "ssr")]
impl From<sputnik::server::gate::User> for Person {
    fn from(user: sputnik::server::gate::User) -> Self {
        Self { id: user.id, name: user.name }
    }
}
