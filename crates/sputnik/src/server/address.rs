//! From which address a request comes: what is counted and noted of somebody nothing else is known of.
//!
//! Whoever connects may be a proxy that speaks for others, and says for whom in `X-Forwarded-For`. Anybody can write such
//! a header, so it is believed only of proxies that are trusted, and only as far as they can know: each of them appends
//! whom it heard from. Read from the right, the first address that is no trusted proxy's is the one that connected to
//! the outermost of them. What stands left of it, that one wrote itself.
//!
//! A request that came over no connection (one that a test sends to the routes) has no address.

use axum::extract::{ConnectInfo, Request};
use http::{Extensions, HeaderMap, HeaderName};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// How many proxies may stand one behind another. Further entries are not read: a header costs what this says.
const PROXIES: usize = 16;

/// The address a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl Address {
    /// That of the request with these extensions; none where it came over no connection.
    #[must_use]
    pub fn of(request: &Extensions) -> Option<Self> {
        request.get::<Self>().copied()
    }

    /// The whole address.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What counts as one place. Of IPv6 that is a network of 64 bits: whoever is given one address there is given all
    /// of them.
    #[must_use]
    pub fn place(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        }
    }

    /// Who is behind a connection from `peer` with these headers.
    fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
        let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(PROXIES).map(hop);
        let mut known = peer.to_canonical();
        while proxies.trust(known)
            && let Some(Some(further)) = hops.next()
        {
            known = further;
        }
        Self(known)
    }
}

impl From<IpAddr> for Address {
    /// An IPv4 address that is written as an IPv6 one is that IPv4 address.
    fn from(ip: IpAddr) -> Self {
        Self(ip.to_canonical())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An entry of the header, which some proxies write with the port.
fn hop(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim().trim_matches('"');
    let ip = entry.parse().ok().or_else(|| entry.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    let ip = ip.or_else(|| entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    ip.map(|ip: IpAddr| ip.to_canonical())
}

/// Networks of proxies that are believed when they say for whom they speak.
///
/// Written as addresses and networks joined by commas, such as `127.0.0.1, 10.0.0.0/8, fd00::/8`; nothing at all is
/// nobody. By default whoever speaks from this very machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    fn trust(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(ip))
    }
}

impl Default for TrustedProxies {
    fn default() -> Self {
        let loopback = [(Ipv4Addr::new(127, 0, 0, 0).into(), 8), (Ipv6Addr::LOCALHOST.into(), 128)];
        Self(loopback.map(|(ip, bits)| Network { ip, bits }).into())
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        networks.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let networks: Vec<String> = self.0.iter().map(|Network { ip, bits }| format!("{ip}/{bits}")).collect();
        f.write_str(&networks.join(","))
    }
}

/// All addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    ip: IpAddr,
    bits: u32,
}

impl Network {
    fn has(self, ip: IpAddr) -> bool {
        match (self.ip, ip) {
            (IpAddr::V4(mine), IpAddr::V4(ip)) => {
                (mine.to_bits() ^ ip.to_bits()).checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(mine), IpAddr::V6(ip)) => {
                (mine.to_bits() ^ ip.to_bits()).checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let none = || format!("{text:?} is neither an address nor a network such as 10.0.0.0/8");
        let (ip, bits) = text.split_once('/').map_or((text, None), |(ip, bits)| (ip, Some(bits)));
        let ip: IpAddr = ip.parse().map_err(|_| none())?;
        let all = if ip.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), |bits| bits.parse().map_err(|_| none()))?;
        if bits > all { Err(none()) } else { Ok(Self { ip, bits }) }
    }
}

/// Notes of every request from which address it comes.
pub(crate) fn note(request: &mut Request, believed: &TrustedProxies) {
    if let Some(&ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let address = Address::behind(peer.ip(), request.headers(), believed);
        request.extensions_mut().insert(address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(peer: &str, lines: &[&str], proxies: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        let proxies = if proxies == "default" { TrustedProxies::default() } else { proxies.parse().expect("proxies") };
        Address::behind(peer.parse().expect("an address"), &headers, &proxies).to_string()
    }

    #[test]
    fn a_stranger_does_not_choose_where_they_come_from() {
        assert_eq!(behind("203.0.113.7", &["198.51.100.1"], "default"), "203.0.113.7");
        assert_eq!(behind("203.0.113.7", &["127.0.0.1"], "10.0.0.0/8"), "203.0.113.7");
        // They wrote the left one; the proxy appended where it heard from them.
        assert_eq!(behind("127.0.0.1", &["198.51.100.1, 203.0.113.7"], "default"), "203.0.113.7");
        assert_eq!(behind("127.0.0.1", &["198.51.100.1", "203.0.113.7"], "default"), "203.0.113.7");
        assert_eq!(behind("127.0.0.1", &["203.0.113.7, 10.1.2.3"], "default"), "10.1.2.3");
        assert_eq!(behind("127.0.0.1", &["203.0.113.7"], ""), "127.0.0.1");
    }

    #[test]
    fn proxies_may_stand_one_behind_another() {
        let proxies = "127.0.0.1, 10.0.0.0/8, fd00::/8";
        assert_eq!(behind("127.0.0.1", &["203.0.113.7, 10.1.2.3", "fd00::5"], proxies), "203.0.113.7");
        assert_eq!(behind("::ffff:10.1.1.1", &["::ffff:203.0.113.7"], proxies), "203.0.113.7");
        assert_eq!(behind("10.0.0.1", &["10.0.0.9, 10.0.0.2"], proxies), "10.0.0.9", "somebody of the house");
        assert_eq!(behind("127.0.0.1", &[], proxies), "127.0.0.1");
    }

    #[test]
    fn what_is_no_address_ends_what_is_believed() {
        assert_eq!(behind("127.0.0.1", &["203.0.113.7, unknown"], "default"), "127.0.0.1");
        assert_eq!(behind("127.0.0.1", &["203.0.113.7, "], "default"), "127.0.0.1");
        assert_eq!(behind("127.0.0.1", &["203.0.113.7:8080"], "default"), "203.0.113.7");
        assert_eq!(behind("127.0.0.1", &["[2001:db8::1]:80"], "default"), "2001:db8::1");
        assert_eq!(behind("127.0.0.1", &["\"[2001:db8::1]\""], "default"), "2001:db8::1");
        let long = format!("203.0.113.7{}", ", 127.0.0.1".repeat(100_000));
        assert_eq!(behind("127.0.0.1", &[&long], "default"), "127.0.0.1");
    }

    #[test]
    fn one_home_with_ipv6_counts_as_one_place() {
        let place = |ip: &str| Address::from(ip.parse::<IpAddr>().expect("an address")).place().to_string();
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(place("2001:db8:1:2::9"), "2001:db8:1:2::");
        assert_eq!(place("203.0.113.7"), "203.0.113.7");
        assert_eq!(place("::ffff:203.0.113.7"), "203.0.113.7");
    }

    #[test]
    fn a_slip_of_the_pen_trusts_nobody() {
        for bad in ["10.0.0.0/33", "10.0.0/8", "::1/129", "proxy.example", "10.0.0.0/", "10.0.0.0/-1"] {
            assert!(bad.parse::<TrustedProxies>().is_err(), "{bad}");
        }
        for all in ["0.0.0.0/0", "::/0"] {
            let proxies: TrustedProxies = all.parse().expect("a network");
            assert!(proxies.trust("203.0.113.7".parse().expect("it")) != proxies.trust("2001::1".parse().expect("it")));
        }
        let default = TrustedProxies::default();
        assert_eq!(default.to_string().parse(), Ok(default));
    }
}
