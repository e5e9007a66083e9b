//! Who is an administrator.

use crate::sputnik::{
    fault::Fault,
    names::ChannelName,
    server::{Gate, Pass, User},
};
use http::request::Parts;
use std::collections::HashSet;

/// A gate within another: it alone says who may see the overview, and leaves everything else to the other.
pub struct AdminGate<G> {
    within: G,
    /// In lower case: two names that differ in nothing else are one.
    names: HashSet<String>,
}

impl<G> AdminGate<G> {
    /// Lets these users see the overview, and nobody else.
    pub fn new(within: G, names: &[String]) -> Self {
        Self { within, names: names.iter().map(|name| name.to_lowercase()).collect() }
    }

    fn is_admin(&self, who: Option<&User>) -> bool {
        who.is_some_and(|user| self.names.contains(&user.name.to_lowercase()))
    }
}

#[async_trait::async_trait]
impl<G: Gate> Gate for AdminGate<G> {
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault> {
        self.within.who(request).await
    }

    async fn admit(&self, who: Option<&User>, channel: &ChannelName) -> Result<Pass, Fault> {
        if *channel != ChannelName::overview() {
            return self.within.admit(who, channel).await;
        }
        // To be present there is to watch. What is whispered there comes from nodes alone.
        let pass = Pass { present: true, whisper: false };
        self.is_admin(who).then_some(pass).ok_or_else(|| Fault::not_found("channel"))
    }
}
