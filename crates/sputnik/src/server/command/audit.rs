//! Lines for whoever has to find out afterwards who did what, and from where: one an act, at level `info` and with the
//! target `sputnik::audit`. Never a secret, and never what people write.
//!
//! ```ignore
//! audit::act("set_member").of(&caller).about(&book).done();
//! audit::act("sign_in").named(name).from(address).refused("wrong password");
//! ```

use super::caller::Caller;
use crate::{
    protocol::{
        fault::{Code, Fault},
        names::UserId,
    },
    server::{address::Address, gate::User},
};
use http::{Extensions, HeaderMap, header};
use std::{borrow::Cow, fmt::Display};
use tracing::field::display;

/// Under which name the lines are written.
pub const TARGET: &str = "sputnik::audit";

/// The most of what an act is about that is written, in bytes.
const LONGEST: usize = 200;

/// Begins the line of an act.
pub fn act(act: &'static str) -> Act {
    Act { act, user: None, name: None, address: None, about: None }
}

/// An act, as it is put together. It is written when it is [`done`](Act::done), [`refused`](Act::refused) or
/// [`ended`](Act::ended).
#[must_use]
#[derive(Debug, Clone)]
pub struct Act {
    act: &'static str,
    user: Option<UserId>,
    name: Option<String>,
    address: Option<Address>,
    about: Option<String>,
}

impl Act {
    /// By whom and from where.
    pub fn of(self, caller: &Caller) -> Self {
        let act = self.from(caller.address);
        match &caller.user {
            Some(user) => act.by(user),
            None => act,
        }
    }

    /// By whom.
    pub fn by(self, User { id, name }: &User) -> Self {
        Self { user: Some(id.clone()), ..self.named(name) }
    }

    /// By what name. Only one that somebody has: what people type by mistake where a name belongs is none.
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(bounded(name)), ..self }
    }

    /// From where.
    pub fn from(self, address: Option<Address>) -> Self {
        Self { address, ..self }
    }

    /// To what or whom, and how.
    pub fn about(self, what: impl Display) -> Self {
        Self { about: Some(bounded(&what.to_string())), ..self }
    }

    /// It was done, or refused with a fault, whose code tells why.
    pub fn ended<T>(self, how: &Result<T, Fault>) {
        match how {
            Ok(_) => self.done(),
            Err(fault) => self.refused(&code(fault.code)),
        }
    }

    /// It was done.
    pub fn done(self) {
        self.write("done");
    }

    /// It was not done, and why.
    pub fn refused(self, why: &str) {
        self.write(why);
    }

    fn write(self, outcome: &str) {
        let Self { act, user, name, address, about } = self;
        let (user, address) = (user.map(display), address.map(display));
        // With `Debug` what is written keeps to its line.
        let (name, about) = (name.as_deref(), about.as_deref());
        tracing::info!(target: TARGET, act, outcome = ?outcome, user, name, address, about, "audit");
    }
}

/// A page of another site tried to speak with this site's cookies.
pub(crate) fn refused_origin(request: &Extensions, headers: &HeaderMap, path: &str) {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or("an unreadable origin");
    act("request").from(Address::of(request)).about(format_args!("{path} from {origin}")).refused("another origin");
}

/// Somebody who is signed in tried what they have no right to.
pub(crate) fn refused_command(user: &User, address: Option<Address>, name: &str) {
    act("command").by(user).from(address).about(name).refused(&code(Code::Forbidden));
}

/// Short enough, and in one line.
fn bounded(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

/// A fault's code, as a program reads it.
pub(crate) fn code(code: Code) -> Cow<'static, str> {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(code)) => code.into(),
        _ => "internal".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_act_is_one_line_whatever_it_is_about() {
        let written = Written::default();
        let writer = written.clone();
        let lines = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        let address: std::net::IpAddr = "203.0.113.7".parse().expect("an address");
        tracing::subscriber::with_default(lines, || {
            let act = act("set_member").by(&User { id: "7".parse().expect("an id"), name: "Ann\nLee".into() });
            act.from(Some(address.into())).about("evil\r\nINFO sputnik::audit: act=\"forged\"").done();
        });
        let text = String::from_utf8(written.0.lock().expect("nobody panicked").clone()).expect("text");
        assert_eq!(text.lines().count(), 1, "{text}");
        for part in ["sputnik::audit", "act=\"set_member\"", "user=7", "Ann Lee", "address=203.0.113.7", "done"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
