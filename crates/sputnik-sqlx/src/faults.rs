//! What an error of the database means for people.
//!
//! Both databases tell errors apart by codes. PostgreSQL's have five characters; SQLite's are numbers of which the
//! lowest byte says the kind and what stands above it the detail.

use sputnik::Fault;

/// Kinds of errors of SQLite that pass when there is room again, the disk answers, the file is let go, is there, may be
/// written: busy, locked, no memory, read-only, interrupted, an I/O error, full, cannot be opened, a protocol of locks.
const SQLITE: [u32; 9] = [5, 6, 7, 8, 9, 10, 13, 14, 15];

/// What the codes begin with of PostgreSQL's errors that pass: trouble with the connection, or with who asks for one (a
/// password that was changed); a clash of transactions; too busy; stopping; the machine's trouble; a lock that is not to
/// be had; a database that is read-only after a fail-over, or is not there while it is being brought back; statements
/// that a pooler mixed up.
const POSTGRES: [&str; 12] = ["08", "28", "40", "53", "57", "58", "55P03", "25006", "25P03", "3D000", "26000", "42P05"];

/// Whether what failed can work when it is tried again, with nothing changed but what lies underneath.
#[must_use]
pub fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::InvalidSavePointStatement => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passes(&code)),
        _ => false,
    }
}

fn passes(code: &str) -> bool {
    if code.len() == 5 {
        return POSTGRES.iter().any(|passing| code.starts_with(passing));
    }
    code.parse().is_ok_and(|code: u32| SQLITE.contains(&(code & 0xff)))
}

/// The database failed: what `?` makes a [`Fault`] of, as `.await.map_err(Failed)?`. A temporary one where a retry can
/// help, which the page then makes by itself.
#[derive(Debug)]
pub struct Failed(pub sqlx::Error);

impl From<Failed> for Fault {
    fn from(Failed(error): Failed) -> Self {
        let passing = is_passing(&error);
        tracing::error!(%error, passing, "the database failed");
        if passing {
            Self::temporary("The database is out of reach for the moment. What you did is kept and tried again.")
        } else {
            Self::internal()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_an_io_error_and_a_locked_file_pass() {
        for code in ["13", "10", "266", "778", "1290", "5", "6", "261", "517", "14", "270", "8", "1032", "15"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "11", "267", "19", "2067", "26"] {
            assert!(!passes(code), "{code}");
        }
    }

    #[test]
    fn a_server_that_went_away_is_another_or_refuses_for_now_passes() {
        for code in ["08006", "40001", "40P01", "53300", "57P01", "57014", "25006", "28P01", "3D000", "58030", "26000"]
        {
            assert!(passes(code), "{code}");
        }
        for code in ["23505", "42601", "42P01", "22001", "XX001"] {
            assert!(!passes(code), "{code}");
        }
    }
}
