//! What Redis answers when it does not do what it was asked: in words for whoever operates it, and what it means for
//! the connection it came by.

use crate::server::broker::BrokerError;
use redis::{ErrorKind, RedisError};

/// What an error says of the connection on which it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing: whoever answers is the right one, and what was asked failed.
    Stay,
    /// No answer came in time: the way may be dead, or the server slow.
    Silent,
    /// It is of no use any more: it was cut, or another must answer in place of whoever does.
    Leave,
}

/// What a server says that is not (or not yet, or no longer) the one to talk to. A connection on which one of these
/// came is made anew, for only then is the name of the server looked up again, and it is examined who answers.
const WRONG_SERVER: [&str; 9] =
    ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "ASK", "CROSSSLOT", "NOAUTH", "WRONGPASS"];

/// What an error means for its connection.
///
/// A server that is full (`OOM`), cannot save (`MISCONF`), runs a script for too long (`BUSY`) or lacks replicas
/// (`NOREPLICAS`) is the right one, and will be well again on this very connection.
pub(super) fn verdict(error: &RedisError) -> Verdict {
    if error.is_timeout() {
        return Verdict::Silent;
    }
    let sent_away = codes(error).iter().any(|code| WRONG_SERVER.contains(&code.as_str()));
    match error.kind() {
        ErrorKind::Io | ErrorKind::Parse | ErrorKind::AuthenticationFailed => Verdict::Leave,
        _ if sent_away => Verdict::Leave,
        _ => Verdict::Stay,
    }
}

/// The codes of all that the server refused: several in a pipeline.
fn codes(error: &RedisError) -> Vec<String> {
    let errors = error.clone().into_server_errors();
    errors.iter().flat_map(|errors| errors.iter()).map(|(_, error)| error.code().to_owned()).collect()
}

/// Whatever Redis refuses or does not answer, the caller can do no more than try again later.
pub(super) fn unreachable(error: &RedisError) -> BrokerError {
    BrokerError::Unreachable(words(error))
}

/// Why nobody was let in: what only another setting can mend, or what may pass by itself.
pub(super) fn not_let_in(error: &RedisError) -> BrokerError {
    let said = words(error);
    if error.kind() == ErrorKind::RESP3NotSupported || said.contains("unknown command `HELLO`") {
        return BrokerError::Unfit("It is too old: Redis 7.0 or later is needed.".to_owned());
    }
    let password = error.kind() == ErrorKind::AuthenticationFailed
        || codes(error).iter().any(|code| ["NOAUTH", "WRONGPASS"].contains(&code.as_str()));
    if password {
        return BrokerError::Unfit(format!("It does not take the user and the password of its address ({said})."));
    }
    match tls_trouble(&said) {
        Some(words) => BrokerError::Unfit(format!("{words} ({said}).")),
        None => BrokerError::Unreachable(said),
    }
}

const UNKNOWN_AUTHORITY: &str = "Nobody whom this machine trusts vouches for its certificate: give the certificate of \
    the authority that does";

/// What rustls says, for people.
fn tls_trouble(said: &str) -> Option<&'static str> {
    let known = [
        ("UnknownIssuer", UNKNOWN_AUTHORITY),
        // Of another authority that has the same name.
        ("BadSignature", UNKNOWN_AUTHORITY),
        ("not valid for name", "Its certificate is for another name than the one in its address"),
        ("NotValidForName", "Its certificate is for another name than the one in its address"),
        ("xpired", "Its certificate has run out, or the clock of this machine is wrong"),
        ("CertificateRequired", "It asks for a certificate of whoever connects: give one, and its key"),
        ("certificate required", "It asks for a certificate of whoever connects: give one, and its key"),
        ("InvalidContentType", "It does not speak TLS at this port: write redis://, or name the port where it does"),
        ("invalid peer certificate", "Its certificate cannot be trusted"),
        ("HandshakeFailure", "No way to speak TLS is known to both"),
        ("received fatal alert", "It broke off while TLS was agreed on"),
    ];
    known.iter().find(|(part, _)| said.contains(part)).map(|(_, words)| *words)
}

/// An error as one line.
pub(super) fn words(error: &RedisError) -> String {
    if let Some(errors) = error.clone().into_server_errors() {
        let mut said: Vec<String> = Vec::new();
        for (_, error) in errors.iter() {
            let words = format!("{} {}", error.code(), error.details().unwrap_or_default());
            if !said.contains(&words) {
                said.push(words);
            }
        }
        return said.join("; ").trim().to_owned();
    }
    if error.is_timeout() {
        return "it does not answer in time".to_owned();
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// What a server says, as the client library understands it.
    fn said(line: &str) -> RedisError {
        let value = redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).expect("an error, well written");
        value.extract_error().expect_err("an error")
    }

    #[test]
    fn who_is_not_the_one_to_talk_to_is_left_and_who_is_in_trouble_is_not() {
        for line in [
            "READONLY You can't write against a read only replica.",
            "LOADING Redis is loading the dataset in memory",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "CLUSTERDOWN The cluster is down",
            "MOVED 3999 127.0.0.1:6381",
            "NOAUTH Authentication required.",
            "WRONGPASS invalid username-password pair or user is disabled.",
        ] {
            assert_eq!(verdict(&said(line)), Verdict::Leave, "{line}");
        }
        for line in [
            "OOM command not allowed when used memory > 'maxmemory'.",
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
            "BUSY Redis is busy running a script.",
            "NOPERM User ann has no permissions to run the 'xadd' command",
            "NOREPLICAS Not enough good replicas to write.",
            "ERR something",
        ] {
            assert_eq!(verdict(&said(line)), Verdict::Stay, "{line}");
            assert_eq!(words(&said(line)), line);
        }
        let timed_out = RedisError::from(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(verdict(&timed_out), Verdict::Silent);
        let cut = RedisError::from(io::Error::from(io::ErrorKind::ConnectionReset));
        assert_eq!(verdict(&cut), Verdict::Leave);
    }
}
