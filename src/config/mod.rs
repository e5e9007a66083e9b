//! What can be set from outside: flags, and the environment variables that say the same.

mod limits;

use crate::{account::people::good_name, health::Readers};
use http::Uri;
pub use limits::{Bounded, Bounds};
use sputnik::server::address::TrustedProxies;
use std::{net::SocketAddr, path::PathBuf};

/// Sputnik: people write a book together in the browser.
///
/// Without any flag it serves http://127.0.0.1:3000, keeps everything in the folder `data`, and needs nothing else
/// installed. RUST_LOG says how much is logged (default: info).
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "sputnik", version)]
pub struct Invocation {
    /// What is set.
    #[command(flatten)]
    pub config: Config,

    /// What is to be done, if not to serve.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// What the program does besides serving.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Task {
    /// Writes a copy of the embedded database, pictures included, to a new file; a server may use it meanwhile.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// Makes anew what is searched when people look for words in their books. Nobody needs it but where that was damaged:
    /// the server makes what is missing by itself.
    RebuildSearch,
    /// Puts such a copy in the place of the embedded database, while no server uses it. What was there is kept beside
    /// it under another name.
    Restore {
        /// The file to read.
        file: PathBuf,
    },
}

/// What can be set.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "sputnik", version)]
pub struct Config {
    /// Where to listen: an IP address and a port.
    #[arg(long, env = "SPUTNIK_ADDRESS", default_value = "127.0.0.1:3000")]
    pub address: SocketAddr,

    /// The folder for the embedded database. Created if it is not there; not used with PostgreSQL.
    #[arg(long, env = "SPUTNIK_DATA", default_value = "data", global = true)]
    pub data: PathBuf,

    /// The database: `postgres://…`, which several nodes may share, or `sqlite:<file>` [default: a file in the data
    /// folder].
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database: Option<String>,

    /// PgBouncer, or another pooler that lends a connection for one transaction at a time, stands before PostgreSQL.
    /// No statement is kept prepared then, nor anything else in a session.
    #[arg(long, env = "SPUTNIK_PGBOUNCER")]
    pub pgbouncer: bool,

    /// The Redis server by which several nodes talk, such as redis://127.0.0.1:6379, or rediss://… with TLS [default:
    /// none, for one node].
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis: Option<String>,

    /// A file with the certificates (PEM) of the authorities that vouch for Redis's [default: those that this machine
    /// trusts].
    #[arg(long, env = "SPUTNIK_REDIS_CA", value_name = "FILE")]
    pub redis_ca: Option<PathBuf>,

    /// A file with the certificate (PEM) by which this node shows Redis who it is, where Redis asks for one.
    #[arg(long, env = "SPUTNIK_REDIS_CERT", value_name = "FILE", requires = "redis_key")]
    pub redis_cert: Option<PathBuf>,

    /// A file with the key (PEM) of that certificate.
    #[arg(long, env = "SPUTNIK_REDIS_KEY", value_name = "FILE", requires = "redis_cert")]
    pub redis_key: Option<PathBuf>,

    /// The folder with what the browser loads: wasm, style, fonts.
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site: String,

    /// Where people find the site, if not at the address, such as `https://books.example`: a host of its own, not a folder
    /// of one. With https, cookies are for https only, and browsers are told to come by nothing else; with http, they are
    /// not [default: cookies for https only, unless the address is of this machine alone].
    #[arg(long, env = "SPUTNIK_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// Proxies that are believed when they say in X-Forwarded-For for whom they speak: addresses and networks, joined by
    /// commas [default: those on this machine]. Empty for none.
    #[arg(long, env = "SPUTNIK_TRUSTED_PROXIES", default_value_t, hide_default_value = true)]
    pub trusted_proxies: TrustedProxies,

    /// Who looks after the running site, at /admin/live: user names, joined by commas [default: nobody]. A name belongs
    /// to whoever signs up with it first, so sign up before you name yourself here.
    #[arg(long, env = "SPUTNIK_ADMINS", value_delimiter = ',', value_parser = admin)]
    pub admins: Vec<String>,

    /// Fill an empty database with three people and a book to try things out with.
    #[arg(long, env = "SPUTNIK_DEMO")]
    pub demo: bool,

    /// Who brings this token may read /metrics [default: nobody, or anybody where only this machine reaches the
    /// server].
    #[arg(long, env = "SPUTNIK_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,

    /// The program that makes PDFs [default: `sputnik-press` beside the server's own].
    #[arg(long, env = "SPUTNIK_PRESS", value_name = "FILE")]
    pub press: Option<PathBuf>,

    /// What is bounded.
    #[command(flatten)]
    pub bounds: Bounds,
}

impl Config {
    /// Whether cookies are only ever sent over https.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        match &self.public_url {
            Some(url) => !url.starts_with("http://"),
            None => !self.address.ip().is_loopback(),
        }
    }

    /// Whether it is known that people come by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Who may read what the server counted.
    #[must_use]
    pub fn readers(&self) -> Readers {
        match &self.metrics_token {
            Some(token) => Readers::Token(token.clone()),
            None if self.address.ip().is_loopback() && self.public_url.is_none() => Readers::Anyone,
            None => Readers::Nobody,
        }
    }

    /// Where to point a browser.
    #[must_use]
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.address))
    }
}

/// An address of a whole host, without the slash it may end in. Every page, file and cookie of the site is at its host's
/// root, so in a folder of it no page would become live.
fn public_url(url: &str) -> Result<String, String> {
    let is_whole = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    let uri = url.parse::<Uri>().ok().filter(is_whole);
    let authority = uri.as_ref().and_then(Uri::authority).filter(|authority| !authority.as_str().contains('@'));
    let Some((uri, authority)) = uri.as_ref().zip(authority) else {
        return Err("It is an address such as https://books.example or http://192.168.1.7:3000.".to_owned());
    };
    let root = format!("{}://{authority}", uri.scheme_str().unwrap_or_default());
    if uri.path() != "/" || url.contains(['?', '#']) {
        return Err(format!(
            "Sputnik is served at the root of a host, not in a folder of it: not at {}, only at a name or a port of its \
             own, such as {root}. Let the proxy in front of it pass a whole host on.",
            uri.path()
        ));
    }
    Ok(root)
}

/// A name that could be a user's: a slip of the pen should not pass for somebody.
fn admin(name: &str) -> Result<String, String> {
    good_name(name).map(str::to_owned).map_err(|fault| fault.words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};
    use sputnik::server::{Settings, broker::Limits};

    fn config(flags: &[&str]) -> Config {
        Config::parse_from(["sputnik"].iter().chain(flags))
    }

    #[test]
    fn flags_and_environment_are_declared_without_contradiction() {
        Invocation::command().debug_assert();
    }

    #[test]
    fn every_setting_is_written_about() {
        let written = [
            include_str!("../../README.md"),
            include_str!("../../docs/handbook/08-several-nodes.md"),
            include_str!("../../docs/handbook/11-limits.md"),
            include_str!("../../docs/handbook/12-operating.md"),
        ]
        .concat();
        for argument in Config::command().get_arguments() {
            let flag = argument.get_long().map(|long| format!("`--{long}"));
            let variable = argument.get_env().map(|variable| format!("`{}`", variable.display()));
            let Some(variable) = variable else { continue };
            let named = written.contains(&variable) || flag.is_some_and(|flag| written.contains(&flag));
            assert!(named, "neither README nor handbook says anything of {variable}");
        }
    }

    #[test]
    fn measurements_are_for_whoever_brings_the_token_or_for_this_machine_alone() {
        assert!(matches!(config(&[]).readers(), Readers::Anyone));
        for flags in [["--address", "0.0.0.0:3000"], ["--public-url", "https://books.example"]] {
            assert!(matches!(config(&flags).readers(), Readers::Nobody), "{flags:?}");
        }
        let flags = ["--address", "0.0.0.0:3000", "--metrics-token", "secret"];
        assert!(matches!(config(&flags).readers(), Readers::Token(token) if token == "secret"));
    }

    #[test]
    fn what_is_not_set_is_bounded_as_the_layer_says() {
        let (settings, limits) = (config(&[]).bounds.settings(true), config(&[]).bounds.limits());
        let same = Settings { secure_cookies: true, ..Settings::default() };
        assert_eq!(format!("{settings:?}"), format!("{same:?}"));
        assert_eq!(format!("{limits:?}"), format!("{:?}", Limits::default()));
        assert_eq!(config(&[]).bounds.accounts(), crate::account::bounds::Bounds::default());
        assert_eq!(config(&[]).bounds.pictures(), crate::book::pictures::Bounds::default());
        assert_eq!(config(&[]).bounds.exports(), crate::book::exports::queue::Bounds::default());
        assert_eq!(config(&["--commands-a-second", "7"]).bounds.settings(true).commands.a_second, 7);
    }

    #[test]
    fn without_a_task_it_serves_and_flags_stand_before_or_after_one() {
        assert!(Invocation::parse_from(["sputnik", "--demo"]).task.is_none());
        for words in [["--data", "books", "backup", "b.db"], ["backup", "b.db", "--data", "books"]] {
            let told = Invocation::parse_from(["sputnik"].iter().chain(&words));
            assert_eq!(told.config.data, PathBuf::from("books"), "{words:?}");
            assert!(matches!(told.task, Some(Task::Backup { file }) if file.as_os_str() == "b.db"), "{words:?}");
        }
    }

    #[test]
    fn administrators_are_named_one_after_the_other() {
        assert_eq!(config(&[]).admins, Vec::<String>::new());
        assert_eq!(config(&["--admins", "ann, Ben"]).admins, ["ann", "Ben"]);
        let bad = Config::try_parse_from(["sputnik", "--admins", "ann;ben"]).expect_err("no name has a semicolon");
        assert!(bad.to_string().contains("A name has 2 to 32 letters"), "{bad}");
    }

    #[test]
    fn the_site_is_at_the_root_of_a_host_or_is_refused_in_words() {
        let asked = |url: &str| Config::try_parse_from(["sputnik", "--public-url", url]);
        for (url, at) in [
            ("https://books.example", "https://books.example"),
            ("https://books.example/", "https://books.example"),
            ("HTTPS://books.example:8443", "https://books.example:8443"),
            ("http://[::1]:3000/", "http://[::1]:3000"),
        ] {
            assert_eq!(asked(url).expect(url).public_url.as_deref(), Some(at));
        }
        for url in
            ["https://x.example/wiki/", "https://x.example/wiki", "https://x.example/?a=b", "https://x.example/#a"]
        {
            let refused = asked(url).expect_err(url).to_string();
            assert!(refused.contains("at the root of a host, not in a folder"), "{refused}");
        }
        for url in ["books.example", "/wiki", "ftp://books.example", "https://", "https://ann:pw@books.example", ""] {
            let refused = asked(url).expect_err(url).to_string();
            assert!(refused.contains("It is an address such as https://books.example"), "{refused}");
        }
    }

    #[test]
    fn only_where_people_come_by_https_are_browsers_told_so() {
        assert!(config(&["--public-url", "https://books.example"]).is_https());
        assert!(!config(&["--public-url", "http://books.example"]).is_https());
        assert!(!config(&["--address", "0.0.0.0:3000"]).is_https());
    }

    #[test]
    fn cookies_are_for_https_unless_the_site_is_plain_http_on_this_machine() {
        for (flags, secure) in [
            (vec!["--address", "127.0.0.1:3000"], false),
            (vec!["--address", "[::1]:3000"], false),
            (vec!["--address", "0.0.0.0:3000"], true),
            (vec!["--address", "0.0.0.0:3000", "--public-url", "http://desk.local"], false),
            (vec!["--address", "127.0.0.1:3000", "--public-url", "https://books.example"], true),
        ] {
            assert_eq!(config(&flags).secure_cookies(), secure, "{flags:?}");
        }
    }
}
