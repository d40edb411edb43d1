//! One socket and what came over it.

use socket2::SockRef;
use std::io;
use std::net::Shutdown;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How a peer ended its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// FIN.
    Closed,
    /// RST.
    Reset,
}

/// A raw connection, client's or server's side.
#[derive(Debug)]
pub(crate) struct Wire {
    io: TcpStream,
    buf: Vec<u8>,
    end: Option<End>,
}

impl Wire {
    pub(crate) fn new(io: TcpStream) -> Self {
        io.set_nodelay(true).unwrap();
        Self {
            io,
            buf: Vec::new(),
            end: None,
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
    }

    /// As `send`, where the peer may already be gone.
    pub(crate) async fn offer(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.io.write_all(bytes.as_ref()).await;
    }

    /// Reads once; false at the end.
    pub(crate) async fn fill(&mut self) -> bool {
        if self.end.is_some() {
            return false;
        }
        self.end = match self.io.read_buf(&mut self.buf).await {
            Ok(0) => Some(End::Closed),
            Ok(_) => None,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Some(End::Reset),
            Err(error) => panic!("{error}"),
        };
        self.end.is_none()
    }

    /// Bytes that were read and not taken.
    pub(crate) fn buffered(&self) -> usize {
        self.buf.len()
    }

    /// All up to and with `needle`.
    pub(crate) async fn through(&mut self, needle: &str) -> String {
        self.try_through(needle).await.unwrap_or_else(|| {
            panic!(
                "{:?} before {needle:?}: {:?}",
                self.end,
                String::from_utf8_lossy(&self.buf)
            )
        })
    }

    async fn try_through(&mut self, needle: &str) -> Option<String> {
        loop {
            let found = self
                .buf
                .windows(needle.len())
                .position(|at| at == needle.as_bytes());
            if let Some(at) = found {
                let taken: Vec<u8> = self.buf.drain(..at + needle.len()).collect();
                return Some(String::from_utf8_lossy(&taken).into_owned());
            }
            if !self.fill().await {
                return None;
            }
        }
    }

    /// A message head with its empty line.
    pub(crate) async fn head(&mut self) -> String {
        self.through("\r\n\r\n").await
    }

    pub(crate) async fn exactly(&mut self, count: usize) -> Vec<u8> {
        while self.buf.len() < count {
            assert!(
                self.fill().await,
                "{:?} after {} bytes",
                self.end,
                self.buf.len()
            );
        }
        self.buf.drain(..count).collect()
    }

    /// Everything to the end of the direction.
    pub(crate) async fn rest(&mut self) -> (Vec<u8>, End) {
        while self.fill().await {}
        (std::mem::take(&mut self.buf), self.end.unwrap())
    }

    /// The peer ends without another byte.
    pub(crate) async fn ends_silently(&mut self) -> End {
        let (rest, end) = self.rest().await;
        assert_eq!(String::from_utf8_lossy(&rest), "");
        end
    }

    pub(crate) fn half_close(&self) {
        SockRef::from(&self.io).shutdown(Shutdown::Write).unwrap();
    }

    /// Ends with RST.
    pub(crate) fn reset(self) {
        SockRef::from(&self.io)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    // --- answers ------------------------------------------------------------

    /// The final answer to a request that is no HEAD.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to("GET").await
    }

    /// The final answer, interim ones skipped.
    pub(crate) async fn answer_to(&mut self, method: &str) -> Answer {
        loop {
            let head = self.head().await;
            let mut answer = Answer::new(head);
            if answer.status >= 200 {
                self.body(&mut answer, method).await;
                return answer;
            }
        }
    }

    async fn body(&mut self, answer: &mut Answer, method: &str) {
        let chunked = answer.field("Transfer-Encoding") == Some("chunked");
        let length = answer
            .field("Content-Length")
            .map(|text| text.parse::<usize>().unwrap());
        assert!(
            !(chunked && length.is_some()),
            "two framings: {}",
            answer.head
        );
        if method == "HEAD" || matches!(answer.status, 204 | 304) {
            answer.whole = true;
        } else if chunked {
            self.chunks(answer).await;
        } else if let Some(length) = length {
            while self.buf.len() < length && self.fill().await {}
            answer.whole = self.buf.len() >= length;
            answer.body = self.buf.drain(..length.min(self.buf.len())).collect();
        } else {
            let (body, end) = self.rest().await;
            answer.body = body;
            answer.whole = end == End::Closed;
        }
    }

    async fn chunks(&mut self, answer: &mut Answer) {
        loop {
            let Some(line) = self.try_through("\r\n").await else {
                return;
            };
            let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
            if size == 0 {
                answer.trailers = self.trailers().await;
                answer.whole = true;
                return;
            }
            let Some(data) = self.try_chunk(size).await else {
                return;
            };
            answer.body.extend(data);
        }
    }

    async fn try_chunk(&mut self, size: usize) -> Option<Vec<u8>> {
        while self.buf.len() < size + 2 {
            if !self.fill().await {
                return None;
            }
        }
        let data = self.buf.drain(..size).collect();
        assert_eq!(self.buf.drain(..2).collect::<Vec<_>>(), b"\r\n");
        Some(data)
    }

    /// The data of the next chunk.
    pub(crate) async fn chunk(&mut self) -> Vec<u8> {
        let line = self.through("\r\n").await;
        let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
        self.try_chunk(size).await.unwrap()
    }

    async fn trailers(&mut self) -> String {
        let mut trailers = String::new();
        loop {
            let line = self.through("\r\n").await;
            if line == "\r\n" {
                return trailers;
            }
            trailers.push_str(&line);
        }
    }
}

/// An answer as the client saw it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and fields, with the empty line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: String,
    /// It ended as its framing says.
    pub(crate) whole: bool,
}

impl Answer {
    fn new(head: String) -> Self {
        let status = head.get(9..12).and_then(|digits| digits.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {head:?}"));
        Self {
            status,
            head,
            body: Vec::new(),
            trailers: String::new(),
            whole: false,
        }
    }

    /// Value of the only field of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.head.lines().skip(1).filter_map(|line| {
            let (have, value) = line.split_once(": ")?;
            have.eq_ignore_ascii_case(name).then_some(value)
        });
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice in {}", self.head);
        value
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A refusal of ours with this status and layer.
    pub(crate) fn assert_refused(&self, status: u16, layer: &str, why: &str) {
        let layer_field = self.field("X-Pipelock-Block-Layer");
        let seen = (self.status, layer_field, self.whole);
        assert_eq!(
            seen,
            (status, Some(layer), true),
            "{why}: {} {}",
            self.head,
            self.text()
        );
    }
}
