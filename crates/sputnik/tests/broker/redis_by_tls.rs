//! Redis by TLS, with certificates made on the spot.

use crate::{
    redis_only::recovers,
    support::{
        certificates::Certificates,
        redis_server::{RedisServer, free_port},
    },
    world::{book, limits, next, said},
};
use sputnik::server::broker::{
    Answer, BrokerError, Log, PubSub, Wake,
    redis::{Options, Redis, Tls},
};
use std::{fs, sync::Arc};

/// A server that speaks TLS on a port beside its plain one, where it shows the certificate of this name: which port.
fn with_tls(certificates: &Certificates, name: &str, further: &[&str]) -> (RedisServer, u16) {
    let port = free_port();
    let (certificate, key) = certificates.files(name);
    let files = [certificates.authority(), certificate, key];
    let [authority, certificate, key] = files.map(|path| path.display().to_string());
    let port_text = port.to_string();
    let mut arguments = vec!["--tls-port", &port_text, "--tls-ca-cert-file", &authority];
    arguments.extend(["--tls-cert-file", &certificate, "--tls-key-file", &key]);
    arguments.extend(further);
    (RedisServer::start_with(&arguments), port)
}

async fn by_tls(port: u16, host: &str, tls: Tls) -> Answer<Arc<Redis>> {
    let options = Options { tls, ..Options::default() };
    Redis::connect_with(&format!("rediss://{host}:{port}/"), options, limits()).await
}

#[tokio::test]
async fn redis_is_reached_by_tls_with_a_certificate_of_an_authority_that_was_named() {
    let certificates = Certificates::make();
    let (mut server, port) = with_tls(&certificates, "server", &["--tls-auth-clients", "no"]);
    let tls = Tls { authorities: Some(fs::read(certificates.authority()).unwrap()), identity: None };
    for host in ["127.0.0.1", "localhost"] {
        let broker = by_tls(port, host, tls.clone()).await.unwrap();
        let (watch, mut wakes) = broker.wakes().await.unwrap();
        watch.watch(&book()).await.unwrap();
        broker.publish(&book(), said(1), None).await.unwrap();
        assert!(matches!(next(&mut wakes).await, Wake::Entry { .. }));
        server.start_again();
        recovers(&broker, &mut wakes).await;
    }
}

#[tokio::test]
async fn a_redis_whose_certificate_cannot_be_trusted_is_refused_in_words() {
    let certificates = Certificates::make();
    let (server, port) = with_tls(&certificates, "server", &["--tls-auth-clients", "no"]);
    let other = Certificates::make();
    certificates.sign("elsewhere", "subjectAltName=DNS:elsewhere.example");
    let (_elsewhere, misnamed) = with_tls(&certificates, "elsewhere", &["--tls-auth-clients", "no"]);
    let ours = || Tls { authorities: Some(fs::read(certificates.authority()).unwrap()), identity: None };
    let theirs = Tls { authorities: Some(fs::read(other.authority()).unwrap()), identity: None };
    for (port, host, tls, words) in [
        (port, "127.0.0.1", Tls::default(), "Nobody whom this machine trusts"),
        (port, "127.0.0.1", theirs, "Nobody whom this machine trusts"),
        (misnamed, "127.0.0.1", ours(), "another name"),
        (server.port(), "127.0.0.1", ours(), "speaks no TLS"),
    ] {
        let said = by_tls(port, host, tls).await.map(drop).unwrap_err().to_string();
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[tokio::test]
async fn a_redis_that_asks_who_connects_is_shown_a_certificate() {
    let certificates = Certificates::make();
    let (_server, port) = with_tls(&certificates, "server", &["--tls-auth-clients", "yes"]);
    let authorities = Some(fs::read(certificates.authority()).unwrap());
    let nameless = by_tls(port, "127.0.0.1", Tls { authorities: authorities.clone(), identity: None }).await.map(drop);
    assert!(matches!(&nameless, Err(BrokerError::Unfit(words)) if words.contains("certificate")), "{nameless:?}");
    let identity = Some(certificates.sign("node", "subjectAltName=DNS:node.example"));
    let broker = by_tls(port, "127.0.0.1", Tls { authorities, identity }).await.unwrap();
    broker.publish(&book(), said(1), None).await.unwrap();
}
