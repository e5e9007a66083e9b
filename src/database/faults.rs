//! What an error of the database means: for people, and for the connection on which it was met.
//!
//! Both databases tell errors apart by codes. PostgreSQL's have five characters; SQLite's are numbers of which the
//! lowest byte says the kind and what stands above it the detail.

use sputnik::Fault;
use sputnik_sqlx::is_passing;

/// Kinds of errors of SQLite.
mod sqlite {
    pub const NO_MEMORY: u32 = 7;
    pub const READ_ONLY: u32 = 8;
    pub const INTERRUPTED: u32 = 9;
    pub const INPUT_OUTPUT: u32 = 10;
    pub const CORRUPT: u32 = 11;
    pub const FULL: u32 = 13;
    pub const CANNOT_OPEN: u32 = 14;
    pub const PROTOCOL: u32 = 15;
    pub const NO_DATABASE: u32 = 26;

    /// After what the transaction may be undone already, or the connection be of no use.
    pub const HARMING: [u32; 9] =
        [NO_MEMORY, READ_ONLY, INTERRUPTED, INPUT_OUTPUT, CORRUPT, FULL, CANNOT_OPEN, PROTOCOL, NO_DATABASE];
}

/// Codes of PostgreSQL, or what they begin with.
mod postgres {
    /// Those after which this connection is of no use: it was cut, or its prepared statements are no longer what they
    /// were.
    pub const HARMING: [&str; 5] = ["08", "25P03", "26000", "42P05", "0A000"];
    /// Those after which no connection made so far is: the server went down, or is another now.
    pub const HARMING_ALL: [&str; 2] = ["57P0", "25006"];
    /// Those that come from a pooler of which this node was not told.
    pub const OF_A_POOLER: [&str; 2] = ["26000", "42P05"];
}

/// What an error does to connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    /// None: the next statement is answered as ever.
    None,
    /// Nobody knows in what state this one is.
    This,
    /// Neither this one nor any that was made before is of use.
    All,
}

pub(super) fn harm(error: &sqlx::Error) -> Harm {
    match error {
        sqlx::Error::Io(_) => Harm::All,
        sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => Harm::This,
        sqlx::Error::Database(error) => error.code().map_or(Harm::None, |code| harm_of(&code)),
        _ => Harm::None,
    }
}

fn harm_of(code: &str) -> Harm {
    match Code::of(code) {
        Code::Sqlite(kind) if sqlite::HARMING.contains(&kind) => Harm::This,
        Code::Postgres(code) if begins(code, &postgres::HARMING_ALL) => Harm::All,
        Code::Postgres(code) if begins(code, &postgres::HARMING) => Harm::This,
        _ => Harm::None,
    }
}

/// What failed, for whoever asks whether the database can be written: no address, name or path is in it.
pub(super) fn told(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::PoolTimedOut => "no connection became free".to_owned(),
        sqlx::Error::Database(error) => match error.code().as_deref().map(Code::of) {
            Some(Code::Postgres(code)) => format!("PostgreSQL answers {code}"),
            _ => error.message().to_owned(),
        },
        _ => "it does not answer as it should".to_owned(),
    }
}

enum Code<'a> {
    Sqlite(u32),
    Postgres(&'a str),
    Unknown,
}

impl<'a> Code<'a> {
    fn of(code: &'a str) -> Self {
        if code.len() == 5 {
            return Self::Postgres(code);
        }
        code.parse().map_or(Self::Unknown, |code: u32| Self::Sqlite(code & 0xff))
    }
}

fn begins(code: &str, with: &[&str]) -> bool {
    with.iter().any(|with| code.starts_with(with))
}

/// The database failed: what `?` makes a [`Fault`] of, as `.await.map_err(Failed)?`.
#[derive(Debug)]
pub struct Failed(pub sqlx::Error);

impl From<Failed> for Fault {
    fn from(Failed(error): Failed) -> Self {
        let passing = is_passing(&error);
        tracing::error!(%error, passing, "the database failed");
        if let sqlx::Error::Database(error) = &error
            && error.code().is_some_and(|code| begins(&code, &postgres::OF_A_POOLER))
        {
            tracing::error!("a pooler stands before PostgreSQL, it seems: set SPUTNIK_PGBOUNCER");
        }
        if passing {
            Self::temporary("The library is out of reach for the moment. What you did is kept and tried again.")
        } else {
            Self::internal()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_lent_again_only_when_its_state_is_known() {
        for code in ["13", "778", "11", "08003", "26000", "25P03"] {
            assert_eq!(harm_of(code), Harm::This, "{code}");
        }
        for code in ["57P01", "25006"] {
            assert_eq!(harm_of(code), Harm::All, "{code}");
        }
        for code in ["5", "19", "2067", "40001", "23505", "57014", "53300"] {
            assert_eq!(harm_of(code), Harm::None, "{code}");
        }
    }
}
