//! By whom costly work is counted.

use sputnik::{UserId, server::address::Address};
use std::net::IpAddr;

/// Whose work it is, and from where: places are counted by both. Nothing of either for a request that came from nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    pub(super) person: Option<UserId>,
    /// As one place: of IPv6 the network.
    pub(super) address: Option<IpAddr>,
}

impl Who {
    /// A person, if one is known, and where they come from.
    #[must_use]
    pub fn of(person: Option<&UserId>, address: Option<Address>) -> Self {
        Self { person: person.cloned(), address: address.map(Address::place) }
    }

    pub(super) fn party(&self) -> Party {
        self.person.clone().map_or(Party::Strangers(self.address), Party::Person)
    }
}

/// Who counts as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Party {
    /// A person, wherever they are.
    Person(UserId),
    /// All at one address of whom nobody knows who they are.
    Strangers(Option<IpAddr>),
}
