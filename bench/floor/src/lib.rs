//! What origin and load generator share: a small HTTP/1.1 reader for peers
//! that are known to be honest. Not a parser to learn from.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A read buffer that keeps what belongs to the next message.
pub struct Reader<R> {
    inner: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// How long a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many bytes.
    Known(u64),
    /// In chunks.
    Chunked,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    /// Reads `size` bytes at a time.
    pub fn new(inner: R, size: usize) -> Self {
        Self {
            inner,
            buffer: vec![0; size],
            start: 0,
            end: 0,
        }
    }

    /// The stream itself, to write to.
    pub fn inner(&mut self) -> &mut R {
        &mut self.inner
    }

    /// What has been read and not consumed.
    pub fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Marks bytes as done.
    pub fn consume(&mut self, count: usize) {
        self.start += count;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Reads once. `false` at the end of the stream.
    ///
    /// # Errors
    /// The stream failed, or one message part is larger than the buffer.
    pub async fn fill(&mut self) -> std::io::Result<bool> {
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            return Err(std::io::Error::other("message part larger than the buffer"));
        }
        let count = self.inner.read(&mut self.buffer[self.end..]).await?;
        self.end += count;
        Ok(count > 0)
    }

    /// Length of the next head with its blank line; `None` at the end.
    ///
    /// # Errors
    /// The stream failed.
    pub async fn head(&mut self) -> std::io::Result<Option<usize>> {
        loop {
            if let Some(at) = find(self.pending(), b"\r\n\r\n") {
                return Ok(Some(at + 4));
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// Reads a body to its end and counts its bytes.
    ///
    /// # Errors
    /// The stream failed or ended too early.
    pub async fn drain(&mut self, length: Length) -> std::io::Result<u64> {
        match length {
            Length::Known(length) => {
                self.skip(length).await?;
                Ok(length)
            }
            Length::Chunked => self.drain_chunks().await,
        }
    }

    async fn drain_chunks(&mut self) -> std::io::Result<u64> {
        let mut total = 0;
        loop {
            let line = loop {
                if let Some(at) = find(self.pending(), b"\r\n") {
                    break at;
                }
                self.more().await?;
            };
            let text = String::from_utf8_lossy(&self.pending()[..line]).into_owned();
            let size = text.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(std::io::Error::other)?;
            self.consume(line + 2);
            self.skip(size + 2).await?;
            if size == 0 {
                return Ok(total);
            }
            total += size;
        }
    }

    async fn skip(&mut self, mut left: u64) -> std::io::Result<()> {
        while left > 0 {
            if self.pending().is_empty() {
                self.more().await?;
            }
            let step = left.min(self.pending().len() as u64);
            self.consume(step as usize);
            left -= step;
        }
        Ok(())
    }

    async fn more(&mut self) -> std::io::Result<()> {
        if self.fill().await? {
            return Ok(());
        }
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

/// Value of a field, by its lower-case name.
pub fn field<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    head.split(|byte| *byte == b'\n').skip(1).find_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (found, value) = line.split_at(colon);
        found
            .eq_ignore_ascii_case(name.as_bytes())
            .then(|| value[1..].trim_ascii())
    })
}

/// Length of the body that follows this head.
pub fn length(head: &[u8]) -> Length {
    if field(head, "transfer-encoding").is_some() {
        return Length::Chunked;
    }
    let text = field(head, "content-length").and_then(|value| std::str::from_utf8(value).ok());
    Length::Known(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// `length` bytes of clean English-looking text.
pub fn text(length: usize) -> Vec<u8> {
    const WORDS: [&str; 24] = [
        "the", "river", "carries", "small", "boats", "past", "a", "quiet", "town", "where",
        "people", "mend", "nets", "and", "talk", "about", "weather", "until", "evening", "brings",
        "them", "home", "for", "supper",
    ];
    let mut out = Vec::with_capacity(length + 16);
    let mut at = 0_usize;
    while out.len() < length {
        // A fixed stride through the list, so that lines differ.
        at = (at * 5 + 7) % 997;
        out.extend_from_slice(WORDS[at % WORDS.len()].as_bytes());
        out.push(if at % 13 == 0 { b'\n' } else { b' ' });
    }
    out.truncate(length);
    out
}
