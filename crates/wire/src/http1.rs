//! HTTP/1.1 and HTTP/1.0 (RFC 9110, RFC 9112), both roles.
//!
//! Read a head with [`request`] or [`response`], its body with [`BodyDecoder`],
//! and write a message with [`write_request`] or [`write_response`]. Framing on
//! the way out comes from [`Framing`] alone, never from what was read.

mod authority;
mod body;
mod chars;
mod field;
mod framing;
mod hop;
mod request;
mod response;
mod scan;
mod target;
mod write;

pub use body::{BodyDecoder, BodyError, Decoded};
pub(crate) use chars::is_tchar;
pub use hop::{expects_continue, is_websocket_upgrade, keeps_alive, strip_hop_by_hop};
pub use request::{Request, request};
pub use response::{Response, response};
pub use scan::HeadScan;
pub use write::{
    CHUNK_END, Framing, write_chunk_head, write_last_chunk, write_request, write_response,
};

/// Bounds of what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest head, its final empty line included.
    pub head_bytes: usize,
    /// Most fields of a head, and of a trailer section.
    pub fields: usize,
    /// Longest chunk-size line, extensions included.
    pub chunk_line: usize,
    /// Longest trailer section.
    pub trailer_bytes: usize,
}

/// The shared numbers of the specification: 64 KiB and 200 fields.
impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 * 1024,
            fields: 200,
            chunk_line: 4096,
            trailer_bytes: 16 * 1024,
        }
    }
}

/// Outcome of reading a head from the bytes that came so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parse<T> {
    /// More bytes are needed; nothing was consumed.
    Partial,
    /// A whole head.
    Complete {
        /// The head.
        value: T,
        /// Bytes that it took from the start of the buffer.
        consumed: usize,
    },
}

/// Why a head is refused. Everything after it on the connection is unreadable:
/// answer and close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.what())]
pub enum HeadError {
    /// More bytes than [`Limits::head_bytes`].
    TooLarge,
    /// More fields than [`Limits::fields`].
    TooManyFields,
    /// Malformed or ambiguous.
    Invalid(&'static str),
    /// Well-formed, but neither HTTP/1.1 nor HTTP/1.0.
    UnsupportedVersion,
    /// A transfer coding other than exactly `chunked`.
    UnsupportedTransferCoding,
}

impl HeadError {
    /// Status of the answer to a client. An upstream's error is 502 instead.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::TooLarge | Self::TooManyFields => 431,
            Self::Invalid(_) | Self::UnsupportedTransferCoding => 400,
            Self::UnsupportedVersion => 505,
        }
    }

    /// What is wrong, in constant words of ours.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::TooLarge => "head too large",
            Self::TooManyFields => "too many header fields",
            Self::Invalid(what) => what,
            Self::UnsupportedVersion => "unsupported HTTP version",
            Self::UnsupportedTransferCoding => "unsupported transfer coding",
        }
    }
}

/// How the end of a body is found (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyLength {
    /// No body.
    Empty,
    /// That many bytes, as Content-Length said.
    Length(u64),
    /// Chunked transfer coding.
    Chunked,
    /// All until the connection ends; responses only.
    UntilClose,
}
