//! What has come of requests and frames that are not whole yet, or wait for their turn. Each of them is bounded by
//! itself; but whoever begins many and ends none could fill a node with them. So those of one address are bounded
//! together, and none may come slower than a connection may be read.

use super::{address::Address, settings::Settings};
use crate::protocol::{fault::Fault, fragment::PART};
use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::time::{Instant, timeout_at};

/// So much of a connection is not counted: it takes more by being open. Most commands are smaller, and nothing that
/// connections share is looked at for them.
const SMALL: usize = 4 << 10;

/// After how many milliseconds to try again where an address has too much under way.
const LATER_MS: u32 = 2_000;

/// How many bytes wait for their end on this node, of each address.
pub(crate) struct InboundLimit {
    at_most: usize,
    of: Mutex<HashMap<IpAddr, usize>>,
}

impl InboundLimit {
    pub(crate) fn new(settings: &Settings) -> Arc<Self> {
        Arc::new(Self { at_most: settings.inbound_at_most(), of: Mutex::default() })
    }

    /// What comes by one connection or request, of which nothing is here yet. What came over no connection counts to
    /// nobody.
    pub(crate) fn from(self: &Arc<Self>, address: Option<Address>) -> InboundShare {
        InboundShare { inbound: Arc::clone(self), place: address.map(Address::place), bytes: 0, grew: Instant::now() }
    }

    fn of(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of one connection or request waits for its end.
pub(crate) struct InboundShare {
    inbound: Arc<InboundLimit>,
    place: Option<IpAddr>,
    bytes: usize,
    grew: Instant,
}

impl InboundShare {
    /// So many bytes of it are here now.
    ///
    /// # Errors
    /// When its address has too many under way.
    pub(crate) fn is(&mut self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.bytes {
            self.grew = Instant::now();
        }
        if let Some(place) = self.place {
            self.count(place, counted(self.bytes), counted(bytes))?;
        }
        self.bytes = bytes;
        Ok(())
    }

    fn count(&self, place: IpAddr, before: usize, now: usize) -> Result<(), Fault> {
        if now == before {
            return Ok(());
        }
        let mut of = self.inbound.of();
        let others = of.get(&place).map_or(0, |all| all - before);
        if now > before && others + now > self.inbound.at_most {
            return Err(Fault::too_many("Too much is under way from where you are. Please try again.", LATER_MS));
        }
        match others + now {
            0 => drop(of.remove(&place)),
            all => drop(of.insert(place, all)),
        }
        Ok(())
    }

    /// Whether nothing came for as long as one part may take.
    pub(crate) fn is_stuck(&self, settings: &Settings) -> bool {
        self.grew.elapsed() > settings.stuck
    }
}

/// What of so many bytes is counted to the address.
fn counted(bytes: usize) -> usize {
    bytes.saturating_sub(SMALL)
}

impl Drop for InboundShare {
    fn drop(&mut self) {
        // To nothing, it always may.
        drop(self.is(0));
    }
}

/// A request's body, once all of it is here, of which until then `share` says how much is. What is a few times too large
/// is heard to its end and forgotten, so that it can be refused in words.
///
/// # Errors
/// When it is too large, comes too slowly, breaks off, or its address has too much under way.
pub(crate) async fn whole(body: Body, settings: &Settings, mut share: InboundShare) -> Result<Bytes, Fault> {
    if body.size_hint().lower() > settings.reads_at_most() as u64 {
        return Err(too_large(settings));
    }
    let (mut read, mut came) = (BytesMut::new(), 0);
    let (mut due, mut until) = (PART, Instant::now() + settings.stuck);
    let mut rest = body.into_data_stream();
    while let Some(chunk) = timeout_at(until, rest.next()).await.map_err(|_| too_slow())? {
        let chunk = chunk.map_err(|_| Fault::bad_request("The request broke off."))?;
        came += chunk.len();
        if came > settings.reads_at_most() {
            return Err(too_large(settings));
        }
        if came >= due {
            (due, until) = (came + PART, Instant::now() + settings.stuck);
        }
        if came > settings.frame_bytes {
            read = BytesMut::new();
        } else {
            read.extend_from_slice(&chunk);
        }
        share.is(read.len())?;
    }
    if came > settings.frame_bytes { Err(too_large(settings)) } else { Ok(read.freeze()) }
}

/// What is said of a command or a poll that is too large.
pub(crate) fn too_large(settings: &Settings) -> Fault {
    Fault::too_large(format_args!("The server takes at most {} bytes at once.", settings.frame_bytes))
}

/// What is said of what comes too slowly.
pub(crate) fn too_slow() -> Fault {
    Fault::bad_request("This came too slowly: the line may be bad. Please try again.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn place(last: u8) -> Option<Address> {
        Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)).into())
    }

    #[test]
    fn an_address_has_so_much_under_way_and_others_do_not_notice() {
        let settings = Settings { frame_bytes: 10, ..Settings::default() };
        let inbound = InboundLimit::new(&settings);
        let most = settings.inbound_at_most();
        let (mut one, mut two, mut other) = (inbound.from(place(1)), inbound.from(place(1)), inbound.from(place(2)));
        one.is(SMALL + most - 1).expect("it fits");
        two.is(SMALL + 1).expect("it fits");
        assert!(two.is(SMALL + 2).is_err() && one.is(SMALL + most).is_err());
        other.is(SMALL + most).expect("another's");
        one.is(SMALL + 5).expect("less is always possible");
        two.is(SMALL + most - 5).expect("what was given back");
        let small: Vec<_> = (0..most).map(|_| inbound.from(place(1))).collect();
        for mut small in small {
            small.is(SMALL).expect("no more than a connection takes anyway");
        }
        drop((one, two, other));
        assert!(inbound.of().is_empty(), "nobody is remembered of whom nothing waits");
    }
}
