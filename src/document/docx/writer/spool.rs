//! Text that is written later than it is made. It is in memory while it is short, and in a file without a name then.

use std::io::{self, Seek, Write};
use tempfile::SpooledTempFile;

/// How much of it is in memory at most, in bytes.
const IN_MEMORY: usize = 1 << 18;

/// What waits, and how many pieces it is.
pub(super) struct Spool {
    file: SpooledTempFile,
    count: usize,
}

impl Default for Spool {
    fn default() -> Self {
        Self { file: SpooledTempFile::new(IN_MEMORY), count: 0 }
    }
}

impl Spool {
    /// The number of the piece that comes next: 1 and more.
    pub(super) fn next(&self) -> usize {
        self.count + 1
    }

    /// Adds a piece.
    pub(super) fn add(&mut self, piece: &str) -> io::Result<()> {
        self.count += 1;
        self.file.write_all(piece.as_bytes())
    }

    /// Writes all of it between these.
    pub(super) fn between(&mut self, before: &str, after: &str, to: &mut impl Write) -> io::Result<()> {
        to.write_all(before.as_bytes())?;
        self.file.rewind()?;
        io::copy(&mut self.file, to)?;
        to.write_all(after.as_bytes())
    }
}
