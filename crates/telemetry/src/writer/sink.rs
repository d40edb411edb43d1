//! Where lines go.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// An output of the audit log. It may block; only its own thread waits.
pub trait Sink: Send {
    /// Writes some of the bytes and tells how many.
    ///
    /// # Errors
    /// As [`Write::write`].
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Opens the output anew, where it has a name.
    ///
    /// # Errors
    /// When it cannot be opened; the old one stays in use.
    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Any byte stream as an output.
#[derive(Debug)]
pub struct Stream<W>(pub W);

impl<W: Write + Send> Sink for Stream<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.0.flush()?;
        Ok(written)
    }
}

/// Standard output, past the line buffer of the standard library.
///
/// # Errors
/// When its descriptor cannot be duplicated.
pub fn stdout() -> io::Result<Stream<File>> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(Stream(File::from(
            io::stdout().as_fd().try_clone_to_owned()?,
        )))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(Stream(File::from(
            io::stdout().as_handle().try_clone_to_owned()?,
        )))
    }
}

/// A file that is appended to. Created with mode 0600.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
}

impl LogFile {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// When that is impossible.
    pub fn append(path: PathBuf) -> io::Result<Self> {
        let file = Self::open(&path)?;
        Ok(Self { path, file })
    }

    fn open(path: &PathBuf) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }
}

impl Sink for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.file = Self::open(&self.path)?;
        Ok(())
    }
}
