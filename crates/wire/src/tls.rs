//! The ClientHello of TLS (RFC 8446 §4.1.2), read without consuming it.
//!
//! It is enough to know the names that a client asks for. It is no TLS stack:
//! cipher suites are skipped and no key is touched.

mod hello;
mod reader;
mod record;

use record::Assembled;

/// Largest ClientHello with its record headers.
const LIMIT: usize = 64 * 1024;

/// What the first bytes of a connection are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hello {
    /// More bytes are needed.
    Partial,
    /// Another protocol.
    NotTls,
    /// TLS, but no ClientHello that a server and we would read alike.
    Malformed(&'static str),
    /// A ClientHello.
    Hello(ClientHello),
}

/// What a ClientHello says in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// Server name (RFC 6066 §3), lower case, without a trailing dot.
    pub server_name: Option<String>,
    /// Encrypted ClientHello is offered, in earnest or as grease: the name above
    /// may be the outer one.
    pub ech: bool,
    /// Application protocols (RFC 7301), in order of preference.
    pub alpn: Vec<Vec<u8>>,
    /// Bytes of the records that hold it, from the start of the buffer.
    pub consumed: usize,
}

/// Reads a ClientHello from the start of `buf`, over as many records as it takes.
/// An alert, a ChangeCipherSpec or one stray byte before it is `Malformed`.
#[must_use]
pub fn client_hello(buf: &[u8]) -> Hello {
    match begin(buf) {
        Begin::Partial => return Hello::Partial,
        Begin::Other => return Hello::NotTls,
        Begin::Tls => {}
    }
    if buf[0] != record::HANDSHAKE {
        return Hello::Malformed("no handshake record first");
    }
    match record::assemble(buf) {
        Ok(Assembled::Partial) if buf.len() >= LIMIT => Hello::Malformed("ClientHello too large"),
        Ok(Assembled::Partial) => Hello::Partial,
        Ok(Assembled::Whole { message, consumed }) => match hello::parse(&message, consumed) {
            Ok(hello) => Hello::Hello(hello),
            Err(what) => Hello::Malformed(what),
        },
        Err(what) => Hello::Malformed(what),
    }
}

/// Whether bytes begin a TLS connection.
pub(crate) enum Begin {
    Partial,
    Tls,
    Other,
}

/// Looks for a record header, also behind one stray byte: a server would refuse
/// that, and so it must not count as another protocol that may pass unread.
pub(crate) const fn begin(buf: &[u8]) -> Begin {
    match buf {
        [record::HANDSHAKE, ..] => Begin::Tls,
        [] | [_, record::HANDSHAKE] => Begin::Partial,
        [0x14..=0x18, 3, ..] | [_, record::HANDSHAKE, 3, ..] => Begin::Tls,
        [_] => Begin::Partial,
        _ => Begin::Other,
    }
}
