//! Why a broker does not do what it is asked.

use crate::protocol::fault::Fault;

/// Why the broker did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// It is out of reach, or did not answer in time. What was asked may or may not have happened; asking the same
    /// again is safe (but for an entry published without a version, which may then stand twice).
    #[error("the broker cannot be reached: {0}")]
    Unreachable(String),
    /// Who was named as the broker cannot be it, and only somebody who changes something can help. Whole sentences, which
    /// say what. Answered when a node connects for the first time, never later.
    #[error("{0}")]
    Unfit(String),
    /// Only a client that is present in the channel can hold a lock there or wait for one.
    #[error("the client is not present in the channel")]
    NotPresent,
    /// The client that wants to give the lock away does not hold it.
    #[error("the client does not hold the lock")]
    NotHolder,
    /// As many wait for the lock, hold locks in the channel, or are present in it, as may.
    #[error("{0}")]
    Full(&'static str),
}

impl From<BrokerError> for Fault {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Unreachable(why) | BrokerError::Unfit(why) => {
                tracing::warn!(why, "the broker is out of reach");
                Self::temporary("The live connection is interrupted. This is tried again by itself.")
            }
            BrokerError::NotPresent => Self::lock_held("Only somebody who is here can hold this."),
            BrokerError::NotHolder => Self::stale("You no longer hold this."),
            BrokerError::Full(why) => Self::too_many(why, 5_000),
        }
    }
}

/// What a broker answers.
pub type Answer<T> = Result<T, BrokerError>;
