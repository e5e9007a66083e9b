//! A real file system that is small, to be full.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A file system of some megabytes in memory, mounted at a folder of its own. Gone when dropped.
pub struct SmallDisk {
    dir: tempfile::TempDir,
}

impl SmallDisk {
    /// Mounts one; `None`, and a word why, where this machine does not allow it.
    pub fn mount(bytes: u64) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory to mount on");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"])
            .arg(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self { dir });
        }
        eprintln!("skipped: this machine lets nobody mount a small file system here");
        None
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    fn filler(&self) -> PathBuf {
        self.dir.path().join("filler")
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut filler = File::options().append(true).create(true).open(self.filler()).expect("a file");
        // Down to the last byte: the last page may be filled by less.
        for size in [65_536, 4_096, 1] {
            loop {
                match filler.write_all(&vec![0; size]) {
                    Ok(()) => {}
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::StorageFull);
                        break;
                    }
                }
            }
        }
    }

    /// Makes room again.
    pub fn make_room(&self) {
        fs::remove_file(self.filler()).expect("what filled it is removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever has files open there may end after this.
        let _ = Command::new("umount").arg("-l").arg(self.dir.path()).status();
    }
}
