//! How much room a person has for what they bring: texts with all their versions, and pictures.

use serde::{Deserialize, Serialize};

/// How much room each person has, in bytes. Nothing is nothing to speak of: then there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota(pub u64);

impl Default for Quota {
    fn default() -> Self {
        Self(2_000_000_000)
    }
}

/// How much of their room a person takes up, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// So much of it.
    pub bytes: u64,
    /// All of it; nothing where it has no bound.
    pub of: Option<u64>,
}

impl std::fmt::Display for Usage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mb = |bytes: u64| bytes.div_ceil(1_000_000);
        write!(out, "Your texts, their versions and your pictures take up {} MB", mb(self.bytes))?;
        match self.of {
            Some(of) => write!(out, " of the {} MB that you have.", mb(of)),
            None => write!(out, "."),
        }
    }
}

#[cfg(feature = "ssr")]
mod full {
    use super::{Quota, Usage};
    use sputnik::Fault;

    impl Quota {
        /// Whether so much is not too much.
        #[must_use]
        pub fn holds(self, bytes: u64) -> bool {
            self.0 == 0 || bytes <= self.0
        }

        /// Of somebody who takes up so much.
        #[must_use]
        pub fn usage(self, bytes: u64) -> Usage {
            Usage { bytes, of: (self.0 > 0).then_some(self.0) }
        }

        /// What is said to whoever would take up more.
        #[must_use]
        pub fn full(self) -> Fault {
            Fault::too_large(format_args!(
                "This is more than you have room for: texts with their versions, and pictures, have {} MB a person. It \
                 was not stored. Books that you delete give their room back.",
                self.0.div_ceil(1_000_000)
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_up_is_said_in_words() {
        let words = Usage { bytes: 1_200_000, of: Some(2_000_000_000) }.to_string();
        assert_eq!(words, "Your texts, their versions and your pictures take up 2 MB of the 2000 MB that you have.");
        let words = Usage { bytes: 0, of: None }.to_string();
        assert_eq!(words, "Your texts, their versions and your pictures take up 0 MB.");
    }
}
