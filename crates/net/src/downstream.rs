//! The agent's side of an HTTP/1 connection.

use crate::body::BodyReader;
use crate::connection::{Connection, HEAD_READ, ReadError, ReadHalf, WriteError, WriteHalf};
use crate::registry::Presence;
use crate::reply::Reply;
use crate::timer::now;
use pipelock_gate::{Judged, Malformed, Pieces, Tail};
use pipelock_model::http::{Fields, Method, RequestHead, ResponseHead, Version};
use pipelock_wire::http1::{self, BodyLength, Framing, Limits, Parse};
use pipelock_wire::sniff::{First, first_bytes};
use pipelock_wire::tls::{self, Hello};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// From the first byte of a head to its last.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// Between two requests.
const KEEP_ALIVE: Duration = Duration::from_secs(120);
/// A reader that takes nothing for this long is gone.
const WRITE_IDLE: Duration = Duration::from_secs(60);
/// Silence in a request body.
const BODY_IDLE: Duration = Duration::from_secs(60);
/// Longest wait for the first bytes in a tunnel.
const FIRST_BYTES: Duration = Duration::from_secs(5);
/// Longest ClientHello.
const MAX_HELLO: usize = 64 * 1024;
/// What a client may still send after a refusal so that it reads our answer.
const LINGER_BYTES: usize = 1024 * 1024;
const LINGER_TIME: Duration = Duration::from_secs(2);

/// A request as it was read: hop-by-hop fields are gone from the head.
#[derive(Debug)]
pub struct Incoming {
    /// End-to-end head.
    pub head: RequestHead,
    /// Length of the body.
    pub body: BodyLength,
    /// The client waits for 100 before it sends the body.
    pub expects_continue: bool,
    /// It wants to switch to WebSocket.
    pub wants_websocket: bool,
    /// What an answer must know.
    pub reply_to: ReplyTo,
}

/// What the writer of an answer must know of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// HEAD has no body.
    pub is_head: bool,
    /// HTTP/1.0 knows no chunks and no 1xx.
    pub version: Version,
    /// The client keeps the connection.
    pub keep_alive: bool,
    /// It wants refusals in JSON.
    pub json: bool,
}

impl ReplyTo {
    /// For heads that could not be read.
    #[must_use]
    pub const fn unknown() -> Self {
        Self {
            is_head: false,
            version: Version::Http11,
            keep_alive: false,
            json: false,
        }
    }
}

/// What came instead of, or as, a request.
#[derive(Debug)]
pub enum Received {
    /// A request.
    Request(Box<Incoming>),
    /// A head that breaks HTTP; answer it and close.
    Malformed(Malformed),
    /// Half a head and then nothing: 408.
    TimedOut,
    /// Nothing more comes.
    Closed,
}

/// First bytes in a tunnel, as far as they could be read.
#[derive(Debug)]
pub enum FirstBytes {
    /// A ClientHello.
    Hello(Box<tls::ClientHello>),
    /// A handshake that does not parse.
    MalformedTls,
    /// An HTTP/1 request.
    Http,
    /// Anything else.
    Opaque,
    /// Nothing in time.
    Silence,
    /// The client left.
    Closed,
}

/// The agent's side.
#[derive(Debug)]
pub struct Downstream {
    connection: Connection,
    presence: Presence,
    limits: Limits,
    head_time: Duration,
}

impl Downstream {
    /// An accepted connection.
    #[must_use]
    pub fn new(io: TcpStream, peer: SocketAddr, presence: Presence, limits: Limits) -> Self {
        Self {
            connection: Connection::new(io, peer),
            presence,
            limits,
            head_time: HEAD_TIME,
        }
    }

    /// Sets the time from the first byte of a head to its last; 5 seconds otherwise.
    pub fn set_head_time(&mut self, time: Duration) {
        self.head_time = time;
    }

    /// The peer.
    #[must_use]
    pub const fn peer(&self) -> SocketAddr {
        self.connection.peer
    }

    /// Limits of heads and chunks.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where the kill switch and the drain find this connection.
    #[must_use]
    pub const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Reads the next head.
    pub async fn receive(&mut self) -> Received {
        let mut deadline = now() + KEEP_ALIVE;
        let mut begun = false;
        self.connection.reader().state.scan = http1::HeadScan::default();
        loop {
            let mut reader = self.connection.reader();
            if !reader.state.buf.is_empty() {
                match parse(&mut reader, &self.limits) {
                    Ok(Some(incoming)) => return Received::Request(Box::new(incoming)),
                    Ok(None) => {}
                    Err(malformed) => return Received::Malformed(malformed),
                }
                if !std::mem::replace(&mut begun, true) {
                    deadline = now() + self.head_time;
                }
            }
            match reader.fill(HEAD_READ, deadline).await {
                Ok(0) if begun => {
                    return Received::Malformed(Malformed {
                        status: 400,
                        what: "truncated head",
                    });
                }
                Ok(0) | Err(ReadError::Reset | ReadError::Truncated) => return Received::Closed,
                Ok(_) => {}
                Err(ReadError::TimedOut) if begun => return Received::TimedOut,
                Err(_) => return Received::Closed,
            }
        }
    }

    /// Reader of a request body, and the half it reads from.
    #[must_use]
    pub fn body(&self, length: BodyLength) -> BodyReader {
        BodyReader::new(length, &self.limits, BODY_IDLE)
    }

    /// Both directions, for an exchange.
    pub fn split(&mut self, reply_to: &ReplyTo) -> (ReadHalf<'_>, ResponseWriter<'_>) {
        let keep_alive = reply_to.keep_alive && !self.presence.draining();
        let (reader, half) = self.connection.halves();
        (
            reader,
            ResponseWriter {
                half,
                reply_to: reply_to.clone(),
                keep_alive,
                state: State::Start,
            },
        )
    }

    /// Sends an answer of ours. True when the connection can go on.
    pub async fn reply(&mut self, reply: &Reply, reply_to: &ReplyTo) -> bool {
        let keep_alive = reply_to.keep_alive && !self.presence.draining();
        let mut half = self.connection.writer();
        encode_reply(reply, reply_to, keep_alive, &mut half.state.buf);
        half.flush(WRITE_IDLE).await.is_ok() && keep_alive
    }

    /// Reads on for a while, so that a client that still sends finds our answer
    /// instead of a reset.
    pub async fn linger(&mut self) {
        self.connection.half_close();
        let deadline = now() + LINGER_TIME;
        let mut room = LINGER_BYTES;
        let mut reader = self.connection.reader();
        while let Ok(read) = reader.fill(HEAD_READ, deadline).await {
            reader.state.buf.clear();
            room = room.saturating_sub(read);
            if read == 0 || room == 0 {
                return;
            }
        }
    }

    /// Ends the connection so that a cut answer is seen as cut.
    pub fn abort(&self) {
        self.connection.reset_on_close();
    }

    // --- tunnels ---------------------------------------------------------------

    /// Answers CONNECT.
    ///
    /// # Errors
    /// [`WriteError`] when the client left.
    pub async fn established(&mut self) -> Result<(), WriteError> {
        let mut half = self.connection.writer();
        half.state
            .buf
            .extend_from_slice(b"HTTP/1.1 200 Connection Established\r\n\r\n");
        half.flush(WRITE_IDLE).await
    }

    /// Reads the first bytes of a tunnel without consuming them.
    pub async fn first_bytes(&mut self) -> FirstBytes {
        let deadline = now() + FIRST_BYTES;
        loop {
            if let Some(first) = classify(self.connection.buffered()) {
                return first;
            }
            let begun = !self.connection.buffered().is_empty();
            match self.connection.reader().fill(HEAD_READ, deadline).await {
                Ok(0) if begun => return FirstBytes::MalformedTls,
                Ok(0) => return FirstBytes::Closed,
                Ok(_) => {}
                Err(ReadError::TimedOut) if begun => return FirstBytes::MalformedTls,
                Err(ReadError::TimedOut) => return FirstBytes::Silence,
                Err(_) => return FirstBytes::Closed,
            }
        }
    }

    /// A fatal `access_denied` alert (RFC 8446 §6.2), so that clients fail fast.
    pub fn tls_alert(&mut self) {
        self.connection
            .writer()
            .try_write(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x31]);
    }

    pub(crate) fn into_connection(self) -> (Connection, Presence) {
        (self.connection, self.presence)
    }
}

fn classify(bytes: &[u8]) -> Option<FirstBytes> {
    match first_bytes(bytes) {
        First::Partial => None,
        First::Http1 => Some(FirstBytes::Http),
        First::Http2Preface | First::Other => Some(FirstBytes::Opaque),
        First::Tls => match tls::client_hello(bytes) {
            Hello::Partial if bytes.len() < MAX_HELLO => None,
            Hello::Hello(hello) => Some(FirstBytes::Hello(Box::new(hello))),
            Hello::Partial | Hello::Malformed(_) | Hello::NotTls => Some(FirstBytes::MalformedTls),
        },
    }
}

fn parse(reader: &mut ReadHalf<'_>, limits: &Limits) -> Result<Option<Incoming>, Malformed> {
    let state = &mut *reader.state;
    let parsed =
        http1::request(&state.buf, &mut state.scan, limits).map_err(|error| Malformed {
            status: error.status(),
            what: error.what(),
        })?;
    let Parse::Complete {
        value: request,
        consumed,
    } = parsed
    else {
        return Ok(None);
    };
    let _ = state.buf.split_to(consumed);
    state.scan = http1::HeadScan::default();
    let mut head = request.head;
    let fields = &head.fields;
    let reply_to = ReplyTo {
        is_head: head.method == Method::Head,
        version: head.version,
        keep_alive: http1::keeps_alive(head.version, fields),
        json: wants_json(fields),
    };
    let expects_continue = head.version == Version::Http11 && http1::expects_continue(fields);
    let wants_websocket = http1::is_websocket_upgrade(fields);
    http1::strip_hop_by_hop(&mut head.fields);
    Ok(Some(Incoming {
        head,
        body: request.body,
        expects_continue,
        wants_websocket,
        reply_to,
    }))
}

fn wants_json(fields: &Fields) -> bool {
    fields.tokens("Accept").any(|token| {
        let essence = token.split(|byte| *byte == b';').next().unwrap_or_default();
        essence
            .trim_ascii()
            .eq_ignore_ascii_case(b"application/json")
    })
}

fn encode_reply(reply: &Reply, reply_to: &ReplyTo, keep_alive: bool, out: &mut Vec<u8>) {
    let mut fields = Fields::new();
    fields.push("Content-Type", reply.content_type.as_bytes());
    for (name, value) in &reply.fields {
        fields.push(name, value.as_bytes());
    }
    let head = ResponseHead {
        status: reply.status,
        version: Version::Http11,
        reason: reason_phrase(reply.status).as_bytes().to_vec(),
        fields,
    };
    http1::write_response(&head, Framing::Length(reply.body.len() as u64), out);
    connection_field(out, reply_to.version, keep_alive);
    if !reply_to.is_head {
        out.extend_from_slice(reply.body.as_bytes());
    }
}

/// Adds `Connection` before the empty line where the default does not say it.
fn connection_field(out: &mut Vec<u8>, version: Version, keep_alive: bool) {
    let field: &[u8] = match (version, keep_alive) {
        (_, false) => b"Connection: close\r\n\r\n",
        (Version::Http10, true) => b"Connection: keep-alive\r\n\r\n",
        (Version::Http11, true) => return,
    };
    out.truncate(out.len() - 2);
    out.extend_from_slice(field);
}

const fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        429 => "Too Many Requests",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Bodyless,
    Length { left: u64 },
    Chunked,
    UntilClose,
    Done,
}

/// Writes one answer. Takes judged bytes only.
#[derive(Debug)]
pub struct ResponseWriter<'a> {
    half: WriteHalf<'a>,
    reply_to: ReplyTo,
    keep_alive: bool,
    state: State,
}

impl ResponseWriter<'_> {
    /// True once bytes of the answer may have left.
    #[must_use]
    pub fn begun(&self) -> bool {
        self.state != State::Start
    }

    /// Sends `100 Continue` of our own.
    ///
    /// # Errors
    /// [`WriteError`] when the client left.
    pub async fn continue_(&mut self) -> Result<(), WriteError> {
        self.half
            .state
            .buf
            .extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        self.half.flush(WRITE_IDLE).await
    }

    /// Relays an interim answer. HTTP/1.0 clients get none.
    ///
    /// # Errors
    /// [`WriteError`] when the client left.
    pub async fn interim(&mut self, head: &Judged<ResponseHead>) -> Result<(), WriteError> {
        if self.reply_to.version == Version::Http10 {
            return Ok(());
        }
        http1::write_response(head.get(), Framing::None, &mut self.half.state.buf);
        self.half.flush(WRITE_IDLE).await
    }

    /// Buffers the head of the answer. `upstream` is the framing it came with,
    /// `whole` the length of the body where all of it is known.
    pub fn begin(&mut self, head: &Judged<ResponseHead>, upstream: BodyLength, whole: Option<u64>) {
        let (framing, state) = self.framing(head.get(), upstream, whole);
        self.state = state;
        if state == State::UntilClose {
            self.keep_alive = false;
            self.half.reset_on_close(true);
        }
        let out = &mut self.half.state.buf;
        http1::write_response(head.get(), framing, out);
        connection_field(out, self.reply_to.version, self.keep_alive);
    }

    fn framing(
        &self,
        head: &ResponseHead,
        upstream: BodyLength,
        whole: Option<u64>,
    ) -> (Framing, State) {
        let bodyless = self.reply_to.is_head || matches!(head.status, 204 | 304 | 100..=199);
        if bodyless {
            let framing = if head.status == 204 {
                Framing::None
            } else {
                Framing::KeepLength
            };
            return (framing, State::Bodyless);
        }
        let chunks = self.reply_to.version == Version::Http11;
        match (upstream, whole) {
            (BodyLength::Empty, _) => (Framing::Length(0), State::Length { left: 0 }),
            (BodyLength::Length(_), Some(length)) => {
                (Framing::Length(length), State::Length { left: length })
            }
            (BodyLength::Length(length), None) => {
                (Framing::Length(length), State::Length { left: length })
            }
            // A reply delimited by close is framed again, so that a cut shows.
            (BodyLength::Chunked | BodyLength::UntilClose, _) if chunks => {
                (Framing::Chunked, State::Chunked)
            }
            (BodyLength::Chunked | BodyLength::UntilClose, _) => {
                (Framing::UntilClose, State::UntilClose)
            }
        }
    }

    /// Sends what is buffered: the head of an answer whose body is slow.
    ///
    /// # Errors
    /// [`WriteError`] when the client left.
    pub async fn flush(&mut self) -> Result<(), WriteError> {
        self.half.flush(WRITE_IDLE).await
    }

    /// Sends bytes of the body.
    ///
    /// # Errors
    /// [`WriteError`] when the client left.
    pub async fn send(&mut self, pieces: Judged<Pieces>) -> Result<(), WriteError> {
        self.write(&pieces.into_inner(), &[]).await
    }

    async fn write(&mut self, pieces: &Pieces, end: &[u8]) -> Result<(), WriteError> {
        let length = pieces.len() as u64;
        let mut tail: &[u8] = end;
        let chunk_end;
        match &mut self.state {
            State::Chunked if length > 0 => {
                http1::write_chunk_head(pieces.len(), &mut self.half.state.buf);
                chunk_end = [b"\r\n", end].concat();
                tail = &chunk_end;
            }
            State::Length { left } => {
                *left = left.checked_sub(length).ok_or(WriteError::Gone)?;
            }
            State::Bodyless | State::Done | State::Start => {
                return self.half.flush_with([end].into_iter(), WRITE_IDLE).await;
            }
            State::Chunked | State::UntilClose => {}
        }
        let slices = pieces.iter().map(|piece| &piece[..]).chain([tail]);
        self.half.flush_with(slices, WRITE_IDLE).await
    }

    /// Sends the rest and ends the answer.
    ///
    /// # Errors
    /// [`WriteError`] when the client left.
    pub async fn finish(&mut self, tail: Judged<Tail>) -> Result<(), WriteError> {
        let Tail {
            pieces, trailers, ..
        } = tail.into_inner();
        let mut end = Vec::new();
        if self.state == State::Chunked {
            http1::write_last_chunk(&trailers.unwrap_or_default(), &mut end);
        }
        self.write(&pieces, &end).await?;
        if matches!(self.state, State::Length { left } if left > 0) {
            return Err(WriteError::Gone);
        }
        if self.state == State::UntilClose {
            self.half.reset_on_close(false);
        }
        self.state = State::Done;
        Ok(())
    }

    /// Writes words of ours into an event stream before it is cut.
    pub async fn error_event(&mut self, event: &str) {
        let mut out = Vec::new();
        match self.state {
            State::Chunked => {
                http1::write_chunk_head(event.len(), &mut out);
                out.extend_from_slice(event.as_bytes());
                out.extend_from_slice(b"\r\n");
            }
            State::UntilClose => out.extend_from_slice(event.as_bytes()),
            _ => return,
        }
        let _ = self
            .half
            .flush_with([&out[..]].into_iter(), Duration::from_secs(1))
            .await;
    }

    /// True when the whole answer left and the connection can carry another.
    #[must_use]
    pub fn reusable(&self) -> bool {
        self.state == State::Done && self.keep_alive
    }

    /// True when only a reset shows that the answer was cut.
    #[must_use]
    pub fn needs_reset(&self) -> bool {
        self.state == State::UntilClose
    }

    /// No further request on this connection.
    pub fn close_after(&mut self) {
        self.keep_alive = false;
    }
}
