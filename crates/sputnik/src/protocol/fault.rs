//! The one error that crosses the wire.
//!
//! A [`Fault`] has a stable [`Code`] for programs, words for people, and says whether trying again can help. Its HTTP
//! status follows from the code: 4xx where the caller can mend it, 5xx where only we can. Make one with the constructor
//! that says what happened: [`Fault::forbidden`], [`Fault::not_found`], [`Fault::temporary`], …

use super::refusal;
use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IntoDeserializer, value::Error as ValueError},
};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use std::{collections::BTreeMap, fmt};

/// What kind of thing went wrong. Stable: programs match on it; add, never rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What was sent is not what this asks for. 400
    BadRequest,
    /// Nobody is signed in, and somebody must be. 401
    NotSignedIn,
    /// This person may not do this. 403
    Forbidden,
    /// There is no such thing, or none this person may know of. 404
    NotFound,
    /// It clashes with how things stand now, such as a name that is taken. 409
    Conflict,
    /// Somebody else holds the lock. 409
    LockHeld,
    /// The lock, or what the change was based on, is no longer the newest. 409
    Stale,
    /// It is larger than the bound. 413
    TooLarge,
    /// The client id is unknown here, expired, or another browser's: open a new client. 410
    UnknownClient,
    /// There is no such command: an old page after an update. Reload. 404
    UnknownCommand,
    /// Too many at once, or too fast. 429
    TooMany,
    /// Something this needs is out of reach for the moment; trying again can help. 503
    Temporary,
    /// No answer came in time; it may or may not have happened, and a retry with the same UID is safe. 504
    TimedOut,
    /// A fault of ours. 500
    Internal,
    /// The page that asks is older than what it was answered, and cannot read it: reload. Only ever made by a page.
    Outdated,
}

/// Codes are added: one that is not known here is a fault of which the words say enough.
fn code_or_internal<'de, D: Deserializer<'de>>(from: D) -> Result<Code, D::Error> {
    let code = String::deserialize(from)?;
    let known: Result<Code, ValueError> = Code::deserialize(code.as_str().into_deserializer());
    Ok(known.unwrap_or(Code::Internal))
}

/// An error as the caller meets it: a stable code, words for people, and whether a retry can help.
///
/// The words of the faults that the layer makes itself are plain and know nothing of the application. One that has better
/// words goes by the [`code`](Self::code), which stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{words}")]
pub struct Fault {
    /// What kind, for programs.
    #[serde(deserialize_with = "code_or_internal")]
    pub code: Code,
    /// What happened, what is safe and what to do, for people.
    pub words: String,
    /// After how many milliseconds a retry makes sense; `None` where it would fail the same way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_ms: Option<u32>,
    /// Where it is about what somebody filled in: for each field, by its name, what is wrong with it. A form shows these
    /// beside the fields; the words above say the same for whoever has no form.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl Fault {
    fn new(code: Code, words: impl fmt::Display) -> Self {
        Self { code, words: words.to_string(), retry_ms: None, fields: BTreeMap::new() }
    }

    /// The same, about the field of this name.
    #[must_use]
    pub fn in_field(self, name: &str) -> Self {
        Self { fields: BTreeMap::from([(name.to_owned(), self.words.clone())]), ..self }
    }

    /// What several fields of one form are refused for, as one fault with the code of the first: whoever filled it in is
    /// told all at once. Without any fault, all is well.
    ///
    /// # Errors
    /// When there is a fault among them.
    ///
    /// ```
    /// # use sputnik::Fault;
    /// let short = Fault::bad_request("This is too short.").in_field("password");
    /// let empty = Fault::bad_request("A name has a letter.").in_field("name");
    /// let both = Fault::all([Some(empty), None, Some(short)]).unwrap_err();
    /// assert_eq!(both.words, "A name has a letter. This is too short.");
    /// assert_eq!(both.fields.len(), 2);
    /// ```
    pub fn all(faults: impl IntoIterator<Item = Option<Self>>) -> Result<(), Self> {
        let together = faults.into_iter().flatten().reduce(|mut all, one| {
            all.words = format!("{} {}", all.words, one.words);
            all.fields.extend(one.fields);
            all
        });
        together.map_or(Ok(()), Err)
    }

    /// What was sent is not what this asks for: say what was wrong.
    pub fn bad_request(words: impl fmt::Display) -> Self {
        Self::new(Code::BadRequest, words)
    }

    /// Somebody must be signed in.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(Code::NotSignedIn, "Please sign in first.")
    }

    /// This person may not do this.
    pub fn forbidden(words: impl fmt::Display) -> Self {
        Self::new(Code::Forbidden, words)
    }

    /// There is no such thing, or none this person may know of.
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(Code::NotFound, format_args!("There is no such {what}."))
    }

    /// It clashes with how things stand now.
    pub fn conflict(words: impl fmt::Display) -> Self {
        Self::new(Code::Conflict, words)
    }

    /// Somebody else holds the lock.
    pub fn lock_held(words: impl fmt::Display) -> Self {
        Self::new(Code::LockHeld, words)
    }

    /// The lock, or what the change was based on, is no longer the newest.
    pub fn stale(words: impl fmt::Display) -> Self {
        Self::new(Code::Stale, words)
    }

    /// It is larger than the bound.
    pub fn too_large(words: impl fmt::Display) -> Self {
        Self::new(Code::TooLarge, words)
    }

    /// The client id is not one of this browser's.
    #[must_use]
    pub fn unknown_client() -> Self {
        Self::new(Code::UnknownClient, "This page's connection is no longer known. It connects anew by itself.")
    }

    /// There is no such command.
    #[must_use]
    pub fn unknown_command() -> Self {
        Self::new(
            Code::UnknownCommand,
            "There is no such command here. If this is a page, please reload it: the server is newer.",
        )
    }

    /// Too many, or too fast: come back in `retry_ms`.
    pub fn too_many(words: impl fmt::Display, retry_ms: u32) -> Self {
        Self { retry_ms: Some(retry_ms), ..Self::new(Code::TooMany, words) }
    }

    /// Something this needs is out of reach for the moment.
    pub fn temporary(words: impl fmt::Display) -> Self {
        Self { retry_ms: Some(1_000), ..Self::new(Code::Temporary, words) }
    }

    /// No answer came in time.
    #[must_use]
    pub fn timed_out() -> Self {
        Self { retry_ms: Some(0), ..Self::new(Code::TimedOut, "No answer came in time.") }
    }

    /// A fault of ours. The cause goes to the log at the place where it happened, never to the caller.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(Code::Internal, "Something went wrong on our side. Nothing was changed; please try again.")
    }

    /// The page is older than the server, and cannot read what it answers.
    #[must_use]
    pub fn outdated() -> Self {
        Self::new(Code::Outdated, "This page is older than the server. Please reload it.")
    }

    /// Whether the same command, sent again with the same UID, can succeed.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        self.retry_ms.is_some()
    }

    /// The HTTP status that says the same.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.code {
            Code::BadRequest => 400,
            Code::NotSignedIn => 401,
            Code::Forbidden => 403,
            Code::NotFound | Code::UnknownCommand => 404,
            Code::Conflict | Code::LockHeld | Code::Stale => 409,
            Code::UnknownClient | Code::Outdated => 410,
            Code::TooLarge => 413,
            Code::TooMany => 429,
            Code::Internal => 500,
            Code::Temporary => 503,
            Code::TimedOut => 504,
        }
    }
}

impl From<super::names::BadName> for Fault {
    fn from(error: super::names::BadName) -> Self {
        Self::bad_request(error)
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn de(data: Bytes) -> Self {
        // What is no fault is most often a proxy's page.
        serde_json::from_slice(&data).unwrap_or_else(|_| Self::temporary("The server's answer could not be read."))
    }

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::temporary("The server cannot be reached. This is sent again by itself.")
            }
            ServerFnErrorErr::Args(why) | ServerFnErrorErr::MissingArg(why) => refused(&why),
            ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::unknown_command(),
            // On the server it is the arguments that cannot be read.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(why) => refused(&why),
            // A form that is submitted in the browser is read there, and its arguments are refused there.
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Serialization(why) => refused(&why),
            // The answer was JSON, but not what this page understands.
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Deserialization(_) => Self::outdated(),
            _ => Self::internal(),
        }
    }
}

/// Arguments that could not be read: in the words of the type that would not have them, and otherwise in ours. A decoder's
/// words are for whoever wrote the program, and go to the log.
fn refused(why: &str) -> Fault {
    match refusal::words_in(why) {
        Some(words) => Fault::bad_request(words),
        None => {
            #[cfg(feature = "ssr")]
            tracing::debug!(why, "the arguments of a command could not be read");
            Fault::bad_request(
                "What was sent is not what is asked for here, and nothing was changed. If this is a page, please reload it.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_plain_json() {
        let fault = Fault::too_many("Slow down.", 250);
        let json = serde_json::to_string(&fault).expect("a fault is JSON");
        assert_eq!(json, r#"{"code":"too_many","words":"Slow down.","retry_ms":250}"#);
        assert_eq!(serde_json::from_str::<Fault>(&json).expect("it reads back"), fault);
    }

    #[test]
    fn a_fault_from_the_future_keeps_its_words() {
        let fault: Fault =
            serde_json::from_str(r#"{"code":"too_late","words":"Come earlier.","more":1}"#).expect("JSON");
        assert_eq!((fault.code, fault.words.as_str(), fault.can_retry()), (Code::Internal, "Come earlier.", false));
        let page = <Fault as FromServerFnError>::de(Bytes::from_static(b"<html>Bad gateway</html>"));
        assert!(page.code == Code::Temporary && page.can_retry());
    }

    #[test]
    fn a_fault_tells_which_fields_it_is_about() {
        let fault = Fault::bad_request("Too short.").in_field("password");
        let json = serde_json::to_string(&fault).expect("a fault is JSON");
        assert_eq!(json, r#"{"code":"bad_request","words":"Too short.","fields":{"password":"Too short."}}"#);
        assert_eq!(serde_json::from_str::<Fault>(&json).expect("it reads back"), fault);
        assert_eq!(Fault::all([None, None]), Ok(()));
        let taken = Fault::conflict("Taken.").in_field("name");
        let both = Fault::all([Some(taken), Some(fault)]).expect_err("two are refused");
        assert_eq!((both.code, both.words.as_str()), (Code::Conflict, "Taken. Too short."));
        assert_eq!(both.fields.keys().collect::<Vec<_>>(), ["name", "password"]);
    }

    #[test]
    fn what_the_caller_did_is_never_a_500() {
        for fault in [Fault::bad_request("x"), Fault::not_signed_in(), Fault::forbidden("x"), Fault::stale("x")] {
            assert!((400..500).contains(&fault.status()), "{fault:?}");
        }
    }
}
