//! Who is an administrator.

use crate::database::{Database, Failed};
use http::request::Parts;
use serde_json::value::RawValue;
use sputnik::{
    ChannelName, Fault,
    protocol::message::Said,
    server::{Gate, Pass, User},
};
use std::collections::HashSet;

/// A gate within another: it alone says who may see the overview, and leaves everything else to the other.
pub struct AdminGate<G> {
    within: G,
    database: Database,
    /// In lower case: two names that differ in nothing else are one.
    names: HashSet<String>,
}

impl<G> AdminGate<G> {
    /// Lets these users see the overview, and nobody else.
    pub fn new(within: G, database: Database, names: &[String]) -> Self {
        Self { within, database, names: names.iter().map(|name| name.to_lowercase()).collect() }
    }

    /// By the name they sign in with: what they are called is theirs to choose.
    async fn is_admin(&self, who: Option<&User>) -> Result<bool, Fault> {
        let Some(user) = who.filter(|_| !self.names.is_empty()) else { return Ok(false) };
        let name: Option<String> = sqlx::query_scalar("SELECT name_key FROM people WHERE id = $1")
            .bind(user.id.as_str())
            .fetch_optional(&mut *self.database.glance().await?)
            .await
            .map_err(Failed)?;
        Ok(name.is_some_and(|name| self.names.contains(&name)))
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
        let pass = Pass { present: true, ..Pass::default() };
        self.is_admin(who).await?.then_some(pass).ok_or_else(|| Fault::not_found("channel"))
    }

    fn outside(&self, channel: &ChannelName, said: &Said) -> Option<Box<RawValue>> {
        self.within.outside(channel, said)
    }
}
