//! The server's side of an HTTP/1 connection.

use crate::body::BodyReader;
use crate::connection::{Connection, HEAD_READ, ReadError, ReadHalf, WriteError, WriteHalf};
use crate::timer::now;
use pipelock_gate::{Judged, Pieces, Route, Tail};
use pipelock_model::event::UpstreamFailure;
use pipelock_model::http::{Method, RequestHead, ResponseHead};
use pipelock_wire::http1::{self, BodyLength, Framing, Limits, Parse};
use std::net::SocketAddr;
use std::time::Duration;

/// A server that takes nothing for this long is gone.
const WRITE_IDLE: Duration = Duration::from_secs(60);

/// The head of an answer; hop-by-hop fields are gone.
#[derive(Debug)]
pub struct Answer {
    /// End-to-end head.
    pub head: ResponseHead,
    /// Length of the body.
    pub body: BodyLength,
    /// The server keeps the connection.
    pub keep_alive: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveError {
    /// It closed before its first byte: an idle connection that had died.
    ClosedBeforeAnswer,
    /// Anything else.
    Failed(UpstreamFailure),
}

impl ReceiveError {
    /// The label of metrics.
    #[must_use]
    pub const fn failure(self) -> UpstreamFailure {
        match self {
            Self::ClosedBeforeAnswer => UpstreamFailure::Reset,
            Self::Failed(failure) => failure,
        }
    }
}

/// The server's side.
#[derive(Debug)]
pub struct Upstream {
    connection: Connection,
    reused: bool,
}

impl Upstream {
    pub(crate) const fn new(connection: Connection, reused: bool) -> Self {
        Self { connection, reused }
    }

    /// True for an idle connection that was taken up again.
    #[must_use]
    pub const fn reused(&self) -> bool {
        self.reused
    }

    /// The dialled address.
    #[must_use]
    pub const fn peer(&self) -> SocketAddr {
        self.connection.peer
    }

    /// True while the server neither closed nor spoke unasked.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.connection.is_quiet()
    }

    /// Both directions, for an exchange.
    pub fn split(&mut self) -> (AnswerReader<'_>, RequestWriter<'_>) {
        let (reader, half) = self.connection.halves();
        (
            AnswerReader { half: reader },
            RequestWriter {
                half,
                chunked: false,
            },
        )
    }

    /// Waits until the server speaks first.
    pub async fn server_first(&mut self) {
        let far = now() + Duration::from_secs(3600);
        let _ = self.connection.reader().fill(HEAD_READ, far).await;
    }

    pub(crate) fn into_connection(self) -> Connection {
        self.connection
    }
}

/// Reads answers.
#[derive(Debug)]
pub struct AnswerReader<'a> {
    /// The half it reads from.
    pub half: ReadHalf<'a>,
}

impl AnswerReader<'_> {
    /// Reads the next head, interim answers included.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn receive(
        &mut self,
        method: &Method,
        limits: &Limits,
        patience: Duration,
    ) -> Result<Answer, ReceiveError> {
        let deadline = now() + patience;
        self.half.state.scan = http1::HeadScan::default();
        loop {
            if !self.half.state.buf.is_empty()
                && let Some(answer) = self.parse(method, limits)?
            {
                return Ok(answer);
            }
            let nothing_yet = self.half.state.buf.is_empty();
            match self.half.fill(HEAD_READ, deadline).await {
                Ok(0) | Err(ReadError::Reset) if nothing_yet => {
                    return Err(ReceiveError::ClosedBeforeAnswer);
                }
                Ok(0) | Err(ReadError::Reset | ReadError::Truncated) => {
                    return Err(ReceiveError::Failed(UpstreamFailure::Reset));
                }
                Ok(_) => {}
                Err(ReadError::TimedOut) => {
                    return Err(ReceiveError::Failed(UpstreamFailure::Timeout));
                }
                Err(ReadError::Malformed(_)) => {
                    return Err(ReceiveError::Failed(UpstreamFailure::Protocol));
                }
            }
        }
    }

    fn parse(&mut self, method: &Method, limits: &Limits) -> Result<Option<Answer>, ReceiveError> {
        let state = &mut *self.half.state;
        let parsed = http1::response(&state.buf, &mut state.scan, limits, method)
            .map_err(|_| ReceiveError::Failed(UpstreamFailure::Protocol))?;
        let Parse::Complete {
            value: response,
            consumed,
        } = parsed
        else {
            return Ok(None);
        };
        let _ = state.buf.split_to(consumed);
        state.scan = http1::HeadScan::default();
        let mut head = response.head;
        if head.status == 101 {
            // Nobody asked for an upgrade.
            return Err(ReceiveError::Failed(UpstreamFailure::Protocol));
        }
        let keep_alive = http1::keeps_alive(head.version, &head.fields);
        http1::strip_hop_by_hop(&mut head.fields);
        Ok(Some(Answer {
            head,
            body: response.body,
            keep_alive,
        }))
    }

    /// True when bytes came that belong to no answer.
    #[must_use]
    pub fn has_surplus(&self) -> bool {
        !self.half.state.buf.is_empty()
    }

    /// Reader of the body.
    #[must_use]
    pub fn body(length: BodyLength, limits: &Limits, idle: Duration) -> BodyReader {
        BodyReader::new(length, limits, idle)
    }
}

/// Writes one request. Takes judged bytes only.
#[derive(Debug)]
pub struct RequestWriter<'a> {
    half: WriteHalf<'a>,
    chunked: bool,
}

impl RequestWriter<'_> {
    /// Buffers the head.
    pub fn begin(&mut self, head: &Judged<RequestHead>, route: &Route, body: BodyLength) {
        let framing = match body {
            BodyLength::Empty | BodyLength::UntilClose => Framing::None,
            BodyLength::Length(length) => Framing::Length(length),
            BodyLength::Chunked => Framing::Chunked,
        };
        self.chunked = body == BodyLength::Chunked;
        let out = &mut self.half.state.buf;
        http1::write_request(head.get(), route.target(), framing, out);
        if head.get().fields.contains("TE") {
            // What is left of it is `trailers`, and hop-by-hop fields are announced.
            out.truncate(out.len() - 2);
            out.extend_from_slice(b"Connection: TE\r\n\r\n");
        }
    }

    /// Sends what is buffered.
    ///
    /// # Errors
    /// [`WriteError`] when the server left.
    pub async fn flush(&mut self) -> Result<(), WriteError> {
        self.half.flush(WRITE_IDLE).await
    }

    /// Sends bytes of the body.
    ///
    /// # Errors
    /// [`WriteError`] when the server left.
    pub async fn send(&mut self, pieces: Judged<Pieces>) -> Result<(), WriteError> {
        self.write(&pieces.into_inner(), &[]).await
    }

    /// Sends the rest and ends the body.
    ///
    /// # Errors
    /// [`WriteError`] when the server left.
    pub async fn finish(&mut self, tail: Judged<Tail>) -> Result<(), WriteError> {
        let Tail {
            pieces, trailers, ..
        } = tail.into_inner();
        let mut end = Vec::new();
        if self.chunked {
            http1::write_last_chunk(&trailers.unwrap_or_default(), &mut end);
        }
        self.write(&pieces, &end).await
    }

    async fn write(&mut self, pieces: &Pieces, end: &[u8]) -> Result<(), WriteError> {
        let between: &[u8] = if self.chunked && !pieces.is_empty() {
            b"\r\n"
        } else {
            b""
        };
        if !between.is_empty() {
            http1::write_chunk_head(pieces.len(), &mut self.half.state.buf);
        }
        let slices = pieces.iter().map(|piece| &piece[..]).chain([between, end]);
        self.half.flush_with(slices, WRITE_IDLE).await
    }
}
