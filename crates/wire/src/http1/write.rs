//! Messages to bytes. What is written is made from the parsed form, with exactly
//! the one framing field that [`Framing`] asks for.

use super::body::is_allowed_trailer;
use super::chars;
use pipelock_model::http::{Fields, RequestHead, ResponseHead};
use std::io::Write as _;

/// Ends the data of a chunk.
pub const CHUNK_END: &[u8] = b"\r\n";

/// How a message that is written says where its body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// No framing field: 1xx, 204, requests without a body.
    None,
    /// The Content-Length of the head as sent, and no body: HEAD and 304.
    KeepLength,
    /// Content-Length.
    Length(u64),
    /// Chunked coding. Not for a client that speaks HTTP/1.0.
    Chunked,
    /// The end of the connection. The caller adds `Connection: close`.
    UntilClose,
}

/// What we speak, to both sides.
const VERSION: &[u8] = b"HTTP/1.1";

/// Appends a request head. `target` is the target to send, in the form that the
/// next hop wants. The version is ours, not the head's (RFC 9110 §2.5).
pub fn write_request(head: &RequestHead, target: &str, framing: Framing, out: &mut Vec<u8>) {
    out.reserve(head_size(&head.fields) + target.len());
    out.extend_from_slice(head.method.as_str().as_bytes());
    out.push(b' ');
    write_target(target, out);
    out.push(b' ');
    out.extend_from_slice(VERSION);
    out.extend_from_slice(b"\r\n");
    write_fields(&head.fields, framing, out);
}

/// Appends a response head. The version is ours, not the head's (RFC 9110 §2.5).
pub fn write_response(head: &ResponseHead, framing: Framing, out: &mut Vec<u8>) {
    out.reserve(head_size(&head.fields) + head.reason.len());
    out.extend_from_slice(VERSION);
    // Writing to a vector cannot fail.
    let _ = write!(out, " {:03} ", head.status);
    write_text(&head.reason, out);
    out.extend_from_slice(b"\r\n");
    write_fields(&head.fields, framing, out);
}

/// Appends the line before the data of a chunk. `len` must not be 0, which would
/// end the body; [`CHUNK_END`] follows the data.
pub fn write_chunk_head(len: usize, out: &mut Vec<u8>) {
    debug_assert!(len > 0, "a chunk of no bytes ends the body");
    let _ = write!(out, "{len:x}\r\n");
}

/// Appends the end of a chunked body. Fields that no trailer may hold are left out.
pub fn write_last_chunk(trailers: &Fields, out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n");
    for (name, value) in trailers.iter().filter(|(name, _)| is_allowed_trailer(name)) {
        write_field(name, value, out);
    }
    out.extend_from_slice(b"\r\n");
}

fn head_size(fields: &Fields) -> usize {
    const LINES_AND_FRAMING: usize = 96;
    fields
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum::<usize>()
        + LINES_AND_FRAMING
}

/// Fields in order; the framing field takes the place of the first that was there.
fn write_fields(fields: &Fields, framing: Framing, out: &mut Vec<u8>) {
    let mut framed = false;
    for (name, value) in fields.iter() {
        let is_length = name.eq_ignore_ascii_case("content-length");
        if !is_length && !name.eq_ignore_ascii_case("transfer-encoding") {
            write_field(name, value, out);
        } else if framing == Framing::KeepLength {
            if is_length && !std::mem::replace(&mut framed, true) {
                write_field(name, value, out);
            }
        } else if !std::mem::replace(&mut framed, true) {
            write_framing(framing, out);
        }
    }
    if !framed {
        write_framing(framing, out);
    }
    out.extend_from_slice(b"\r\n");
}

fn write_framing(framing: Framing, out: &mut Vec<u8>) {
    match framing {
        Framing::Length(length) => {
            let _ = write!(out, "Content-Length: {length}\r\n");
        }
        Framing::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        Framing::None | Framing::KeepLength | Framing::UntilClose => {}
    }
}

/// A name that is no token would be a line of its own making: it is left out.
fn write_field(name: &str, value: &[u8], out: &mut Vec<u8>) {
    if chars::token(name.as_bytes()).is_none() {
        return;
    }
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    write_text(value, out);
    out.extend_from_slice(b"\r\n");
}

/// Text of a value or reason. Line ends and NUL become blanks (RFC 9110 §5.5): the
/// reader lets none in, and what was put in since must not split the message.
fn write_text(text: &[u8], out: &mut Vec<u8>) {
    if memchr::memchr3(b'\r', b'\n', 0, text).is_none() {
        out.extend_from_slice(text);
        return;
    }
    out.extend(text.iter().map(|byte| {
        if matches!(byte, b'\r' | b'\n' | 0) {
            b' '
        } else {
            *byte
        }
    }));
}

/// A target; what may not stand in one is percent-encoded, for the same reason.
fn write_target(target: &str, out: &mut Vec<u8>) {
    if chars::all_visible(target.as_bytes()) {
        out.extend_from_slice(target.as_bytes());
        return;
    }
    for byte in target.bytes() {
        if byte.is_ascii_graphic() {
            out.push(byte);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
