//! Bodies, in place.

mod chunk_line;
mod trailer;

use super::{BodyLength, Limits};
use chunk_line::ChunkLine;
use pipelock_model::http::Fields;
use std::ops::Range;
use trailer::TrailerSection;

pub(super) use trailer::is_allowed as is_allowed_trailer;

/// Why a body is refused. The connection is not usable any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The connection ended before the body did.
    #[error("body is truncated")]
    Truncated,
    /// Malformed.
    #[error("{0}")]
    Invalid(&'static str),
    /// A chunk line or the trailer section is beyond its limit.
    #[error("{0} too large")]
    TooLarge(&'static str),
}

/// One step of decoding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decoded {
    /// Bytes done with, `data` included. All else is the next call's.
    pub consumed: usize,
    /// Where body data lies in the buffer.
    pub data: Option<Range<usize>>,
    /// The body ended, with these trailers.
    pub end: Option<Fields>,
}

/// Decodes one body. It consumes all it is given up to the end of the body, so
/// the caller's buffer may be of any size; a step that moves nothing needs more.
#[derive(Debug)]
pub struct BodyDecoder {
    state: State,
    limits: Limits,
    /// Bytes of chunk lines beyond what their data justifies.
    overhead: u64,
}

#[derive(Debug)]
enum State {
    ExpectData(u64),
    ExpectUntilClose,
    ExpectChunkLine(ChunkLine),
    ExpectChunkData(u64),
    ExpectChunkCr,
    ExpectChunkLf,
    ExpectTrailers(TrailerSection),
    Ended,
    Failed(BodyError),
}

/// What may be spent on chunk lines over the whole body beyond a fair share, so
/// that one-byte chunks with long extensions do not buy work.
const OVERHEAD_LIMIT: u64 = 16 * 1024;

impl BodyDecoder {
    /// A decoder for a body framed so.
    #[must_use]
    pub fn new(length: BodyLength, limits: &Limits) -> Self {
        let state = match length {
            BodyLength::Empty | BodyLength::Length(0) => State::Ended,
            BodyLength::Length(length) => State::ExpectData(length),
            BodyLength::Chunked => State::ExpectChunkLine(ChunkLine::new()),
            BodyLength::UntilClose => State::ExpectUntilClose,
        };
        Self {
            state,
            limits: *limits,
            overhead: 0,
        }
    }

    /// Takes one step: at most one range of data, or the end, or both. Once the
    /// body has ended, every call says so and consumes nothing.
    ///
    /// # Errors
    /// Malformed or oversize chunked coding, from then on at every call.
    pub fn decode(&mut self, buf: &[u8]) -> Result<Decoded, BodyError> {
        let step = self.step(buf);
        if let Err(error) = step {
            self.state = State::Failed(error);
        }
        step
    }

    fn step(&mut self, buf: &[u8]) -> Result<Decoded, BodyError> {
        let mut consumed = 0;
        loop {
            let rest = &buf[consumed..];
            if let State::Ended = self.state {
                return Ok(Decoded {
                    consumed,
                    data: None,
                    end: Some(Fields::new()),
                });
            }
            if rest.is_empty() {
                return Ok(Decoded {
                    consumed,
                    ..Decoded::default()
                });
            }
            if let Some(length) = self.take_data(rest.len()) {
                let data = consumed..consumed + length;
                let end = matches!(self.state, State::Ended).then(Fields::new);
                return Ok(Decoded {
                    consumed: data.end,
                    data: Some(data),
                    end,
                });
            }
            let (used, end) = self.take_coding(rest)?;
            consumed += used;
            if end.is_some() {
                return Ok(Decoded {
                    consumed,
                    data: None,
                    end,
                });
            }
        }
    }

    /// Data at the front of `available` bytes, where data is due.
    fn take_data(&mut self, available: usize) -> Option<usize> {
        let (left, after) = match self.state {
            State::ExpectData(left) => (left, State::Ended),
            State::ExpectChunkData(left) => (left, State::ExpectChunkCr),
            State::ExpectUntilClose => return Some(available),
            _ => return None,
        };
        let length = usize::try_from(left).map_or(available, |left| left.min(available));
        let left = left - length as u64;
        self.state = match (left, &self.state) {
            (0, _) => after,
            (_, State::ExpectData(_)) => State::ExpectData(left),
            _ => State::ExpectChunkData(left),
        };
        Some(length)
    }

    /// Chunked coding around the data: bytes used, and the trailers at the end.
    fn take_coding(&mut self, rest: &[u8]) -> Result<(usize, Option<Fields>), BodyError> {
        match &mut self.state {
            State::ExpectChunkLine(line) => {
                let (used, size) = line.push(rest, self.limits.chunk_line)?;
                if let Some(size) = size {
                    self.charge(size)?;
                    self.state = match size.data {
                        0 => State::ExpectTrailers(TrailerSection::default()),
                        data => State::ExpectChunkData(data),
                    };
                }
                return Ok((used, None));
            }
            State::ExpectChunkCr if rest[0] == b'\r' => self.state = State::ExpectChunkLf,
            State::ExpectChunkLf if rest[0] == b'\n' => {
                self.state = State::ExpectChunkLine(ChunkLine::new());
            }
            State::ExpectTrailers(section) => {
                let (used, end) = section.push(rest, &self.limits)?;
                if end.is_some() {
                    self.state = State::Ended;
                }
                return Ok((used, end));
            }
            State::Failed(error) => return Err(*error),
            _ => return Err(BodyError::Invalid("no line end after chunk data")),
        }
        Ok((1, None))
    }

    fn charge(&mut self, size: chunk_line::Size) -> Result<(), BodyError> {
        let fair = size.data.saturating_mul(2).saturating_add(16);
        self.overhead = (self.overhead + size.line as u64).saturating_sub(fair);
        if self.overhead > OVERHEAD_LIMIT {
            return Err(BodyError::TooLarge("chunk extensions"));
        }
        Ok(())
    }

    /// Call at the end of the connection.
    ///
    /// # Errors
    /// [`BodyError::Truncated`] when the body had not ended, or what was wrong before.
    pub fn finish(&self) -> Result<(), BodyError> {
        match self.state {
            State::Ended | State::ExpectUntilClose => Ok(()),
            State::Failed(error) => Err(error),
            _ => Err(BodyError::Truncated),
        }
    }
}
