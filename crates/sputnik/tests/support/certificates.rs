//! Certificates made on the spot: an authority of a test's own, and what it vouches for.

use std::{fs, path::PathBuf, process::Command};

/// An authority, and a certificate for `localhost` and 127.0.0.1 that it vouches for. Gone when dropped.
pub struct Certificates {
    dir: tempfile::TempDir,
}

impl Certificates {
    /// Makes both.
    pub fn make() -> Self {
        let made = Self { dir: tempfile::tempdir().expect("a directory for certificates") };
        // Nothing that this machine's own configuration would add.
        fs::write(made.dir.path().join("openssl.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n")
            .expect("a configuration");
        made.openssl(&["-subj", "/CN=A test's authority", "-addext", "basicConstraints=critical,CA:TRUE"], "ca");
        made.sign("server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        made
    }

    /// The authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.crt")
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.dir.path().join("server.crt")
    }

    /// The key of the server's certificate.
    pub fn key(&self) -> PathBuf {
        self.dir.path().join("server.key")
    }

    /// Where a certificate that was [signed](Self::sign) lies, and its key.
    pub fn files(&self, name: &str) -> (PathBuf, PathBuf) {
        (self.dir.path().join(format!("{name}.crt")), self.dir.path().join(format!("{name}.key")))
    }

    /// A further certificate that the authority vouches for, and its key, as PEM. `extension` says for whom it is, such
    /// as `subjectAltName=DNS:elsewhere.example`.
    pub fn sign(&self, name: &str, extension: &str) -> (Vec<u8>, Vec<u8>) {
        let file = |ending: &str| self.dir.path().join(format!("{name}.{ending}"));
        let subject = format!("/CN={name}");
        let authority = [self.authority(), self.dir.path().join("ca.key")].map(|path| path.display().to_string());
        let end = "basicConstraints=critical,CA:FALSE";
        let signed = ["-subj", &subject, "-addext", extension, "-addext", end];
        self.openssl(&[&signed[..], &["-CA", &authority[0], "-CAkey", &authority[1]]].concat(), name);
        (fs::read(file("crt")).expect("the certificate"), fs::read(file("key")).expect("its key"))
    }

    fn openssl(&self, arguments: &[&str], name: &str) {
        let file = |ending: &str| self.dir.path().join(format!("{name}.{ending}"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-days", "2", "-config"])
            .arg(self.dir.path().join("openssl.cnf"))
            .args(arguments)
            .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout"])
            .arg(file("key"))
            .arg("-out")
            .arg(file("crt"))
            .output()
            .expect("these tests need `openssl` (version 3 or later) on the PATH");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}
