//! Who is at the other end of one socket: asked with its commands, and now and then where none come.

use crate::{
    protocol::fault::Fault,
    server::gate::{Gate, User},
};
use http::request::Parts;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// For how long the application is not asked again who sends the commands of a socket: somebody who types sends thirty
/// a second. The connections of whoever signs out end at once; so this is how long commands are still taken from one that
/// cannot be told, because the broker is out of reach.
const KNOWN: Duration = Duration::from_secs(10);

/// Who is at the other end of one socket, once it was asked.
#[derive(Debug, Default)]
pub(crate) struct CallerCache(Mutex<Option<Box<Known>>>);

#[derive(Debug)]
struct Known {
    user: Option<User>,
    asked: Instant,
}

impl CallerCache {
    /// Who sends this command.
    ///
    /// # Errors
    /// When it has to be found out, and cannot.
    pub(crate) async fn who(&self, gate: &dyn Gate, request: &Parts) -> Result<Option<User>, Fault> {
        if let Some(user) = self.known() {
            return Ok(user);
        }
        self.ask(gate, request).await
    }

    /// Who it is now.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub(crate) async fn ask(&self, gate: &dyn Gate, request: &Parts) -> Result<Option<User>, Fault> {
        let (asked, user) = (Instant::now(), gate.who(request).await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(Known { user: user.clone(), asked }));
        Ok(user)
    }

    /// When it was asked last, if ever, and whether it was this user.
    pub(crate) fn last(&self, user: Option<&User>) -> Option<(Instant, bool)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|known| (known.asked, known.user.as_ref() == user))
    }

    fn known(&self) -> Option<Option<User>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|known| known.asked.elapsed() < KNOWN).map(|known| known.user.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::names::ChannelName, server::gate::Pass};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    use tokio::time::advance;

    /// A gate that counts how often it is asked, and calls whoever comes by that number.
    #[derive(Default)]
    struct Counting(AtomicU32);

    #[async_trait::async_trait]
    impl Gate for Counting {
        async fn who(&self, _: &Parts) -> Result<Option<User>, Fault> {
            let name = (self.0.fetch_add(1, Relaxed) + 1).to_string();
            Ok(Some(User { id: name.parse().map_err(|_| Fault::internal())?, name }))
        }

        async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
            Err(Fault::not_found("channel"))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_is_asked_with_the_first_command_and_again_after_a_while() {
        let (gate, sender) = (Counting::default(), CallerCache::default());
        let (request, ()) = http::Request::new(()).into_parts();
        let mut names = Vec::new();
        for wait in [0, 1, 8, 2] {
            advance(Duration::from_secs(wait)).await;
            names.push(sender.who(&gate, &request).await.expect("the gate knows").map(|user| user.name));
        }
        assert_eq!(names.iter().flatten().collect::<Vec<_>>(), ["1", "1", "1", "2"]);
    }
}
