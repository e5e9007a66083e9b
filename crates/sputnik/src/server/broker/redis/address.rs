//! Redis's address, as somebody wrote it: understood, or refused in words. None of these words repeat any of it, since
//! a password that was written wrongly may stand in any part.

use crate::server::broker::{Answer, BrokerError};
use redis::{Client, ClientTlsConfig, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};
use redis::{RedisError, TlsCertificates};

/// With what a connection by TLS (`rediss://`) is made, where it is not what the machine trusts anyway. All as PEM.
#[derive(Clone, Default)]
pub struct Tls {
    /// The certificates of the authorities that may vouch for the server, instead of those that the machine trusts.
    pub authorities: Option<Vec<u8>>,
    /// The certificate by which the node shows who it is, and its key: where the server asks for one.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    fn is_set(&self) -> bool {
        self.authorities.is_some() || self.identity.is_some()
    }

    fn certificates(&self) -> TlsCertificates {
        let identity = |(client_cert, client_key): (Vec<u8>, Vec<u8>)| ClientTlsConfig { client_cert, client_key };
        TlsCertificates { client_tls: self.identity.clone().map(identity), root_cert: self.authorities.clone() }
    }
}

/// A client of the server at `url`, which speaks RESP3, so that it notices a cut while nobody asks.
pub(super) fn understand(url: &str, tls: &Tls) -> Answer<Client> {
    let unfit = |words: &str| BrokerError::Unfit(words.to_owned());
    if let Some(words) = unsupported(url) {
        return Err(unfit(words));
    }
    let info: ConnectionInfo = url.into_connection_info().map_err(|_| unfit(SHAPE))?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let info = info.set_redis_settings(settings);
    match info.addr() {
        ConnectionAddr::TcpTls { insecure: true, .. } => return Err(unfit(INSECURE)),
        ConnectionAddr::TcpTls { .. } => {}
        _ if tls.is_set() => return Err(unfit(NO_TLS)),
        _ => {}
    }
    if tls.is_set() {
        must_hold_certificates(tls)?;
        let unusable = |error: RedisError| BrokerError::Unfit(format!("Its certificates cannot be used: {error}."));
        return Client::build_with_tls(info, tls.certificates()).map_err(unusable);
    }
    Client::open(info).map_err(|_| unfit(SHAPE))
}

const SHAPE: &str = "Its address cannot be understood. It looks like redis://HOST:6379/, \
    redis://USER:PASSWORD@HOST:6379/0, rediss://… with TLS, or unix:///PATH; in a name or a password every other \
    character than a letter or a digit is written as % and two hexadecimal digits.";
const SENTINEL: &str = "Redis Sentinel is not supported. Name the address of the master itself, or a name or a proxy \
    that leads to whichever server is the master: after a fail-over it is looked up anew.";
const CLUSTER: &str = "A Redis Cluster is not supported. Name a single Redis server.";
const MANY: &str = "Its address names several servers. Name one.";
const INSECURE: &str = "TLS without asking who answers (#insecure) is not supported. Give the certificate of the \
    authority that vouches for the server.";
const NO_TLS: &str = "Certificates were given, but its address is not one with TLS. Write rediss:// in place of \
    redis://.";

/// What is known to be meant and not to work, in words.
fn unsupported(url: &str) -> Option<&'static str> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme.contains("sentinel") {
        return Some(SENTINEL);
    }
    if scheme.contains("cluster") {
        return Some(CLUSTER);
    }
    if scheme.contains("unix") {
        return None;
    }
    let (servers, after) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // Then the password holds such a character as it is, and what is taken for the host is a part of it.
    if after.contains('@') {
        return Some(SHAPE);
    }
    let servers = servers.rsplit_once('@').map_or(servers, |(_, servers)| servers);
    servers.contains(',').then_some(MANY)
}

/// A file without any certificate would be taken for one that trusts nobody.
fn must_hold_certificates(tls: &Tls) -> Answer<()> {
    let certificates = tls.authorities.iter().chain(tls.identity.as_ref().map(|(certificate, _)| certificate));
    for pem in certificates {
        if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
            let words = "A file that was given to hold certificates holds none (as PEM: -----BEGIN CERTIFICATE-----).";
            return Err(BrokerError::Unfit(words.to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, tls: &Tls) -> String {
        match understand(url, tls) {
            Err(BrokerError::Unfit(words)) => words,
            other => panic!("{url} is no address, but: {other:?}"),
        }
    }

    #[test]
    fn an_address_that_is_not_supported_is_refused_with_a_sentence_that_says_what_to_do() {
        let plain = Tls::default();
        for (url, words) in [
            ("redis+sentinel://s1:26379/mymaster", "Redis Sentinel is not supported"),
            ("REDIS-SENTINEL://s1:26379,s2:26379/mymaster/0", "Redis Sentinel is not supported"),
            ("rediss+sentinel://:secret@s1:26379", "Redis Sentinel is not supported"),
            ("redis+cluster://n1:7000", "A Redis Cluster is not supported"),
            ("redis-cluster://n1:7000,n2:7000", "A Redis Cluster is not supported"),
            ("redis://n1:7000,n2:7000/", "names several servers"),
            ("redis://ann:se,cret@n1:7000,n2:7000/", "names several servers"),
            ("rediss://host/#insecure", "#insecure"),
            ("redis://host:port/", "cannot be understood"),
            ("redis://host/first", "cannot be understood"),
            ("http://127.0.0.1/", "cannot be understood"),
            ("127.0.0.1:6379", "cannot be understood"),
            ("", "cannot be understood"),
        ] {
            assert!(refusal(url, &plain).contains(words), "{url}: {}", refusal(url, &plain));
        }
        let tls = Tls { authorities: Some(b"nothing".to_vec()), identity: None };
        assert!(refusal("redis://host/", &tls).contains("Write rediss://"));
        assert!(refusal("rediss://host/", &tls).contains("holds none"));
    }

    #[test]
    fn what_can_be_connected_to_is_understood() {
        for url in [
            "redis://127.0.0.1:6379",
            "redis://ann:se%2Fcret@[::1]:6379/3",
            "redis://:a,b@host",
            "rediss://host:6380/",
            "unix:///run/redis.sock?db=1",
            "valkey://host/",
        ] {
            assert!(understand(url, &Tls::default()).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_password_is_never_repeated_however_wrongly_the_address_was_written() {
        for url in [
            "redis://ann:s3cr3t@host:port/",
            "redis://ann:s3cr3t/x@host:6379/",
            "redis://ann:x#s3cr3t@host",
            "redis://ann:x?s3cr3t@host",
            "redis://s3cr3t:x/y@host",
            "redis+sentinel://:s3cr3t@host/",
            "s3cr3t://host",
            "redis://host:6379/s3cr3t",
            "redis://host:6379/?protocol=s3cr3t",
            "rediss://:s3cr3t@host/#s3cr3t",
            "s3cr3t",
        ] {
            assert!(!refusal(url, &Tls::default()).contains("s3cr3t"), "{url}");
        }
    }
}
