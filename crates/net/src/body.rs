//! Reads a message body, chunk by chunk, for both roles.

use crate::connection::{BODY_READ, ReadError, ReadHalf};
use crate::timer::now;
use bytes::Bytes;
use pipelock_model::http::Fields;
use pipelock_wire::http1::{BodyDecoder, BodyError, BodyLength, Limits};
use std::time::Duration;

/// The next part of a body.
#[derive(Debug)]
pub enum Next {
    /// Bytes, at most 64 KiB.
    Data(Bytes),
    /// Its end.
    End(Option<Fields>),
    /// Nothing came within the given time; it goes on.
    Paused,
}

/// A body that is being read.
#[derive(Debug)]
pub struct BodyReader {
    decoder: BodyDecoder,
    idle: Duration,
    /// Silence so far, over several pauses.
    quiet: Duration,
    bytes: u64,
    ended: bool,
    trailers: Option<Fields>,
}

impl BodyReader {
    /// A body of this length; `idle` is the longest silence in it.
    #[must_use]
    pub fn new(length: BodyLength, limits: &Limits, idle: Duration) -> Self {
        Self {
            decoder: BodyDecoder::new(length, limits),
            idle,
            quiet: Duration::ZERO,
            bytes: 0,
            ended: false,
            trailers: None,
        }
    }

    /// Body bytes so far.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// True once the end was read.
    #[must_use]
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// The next part, waiting for it.
    ///
    /// # Errors
    /// [`ReadError`] of the connection or the framing.
    pub async fn next(&mut self, half: &mut ReadHalf<'_>) -> Result<Next, ReadError> {
        self.next_until(half, None).await
    }

    /// The next part, or [`Next::Paused`] after `pause` without bytes.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn next_within(
        &mut self,
        half: &mut ReadHalf<'_>,
        pause: Duration,
    ) -> Result<Next, ReadError> {
        self.next_until(half, Some(pause)).await
    }

    async fn next_until(
        &mut self,
        half: &mut ReadHalf<'_>,
        pause: Option<Duration>,
    ) -> Result<Next, ReadError> {
        loop {
            if let Some(next) = self.take(half)? {
                return Ok(next);
            }
            if let Some(read) = half.try_fill(BODY_READ) {
                self.filled(read?)?;
                continue;
            }
            let wait = pause.unwrap_or(self.idle);
            match half.fill(BODY_READ, now() + wait).await {
                Ok(read) => self.filled(read)?,
                Err(ReadError::TimedOut) if self.quiet + wait < self.idle => {
                    self.quiet += wait;
                    return Ok(Next::Paused);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The next part that is already here.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn try_next(&mut self, half: &mut ReadHalf<'_>) -> Result<Option<Next>, ReadError> {
        if let Some(next) = self.take(half)? {
            return Ok(Some(next));
        }
        match half.try_fill(BODY_READ) {
            Some(read) => self.filled(read?)?,
            None => return Ok(None),
        }
        self.take(half)
    }

    /// Bookkeeping after a read: the end of input may be the end of the body.
    fn filled(&mut self, read: usize) -> Result<(), ReadError> {
        self.quiet = Duration::ZERO;
        if read == 0 {
            self.decoder.finish().map_err(|_| ReadError::Truncated)?;
            self.ended = true;
        }
        Ok(())
    }

    fn take(&mut self, half: &mut ReadHalf<'_>) -> Result<Option<Next>, ReadError> {
        if self.ended {
            let trailers = self.trailers.take().filter(|trailers| !trailers.is_empty());
            return Ok(Some(Next::End(trailers)));
        }
        loop {
            let buf = &mut half.state.buf;
            let decoded = self.decoder.decode(buf).map_err(malformed)?;
            let used = buf.split_to(decoded.consumed);
            let data = decoded.data.filter(|range| !range.is_empty());
            if let Some(trailers) = decoded.end {
                self.ended = true;
                self.trailers = Some(trailers);
                if data.is_none() {
                    return self.take(half);
                }
            }
            if let Some(range) = data {
                self.bytes += range.len() as u64;
                return Ok(Some(Next::Data(used.freeze().slice(range))));
            }
            if used.is_empty() {
                return Ok(None);
            }
        }
    }
}

const fn malformed(error: BodyError) -> ReadError {
    match error {
        BodyError::Truncated => ReadError::Truncated,
        BodyError::Invalid(what) | BodyError::TooLarge(what) => ReadError::Malformed(what),
    }
}
