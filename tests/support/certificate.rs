//! Certificates made on the spot, for servers of a test's own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// An authority of a test's own, and a certificate by it for `localhost` alone.
pub struct Certificate {
    dir: tempfile::TempDir,
}

impl Certificate {
    /// Makes both; `None` where there is no `openssl` to make them with.
    pub fn make() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory for certificates");
        let made = Self { dir };
        Command::new("openssl").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        fs::write(made.file("names"), "subjectAltName=DNS:localhost\n").expect("written");
        made.openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout authority.key -out authority.pem",
        );
        made.openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
        made.openssl(
            "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names \
             -out server.pem",
        );
        Some(made)
    }

    fn openssl(&self, arguments: &str) {
        let made = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("openssl runs");
        assert!(made.success(), "openssl {arguments}");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The authority's certificate: who knows it believes the server.
    pub fn authority(&self) -> PathBuf {
        self.file("authority.pem")
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.file("server.pem")
    }

    /// The server's key.
    pub fn key(&self) -> PathBuf {
        self.file("server.key")
    }

    /// Copies certificate and key to where only their owner reads them.
    pub fn copy_to(&self, folder: &Path) -> [PathBuf; 2] {
        [self.certificate(), self.key()].map(|file| {
            let copy = folder.join(file.file_name().expect("a name"));
            fs::copy(&file, &copy).expect("copied");
            copy
        })
    }
}
